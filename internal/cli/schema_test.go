package cli_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"
)

// compiled is the JSON Schema that the program prints for a kind.
func compiled(t *testing.T, kind string) *jsonschema.Schema {
	t.Helper()
	r := run(t.TempDir(), "schema", kind)
	if r.exit != 0 {
		t.Fatal(r.stderr)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(r.stdout))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(kind+".json", document); err != nil {
		t.Fatal(err)
	}
	s, err := compiler.Compile(kind + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaAcceptsWhatIsAccepted holds every accepted case against the JSON Schema of its kind: an editor may not
// underline what the compiler takes.
func TestSchemaAcceptsWhatIsAccepted(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{"Run": compiled(t, "run"), "Profile": compiled(t, "profile"), "Project": compiled(t, "project")}
	judged := map[string]int{}
	err := filepath.WalkDir("../../fixtures/accept", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || strings.HasPrefix(entry.Name(), ".") || filepath.Ext(path) != ".yaml" && filepath.Ext(path) != ".json" {
			return err
		}
		for _, document := range documents(t, path) {
			kind := "Run"
			if fields, ok := document.(map[string]any); ok {
				if k, ok := fields["kind"].(string); ok {
					kind = k
				} else if fields["id"] != nil {
					continue // a template
				}
			}
			if s := schemas[kind]; s != nil {
				judged[kind]++
				if err := s.Validate(document); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
		}
		return nil
	})
	if err != nil || judged["Run"] == 0 {
		t.Fatalf("%v; judged %v", err, judged)
	}
}

// documents reads the YAML documents of a file as an editor does. What Kubernetes' reader refuses (it knows fewer forms
// of YAML than Berth) is left out.
func documents(t *testing.T, path string) []any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), []byte("\r\n"), []byte("\n"))
	var all []any
	for _, part := range bytes.Split(append([]byte("\n"), text...), []byte("\n---")) {
		data, err := yaml.YAMLToJSON(part)
		if err != nil {
			continue
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err == nil && document != nil {
			all = append(all, document)
		}
	}
	return all
}

// TestSchemaRefuses shows that the JSON Schema is closed, and that it knows the actions' fields apart.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t, "run")
	for _, text := range []string{
		`{"action": "job", "image": "a", "imgae": "b"}`,
		`{"action": "job", "image": "a", "replicas": 3}`,
		`{"action": "serve", "image": "a", "service_ports": [{"port": 70000}]}`,
		`{"image": "a"}`,
		`{"apiVersion": "berth/v1", "kind": "Run", "metadata": {"name": "a"}, "spec": {"action": "job", "nope": 1}}`,
		`[{"action": "job", "name": "A B"}]`,
		`{"action": "job", "image": "a", "resources": {"mem": "16GB"}}`,
		`{"action": "job", "image": "a", "resources": {"mem": {"limits": "16 Gi"}}}`,
	} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(document) == nil {
			t.Errorf("accepted: %s", text)
		}
	}
}

// TestSchemaOfAProject shows that a schema takes the project's profiles alone where that is asked for.
func TestSchemaOfAProject(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"berth.yaml": "apiVersion: berth/v1\nkind: Project\nmetadata: {name: a}\nspec: {profiles: own.yaml}\n",
		"own.yaml":   "apiVersion: berth/v1\nkind: Profile\nmetadata: {name: trainer}\nspec: {extends: a100-80gb}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := run(dir, "schema", "run", "--profiles")
	if r.exit != 0 || !strings.Contains(r.stdout, `"trainer"`) || !strings.Contains(r.stdout, `"a100-80gb"`) {
		t.Fatalf("%d %s", r.exit, r.stderr)
	}
	if r := run(dir, "schema", "run"); strings.Contains(r.stdout, `"trainer"`) {
		t.Error("nobody asked for the project's profiles")
	}
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte("kind: Profile\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := run(dir, "schema", "run", "--profiles"); r.exit == 0 {
		t.Error("profiles that are refused are taken")
	}
}

// TestDiffSchema holds every golden review to the JSON Schema that is published for it, and the schema to what docs/ has. Each
// action has to be shown by one of them.
func TestDiffSchema(t *testing.T) {
	printed := run(t.TempDir(), "schema", "diff").stdout
	published := filepath.Join("..", "..", "docs", "diff.schema.json")
	if *update {
		if err := os.WriteFile(published, []byte(printed), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(published); err != nil || string(text) != printed {
		t.Errorf("%s is not what `berth schema diff` prints; -update writes it (%v)", published, err)
	}
	s := compiled(t, "diff")
	paths, err := filepath.Glob("../../golden/diff/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no reviews: %v", err)
	}
	shown := map[string]bool{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(document); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for _, run := range document.(map[string]any)["runs"].([]any) {
			action, _ := run.(map[string]any)["action"].(string)
			shown[action] = true
		}
	}
	if len(shown) < 12 {
		t.Errorf("the reviews show %d actions: %v", len(shown), shown)
	}
}
