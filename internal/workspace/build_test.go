package workspace_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/workspace"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// folder writes the files of an archive and returns where they are.
func folder(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t *testing.T, dir string, paths ...string) (*workspace.Workspace, []diag.Diagnostic) {
	t.Helper()
	w, diags := workspace.Load(workspace.Request{Dir: dir, Paths: paths})
	t.Cleanup(w.Close)
	return w, diags
}

func runFiles(w *workspace.Workspace) []string {
	var names []string
	for _, doc := range w.Runs {
		names = append(names, doc.File.Name)
	}
	return names
}

func codes(diags []diag.Diagnostic) []diag.Code {
	var all []diag.Code
	for _, d := range diags {
		all = append(all, d.Code)
	}
	return all
}

const job = "action: job\nimage: ghcr.io/acme/churn:1.4\n"

const project = `
-- berth.yaml --
apiVersion: berth/v1
kind: Project
metadata: {name: acme}
spec: {runs: [.]}
-- a.yaml --
` + job + `
-- deep/er/b.yaml --
` + job + `
-- deep/notes.txt --
no run
-- .hidden/c.yaml --
` + job + `
-- .d.yaml --
` + job + `
-- manifests/e.yaml --
kind: Job
-- profiles/f.yaml --
apiVersion: berth/v1
kind: Profile
metadata: {name: acme-cpu}
spec: {}
`

func TestWalk(t *testing.T) {
	dir := folder(t, project)
	for _, from := range []string{".", "deep", "deep/er"} {
		w, diags := load(t, filepath.Join(dir, from))
		var want []string
		for _, name := range []string{"a.yaml", "deep/er/b.yaml"} {
			rel, _ := filepath.Rel(filepath.FromSlash(from), filepath.FromSlash(name))
			want = append(want, filepath.ToSlash(rel))
		}
		if diff := cmp.Diff(want, runFiles(w)); diff != "" || len(diags) > 0 || len(w.Profiles) != 1 {
			t.Errorf("from %s: %s\n%v, %d profiles", from, diff, diags, len(w.Profiles))
		}
	}
}

func TestPathsInAnyOrderAndTwice(t *testing.T) {
	dir := folder(t, project)
	w, diags := load(t, dir, "deep", "a.yaml", "deep/er/b.yaml", filepath.Join(dir, "a.yaml"))
	if diff := cmp.Diff([]string{"a.yaml", "deep/er/b.yaml"}, runFiles(w)); diff != "" || len(diags) > 0 {
		t.Errorf("%s\n%v", diff, diags)
	}
}

func TestTheProjectEndsAtTheRepository(t *testing.T) {
	dir := folder(t, project+"-- deep/er/.git/HEAD --\n")
	if w, _ := load(t, filepath.Join(dir, "deep", "er"), "b.yaml"); w.Project != nil {
		t.Error("a repository took the project of the folder that it lies in")
	}
	if w, _ := load(t, filepath.Join(dir, "deep"), "er"); w.Project != nil {
		t.Error("the project of a file is the nearest above it, and not above the working directory")
	}
	if w, _ := load(t, filepath.Join(dir, "deep"), "."); w.Project == nil {
		t.Error("the project above was not found")
	}
}

func TestLinks(t *testing.T) {
	elsewhere := folder(t, "-- x.yaml --\n"+job)
	for name, c := range map[string]struct {
		to   string
		want []diag.Code
	}{
		"a file outside":   {filepath.Join(elsewhere, "x.yaml"), []diag.Code{diag.FileRead}},
		"a folder outside": {elsewhere, []diag.Code{diag.FileRead}},
		"a folder twice":   {"deep", []diag.Code{diag.FileRead}},
		"the same folder":  {".", []diag.Code{diag.FileRead}},
		"a file inside":    {"a.yaml", nil},
		"nothing":          {"nowhere.yaml", []diag.Code{diag.FileRead}},
		"itself":           {"link.yaml", []diag.Code{diag.FileRead}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, project)
			if err := os.Symlink(c.to, filepath.Join(dir, "link.yaml")); err != nil {
				t.Skip(err)
			}
			w, diags := load(t, dir)
			if diff := cmp.Diff(c.want, codes(diags)); diff != "" {
				t.Errorf("%s\n%v", diff, diags)
			}
			if slices.Contains(runFiles(w), "x.yaml") {
				t.Error("a run came from outside")
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	dir := folder(t, project)
	w, diags := load(t, dir, "missing.yaml", "a.yaml")
	if !w.Unreadable || len(w.Runs) != 1 || len(diags) != 1 || diags[0].Code != diag.FileRead {
		t.Errorf("unreadable %v, %d runs, %v", w.Unreadable, len(w.Runs), diags)
	}
}

func TestObjectsOfOneName(t *testing.T) {
	volume := func(name string) string {
		return "volumes: [{volume_type: persistent_volume_claim, name: " + name + ", mount_path: /v, spec: {size: 1Gi}}]\n"
	}
	dir := folder(t, "-- a.yaml --\nname: churn\n"+job+volume("x-y")+"-- b.yaml --\nname: churn-x\n"+job+volume("y"))
	w, diags := load(t, dir, ".")
	_, found := w.Compile("")
	if len(diags) > 0 || len(found) != 1 || found[0].Code != diag.DuplicateRun || !strings.Contains(found[0].Message, "churn-x-y") {
		t.Errorf("%v\n%v", diags, found)
	}
}

func TestPodSecurity(t *testing.T) {
	for level, want := range map[string]int{"privileged": 0, "baseline": 0, "restricted": 1} {
		dir := folder(t, "-- berth.yaml --\napiVersion: berth/v1\nkind: Project\nmetadata: {name: acme}\nspec: {namespace: ml, pod_security: {ml: "+level+"}}\n-- a.yaml --\n"+job)
		w, _ := load(t, dir, "a.yaml")
		_, diags := w.Compile("")
		if len(diags) != want {
			t.Errorf("%s: %v", level, diags)
		}
	}
}
