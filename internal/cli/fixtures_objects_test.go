package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/internal/yamlprint"
	"berth/renderers"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// TestGoldenObjects decodes every golden object strictly into its Kubernetes type, and encodes it back to the same text.
func TestGoldenObjects(t *testing.T) {
	seen := map[string]int{}
	for _, path := range goldenFiles(t, "*") {
		for i, document := range strings.Split(goldenText(t, path), "---\n") {
			var head metav1.TypeMeta
			if err := yaml.Unmarshal([]byte(document), &head); err != nil {
				t.Errorf("%s, object %d: %v", path, i, err)
				continue
			}
			kind := head.APIVersion + " " + head.Kind
			seen[kind]++
			checkGoldenObject(t, path, head, document)
		}
	}
	for _, k := range renderers.Kinds() {
		if seen[k.APIVersion+" "+k.Name] == 0 {
			t.Errorf("no golden file has a %s", k.Name)
		}
	}
}

func checkGoldenObject(t *testing.T, path string, head metav1.TypeMeta, document string) {
	t.Helper()
	kind := head.APIVersion + " " + head.Kind
	object := renderers.NewObject(head.APIVersion, head.Kind)
	if object == nil && bringsExtra(path) {
		return // whose keys stand in the order in which they were written
	}
	if object == nil {
		t.Errorf("%s has a %q, which Berth does not render", path, kind)
		return
	}
	if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
		t.Errorf("%s: the %s does not decode: %v", path, kind, err)
		return
	}
	var text bytes.Buffer
	if err := yamlprint.Print(&text, object); err != nil {
		t.Errorf("%s: the %s does not encode: %v", path, kind, err)
	} else if diff := cmp.Diff(document, text.String()); diff != "" {
		t.Errorf("%s: the %s (-golden +encoded again):\n%s", path, kind, diff)
	}
}

// TestFormatsAgree: one run written in four formats gives the same bytes.
func TestFormatsAgree(t *testing.T) {
	for _, run := range []string{"formats", "matrix", "zero-false-empty"} {
		want := goldenText(t, "../../golden/accept/"+run+"-yaml.yaml")
		for _, format := range []string{"json", "cue", "jsonnet"} {
			if diff := cmp.Diff(want, goldenText(t, "../../golden/accept/"+run+"-"+format+".yaml")); diff != "" {
				t.Errorf("%s: (-YAML +%s):\n%s", run, format, diff)
			}
		}
	}
}

func goldenFiles(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob("../../golden/accept/" + pattern + ".yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files %s: %v", pattern, err)
	}
	return paths
}

func goldenText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// bringsExtra reports whether the fixture of a golden file has a project that brings objects of kinds that Berth does not
// render, or declares some.
func bringsExtra(path string) bool {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	project, err := os.ReadFile(filepath.Join("..", "..", "fixtures", "accept", name, "berth.yaml"))
	return err == nil && bytes.Contains(project, []byte("extra"))
}
