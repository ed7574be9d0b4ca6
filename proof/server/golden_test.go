package server

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

const (
	goldenDir   = "../../golden"
	leastGolden = 50 // objects
)

// TestGoldenIsCreated really creates every golden object, with the bytes of its file: a dry run does not ask the
// allocators. It then applies it twice, which must change nothing the second time, and deletes it.
func TestGoldenIsCreated(t *testing.T) {
	c := needServer(t)
	seen := 0
	for _, o := range goldenObjects(t) {
		seen++
		makeNamespace(t, c, o.namespace(), "")
		makeClasses(t, c, o)
		if err := create(t, c, o).err(); err != nil {
			t.Errorf("%s: create: %v", o.file, err)
			continue
		}
		applyTwice(t, c, o)
		remove(t, c, o)
	}
	if seen < leastGolden {
		t.Errorf("only %d objects found under %s", seen, goldenDir)
	}
}

// applyTwice applies the manifest over the object that it created, as a GitOps controller does at every reconciliation:
// the object's version may not move between the two.
func applyTwice(t *testing.T, c *cluster, o object) {
	t.Helper()
	var versions [2]string
	for i := range versions {
		a := must(t)(c.send(http.MethodPatch, o.path(t)+"?fieldManager=gitops&force=true&fieldValidation=Strict", "application/apply-patch+yaml", o.yaml))
		if err := a.err(); err != nil {
			t.Errorf("%s: apply: %v", o.file, err)
			return
		}
		versions[i] = resourceVersion(t, a.Body)
	}
	if versions[0] != versions[1] {
		t.Errorf("%s: applying it again changed the object: version %s, then %s", o.file, versions[0], versions[1])
	}
}

func resourceVersion(t *testing.T, body []byte) string {
	t.Helper()
	var o struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(body, &o); err != nil {
		t.Fatal(err)
	}
	return o.Metadata.ResourceVersion
}

// TestGoldenPodSecurity creates the Pods of every golden workload in a namespace that enforces a Pod Security level:
// restricted where the pod promises it, baseline everywhere else. The golden files whose run asks for `restricted` are
// known by their name, so that a renderer that forgets a part of it is caught.
func TestGoldenPodSecurity(t *testing.T) {
	c := needServer(t)
	for _, level := range []string{"baseline", "restricted"} {
		makeNamespace(t, c, "pods-"+level, level)
	}
	restricted := 0
	for _, o := range goldenObjects(t) {
		pod := podOf(t, o)
		if pod == nil {
			continue
		}
		level := "baseline"
		if strings.Contains(o.file, "restricted") {
			level = "restricted"
			restricted++
		}
		pod.Namespace = "pods-" + level
		makeClasses(t, c, o)
		body, err := json.Marshal(pod)
		if err != nil {
			t.Fatal(err)
		}
		a := must(t)(c.send(http.MethodPost, "/api/v1/namespaces/"+pod.Namespace+"/pods?dryRun=All&fieldValidation=Strict", "application/json", body))
		if err := a.err(); err != nil {
			t.Errorf("%s: %s: %v", o.file, level, err)
		}
	}
	if restricted == 0 {
		t.Error("no golden file is named for security: restricted")
	}
}

// podOf is the Pod that the object's controller would create, nil when it has none.
func podOf(t *testing.T, o object) *corev1.Pod {
	t.Helper()
	var w struct {
		Spec struct {
			Template    *corev1.PodTemplateSpec `json:"template"`
			JobTemplate struct {
				Spec struct {
					Template *corev1.PodTemplateSpec `json:"template"`
				} `json:"spec"`
			} `json:"jobTemplate"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(o.yaml, &w); err != nil {
		t.Fatalf("%s: %v", o.file, err)
	}
	template := w.Spec.Template
	if template == nil {
		template = w.Spec.JobTemplate.Spec.Template
	}
	if template == nil {
		return nil
	}
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.APIVersion, pod.Kind = "v1", "Pod"
	pod.GenerateName = o.meta.Metadata.Name + "-"
	return pod
}

// makeClasses makes the priority and runtime classes that the object's pods name: admission wants them to exist.
func makeClasses(t *testing.T, c *cluster, o object) {
	t.Helper()
	pod := podOf(t, o)
	if pod == nil {
		return
	}
	if name := pod.Spec.PriorityClassName; name != "" && !strings.HasPrefix(name, "system-") {
		ensure(t, c, "/apis/scheduling.k8s.io/v1/priorityclasses", map[string]any{
			"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": map[string]any{"name": name}, "value": 1000,
		})
	}
	if name := pod.Spec.RuntimeClassName; name != nil {
		ensure(t, c, "/apis/node.k8s.io/v1/runtimeclasses", map[string]any{
			"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": map[string]any{"name": *name}, "handler": "runc",
		})
	}
}

func ensure(t *testing.T, c *cluster, path string, o map[string]any) {
	t.Helper()
	body, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	a := must(t)(c.send(http.MethodPost, path, "application/json", body))
	if a.Status/100 != 2 && a.Status != http.StatusConflict {
		t.Fatalf("%s: %d %s", path, a.Status, a.Body)
	}
}

// goldenObjects are the objects under the golden folder whose kind the server knows; the rest are kustomize's, Flux's and
// Argo CD's own.
func goldenObjects(t *testing.T) []object {
	t.Helper()
	var found []object
	err := filepath.WalkDir(goldenDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" || strings.HasSuffix(path, ".patch.yaml") {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, doc := range bytes.Split(append([]byte("\n"), content...), []byte("\n---\n")) {
			o, err := parseObject(path, doc)
			if err != nil {
				return err
			}
			if _, ours := resources[o.kind()]; ours {
				found = append(found, o)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
