package pipelines

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/proof/product"
	"github.com/google/go-cmp/cmp"
)

var environments = []string{"dev", "prod", "same"}

const leastObjects = 7 // of each environment: Job ×2, claim, CronJob, Deployment ×2, Service

// pipeline is what the tests of the project share: the programs, and the trees of both layouts.
type pipeline struct {
	berth, kustomize string
	files, overlays  string // the project with each layout, built
}

func newPipeline(t *testing.T) pipeline {
	t.Helper()
	p := pipeline{berth: buildBerth(t), kustomize: installKustomize(t)}
	p.files, p.overlays = buildProject(t, p.berth, "files"), buildProject(t, p.berth, "kustomize")
	return p
}

// buildProject copies the project, chooses its layout, builds it and returns the folder of what was written.
func buildProject(t *testing.T, berth, layout string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/project")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "berth.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte("LAYOUT"), []byte(layout), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, berth, dir, "build")
	return filepath.Join(dir, "manifests")
}

func run(t *testing.T, berth, dir string, args ...string) []byte {
	t.Helper()
	res, err := product.Run(berth, dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	if res.Exit != 0 {
		t.Fatalf("berth %q: exit %d\n%s", args, res.Exit, res.Stderr)
	}
	return res.Stdout
}

// TestPipelines takes one project through every way to a cluster: the stream, the files, the kustomize program over
// either layout, and Flux over either layout with strict substitution. All ways have to give the same typed objects.
func TestPipelines(t *testing.T) {
	p := newPipeline(t)
	for _, env := range environments {
		want := readTree(t, filepath.Join(p.files, env))
		if len(want) < leastObjects {
			t.Fatalf("%s: only %d objects", env, len(want))
		}
		overlay := filepath.Join("overlays", env)
		vars := map[string]any{"NUM": "1", "HOME": "/wrong"}
		ways := map[string]Objects{
			"stream":              parse(t, run(t, p.berth, filepath.Dir(p.files), "build", "runs", "--environment", env)),
			"kustomize, files":    kustomizeTyped(t, p.kustomize, filepath.Join(p.files, env)),
			"kustomize, overlays": kustomizeTyped(t, p.kustomize, filepath.Join(p.overlays, overlay)),
		}
		for _, strict := range []bool{false, true} {
			name := map[bool]string{true: ", strict"}[strict]
			ways["Flux, files"+name] = fluxTyped(t, p.files, env, vars, strict)
			ways["Flux, overlays"+name] = fluxTyped(t, p.overlays, overlay, vars, strict)
		}
		ways["Flux without substitution"] = fluxTyped(t, p.files, env, nil, false)
		for way, got := range ways {
			if diff := cmp.Diff(want, got, protocols); diff != "" {
				t.Errorf("%s, %s (-files +built):\n%s", env, way, diff)
			}
		}
	}
}

// TestEnvironmentsDiffer keeps the test above from comparing one render with itself.
func TestEnvironmentsDiffer(t *testing.T) {
	p := newPipeline(t)
	dev, prod := readTree(t, filepath.Join(p.files, "dev")), readTree(t, filepath.Join(p.files, "prod"))
	for id := range maps.Keys(dev) {
		if prod[id] != nil {
			t.Errorf("%s stands in both environments, which have a namespace each", id)
		}
	}
	texts := 0
	for _, content := range readFiles(t, p.files) {
		texts += strings.Count(content, "${HOME}")
	}
	if texts < len(environments) {
		t.Errorf("${HOME} stands in %d files only", texts)
	}
	for path, content := range readFiles(t, p.overlays) {
		for _, forbidden := range []string{"$setElementOrder", "commonLabels", "commonAnnotations"} {
			if strings.Contains(content, forbidden) {
				t.Errorf("%s holds %s", path, forbidden)
			}
		}
	}
}

func parse(t *testing.T, stream []byte) Objects {
	t.Helper()
	objects, err := Parse(stream)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func readFiles(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
