package renderers_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/renderers"
	"berth/schema"

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
	p := planOfYAML(t, section(c, "plan.yaml"))
	objects, problems := renderers.Render(p)
	text, err := renderers.Stream(objects)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		checkRoundTrip(t, o)
	}
	got := []txtar.File{{Name: "plan.yaml", Data: section(c, "plan.yaml")}, {Name: "want.yaml", Data: text}}
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
		if diff := cmp.Diff(string(section(c, f.Name)), string(f.Data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
	if want := section(c, "problems"); want != nil && len(problems) == 0 {
		t.Errorf("no problem; want\n%s", want)
	}
}

func section(c *txtar.Archive, name string) []byte {
	for _, f := range c.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
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
	text, err := renderers.AppendYAML(nil, o.Value)
	if err != nil {
		t.Fatal(err)
	}
	decoded := reflect.New(reflect.TypeOf(o.Value).Elem()).Interface()
	if err := yaml.UnmarshalStrict(text, decoded); err != nil {
		t.Fatalf("%s: %v", o.File, err)
	}
	again, err := renderers.AppendYAML(nil, decoded)
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("%s decodes into something else: %v\n%s", o.File, err, cmp.Diff(string(text), string(again)))
	}
}

// planOfYAML reads a plan as the compiler would leave it: with the tool's defaults where it is silent.
func planOfYAML(t testing.TB, text []byte) *schema.Plan {
	t.Helper()
	p := &schema.Plan{Target: schema.Target{GitOps: "none", Kubernetes: "1.37"}}
	if err := yaml.UnmarshalStrict(text, p, yaml.DisallowUnknownFields); err != nil {
		t.Fatal(err)
	}
	applyDefaults(t, p)
	return p
}

// applyDefaults is what the compiler does, for the fields of the plan's action alone.
func applyDefaults(t testing.TB, p *schema.Plan) {
	t.Helper()
	set := map[string]any{}
	text, err := json.Marshal(p.Spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	for _, d := range schema.Defaults {
		if _, ok := set[d.Field]; ok || !belongs(d.Field, p.Spec) {
			continue
		}
		set[d.Field] = d.Value
		if d.Kind == schema.IntKind {
			set[d.Field], _ = strconv.Atoi(d.Value)
		}
	}
	text, _ = json.Marshal(set)
	if err := json.Unmarshal(text, &p.Spec); err != nil {
		t.Fatal(err)
	}
}

func belongs(field string, spec schema.RunFields) bool {
	switch field {
	case "backoff_limit":
		return spec.Action == "job"
	case "concurrency_policy":
		return spec.Schedule != ""
	case "run_policy":
		return spec.Action == "job" && spec.Schedule == ""
	case "replicas":
		return spec.Action != "job"
	case "service_type":
		return spec.Action == "serve"
	}
	return true
}

// copyOf is a plan of its own.
func copyOf(p *schema.Plan) *schema.Plan {
	text, _ := json.Marshal(p)
	out := &schema.Plan{}
	_ = json.Unmarshal(text, out)
	return out
}
