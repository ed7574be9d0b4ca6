package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/workspace"
)

// What is printed builds as it stands, with the project that it may bring.
func TestImportedObjectsBuild(t *testing.T) {
	each(t, "testdata/runs/*.yaml", func(t *testing.T, _ string, file *diag.File) {
		i := importer.Runs([]*diag.File{file}, options)
		if len(i.Runs) == 0 {
			t.Skip("nothing is imported")
		}
		builds(t, i)
	})
}

// builds: the runs that were imported build, all of them.
func builds(t *testing.T, i *importer.Import) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "runs.yaml"), i.Text(), 0o666); err != nil {
		t.Fatal(err)
	}
	w, diags := workspace.Load(workspace.Request{Dir: dir, Paths: []string{"runs.yaml"}})
	defer w.Close()
	compiled, more := w.Compile("")
	if diags = append(diags, more...); diag.HasErrors(diags) || len(compiled.Units) != len(i.Runs) {
		t.Fatalf("%d runs, %d built\n%s", len(i.Runs), len(compiled.Units), result(i.Text(), diags))
	}
}

// The list of named defaults is closed: what selects, names or listens is never among them.
func TestNamedDefaultsAreHarmless(t *testing.T) {
	each(t, "testdata/runs/*.yaml", func(t *testing.T, _ string, file *diag.File) {
		for _, o := range importer.Runs([]*diag.File{file}, options).Report.Objects {
			for _, d := range o.Differences {
				for _, part := range []string{"spec.selector", "metadata.name", ".ports", ".image", ".command", ".args", ".volumes", "volumeMounts", "Probe.exec", "httpGet.port"} {
					if at := strings.TrimPrefix(d.Path, "spec.template."); d.Class == importer.Added && strings.Contains(at, part) && !strings.Contains(at, "namespace") {
						t.Errorf("%s of %s %s counts as a named default: %s", d.Path, o.Kind, o.Name, d.Why)
					}
				}
			}
		}
	})
}
