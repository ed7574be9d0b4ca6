package scheduler

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"berth/internal/fit"
	"berth/proof/apivalid"
	"berth/proof/specs"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	pods        = 10_000
	fullPods    = 500_000
	machines    = 3
	mostPerNode = 50 // how many pods a node is filled with, at most
)

// TestFit lets kube-scheduler judge random pods on random machines, beside Berth's own verdict: the same pods fit, for
// the same kinds of reason, and as many of them on one machine. PROOF_SEED repeats a run, PROOF=full makes more of them.
func TestFit(t *testing.T) {
	seed, err := specs.Seed()
	if err != nil {
		t.Fatal(err)
	}
	n := pods
	if os.Getenv("PROOF") == "full" {
		n = fullPods
	}
	t.Logf("PROOF_SEED=%d, %d pods on %d machines each", seed, n, machines)
	ctx := context.Background()
	filters, err := New(ctx)
	if err != nil {
		t.Fatal(err)
	}
	fitting := 0
	for i := range n {
		w := world{rand.New(rand.NewPCG(seed, uint64(i)))}
		pod, nodes := w.pod(), make([]schema.Node, machines)
		for j := range nodes {
			nodes[j] = w.machine("m" + strconv.Itoa(j))
		}
		report := fit.Check(&corev1.PodTemplateSpec{ObjectMeta: pod.ObjectMeta, Spec: *pod.Spec.DeepCopy()}, nodes)
		if pod, err = apivalid.Admitted(pod); err != nil {
			t.Fatal(err)
		}
		for j, shape := range report.Shapes {
			if compare(t, filters, pod, &nodes[j], shape) {
				fitting++
			}
			if t.Failed() {
				t.Fatalf("PROOF_SEED=%d, pod %d, machine %d:\n%+v\n%+v", seed, i, j, pod.Spec, nodes[j])
			}
		}
	}
	if share := 100 * fitting / (n * machines); share < 5 || share > 60 {
		t.Errorf("%d %% of the pods fit: too one-sided to prove anything", share)
	}
}

// compare reports whether the pod fits the machine, and fails where the two do not agree.
func compare(t *testing.T, filters *Filters, pod *corev1.Pod, machine *schema.Node, shape fit.Shape) bool {
	t.Helper()
	node := nodeOf(machine)
	want, got := filters.Reasons(t.Context(), pod, node, 0), kinds(shape)
	if !slices.Equal(summary(want), got) {
		t.Errorf("the scheduler says %q, fit says %v", want, shape.Reasons)
		return false
	}
	if len(want) > 0 {
		return false
	}
	if n := shape.PerNode; n > 0 && n < mostPerNode {
		if reasons := filters.Reasons(t.Context(), pod, node, n-1); len(reasons) > 0 {
			t.Errorf("fit says %d pods, the scheduler stops before: %q", n, reasons)
		}
		if reasons := filters.Reasons(t.Context(), pod, node, n); len(reasons) == 0 {
			t.Errorf("fit says %d pods, the scheduler places one more", n)
		}
	}
	return true
}

// kinds are the resources that lack, and whether labels or taints are in the way.
func kinds(s fit.Shape) []string {
	var found []string
	for _, r := range s.Reasons {
		switch r.Kind {
		case fit.Resource:
			found = append(found, "insufficient "+r.Resource)
		case fit.Label:
			found = append(found, "label")
		case fit.Taint:
			found = append(found, "taint")
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// summary puts the scheduler's reasons into the same words.
func summary(reasons []string) []string {
	var found []string
	for _, r := range reasons {
		switch {
		case len(r) > 12 && r[:12] == "insufficient":
			found = append(found, r)
		case r == "node(s) didn't match Pod's node affinity/selector":
			found = append(found, "label")
		default:
			found = append(found, "taint")
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// ample stands for what a machine does not declare, and its node has all the same.
const ample = "1000000"

func nodeOf(m *schema.Node) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Labels: m.Labels}, Status: corev1.NodeStatus{Allocatable: corev1.ResourceList{
		corev1.ResourcePods: resource.MustParse(ample), corev1.ResourceEphemeralStorage: resource.MustParse("1Pi"),
	}}}
	for name, text := range m.Allocatable {
		q := resource.MustParse(text)
		if taken, ok := m.DaemonSets[name]; ok {
			q.Sub(resource.MustParse(taken))
		}
		n.Status.Allocatable[corev1.ResourceName(name)] = q
	}
	for _, taint := range m.Taints {
		n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: taint.Key, Value: taint.Value, Effect: corev1.TaintEffect(taint.Effect)})
	}
	return n
}
