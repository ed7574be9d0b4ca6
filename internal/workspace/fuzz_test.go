package workspace_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/files"
	"berth/internal/layouts"
	"berth/internal/source"
	"berth/internal/workspace"
	"berth/renderers"

	"sigs.k8s.io/yaml"
)

// FuzzCompile puts any text for a run, a profile and a project through the whole pipeline. Either it says why not, at a
// place that exists, or it makes objects that Kubernetes' own types read back, without a secret in them, and the same
// ones again.
func FuzzCompile(f *testing.F) {
	seedCompile(f)
	f.Fuzz(func(t *testing.T, run, profile, project []byte, layout uint8) {
		texts := []struct {
			name string
			data []byte
		}{{"run.yaml", run}, {"profiles/machine.yaml", profile}, {"berth.yaml", project}}
		w := &workspace.Workspace{Workers: 1}
		var diags []diag.Diagnostic
		for _, text := range texts {
			diags = append(diags, addFile(w, text.name, text.data)...)
		}
		environments := w.Environments()
		environments = environments[:min(len(environments), 2)]
		for _, environment := range append([]string{""}, environments...) {
			result, found := w.Compile(environment)
			diags = append(diags, found...)
			checkObjects(t, result.Objects())
			if again, _ := w.Compile(environment); !bytes.Equal(stream(t, result.Objects()), stream(t, again.Objects())) {
				t.Errorf("compiling twice for %q gave two answers", environment)
			}
		}
		tree, _, found := w.Tree(layouts.Names()[layout%2], environments)
		checkDiagnostics(t, append(diags, found...))
		checkTree(t, tree)
	})
}

// seedCompile takes the runs of the fixtures with their first profile and their project.
func seedCompile(f *testing.F) {
	runs, _ := filepath.Glob("../../fixtures/*/*/run.yaml")
	for i, path := range runs {
		if i%8 > 0 {
			continue // the rest is close to one of these
		}
		dir := filepath.Dir(path)
		profiles, _ := filepath.Glob(filepath.Join(dir, "profiles", "*.yaml"))
		profiles = append(profiles, "")
		f.Add(content(path), content(profiles[0]), content(filepath.Join(dir, "berth.yaml")), uint8(i))
	}
}

// content is a file's, empty when there is none.
func content(path string) []byte {
	data, _ := os.ReadFile(path)
	return data
}

// addFile does what workspace.Load does, without a disk.
func addFile(w *workspace.Workspace, name string, data []byte) []diag.Diagnostic {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	file, diags := source.FromBytes(name, data)
	if file == nil {
		return diags
	}
	layer := map[string]source.Layer{"run.yaml": source.RunSpec, "berth.yaml": source.ProjectDefault}
	docs, diags := source.Load(file, source.Options{Layer: layer[name]})
	switch {
	case len(docs) == 0:
	case name == "run.yaml":
		w.Runs = docs
	case name == "berth.yaml":
		project, found := compiler.OpenProject(docs[0], "")
		if !diag.HasErrors(found) { // or nothing is printed
			w.Project = project
		}
		diags = append(diags, found...)
	default:
		w.Profiles = docs
	}
	return diags
}

// checkDiagnostics: every diagnostic has words and points into its file, and none shows a secret.
func checkDiagnostics(t *testing.T, diags []diag.Diagnostic) {
	t.Helper()
	for _, d := range diags {
		if d.Code == "" || d.Message == "" {
			t.Errorf("nothing is said: %+v", d)
		}
		if !d.Span.Known() {
			continue
		}
		if lines := bytes.Count(d.Span.File.Data, []byte("\n")) + 1; int(d.Span.EndLine) > lines {
			t.Errorf("line %d of %d: %s", d.Span.EndLine, lines, d.Message)
		}
	}
	for _, format := range []diag.Format{diag.Text, diag.JSON, diag.GitHub} { // SARIF carries the pages, with an example
		var text strings.Builder
		if err := diag.Print(&text, format, diags, diag.Options{Width: 80}); err != nil {
			t.Fatal(err)
		}
		if kind := diag.SecretKind(text.String()); kind != "" {
			t.Errorf("%s shows %s:\n%s", format, kind, text.String())
		}
	}
}

// checkObjects: Kubernetes' own types take every field of what is printed, and mean the same by it.
func checkObjects(t *testing.T, objects []renderers.Object) {
	t.Helper()
	for _, o := range objects {
		text := stream(t, []renderers.Object{o})
		if kind := diag.SecretKind(string(text)); kind != "" {
			t.Errorf("%s in the output:\n%s", kind, text)
		}
		back := reflect.New(reflect.TypeOf(o.Value).Elem()).Interface()
		if err := yaml.UnmarshalStrict(text, back); err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		o.Value = back
		if again := stream(t, []renderers.Object{o}); !bytes.Equal(text, again) {
			t.Errorf("printed:\n%s\nread and printed again:\n%s", text, again)
		}
	}
}

func stream(t *testing.T, objects []renderers.Object) []byte {
	t.Helper()
	text, err := layouts.Stream(objects)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// checkTree: whatever names are made of, the files can be written below one folder, on every system.
func checkTree(t *testing.T, tree []files.File) {
	t.Helper()
	for _, f := range tree {
		if !filepath.IsLocal(f.Path) {
			t.Errorf("the tree has a file %q", f.Path)
		}
	}
	if _, problems, err := files.Compare(t.TempDir(), tree, files.Options{}); err != nil || len(problems) > 0 {
		t.Errorf("the tree cannot be written: %v %v", err, problems)
	}
}
