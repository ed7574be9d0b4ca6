package pipelines

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// TestExampleAsFluxReadsIt lets Flux apply the committed trees of the example with the Kustomizations that Berth wrote
// for them, and with a substitution that the platform may add to those.
func TestExampleAsFluxReadsIt(t *testing.T) {
	files, overlays := exampleTrees(t)
	written, err := filepath.Glob(files + "/flux/*.yaml")
	if err != nil || len(written) < 3 {
		t.Fatal(written, err)
	}
	repository := t.TempDir() // as the Kustomizations see it: the tree under manifests/
	for _, path := range written {
		env := strings.TrimSuffix(filepath.Base(path), ".yaml")
		want := readTree(t, filepath.Join(files, env))
		for _, tree := range []string{files, overlays} {
			layout := filepath.Base(tree)
			root := filepath.Join(repository, layout)
			copyTree(t, tree, filepath.Join(root, "manifests"))
			settings := readKustomization(t, filepath.Join(tree, "flux", env+".yaml"))
			spec := settings["spec"].(map[string]any)
			spec["postBuild"] = map[string]any{"substitute": map[string]any{"HOME": "/wrong"}}
			got, err := FluxBuild(root, spec["path"].(string), settings, true)
			if err != nil {
				t.Errorf("%s, %s: %v", env, layout, err)
				continue
			}
			objects, err := Typed(got)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, objects, protocols); diff != "" {
				t.Errorf("%s, %s (-files +applied):\n%s", env, layout, diff)
			}
		}
	}
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if _, err := os.Stat(to); err == nil {
		return
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func readKustomization(t *testing.T, path string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var settings map[string]any
	if err := yaml.UnmarshalStrict(b, &settings); err != nil {
		t.Fatal(err)
	}
	return settings
}
