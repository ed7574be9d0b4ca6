package proof

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/rules"
	"berth/proof/apivalid"
	"berth/proof/gates"
	"berth/proof/specs"
	"berth/renderers"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"
)

// objectsOfRun is how many objects TestObjects draws where other tests draw one run: an object takes a fraction of the time.
const objectsOfRun = 4

// TestObjects changes places of good objects of every kind that Berth knows the types of, right and wrong, drawn from the
// whole of the type: what the rules have nothing against, the API server takes without a warning.
func TestObjects(t *testing.T) {
	if isWorker(t, func(f *findings, w work, part uint64) error { return f.objects(t, w, part) }) {
		return
	}
	seed, objects := chosenSeed(t), objectsOfRun*chosenRuns(t)
	t.Logf("PROOF_SEED=%d, %d objects", seed, objects)
	total := runWork(t, "TestObjects", seed, uint64(objects+batchRuns-1)/batchRuns)
	for _, example := range total.Violations {
		t.Errorf("PROOF_SEED=%d: %s", seed, example)
	}
	t.Logf("%d objects, %d accepted", total.Objects, total.Accepted)
	for _, key := range slices.Sorted(maps.Keys(total.Refused)) {
		t.Logf("refused %6d %s: %s", total.Refused[key].Count, key, total.Refused[key].Example)
	}
	if total.Accepted < objects/10 {
		t.Errorf("only %d of %d objects were accepted", total.Accepted, objects)
	}
}

var goods = func() func(*testing.T) map[string][]good {
	var found map[string][]good
	return func(t *testing.T) map[string][]good {
		if found == nil {
			found = goodObjects(t)
		}
		return found
	}
}()

// richShare is how often an object that has much in it is drawn where one of a golden file is drawn once.
const richShare = 40

// good is an object that Berth and the API server take.
type good struct {
	tree specs.Object
	like any
}

// objects judges a batch of changed objects.
func (f *findings) objects(t *testing.T, w work, part uint64) error {
	x, err := gates.Load()
	if err != nil {
		return err
	}
	_, digits, _ := strings.Cut(w.Kubernetes, ".")
	minor, err := strconv.Atoi(digits)
	if err != nil {
		return err
	}
	kinds := goods(t)
	names := slices.Sorted(maps.Keys(kinds))
	n := &specs.Native{Gen: specs.New(w.Seed, part)}
	for range batchRuns {
		all := kinds[names[n.IntN(len(names))]]
		of := all[n.IntN(len(all))]
		f.object(n, x, of, minor)
	}
	return nil
}

func (f *findings) object(n *specs.Native, x *gates.Index, of good, minor int) {
	tree := n.Changed(of.tree, of.like)
	text, _ := json.Marshal(tree)
	object := reflect.New(reflect.TypeOf(of.like).Elem()).Interface()
	f.Objects++
	if strict, err := kjson.UnmarshalStrict(text, object); err != nil || len(strict) > 0 {
		return // of another shape, which has nothing to do with rules
	}
	if len(x.Unusable(object, minor)) > 0 {
		return // what the release lacks is refused by its name
	}
	text, _ = json.Marshal(object)
	problems := slices.DeleteFunc(rules.Check(object.(metav1.Object), minor), func(p rules.Problem) bool { return p.Severity != diag.Error })
	err := apivalid.CheckAll(text)
	if len(problems) > 0 {
		if err == nil {
			f.refuse(string(problems[0].Code)+" "+indexes.ReplaceAllString(problems[0].Path, "[]"), tally{1, problems[0].Message})
		}
		return
	}
	f.Accepted++
	if err != nil {
		kind := values.ReplaceAllString(err.Error(), "…")
		if f.Violations[kind] == "" {
			f.Violations[kind] = fmt.Sprintf("1.%d: %v\n%s", minor, err, text)
		}
	}
}

// goodObjects are those of specs/objects.yaml and of golden files, by kind.
func goodObjects(t *testing.T) map[string][]good {
	t.Helper()
	found := map[string][]good{}
	add := func(doc []byte) {
		var tree specs.Object
		var head struct{ APIVersion, Kind string }
		if json.Unmarshal(doc, &tree) != nil || json.Unmarshal(doc, &head) != nil || apivalid.CheckAll(doc) != nil {
			return // newer than the release
		}
		if like, ok := renderers.NewObject(head.APIVersion, head.Kind).(metav1.Object); ok {
			found[head.Kind] = append(found[head.Kind], good{tree, like})
		}
	}
	for _, o := range specs.Rich() {
		for range richShare {
			add(jsonOf(t, o))
		}
	}
	docs := goldenDocuments(t)
	for _, path := range slices.Sorted(maps.Keys(docs)) {
		if !strings.Contains(filepath.ToSlash(path), "/accept/") {
			continue
		}
		for _, doc := range docs[path] {
			add(doc)
		}
	}
	return found
}

// TestRichObjects: what TestObjects begins with is taken by the newest release.
func TestRichObjects(t *testing.T) {
	for _, o := range specs.Rich() {
		if err := apivalid.CheckAll(jsonOf(t, o)); err != nil {
			t.Errorf("%v\n%v", err, o)
		}
	}
}

func jsonOf(t *testing.T, o specs.Object) []byte {
	t.Helper()
	doc, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
