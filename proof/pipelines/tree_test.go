package pipelines

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
)

const tree = "testdata/tree"

// settings are a Flux Kustomization of a folder; vars nil means no substitution.
func settings(path string, vars map[string]any) map[string]any {
	spec := map[string]any{
		"interval": "10m", "prune": true, "path": "./" + path,
		"sourceRef": map[string]any{"kind": "GitRepository", "name": "fleet"},
	}
	if vars != nil {
		spec["postBuild"] = map[string]any{"substitute": vars}
	}
	return map[string]any{
		"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
		"metadata": map[string]any{"name": "fleet", "namespace": "flux-system"}, "spec": spec,
	}
}

// TestFluxChangesBareTexts shows what the annotation is for: without it a shell's own variables are emptied, a text
// turns into a number, and a strict Flux stops.
func TestFluxChangesBareTexts(t *testing.T) {
	vars := map[string]any{"NUM": "1"}
	got, err := FluxBuild(tree, "bare", settings("bare", vars), false)
	if err != nil {
		t.Fatal(err)
	}
	containers := got[0].Object["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)["containers"]
	container := containers.([]any)[0].(map[string]any)
	if command := container["command"].([]any)[2]; command != "echo  ${KEEP} $(NUMBER) $(NUMBER) 0" {
		t.Errorf("command: %q", command)
	}
	if value := container["env"].([]any)[0].(map[string]any)["value"]; value == "${NUM}" || value == "1" {
		t.Errorf("value: %#v is still a text", value)
	}
	if _, err := FluxBuild(tree, "bare", settings("bare", vars), true); err == nil || !strings.Contains(err.Error(), "HOME") {
		t.Errorf("strict: %v", err)
	}
}

// TestFluxKeepsAnnotatedTexts is the other half: with the annotation every text arrives as it was written.
func TestFluxKeepsAnnotatedTexts(t *testing.T) {
	want := readTree(t, tree+"/annotated")
	for _, strict := range []bool{false, true} {
		got := fluxTyped(t, tree, "annotated", map[string]any{"NUM": "1"}, strict)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("strict %t (-written +applied):\n%s", strict, diff)
		}
	}
	job := want["Job ml texts"].(*batchv1.Job)
	if got := job.Spec.Template.Spec.Containers[0].Command[2]; !strings.Contains(got, "${HOME}") {
		t.Errorf("the fixture lost its texts: %q", got)
	}
}

// TestKustomizeKeepsTexts says the same of the kustomize program, which substitutes nothing.
func TestKustomizeKeepsTexts(t *testing.T) {
	kustomize := installKustomize(t)
	for _, dir := range []string{"annotated", "bare"} {
		if diff := cmp.Diff(readTree(t, tree+"/"+dir), kustomizeTyped(t, kustomize, tree+"/"+dir)); diff != "" {
			t.Errorf("%s (-written +built):\n%s", dir, diff)
		}
	}
}

func kustomizeTyped(t *testing.T, kustomize, dir string) Objects {
	t.Helper()
	stream, err := KustomizeBuild(kustomize, dir)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := Parse(stream)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func fluxTyped(t *testing.T, root, path string, vars map[string]any, strict bool) Objects {
	t.Helper()
	built, err := FluxBuild(root, path, settings(path, vars), strict)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := Typed(built)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func readTree(t *testing.T, dir string) Objects {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	objects, err := ReadTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}
