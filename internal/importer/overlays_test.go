package importer_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/kustomize"
	"berth/internal/source"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// TestMain lets the test program be the child in which kustomizations are built.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == source.EvaluateCommand {
		os.Exit(source.ServeEvaluator(kustomize.Build))
	}
	os.Exit(m.Run())
}

// eachOverlays runs a test for every tree of kustomizations.
func eachOverlays(t *testing.T, test func(t *testing.T, path string, files fs.FS, overlays []importer.Overlay)) {
	paths, err := filepath.Glob("testdata/overlays/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	evaluator := source.NewEvaluator(source.Limits{})
	defer evaluator.Close()
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			for _, f := range archive.Files {
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			tree, err := kustomize.Find(files, "deploy")
			if err != nil {
				t.Fatal(err)
			}
			test(t, path, files, importer.Overlays(tree, evaluator))
		})
	}
}

func TestOverlays(t *testing.T) {
	eachOverlays(t, func(t *testing.T, path string, _ fs.FS, overlays []importer.Overlay) {
		o := options
		o.Overlays, o.Share = overlays, true
		golden(t, path, imported(importer.Runs(nil, o)))
	})
}

// What is built for an environment is what kustomize builds for its overlay: nothing of it is lost or otherwise, but for the
// named defaults and what the report names.
func TestOverlaysAreWhatKustomizeBuilds(t *testing.T) {
	pairs := 0
	eachOverlays(t, func(t *testing.T, _ string, files fs.FS, overlays []importer.Overlay) {
		o := options
		o.Overlays = overlays
		result := importer.Runs(nil, o)
		theirs := map[string]map[string]any{}
		for _, o := range overlays {
			if o.Problem == "" {
				built(t, files, strings.TrimPrefix(o.Folder, "deploy/"), theirs)
			}
		}
		for _, r := range result.Runs {
			for _, pair := range result.Pairs(r.Name) {
				pairs++
				var before map[string]any
				if err := json.Unmarshal(pair.Before, &before); err != nil {
					t.Fatal(err)
				}
				want := theirs[idOf(before)]
				if d := cmp.Diff(want, before); d != "" {
					t.Errorf("%s is read otherwise than kustomize builds it: %s", idOf(before), d)
				}
				for _, d := range pair.Said {
					if d.Class != importer.Added && d.Path != "metadata.name" {
						t.Errorf("%s: %s %s %s", idOf(before), d.Class, d.Path, d.Why)
					}
				}
			}
		}
		for id := range theirs {
			if !slices.ContainsFunc(result.Report.Objects, func(o importer.Taken) bool { return strings.HasPrefix(id, o.Kind+" "+o.Name+" ") }) {
				t.Errorf("of %s nothing is said", id)
			}
		}
	})
	if pairs < 20 {
		t.Errorf("only %d objects were compared", pairs)
	}
}

func idOf(object map[string]any) string {
	meta, _ := object["metadata"].(map[string]any)
	namespace, _ := meta["namespace"].(string)
	return fmt.Sprint(object["kind"], " ", meta["name"], " ", namespace)
}

// built adds what kustomize itself gives for a folder.
func built(t *testing.T, files fs.FS, folder string, all map[string]map[string]any) {
	t.Helper()
	memory := filesys.MakeFsInMemory()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		if err == nil {
			err = memory.WriteFile("/"+path, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	objects, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(memory, "/"+folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range objects.Resources() {
		text, _ := r.MarshalJSON()
		var object map[string]any
		if err := json.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		all[idOf(object)] = object
	}
}

// Kustomizations that stand for very large results end soon, and start and fetch nothing.
func TestHostileKustomizations(t *testing.T) {
	deployment := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}\n"
	copies := "["
	for i := range 60 {
		copies += fmt.Sprintf(`{"op":"copy","from":"/data","path":"/data/x%d"},`, i)
	}
	nested := fstest.MapFS{"l00/kustomization.yaml": {Data: []byte("resources: [a.yaml]\n")}, "l00/a.yaml": {Data: []byte(deployment)}}
	for i := 1; i <= 24; i++ {
		below := fmt.Sprintf("../l%02d", i-1)
		nested[fmt.Sprintf("l%02d/kustomization.yaml", i)] = &fstest.MapFile{Data: []byte("resources: [" + below + "a, " + below + "b]\n")}
		for _, side := range []string{"a", "b"} {
			nested[fmt.Sprintf("l%02d%s/kustomization.yaml", i-1, side)] = &fstest.MapFile{Data: []byte("namePrefix: " + side + "-\nresources: [" + below + "]\n")}
		}
	}
	evaluator := source.NewEvaluator(source.Limits{})
	defer evaluator.Close()
	for name, files := range map[string]fstest.MapFS{
		"copies": {"kustomization.yaml": {Data: []byte("resources: [a.yaml]\npatches: [{target: {kind: ConfigMap}, path: p.json}]\n")}, "a.yaml": {Data: []byte(deployment)},
			"p.json": {Data: []byte(strings.TrimSuffix(copies, ",") + "]")}},
		"bases": nested,
		"huge":  {"kustomization.yaml": {Data: []byte("resources: [a.yaml]\n")}, "a.yaml": {Data: make([]byte, source.MaxFileBytes+1)}},
	} {
		tree, err := kustomize.Find(files, "deploy")
		if err != nil {
			t.Fatal(err)
		}
		o := options
		o.Overlays = importer.Overlays(tree, evaluator)
		r := importer.Runs(nil, o)
		if len(r.Runs) > 0 || len(r.Report.Objects) == 0 || !slices.ContainsFunc(r.Report.Objects, func(o importer.Taken) bool { return o.Kind == "Kustomization" && o.Refused != "" }) || !diag.HasErrors(r.Diags) {
			t.Errorf("%s: it is not refused: %s", name, r.Report.Text())
		}
	}
}
