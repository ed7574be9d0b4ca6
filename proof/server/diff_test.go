package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"berth/proof/product"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

const (
	diffGolden   = goldenDir + "/diff"
	diffFixtures = "../../fixtures/diff"
	leastUpdates = 15
	killed       = "starts again (old one killed)" // the controller deletes the object first, because no update is taken
)

// review is what `berth diff --output json` says of one change.
type review struct {
	Runs []struct {
		Environment string
		Verdict     string
		Refused     []struct{ Object string }
		Objects     []changed
	}
}

// changed is an object by its names before and after.
type changed struct{ Kind, Before, After string }

// TestDiffSaysWhatTheServerDoes builds both sides of every golden review and applies the one over the other, on a real
// server: what the review calls refused is refused, and everything else that keeps its name is taken.
func TestDiffSaysWhatTheServerDoes(t *testing.T) {
	c := needServer(t)
	makeStorageClasses(t, c)
	berth, err := product.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	golden, err := filepath.Glob(diffGolden + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	updates := 0
	for _, path := range golden {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		fixture := filepath.Join(diffFixtures, name)
		if _, err := os.Stat(filepath.Join(fixture, "args")); err == nil {
			continue // two environments, and no change of one
		}
		t.Run(name, func(t *testing.T) { updates += updateAsReviewed(t, c, berth, fixture, readReview(t, path)) })
	}
	if updates < leastUpdates {
		t.Errorf("only %d updates", updates)
	}
}

func readReview(t *testing.T, path string) review {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r review
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// updateAsReviewed returns how many objects kept their name and were updated.
func updateAsReviewed(t *testing.T, c *cluster, berth, fixture string, r review) int {
	t.Helper()
	updates := 0
	for _, run := range r.Runs {
		run.Objects = slices.DeleteFunc(run.Objects, func(o changed) bool { return o.Before == "" || o.Before != o.After })
		if len(run.Objects) == 0 {
			continue
		}
		before := built(t, berth, filepath.Join(fixture, "before"), run.Environment)
		after := built(t, berth, filepath.Join(fixture, "after"), run.Environment)
		for _, o := range run.Objects {
			updates++
			id := o.Kind + " " + o.After
			refused := run.Verdict == killed && o.Kind == "Job"
			for _, r := range run.Refused {
				refused = refused || r.Object == id
			}
			was, is := find(t, before, id), find(t, after, id)
			makeNamespace(t, c, was.namespace(), "")
			makeClasses(t, c, was)
			makeClasses(t, c, is)
			apply(t, c, was, was.yaml, true)
			bind(t, c, was)
			apply(t, c, is, is.yaml, !refused)
			remove(t, c, was)
		}
	}
	return updates
}

// built are the objects of a project in one environment.
func built(t *testing.T, berth, dir, environment string) []object {
	t.Helper()
	args := []string{"build", "--layout", "stream"}
	if environment != "" {
		args = append(args, "--environment", environment)
	}
	res, err := product.Run(berth, dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	if res.Exit != 0 {
		t.Fatalf("%s: %s", dir, res.Stderr)
	}
	var found []object
	for _, doc := range bytes.Split(append([]byte("\n"), res.Stdout...), []byte("\n---\n")) {
		o, err := parseObject(dir, doc)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, o)
	}
	return found
}

func find(t *testing.T, objects []object, id string) object {
	t.Helper()
	i := slices.IndexFunc(objects, func(o object) bool { return o.meta.Kind+" "+o.meta.Metadata.Name == id })
	if i < 0 {
		t.Fatalf("%s is not built", id)
	}
	return objects[i]
}

// makeStorageClasses makes the classes that the fixtures name, and a default one, all of which let claims grow.
func makeStorageClasses(t *testing.T, c *cluster) {
	t.Helper()
	for _, name := range []string{"standard", "fast", "slow"} {
		ensure(t, c, "/apis/storage.k8s.io/v1/storageclasses", map[string]any{
			"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "acme.com/disk", "allowVolumeExpansion": true,
			"metadata": map[string]any{"name": name, "annotations": map[string]any{
				"storageclass.kubernetes.io/is-default-class": map[bool]string{true: "true", false: "false"}[name == "standard"],
			}},
		})
	}
}

// bind does to a claim what the volume controller does: only a bound claim may grow.
func bind(t *testing.T, c *cluster, o object) {
	t.Helper()
	if o.meta.Kind != "PersistentVolumeClaim" {
		return
	}
	var claim corev1.PersistentVolumeClaim
	if err := yaml.Unmarshal(o.yaml, &claim); err != nil {
		t.Fatal(err)
	}
	status, err := json.Marshal(map[string]any{"status": map[string]any{"phase": "Bound", "capacity": claim.Spec.Resources.Requests}})
	if err != nil {
		t.Fatal(err)
	}
	a := must(t)(c.send(http.MethodPatch, o.path(t)+"/status", "application/merge-patch+json", status))
	if a.status/100 != 2 {
		t.Fatalf("%s: status: %d %s", o.file, a.status, a.body)
	}
}
