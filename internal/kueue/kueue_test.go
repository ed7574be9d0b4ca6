package kueue_test

import (
	"fmt"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/kueue"
	"berth/internal/source"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// read reads queues, which have no mistakes.
func read(t *testing.T, text string) *kueue.Cluster {
	t.Helper()
	file := &diag.File{Name: "queues.yaml", Data: []byte(text)}
	docs, diags := source.Load(file, source.Options{})
	c, more := kueue.Read(docs)
	if diags = append(diags, more...); len(diags) > 0 {
		t.Fatalf("%+v", diags)
	}
	return c
}

// object is an object of Kueue in one line.
func object(kind, name, spec string) string {
	return fmt.Sprintf("---\n{apiVersion: kueue.x-k8s.io/v1beta2, kind: %s, metadata: {name: %s, namespace: ml}, spec: {%s}}\n", kind, name, spec)
}

// cpus are the resource groups of one flavor's cpu.
func cpus(flavor, quota string) string {
	return fmt.Sprintf("resourceGroups: [{coveredResources: [cpu], flavors: [{name: %s, resources: [{name: cpu, %s}]}]}]", flavor, quota)
}

func queue(cohort, groups string) string {
	return object("ClusterQueue", "cq", "namespaceSelector: {}, "+cohort+groups) + object("LocalQueue", "q", "clusterQueue: cq") +
		object("ResourceFlavor", "a", "nodeLabels: {zone: a}") + object("ResourceFlavor", "b", "nodeLabels: {zone: b}")
}

// pods are so many that ask for some cpu each.
func pods(count int64, cpu string, change ...func(*corev1.PodTemplateSpec)) kueue.PodSet {
	template := &corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{
		Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}}}}}}
	for _, f := range change {
		f(template)
	}
	return kueue.PodSet{Template: template, Count: count}
}

func asks(resourceName, amount string) func(*corev1.PodTemplateSpec) {
	return func(p *corev1.PodTemplateSpec) {
		p.Spec.Containers[0].Resources.Limits[corev1.ResourceName(resourceName)] = resource.MustParse(amount)
	}
}

func selects(terms ...corev1.NodeSelectorTerm) func(*corev1.PodTemplateSpec) {
	return func(p *corev1.PodTemplateSpec) {
		p.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}}
	}
}

func near(level string) func(*corev1.PodTemplateSpec) {
	return func(p *corev1.PodTemplateSpec) {
		p.ObjectMeta = metav1.ObjectMeta{Annotations: map[string]string{"kueue.x-k8s.io/podset-required-topology": level}}
	}
}

func in(key string, values ...string) corev1.NodeSelectorTerm {
	return corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}}}
}

func TestJudge(t *testing.T) {
	two := "resourceGroups: [{coveredResources: [cpu], flavors: [{name: a, resources: [{name: cpu, nominalQuota: 2}]}, {name: b, resources: [{name: cpu, nominalQuota: 8}]}]}]"
	deep := object("Cohort", "low", "parentName: top, "+cpus("a", "nominalQuota: 4, lendingLimit: 1")) +
		object("Cohort", "top", cpus("a", "nominalQuota: 16")) + object("Cohort", "side", "parentName: top, "+cpus("a", "nominalQuota: 8, lendingLimit: 2"))
	for _, c := range []struct {
		name, queues string
		sets         []kueue.PodSet
		want         kueue.State
	}{
		{"all of its own", queue("", cpus("a", "nominalQuota: 8")), []kueue.PodSet{pods(4, "2")}, kueue.Within},
		{"a thousandth more", queue("", cpus("a", "nominalQuota: 8")), []kueue.PodSet{pods(4, "2001m")}, kueue.Never},
		{"sets together", queue("", cpus("a", "nominalQuota: 8")), []kueue.PodSet{pods(1, "5"), pods(2, "2")}, kueue.Never},
		{"the second set goes to the second flavor", queue("", two), []kueue.PodSet{pods(1, "2"), pods(1, "7")}, kueue.Within},
		{"each flavor alone is too small", queue("", two), []kueue.PodSet{pods(5, "2")}, kueue.Never},
		{"a set of none", queue("", cpus("a", "nominalQuota: 1")), []kueue.PodSet{pods(1, "1"), pods(0, "9")}, kueue.Within},
		{"none of what is not covered", queue("", cpus("a", "nominalQuota: 1")), []kueue.PodSet{pods(1, "1", asks("memory", "0"))}, kueue.Within},
		{"some of what is not covered", queue("", cpus("a", "nominalQuota: 1")), []kueue.PodSet{pods(1, "1", asks("vpc.amazonaws.com/efa", "1"))}, kueue.Never},
		{"borrowed from two cohorts up", deep + queue("cohortName: low, ", cpus("a", "nominalQuota: 2")), []kueue.PodSet{pods(1, "24")}, kueue.Borrows},
		{"what lies beside is lent in part", deep + queue("cohortName: low, ", cpus("a", "nominalQuota: 2")), []kueue.PodSet{pods(1, "25")}, kueue.Never},
		{"no more than may be borrowed", deep + queue("cohortName: low, ", cpus("a", "nominalQuota: 2, borrowingLimit: 3")), []kueue.PodSet{pods(1, "6")}, kueue.Never},
		{"the first flavor by borrowing", deep + queue("cohortName: low, ", two), []kueue.PodSet{pods(1, "4")}, kueue.Borrows},
		{"the next before borrowing", deep + queue("cohortName: low, flavorFungibility: {whenCanBorrow: TryNextFlavor}, ", two), []kueue.PodSet{pods(1, "4")}, kueue.Within},
		{"one term asks for what no flavor says", queue("", cpus("a", "nominalQuota: 8")), []kueue.PodSet{pods(1, "1", selects(in("zone", "b"), in("rack", "7")))}, kueue.Within},
		{"no term is met", queue("", cpus("a", "nominalQuota: 8")), []kueue.PodSet{pods(1, "1", selects(in("zone", "b"), in("zone", "c")))}, kueue.Never},
		{"a flavor without a topology", queue("", cpus("a", "nominalQuota: 8")), []kueue.PodSet{pods(1, "1", near("rack"))}, kueue.Never},
		{"a topology that nobody knows", object("ResourceFlavor", "t", "topologyName: hall") + queue("", cpus("t", "nominalQuota: 8")), []kueue.PodSet{pods(1, "1", near("rack"))}, kueue.LevelUnknown},
		{"a level that it has", object("Topology", "hall", "levels: [{nodeLabel: rack}]") + object("ResourceFlavor", "t", "topologyName: hall") + queue("", cpus("t", "nominalQuota: 8")),
			[]kueue.PodSet{pods(1, "1", near("rack"))}, kueue.Within},
		{"groups that place the pods twice", object("Topology", "hall", "levels: [{nodeLabel: rack}]") + object("ResourceFlavor", "t", "topologyName: hall") + object("ResourceFlavor", "u", "topologyName: hall") +
			queue("", "resourceGroups: [{coveredResources: [cpu], flavors: [{name: t, resources: [{name: cpu, nominalQuota: 8}]}]}, {coveredResources: [pods], flavors: [{name: u, resources: [{name: pods, nominalQuota: 8}]}]}]"),
			[]kueue.PodSet{pods(1, "1")}, kueue.Never},
		{"a queue that places all its pods", object("ResourceFlavor", "t", "topologyName: hall") + queue("", cpus("t", "nominalQuota: 8")), []kueue.PodSet{pods(1, "1")}, kueue.Within},
	} {
		if v := read(t, c.queues).Judge("ml", "q", c.sets); v.State != c.want {
			t.Errorf("%s: %s %s, want %s", c.name, v.State, v.Message, c.want)
		}
	}
}

func TestCoveredPods(t *testing.T) {
	groups := "resourceGroups: [{coveredResources: [cpu, pods], flavors: [{name: a, resources: [{name: cpu, nominalQuota: 8}, {name: pods, nominalQuota: 2}]}]}]"
	c := read(t, queue("", groups))
	for n, want := range []kueue.State{1: kueue.Within, 2: kueue.Within, 3: kueue.Never} {
		if n > 0 {
			if v := c.Judge("ml", "q", []kueue.PodSet{pods(int64(n), "1")}); v.State != want {
				t.Errorf("%d pods: %s, want %s", n, v.State, want)
			}
		}
	}
}

// A run without a namespace stands in the one queue of its name, and of several nobody knows which one is meant.
func TestNoNamespace(t *testing.T) {
	c := read(t, queue("", cpus("a", "nominalQuota: 1")))
	if v := c.Judge("", "q", []kueue.PodSet{pods(1, "2")}); v.State != kueue.Never {
		t.Errorf("the only queue: %s", v.State)
	}
	twins := strings.ReplaceAll(object("LocalQueue", "q", "clusterQueue: cq"), "ml", "other")
	c = read(t, queue("", cpus("a", "nominalQuota: 1"))+twins)
	if v := c.Judge("", "q", []kueue.PodSet{pods(1, "2")}); v.State != kueue.Unknown || v.Message != "" {
		t.Errorf("one of two queues: %+v", v)
	}
}
