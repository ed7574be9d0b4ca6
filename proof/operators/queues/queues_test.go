// Package queues holds what Berth says of Kueue's queues to the code of Kueue's own scheduler.
package queues

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"berth/internal/diag"
	own "berth/internal/kueue"
	"berth/internal/source"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/log"
	config "sigs.k8s.io/kueue/apis/config/v1beta2"
	kueue "sigs.k8s.io/kueue/apis/kueue/v1beta2"
	scheduler "sigs.k8s.io/kueue/pkg/cache/scheduler"
	counting "sigs.k8s.io/kueue/pkg/resources"
	"sigs.k8s.io/kueue/pkg/scheduler/flavorassigner"
	"sigs.k8s.io/kueue/pkg/scheduler/preemption/common"
	"sigs.k8s.io/kueue/pkg/workload"
	"sigs.k8s.io/yaml"
)

// patient says that there is nobody to take the place of.
type patient struct{}

func (patient) SimulatePreemption(context.Context, *scheduler.ClusterQueueSnapshot, workload.Info, counting.FlavorResource, counting.Amount) (common.PreemptionPossibility, int) {
	return common.NoCandidates, 0
}

// theirs is a cluster in Kueue's scheduler.
type theirs struct {
	snapshot  *scheduler.Snapshot
	selectors map[string]labels.Selector
}

func kueues(t *testing.T, c *cluster) *theirs {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := kueue.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	nothing := func(client.Object) []string { return nil }
	api := fake.NewClientBuilder().WithScheme(scheme).WithIndex(&kueue.LocalQueue{}, "spec.clusterQueue", nothing).
		WithIndex(&kueue.Workload{}, "status.admission.clusterQueue", nothing).Build()
	ctx, cache := context.Background(), scheduler.New(api)
	for _, topology := range c.topologies {
		cache.AddOrUpdateTopology(logr.Discard(), topology)
	}
	for _, f := range c.flavors {
		cache.AddOrUpdateResourceFlavor(logr.Discard(), f)
	}
	for _, cohort := range c.cohorts {
		if err := cache.AddOrUpdateCohort(cohort); err != nil {
			t.Fatal(err)
		}
	}
	all := &theirs{selectors: map[string]labels.Selector{}}
	for _, q := range c.queues {
		if err := cache.AddClusterQueue(ctx, q); err != nil {
			t.Fatal(err)
		}
		selector, err := metav1.LabelSelectorAsSelector(q.Spec.NamespaceSelector)
		if err != nil {
			t.Fatal(err)
		}
		all.selectors[q.Name] = selector
	}
	var err error
	if all.snapshot, err = cache.Snapshot(ctx); err != nil {
		t.Fatal(err)
	}
	return all
}

// judge is what Kueue makes of pods in a queue. Where there are no machines, nothing is placed by a topology: that a set has no
// flavor at all is what tells never from that.
func (all *theirs) judge(t *testing.T, queue string, sets []kueue.PodSet) own.State {
	t.Helper()
	if !all.selectors[queue].Matches(labels.Set{corev1.LabelMetadataName: "ml"}) {
		return own.Never
	}
	cq := all.snapshot.ClusterQueue(kueue.ClusterQueueReference(queue))
	if cq == nil {
		t.Fatalf("%s is inactive", queue)
	}
	w := &kueue.Workload{Spec: kueue.WorkloadSpec{PodSets: sets}}
	for i := range sets {
		set := &sets[i]
		workload.UseLimitsAsMissingRequestsInPod(&set.Template.Spec)
		for key, level := range set.Template.Annotations {
			if set.TopologyRequest = (&kueue.PodSetTopologyRequest{Required: &level}); key == kueue.PodSetPreferredTopologyAnnotation {
				set.TopologyRequest = &kueue.PodSetTopologyRequest{Preferred: &level}
			}
		}
	}
	assignment := flavorassigner.New(workload.NewInfo(w), cq, all.snapshot.ResourceFlavors, false, patient{}, nil, config.QuotaCheckBlockUndeclared, counting.NewResourceFormatter(), 0).Assign(context.Background(), nil)
	if len(assignment.PodSets) < len(sets) {
		return own.Never
	}
	for _, set := range assignment.PodSets {
		if set.Status.IsError() || len(set.Flavors) == 0 && !set.Status.IsFit() {
			return own.Never
		}
	}
	if assignment.Borrows() > 0 {
		return own.Borrows
	}
	return own.Within
}

// ours reads the same objects as the files of a project.
func ours(t *testing.T, c *cluster) *own.Cluster {
	t.Helper()
	var text bytes.Buffer
	add := func(kind string, object any) {
		tree, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			t.Fatal(err)
		}
		tree["apiVersion"], tree["kind"] = "kueue.x-k8s.io/v1beta2", kind
		out, err := yaml.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString("---\n")
		text.Write(out)
	}
	for _, o := range c.topologies {
		add("Topology", o)
	}
	for _, o := range c.flavors {
		add("ResourceFlavor", o)
	}
	for _, o := range c.cohorts {
		add("Cohort", o)
	}
	for _, o := range c.queues {
		add("ClusterQueue", o)
		add("LocalQueue", &kueue.LocalQueue{ObjectMeta: metav1.ObjectMeta{Name: o.Name, Namespace: "ml"}, Spec: kueue.LocalQueueSpec{ClusterQueue: kueue.ClusterQueueReference(o.Name)}})
	}
	docs, diags := source.Load(&diag.File{Name: "queues.yaml", Data: text.Bytes()}, source.Options{})
	read, more := own.Read(docs)
	for _, d := range append(diags, more...) {
		t.Fatalf("%s:%d: %s\n%s", d.Span.File.Name, d.Span.Line, d.Message, text.String())
	}
	return read
}

// runsOf is how many runs each cluster is asked about.
const runsOf = 20

// TestQueues puts random runs into the queues of random clusters: Berth says the same of each as Kueue. PROOF_RUNS is how many,
// PROOF_SEED another seed than 1.
func TestQueues(t *testing.T) {
	number := func(name string, usual int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return usual
	}
	log.SetLogger(logr.Discard())
	seed, runs := number("PROOF_SEED", 1), number("PROOF_RUNS", 10_000)
	t.Logf("PROOF_SEED=%d, %d runs", seed, runs)
	found, wrong := map[own.State]int{}, 0
	for part := range runs / runsOf {
		d := draw{rand.New(rand.NewPCG(uint64(seed), uint64(part)))}
		c := d.cluster()
		their, our := kueues(t, c), ours(t, c)
		for range runsOf {
			queue, sets := c.queues[d.IntN(len(c.queues))].Name, d.sets()
			var same []own.PodSet
			for _, s := range sets {
				same = append(same, own.PodSet{Template: s.Template.DeepCopy(), Count: int64(s.Count)})
			}
			want, got := their.judge(t, queue, sets), our.Judge("ml", queue, same)
			if found[want]++; want == got.State {
				continue
			}
			if wrong++; wrong <= 5 {
				pods, _ := yaml.Marshal(sets)
				t.Errorf("PROOF_SEED=%d, cluster %d: %s is %s (%s), and Kueue says %s\n%s%s", seed, part, queue, got.State, got.Message, want, pods, describe(c))
			}
		}
	}
	t.Logf("Kueue's answers: %v; differences: %d", found, wrong)
	for _, state := range []own.State{own.Never, own.Within, own.Borrows} {
		if found[state]*50 < runs {
			t.Errorf("only %d of %d runs are %s", found[state], runs, state)
		}
	}
}

// describe is a cluster as YAML.
func describe(c *cluster) string {
	var text []byte
	for _, q := range c.queues {
		out, _ := yaml.Marshal(map[string]any{q.Name: q.Spec})
		text = append(text, out...)
	}
	for _, o := range c.cohorts {
		out, _ := yaml.Marshal(map[string]any{o.Name: o.Spec})
		text = append(text, out...)
	}
	for _, o := range c.flavors {
		out, _ := yaml.Marshal(map[string]any{o.Name: o.Spec})
		text = append(text, out...)
	}
	return string(text)
}
