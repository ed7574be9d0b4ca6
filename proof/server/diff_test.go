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
		Refused     []struct {
			Object string
			Kept   bool
		}
		Objects []changed
	}
}

// changed is an object by its names before and after, and the fields that change.
type changed struct {
	Kind, Before, After string
	Fields              []struct{ Path string }
}

// respecified reports whether the object asks for something else: a Job's spec is what no update changes, while its
// annotations change.
func (o changed) respecified() bool {
	return slices.ContainsFunc(o.Fields, func(f struct{ Path string }) bool { return strings.HasPrefix(f.Path, "spec.") })
}

// transition is what the review says of one environment: which sides there are to build, and of the objects that keep
// their name, by kind and name, whether the server takes the change.
type transition struct {
	before, after bool
	taken         map[string]bool
}

// transitions are those of every environment that the review speaks of; a review without a change speaks of the runs
// themselves.
func (r review) transitions() map[string]*transition {
	if len(r.Runs) == 0 {
		return map[string]*transition{"": {before: true, after: true}}
	}
	found := map[string]*transition{}
	for _, run := range r.Runs {
		tr := found[run.Environment]
		if tr == nil {
			tr = &transition{taken: map[string]bool{}}
			found[run.Environment] = tr
		}
		for _, o := range run.Objects {
			tr.before, tr.after = tr.before || o.Before != "", tr.after || o.After != ""
			if o.Before == o.After {
				tr.taken[o.Kind+" "+o.After] = run.Verdict != killed || o.Kind != "Job" || !o.respecified()
			}
		}
		for _, o := range run.Refused {
			tr.taken[o.Object] = o.Kept
		}
	}
	return found
}

// TestDiffSaysWhatTheServerDoes builds both sides of every golden review and applies all objects of the one and then of
// the other, on a real server: what the review calls refused is refused, and everything else is taken.
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

// updateAsReviewed returns how many changes of an object that keeps its name were tried.
func updateAsReviewed(t *testing.T, c *cluster, berth, fixture string, r review) int {
	t.Helper()
	updates := 0
	for environment, tr := range r.transitions() {
		updates += len(tr.taken)
		var before, after []object
		if tr.before {
			before = built(t, berth, filepath.Join(fixture, "before"), environment)
		}
		if tr.after {
			after = built(t, berth, filepath.Join(fixture, "after"), environment)
		}
		for id := range tr.taken {
			mustHave(t, before, id)
			mustHave(t, after, id)
		}
		for _, o := range before {
			makeRoom(t, c, o)
			apply(t, c, o, o.yaml, true)
			bind(t, c, o)
		}
		for _, o := range after {
			makeRoom(t, c, o)
			taken, reviewed := tr.taken[o.id()]
			apply(t, c, o, o.yaml, taken || !reviewed)
		}
		for _, o := range slices.Concat(before, after) {
			remove(t, c, o)
		}
	}
	return updates
}

// makeRoom makes what has to be there before the object.
func makeRoom(t *testing.T, c *cluster, o object) {
	t.Helper()
	makeNamespace(t, c, o.namespace(), "")
	makeClasses(t, c, o)
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

// mustHave fails the test when the object is not among those that were built.
func mustHave(t *testing.T, objects []object, id string) {
	t.Helper()
	if !slices.ContainsFunc(objects, func(o object) bool { return o.id() == id }) {
		t.Errorf("%s is not built", id)
	}
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
	if a.Status/100 != 2 {
		t.Fatalf("%s: status: %d %s", o.file, a.Status, a.Body)
	}
}
