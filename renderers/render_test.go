package renderers_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/layouts"
	"berth/internal/plantest"
	"berth/internal/yamlprint"
	"berth/renderers"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write what the renderers give as what they should give")

// Each file of testdata/render holds a plan, the objects that it gives and the problems with it.
func TestRender(t *testing.T) {
	paths, err := filepath.Glob("testdata/render/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { checkCase(t, path) })
	}
}

func checkCase(t *testing.T, path string) {
	c, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := plantest.Plan(t, plantest.Section(c, "plan.yaml"))
	objects, problems := renderers.Render(p)
	text, err := layouts.Stream(objects)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		checkRoundTrip(t, o)
	}
	got := []txtar.File{{Name: "plan.yaml", Data: plantest.Section(c, "plan.yaml")}, {Name: "want.yaml", Data: text}}
	if len(problems) > 0 {
		got = append(got, txtar.File{Name: "problems", Data: problemText(problems)})
	}
	if *update {
		c.Files = got
		if err := os.WriteFile(path, txtar.Format(c), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range got[1:] {
		if diff := cmp.Diff(string(plantest.Section(c, f.Name)), string(f.Data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
	if want := plantest.Section(c, "problems"); want != nil && len(problems) == 0 {
		t.Errorf("no problem; want\n%s", want)
	}
}

func problemText(problems []diag.Problem) []byte {
	var b bytes.Buffer
	for _, p := range problems {
		fmt.Fprintf(&b, "%s at %s", p.Code, p.Path)
		if p.AtKey {
			b.WriteString(" (key)")
		}
		fmt.Fprintf(&b, ": %s; %s\n", p.Message, p.Hint)
	}
	return b.Bytes()
}

// checkRoundTrip proves that what is printed is the object and nothing else: it decodes strictly into its type and prints the
// same again.
func checkRoundTrip(t *testing.T, o renderers.Object) {
	t.Helper()
	text, err := yamlprint.Append(nil, o.Value)
	if err != nil {
		t.Fatal(err)
	}
	decoded := reflect.New(reflect.TypeOf(o.Value).Elem()).Interface()
	if err := yaml.UnmarshalStrict(text, decoded); err != nil {
		t.Fatalf("%s: %v", o.File, err)
	}
	again, err := yamlprint.Append(nil, decoded)
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("%s decodes into something else: %v\n%s", o.File, err, cmp.Diff(string(text), string(again)))
	}
}
