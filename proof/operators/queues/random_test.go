package queues

import (
	"fmt"
	"math/rand/v2"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kueue "sigs.k8s.io/kueue/apis/kueue/v1beta2"
)

// draw draws clusters and pods.
type draw struct{ *rand.Rand }

func (d draw) chance(percent int) bool { return d.IntN(100) < percent }

func one[T any](d draw, of ...T) T { return of[d.IntN(len(of))] }

// resources are those that queues cover and pods ask for.
var resources = []corev1.ResourceName{"cpu", "memory", "nvidia.com/gpu", "ephemeral-storage", "vpc.amazonaws.com/efa", "pods"}

// cluster is the objects of Kueue, of which each queue has a LocalQueue of its own name.
type cluster struct {
	flavors    []*kueue.ResourceFlavor
	topologies []*kueue.Topology
	cohorts    []*kueue.Cohort
	queues     []*kueue.ClusterQueue
}

func (d draw) cluster() *cluster {
	c := &cluster{topologies: []*kueue.Topology{
		{ObjectMeta: metav1.ObjectMeta{Name: "hall"}, Spec: kueue.TopologySpec{Levels: []kueue.TopologyLevel{{NodeLabel: "block"}, {NodeLabel: "rack"}}}},
		{ObjectMeta: metav1.ObjectMeta{Name: "room"}, Spec: kueue.TopologySpec{Levels: []kueue.TopologyLevel{{NodeLabel: "rack"}}}},
	}}
	for i := range 5 {
		c.flavors = append(c.flavors, d.flavor(fmt.Sprintf("f%d", i)))
	}
	for i := range d.IntN(4) {
		cohort := &kueue.Cohort{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("c%d", i)}}
		if i > 0 && d.chance(60) {
			cohort.Spec.ParentName = kueue.CohortReference(fmt.Sprintf("c%d", d.IntN(i)))
		}
		if d.chance(60) {
			cohort.Spec.ResourceGroups = d.groups(cohort.Spec.ParentName != "")
		}
		c.cohorts = append(c.cohorts, cohort)
	}
	for i := range 1 + d.IntN(4) {
		q := &kueue.ClusterQueue{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("q%d", i)}}
		if d.chance(70) {
			q.Spec.CohortName = kueue.CohortReference(fmt.Sprintf("c%d", d.IntN(4)))
		}
		q.Spec.ResourceGroups = d.groups(q.Spec.CohortName != "")
		q.Spec.NamespaceSelector = d.selector()
		if d.chance(40) {
			q.Spec.FlavorFungibility = &kueue.FlavorFungibility{WhenCanBorrow: one(d, kueue.TryNextFlavor, kueue.MayStopSearch)}
		}
		c.queues = append(c.queues, q)
	}
	return c
}

func (d draw) flavor(name string) *kueue.ResourceFlavor {
	f := &kueue.ResourceFlavor{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if d.chance(60) {
		f.Spec.NodeLabels = map[string]string{"zone": one(d, "a", "b")}
	}
	if d.chance(30) {
		if f.Spec.NodeLabels == nil {
			f.Spec.NodeLabels = map[string]string{}
		}
		f.Spec.NodeLabels["size"] = one(d, "1", "7")
	}
	if d.chance(20) {
		f.Spec.NodeTaints = []corev1.Taint{{Key: "team", Value: one(d, "x", "y"), Effect: one(d, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute, corev1.TaintEffectPreferNoSchedule)}}
	}
	if d.chance(15) {
		f.Spec.Tolerations = []corev1.Toleration{{Key: "team", Operator: corev1.TolerationOpExists}}
	}
	if d.chance(15) {
		if f.Spec.NodeLabels == nil {
			f.Spec.NodeLabels = map[string]string{"zone": "a"}
		}
		f.Spec.TopologyName = new(one(d, kueue.TopologyReference("hall"), "room"))
	}
	return f
}

// groups are some of the resources in one or two groups, and some of the flavors in each.
func (d draw) groups(shares bool) []kueue.ResourceGroup {
	covered := someOf(d, 6, resources)
	if d.chance(20) {
		covered = someOf(d, 3, resources)
	}
	flavors := someOf(d, 1, []string{"f0", "f1", "f2", "f3", "f4"})
	if d.chance(50) || len(covered) < 2 || len(flavors) < 2 {
		return []kueue.ResourceGroup{d.group(covered, flavors, shares)}
	}
	a, b := 1+d.IntN(len(covered)-1), 1+d.IntN(len(flavors)-1)
	return []kueue.ResourceGroup{d.group(covered[:a], flavors[:b], shares), d.group(covered[a:], flavors[b:], shares)}
}

func (d draw) group(covered []corev1.ResourceName, flavors []string, shares bool) kueue.ResourceGroup {
	g := kueue.ResourceGroup{CoveredResources: covered}
	for _, f := range flavors {
		quotas := kueue.FlavorQuotas{Name: kueue.ResourceFlavorReference(f)}
		for _, r := range covered {
			q := kueue.ResourceQuota{Name: r, NominalQuota: d.quota(r)}
			if shares && d.chance(30) {
				q.BorrowingLimit = new(d.quota(r))
			}
			if shares && d.chance(30) {
				if q.LendingLimit = new(d.quota(r)); q.LendingLimit.Cmp(q.NominalQuota) > 0 {
					q.LendingLimit = new(q.NominalQuota)
				}
			}
			quotas.Resources = append(quotas.Resources, q)
		}
		g.Flavors = append(g.Flavors, quotas)
	}
	return g
}

// someOf are at least so many of the values, in any order.
func someOf[T any](d draw, least int, all []T) []T {
	all = slices.Clone(all)
	d.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	return all[:min(len(all), least+d.IntN(len(all)-least+1))]
}

func (d draw) quota(name corev1.ResourceName) resource.Quantity {
	switch name {
	case "memory", "ephemeral-storage":
		return resource.MustParse(one(d, "0", "1500M", "4Gi", "8Gi", "16Gi", "64Gi", "1Ti", "1Ti"))
	case "cpu":
		return resource.MustParse(one(d, "0", "2500m", "8", "8", "16", "32", "1e30"))
	}
	return resource.MustParse(one(d, "0", "4", "8", "8", "16", "16", "64"))
}

// selector is about the one label that is known, the namespace's name.
func (d draw) selector() *metav1.LabelSelector {
	switch d.IntN(20) {
	case 0:
		return nil
	case 1:
		return &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: one(d, "ml", "other")}}
	case 2:
		return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: corev1.LabelMetadataName,
			Operator: one(d, metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn), Values: one(d, []string{"ml"}, []string{"other", "ml"}, []string{"other"})}}}
	}
	return &metav1.LabelSelector{}
}

// sets are the pods of one run: those of one template, or a leader and its workers.
func (d draw) sets() []kueue.PodSet {
	var sets []kueue.PodSet
	for i := range one(d, 1, 1, 1, 1, 2, 3) {
		sets = append(sets, kueue.PodSet{Name: kueue.PodSetReference(fmt.Sprintf("s%d", i)), Count: int32(1 + d.IntN(4)), Template: d.template()})
	}
	return sets
}

func (d draw) template() corev1.PodTemplateSpec {
	var t corev1.PodTemplateSpec
	for range one(d, 1, 1, 2) {
		t.Spec.Containers = append(t.Spec.Containers, corev1.Container{Resources: d.amounts()})
	}
	if d.chance(20) {
		t.Spec.InitContainers = []corev1.Container{{Resources: d.amounts()}}
	}
	if d.chance(15) {
		t.Spec.NodeSelector = map[string]string{one(d, "zone", "size", "else"): one(d, "a", "b", "7")}
	}
	if d.chance(15) {
		t.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: d.terms()}}}
	}
	if d.chance(40) {
		t.Spec.Tolerations = []corev1.Toleration{{Key: one(d, "team", "else"), Operator: one(d, corev1.TolerationOpExists, corev1.TolerationOpEqual, ""), Effect: one(d, "", corev1.TaintEffectNoSchedule)}}
		if t.Spec.Tolerations[0].Operator != corev1.TolerationOpExists {
			t.Spec.Tolerations[0].Value = one(d, "x", "y")
		}
	}
	if d.chance(12) {
		t.Annotations = map[string]string{one(d, kueue.PodSetRequiredTopologyAnnotation, kueue.PodSetPreferredTopologyAnnotation): one(d, "block", "rack", "nowhere")}
	}
	return t
}

func (d draw) terms() []corev1.NodeSelectorTerm {
	var terms []corev1.NodeSelectorTerm
	for range 1 + d.IntN(2) {
		var term corev1.NodeSelectorTerm
		for range 1 + d.IntN(2) {
			e := corev1.NodeSelectorRequirement{Key: one(d, "zone", "size", "else"), Operator: one(d, corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist, corev1.NodeSelectorOpGt)}
			switch e.Operator {
			case corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn:
				e.Values = someOf(d, 1, []string{"a", "b", "1", "7"})
			case corev1.NodeSelectorOpGt:
				e.Key, e.Values = "size", []string{"3"}
			}
			term.MatchExpressions = append(term.MatchExpressions, e)
		}
		terms = append(terms, term)
	}
	return terms
}

func (d draw) amounts() corev1.ResourceRequirements {
	var r corev1.ResourceRequirements
	for _, name := range resources[:5] {
		if !d.chance(map[corev1.ResourceName]int{"cpu": 90, "memory": 80, "nvidia.com/gpu": 50, "ephemeral-storage": 10, "vpc.amazonaws.com/efa": 8}[name]) {
			continue
		}
		amount := map[corev1.ResourceName][]string{
			"cpu": {"0", "1", "250m", "2", "3"}, "memory": {"512Mi", "1Gi", "1G", "2Gi"}, "nvidia.com/gpu": {"0", "1", "2", "4"},
			"ephemeral-storage": {"1Gi", "2Gi"}, "vpc.amazonaws.com/efa": {"1"},
		}[name]
		list := one(d, &r.Requests, &r.Limits)
		if *list == nil {
			*list = corev1.ResourceList{}
		}
		(*list)[name] = resource.MustParse(one(d, amount...))
	}
	return r
}
