package proof

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"berth/internal/defaults"
	"berth/internal/diag"
	"berth/internal/importer"
	"berth/proof/adoption"
	"berth/proof/apivalid"
	"berth/proof/specs"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	kjson "sigs.k8s.io/json"
)

// importsOfRun is how many runs other tests draw where TestImport draws an object: it is read, built and compared.
const importsOfRun = 10

// drawn are random objects of the kinds that become runs, as typed objects and as JSON, each of which the API server takes.
func drawn(t *testing.T, n *specs.Native, kinds ...string) (metav1.Object, []byte) {
	all := goods(t)
	of := all[kinds[n.IntN(len(kinds))]]
	from := of[n.IntN(len(of))]
	text, _ := json.Marshal(n.Changed(from.tree, from.like))
	object := reflect.New(reflect.TypeOf(from.like).Elem()).Interface()
	if strict, err := kjson.UnmarshalStrict(text, object); err != nil || len(strict) > 0 {
		return nil, nil // of another shape
	}
	text, _ = json.Marshal(object)
	if apivalid.CheckAll(text) != nil {
		return nil, nil
	}
	return object.(metav1.Object), text
}

// beside draws an object that belongs to a Deployment, as JSON; nil for one that the server does not take.
func beside(t *testing.T, n *specs.Native, deployment []byte) []byte {
	var d struct {
		Metadata metav1.ObjectMeta
		Spec     struct {
			Selector json.RawMessage
			Template struct{ Metadata metav1.ObjectMeta }
		}
	}
	if json.Unmarshal(deployment, &d) != nil {
		return nil
	}
	_, text := drawn(t, n, "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget")
	var o map[string]any
	if text == nil || json.Unmarshal(text, &o) != nil {
		return nil
	}
	meta, _ := o["metadata"].(map[string]any)
	spec, _ := o["spec"].(map[string]any)
	if meta == nil || spec == nil {
		return nil
	}
	delete(meta, "namespace")
	if d.Metadata.Namespace != "" {
		meta["namespace"] = d.Metadata.Namespace
	}
	if n.IntN(2) == 0 {
		meta["name"] = d.Metadata.Name
	}
	switch o["kind"] {
	case "Service":
		spec["selector"] = d.Spec.Template.Metadata.Labels
	case "HorizontalPodAutoscaler":
		spec["scaleTargetRef"] = map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": d.Metadata.Name}
	default:
		spec["selector"] = d.Spec.Selector
	}
	text, _ = json.Marshal(o)
	if apivalid.CheckAll(text) != nil {
		return nil
	}
	return text
}

// TestImport imports random objects that the API server takes, Deployments with what belongs to them: what is printed builds,
// the server takes what is built, and no difference is without a word. An object that no run can be made of is refused, with a
// reason.
func TestImport(t *testing.T) {
	seed, want := chosenSeed(t), chosenRuns(t)/importsOfRun
	n := &specs.Native{Gen: specs.New(seed, 0)}
	refused := map[string]tally{}
	taken, came, siblings := 0, 0, 0
	for range want {
		_, text := drawn(t, n, "Deployment", "Job", "CronJob")
		if text == nil {
			continue
		}
		taken++
		stream := text
		for range n.IntN(3) {
			if more := beside(t, n, text); more != nil {
				stream = append(append(stream, "\n---\n"...), more...)
			}
		}
		file := &diag.File{Name: "object.yaml", Data: stream}
		result := importer.Runs([]*diag.File{file}, importer.Options{Dir: "/nowhere"})
		if len(result.Runs) != 1 {
			reason := "nothing was said"
			if len(result.Report.Objects) > 0 && result.Report.Objects[0].Refused != "" {
				reason = indexes.ReplaceAllString(result.Report.Objects[0].Refused, "[]")
			} else {
				t.Errorf("PROOF_SEED=%d: no run, without a word\n%s\n%v", seed, stream, result.Diags)
			}
			refused[reason] = tally{refused[reason].Count + 1, string(stream)}
			if t.Failed() {
				return
			}
			continue
		}
		came++
		pairs := result.Pairs(result.Runs[0].Name)
		siblings += len(pairs) - 1
		for _, pair := range pairs {
			server := adoption.APIServer{}
			if err := server.Takes(pair.After); err != nil {
				t.Errorf("PROOF_SEED=%d: the server refuses what is built: %v\n%s", seed, err, stream)
			}
			for _, place := range server.Silent(pair.Before, pair.After, pair.Said) {
				t.Errorf("PROOF_SEED=%d: different without a word: %s\n%s", seed, place, stream)
			}
		}
		if t.Failed() {
			return // one is enough to mend
		}
	}
	t.Logf("PROOF_SEED=%d: %d of %d objects that the server takes came in, with %d that belong to them", seed, came, taken, siblings)
	for _, reason := range slices.Sorted(maps.Keys(refused)) {
		t.Logf("refused %4d %s", refused[reason].Count, reason)
	}
	if came < want/10 {
		t.Errorf("only %d of %d objects came in", came, want)
	}
}

// TestDefaults: an import fills objects as the API server does.
func TestDefaults(t *testing.T) {
	seed := chosenSeed(t)
	n := &specs.Native{Gen: specs.New(seed, 1)}
	kinds := []string{"Deployment", "Job", "CronJob", "Service", "PersistentVolumeClaim", "NetworkPolicy", "HorizontalPodAutoscaler"}
	compared := 0
	for range chosenRuns(t) / importsOfRun {
		object, text := drawn(t, n, kinds...)
		if object == nil {
			continue
		}
		compared++
		theirs := object.(runtime.Object).DeepCopyObject()
		legacyscheme.Scheme.Default(theirs)
		defaults.Fill(object)
		if d := cmp.Diff(without(t, theirs), without(t, object)); d != "" {
			t.Fatalf("PROOF_SEED=%d: %s\n%s", seed, d, text)
		}
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// without is an object without what no run copies: its status, and what fills an autoscaler's behavior.
func without(t *testing.T, object any) map[string]any {
	t.Helper()
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	delete(tree, "status")
	if spec, ok := tree["spec"].(map[string]any); ok && tree["kind"] == "HorizontalPodAutoscaler" {
		delete(spec, "behavior")
	}
	return tree
}
