package layouts_test

import (
	"cmp"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"berth/internal/files"
	"berth/internal/layouts"
	"berth/internal/plantest"
	"berth/renderers"
	"berth/schema"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// project is the input of a layout's case: plans of runs, and of their environments.
type project struct {
	Delivery struct {
		Output  string
		Project string
		Flux    *schema.Flux
		ArgoCD  *schema.ArgoCD

		Environments map[string]schema.ProjectEnvironment
	}
	Runs []struct {
		Base         map[string]any
		Environments map[string]map[string]any
	}
}

var update = flag.Bool("update", false, "write what the layouts give as what they should give")

// Each file of testdata/layouts holds a project, and the files that each layout makes of it.
func TestLayouts(t *testing.T) {
	paths, err := filepath.Glob("testdata/layouts/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { checkLayouts(t, path) })
	}
}

func checkLayouts(t *testing.T, path string) {
	c, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	units, delivery := readProject(t, plantest.Section(c, "project.yaml"))
	got := []txtar.File{{Name: "project.yaml", Data: plantest.Section(c, "project.yaml")}}
	flat, problems := layouts.Files(units, delivery)
	overlaid, more := layouts.Kustomize(units, delivery)
	if problems = append(problems, more...); len(problems) > 0 {
		t.Error(problems)
	}
	checkFolders(t, flat)
	checkFolders(t, overlaid)
	checkSameEnvironments(t, flat, overlaid, units)
	for _, f := range flat {
		got = append(got, txtar.File{Name: "files/" + f.Path, Data: f.Data})
	}
	for _, f := range overlaid {
		got = append(got, txtar.File{Name: "kustomize/" + f.Path, Data: f.Data})
	}
	if *update {
		c.Files = sortedFiles(got)
		if err := os.WriteFile(path, txtar.Format(c), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := txtar.Format(&txtar.Archive{Comment: c.Comment, Files: c.Files})
	if diff := gocmp.Diff(string(want), string(txtar.Format(&txtar.Archive{Comment: c.Comment, Files: sortedFiles(got)}))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// checkFolders builds every folder that has a kustomization.
func checkFolders(t *testing.T, tree []files.File) {
	t.Helper()
	fs := inMemory(t, tree)
	for _, f := range tree {
		if filepath.Base(f.Path) != "kustomization.yaml" {
			continue
		}
		if _, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, filepath.Dir(f.Path)); err != nil {
			t.Errorf("%s: %v", f.Path, err)
		}
	}
}

// checkSameEnvironments builds every environment of both trees and compares them.
func checkSameEnvironments(t *testing.T, flat, overlaid []files.File, units []layouts.Unit) {
	t.Helper()
	for _, u := range units {
		for environment := range u.Environments {
			if diff := gocmp.Diff(build(t, flat, environment), build(t, overlaid, "overlays/"+environment)); diff != "" {
				t.Errorf("%s (-files +kustomize)\n%s", environment, diff)
			}
		}
	}
}

// build is what kustomize makes of a folder: the objects by their identity.
func build(t *testing.T, tree []files.File, folder string) map[string]string {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(inMemory(t, tree), folder)
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string]string{}
	for _, r := range built.Resources() {
		objects[r.CurId().String()] = r.MustYaml()
	}
	return objects
}

func inMemory(t *testing.T, tree []files.File) filesys.FileSystem {
	t.Helper()
	fs := filesys.MakeFsInMemory()
	for _, f := range tree {
		if err := fs.WriteFile(f.Path, f.Data); err != nil {
			t.Fatal(err)
		}
	}
	return fs
}

// sortedFiles puts the project first and the other files in the order of their names.
func sortedFiles(list []txtar.File) []txtar.File {
	slices.SortFunc(list, func(a, b txtar.File) int {
		first := func(f txtar.File) int { return min(len(strings.Split(f.Name, "/"))-1, 1) }
		return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(a.Name, b.Name))
	})
	return list
}

func readProject(t *testing.T, text []byte) ([]layouts.Unit, layouts.Delivery) {
	t.Helper()
	var p project
	if err := yaml.UnmarshalStrict(text, &p); err != nil {
		t.Fatal(err)
	}
	var units []layouts.Unit
	for _, run := range p.Runs {
		u := layouts.Unit{Environments: map[string][]renderers.Object{}}
		if run.Base != nil {
			u.Base = rendered(t, run.Base, "")
		}
		for name, changes := range run.Environments {
			u.Environments[name] = rendered(t, merged(run.Base, changes), name)
		}
		units = append(units, u)
	}
	return units, layouts.Delivery(p.Delivery)
}

func rendered(t *testing.T, plan map[string]any, environment string) []renderers.Object {
	t.Helper()
	text, err := yaml.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	p := plantest.Plan(t, text)
	p.Environment = environment
	objects, problems := renderers.Render(p)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return objects
}

// merged lays changes over a plan: mappings by key, everything else whole; null takes away.
func merged(plan, changes map[string]any) map[string]any {
	out := maps.Clone(plan)
	if out == nil {
		out = map[string]any{}
	}
	for key, value := range changes {
		under, _ := out[key].(map[string]any)
		over, isMap := value.(map[string]any)
		switch {
		case value == nil:
			delete(out, key)
		case isMap && under != nil:
			out[key] = merged(under, over)
		default:
			out[key] = value
		}
	}
	return out
}
