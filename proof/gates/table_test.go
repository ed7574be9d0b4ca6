package gates

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"berth/schema"
	"k8s.io/component-base/featuregate"
)

var update = flag.Bool("update", false, "write the product's table")

const table = "../../renderers/since_gen.go"

// TestTable holds the product's table to the definitions.
func TestTable(t *testing.T) {
	want, err := index(t).Table()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(table, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(table); err != nil || !bytes.Equal(have, want) {
		t.Errorf("%s is not what the definitions say: go test ./gates -update (%v)", table, err)
	}
}

// TestReleases: the releases that a project may name are those whose definitions are read here.
func TestReleases(t *testing.T) {
	var want []string
	for minor := Oldest; minor <= Newest; minor++ {
		want = append(want, fmt.Sprintf("1.%d", minor))
	}
	if have := schema.TypeKubernetesVersion.Enum; !slices.Equal(have, want) {
		t.Errorf("the schema knows %v, the definitions here are of %v", have, want)
	}
}

// TestMarkers: every gate that a comment marks is known, so that no field is taken for one without a gate, or with one
// that is off for ever, by a misspelling.
func TestMarkers(t *testing.T) {
	x := index(t)
	for _, e := range x.Late() {
		of := func(d *definitions) map[string]mention { return d.fields }
		if strings.Contains(e.ID, "=") {
			of = func(d *definitions) map[string]mention { return d.values }
		}
		for _, gate := range x.gatesOf(e.ID, of) {
			if _, known := x.gates[featuregate.Feature(gate)]; !known && !slices.Contains(retired, gate) {
				t.Errorf("%s: the gate %s is not known", e.ID, gate)
			}
		}
	}
}

func index(t *testing.T) *Index {
	t.Helper()
	x, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return x
}
