package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/internal/yamlprint"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// newObject gives an empty object of each apiVersion and kind that Berth renders.
var newObject = map[string]func() any{
	"batch/v1 Job":                             func() any { return &batchv1.Job{} },
	"batch/v1 CronJob":                         func() any { return &batchv1.CronJob{} },
	"apps/v1 Deployment":                       func() any { return &appsv1.Deployment{} },
	"v1 Service":                               func() any { return &corev1.Service{} },
	"v1 PersistentVolumeClaim":                 func() any { return &corev1.PersistentVolumeClaim{} },
	"resource.k8s.io/v1 ResourceClaimTemplate": func() any { return &resourcev1.ResourceClaimTemplate{} },
}

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
			checkGoldenObject(t, path, kind, document)
		}
	}
	for kind := range newObject {
		if seen[kind] == 0 {
			t.Errorf("no golden file has a %s", kind)
		}
	}
}

func checkGoldenObject(t *testing.T, path, kind, document string) {
	t.Helper()
	make := newObject[kind]
	if make == nil {
		t.Errorf("%s has a %q, which Berth does not render", path, kind)
		return
	}
	object := make()
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
