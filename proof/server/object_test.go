package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"sigs.k8s.io/yaml"
)

// object is one manifest and what of it the requests need.
type object struct {
	file string // where it stands, for messages
	yaml []byte // as it stands
	meta struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"metadata"`
	}
}

// resources are the collections of the kinds that we emit.
var resources = map[string]string{
	"batch/v1/Job":             "/apis/batch/v1/namespaces/%s/jobs",
	"batch/v1/CronJob":         "/apis/batch/v1/namespaces/%s/cronjobs",
	"apps/v1/Deployment":       "/apis/apps/v1/namespaces/%s/deployments",
	"v1/Service":               "/api/v1/namespaces/%s/services",
	"v1/PersistentVolumeClaim": "/api/v1/namespaces/%s/persistentvolumeclaims",
	"v1/ConfigMap":             "/api/v1/namespaces/%s/configmaps",
	"resource.k8s.io/v1/ResourceClaimTemplate": "/apis/resource.k8s.io/v1/namespaces/%s/resourceclaimtemplates",
}

func parseObject(file string, doc []byte) (object, error) {
	o := object{file: file, yaml: doc}
	if err := yaml.Unmarshal(doc, &o.meta); err != nil {
		return o, fmt.Errorf("%s: %w", file, err)
	}
	return o, nil
}

func (o object) kind() string { return o.meta.APIVersion + "/" + o.meta.Kind }

// id is the object as a review names it.
func (o object) id() string { return o.meta.Kind + " " + o.meta.Metadata.Name }

func (o object) namespace() string {
	if o.meta.Metadata.Namespace == "" {
		return "default"
	}
	return o.meta.Metadata.Namespace
}

func (o object) collection(t *testing.T) string {
	t.Helper()
	form, ok := resources[o.kind()]
	if !ok {
		t.Fatalf("%s: no collection for %s", o.file, o.kind())
	}
	return fmt.Sprintf(form, o.namespace())
}

func (o object) path(t *testing.T) string { return o.collection(t) + "/" + o.meta.Metadata.Name }

// create posts the manifest's own bytes with strict field validation.
func create(t *testing.T, c *cluster, o object) answer {
	t.Helper()
	return must(t)(c.send(http.MethodPost, o.collection(t)+"?fieldValidation=Strict", "application/yaml", o.yaml))
}

// remove deletes the object at once: no controller is there to take finalizers off it.
func remove(t *testing.T, c *cluster, o object) {
	t.Helper()
	must(t)(c.send(http.MethodPatch, o.path(t), "application/merge-patch+json", []byte(`{"metadata": {"finalizers": null}}`)))
	a := must(t)(c.send(http.MethodDelete, o.path(t)+"?propagationPolicy=Background", "application/json", nil))
	if a.Status/100 != 2 && a.Status != http.StatusNotFound {
		t.Errorf("%s: delete: %d %s", o.file, a.Status, a.Body)
	}
}

// makeNamespace makes a namespace that enforces a Pod Security level and warns of it.
func makeNamespace(t *testing.T, c *cluster, name, level string) {
	t.Helper()
	labels := map[string]string{}
	if level != "" {
		labels["pod-security.kubernetes.io/enforce"] = level
		labels["pod-security.kubernetes.io/warn"] = level
	}
	body, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": labels},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := must(t)(c.send(http.MethodPost, "/api/v1/namespaces", "application/json", body))
	if a.Status/100 != 2 && a.Status != http.StatusConflict {
		t.Fatalf("namespace %s: %d %s", name, a.Status, a.Body)
	}
}

func must(t *testing.T) func(answer, error) answer {
	t.Helper()
	return func(a answer, err error) answer {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}
