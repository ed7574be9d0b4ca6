package apivalid

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"
)

// mutant is one good manifest with one mistake in it, and what the server says of it.
type mutant struct {
	Of       string          `json:"of"`      // the good manifest
	Mistake  string          `json:"mistake"` // in words
	At       string          `json:"at"`      // what the refusal names: the field, or the decoder's words
	By       string          `json:"by"`      // "pod" when the template passes and the Pod does not, "dropped" when it is taken and changed
	Accepted bool            `json:"accepted"`
	Patch    json.RawMessage `json:"patch"` // RFC 6902
}

const leastMutants = 150

// TestMutants shows that the oracle is no stub: it refuses every manifest with a mistake that the server refuses, at
// the mistake, and takes the wrong ones that the server takes, which are the compiler's own to catch.
func TestMutants(t *testing.T) {
	mutants := readMutants(t)
	if len(mutants) < leastMutants {
		t.Fatalf("only %d mutants", len(mutants))
	}
	for _, m := range mutants {
		t.Run(m.Of+"/"+m.Mistake, func(t *testing.T) {
			by, err := refusedBy(applyPatch(t, goodJSON(t, m.Of), m.Patch))
			switch {
			case m.Accepted && err != nil:
				t.Errorf("refused: %v", err)
			case m.Accepted:
			case err == nil:
				t.Error("accepted")
			case !strings.Contains(err.Error(), m.At):
				t.Errorf("refused for another reason than %s: %v", m.At, err)
			case m.By == "pod" && by != "pod":
				t.Errorf("refused by the template already: %v", err)
			}
		})
	}
}

// TestRawMutants holds the mistakes that no patch can say.
func TestRawMutants(t *testing.T) {
	good := string(goodJSON(t, "job"))
	for name, doc := range map[string]string{
		"a key written twice":      strings.Replace(good, `"backoffLimit":3`, `"backoffLimit":3,"backoffLimit":4`, 1),
		"annotations over 256 KiB": strings.Replace(good, "one training", strings.Repeat("a", 256<<10), 1),
		"a document cut short":     good[:len(good)/2],
		"nothing":                  "",
		"a list":                   "[" + good + "]",
	} {
		t.Run(name, func(t *testing.T) {
			if doc == good {
				t.Fatal("the mistake is not in it")
			}
			if err := CheckAll([]byte(doc)); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// TestGood shows that the oracle does not refuse everything.
func TestGood(t *testing.T) {
	names, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil || len(names) < 10 {
		t.Fatal(names, err)
	}
	for _, path := range names {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		if err := CheckAll(goodJSON(t, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func refusedBy(doc []byte) (string, error) {
	res, err := Check(doc)
	if err != nil {
		return "object", err
	}
	return "pod", CheckPod(res)
}

func readMutants(t *testing.T) []mutant {
	t.Helper()
	b, err := os.ReadFile("testdata/mutants.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []mutant
	if err := yaml.UnmarshalStrict(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func goodJSON(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/good/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := yaml.YAMLToJSONStrict(b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func applyPatch(t *testing.T, doc, patch []byte) []byte {
	t.Helper()
	p, err := jsonpatch.DecodePatch(patch)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Apply(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
