package pipelines

import (
	gocmp "cmp"
	"path/filepath"
	"testing"

	"berth/proof/product"
	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

const exampleObjects = 6 // at least, of each environment: Job ×2, claim, CronJob, Deployment, Service

// protocols reads a port's absent protocol as the TCP that it means, which Flux writes out.
var protocols = cmp.Transformer("protocol", func(p corev1.Protocol) string { return string(gocmp.Or(p, corev1.ProtocolTCP)) })

// exampleTrees are the committed trees of examples/environments, of both layouts.
func exampleTrees(t *testing.T) (files, kustomize string) {
	t.Helper()
	root, err := product.Root()
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join(root, "golden", "environments")
	return filepath.Join(golden, "files"), filepath.Join(golden, "kustomize")
}

// TestExample takes the committed trees of the example through the kustomize program and through Flux: every overlay
// gives the very objects of the direct render.
func TestExample(t *testing.T) {
	files, overlays := exampleTrees(t)
	kustomize := installKustomize(t)
	for _, environment := range []string{"dev", "staging", "prod"} {
		want := readTree(t, filepath.Join(files, environment))
		if len(want) < exampleObjects {
			t.Fatalf("%s: only %d objects", environment, len(want))
		}
		overlay := filepath.Join("overlays", environment)
		for way, got := range map[string]Objects{
			"kustomize, files":       kustomizeTyped(t, kustomize, filepath.Join(files, environment)),
			"kustomize, overlays":    kustomizeTyped(t, kustomize, filepath.Join(overlays, overlay)),
			"Flux, files, strict":    fluxTyped(t, files, environment, map[string]any{"HOME": "/wrong"}, true),
			"Flux, overlays, strict": fluxTyped(t, overlays, overlay, map[string]any{"PRICE": "1"}, true),
		} {
			if diff := cmp.Diff(want, got, protocols); diff != "" {
				t.Errorf("%s, %s (-files +built):\n%s", environment, way, diff)
			}
		}
	}
}

// TestExampleKeepsArgs names the texts that a substitution would change, so that the test above cannot lose them.
func TestExampleKeepsArgs(t *testing.T) {
	_, overlays := exampleTrees(t)
	for id, object := range fluxTyped(t, overlays, "overlays/prod", map[string]any{}, true) {
		job, ok := object.(*batchv1.Job)
		if !ok || job.Labels["berth/run"] != "train" {
			continue
		}
		want := []string{"--epochs", "20", "--cache", "${HOME}/.cache", "--note", "costs $$(PRICE)"}
		if diff := cmp.Diff(want, job.Spec.Template.Spec.Containers[0].Args); diff != "" {
			t.Errorf("%s (-written +applied):\n%s", id, diff)
		}
		return
	}
	t.Error("there is no job of the run train")
}
