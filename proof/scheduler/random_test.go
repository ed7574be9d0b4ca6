package scheduler

import (
	"fmt"
	"math/rand/v2"

	"berth/schema"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// world is a small set of labels, taints and amounts, so that pods and machines often meet and often just miss.
type world struct{ *rand.Rand }

func pick[T any](w world, from ...T) T { return from[w.IntN(len(from))] }

func (w world) chance(percent int) bool { return w.IntN(100) < percent }

func (w world) labels() map[string]string {
	found := map[string]string{}
	for range w.IntN(3) {
		found[pick(w, "zone", "gpu", "generation")] = pick(w, "a", "b", "1", "2", "30")
	}
	return found
}

func (w world) amount() string { return pick(w, "0", "100m", "500m", "1", "1500m", "2", "2.5", "4") }

func (w world) bytes() string {
	return pick(w, "0", "1Mi", "512Mi", "1Gi", "1G", "1.5Gi", "2Gi", "4294967296", "1e9")
}

func (w world) requests() corev1.ResourceList {
	list := corev1.ResourceList{}
	add := func(percent int, name corev1.ResourceName, value string) {
		if w.chance(percent) {
			list[name] = resource.MustParse(value)
		}
	}
	add(60, corev1.ResourceCPU, w.amount())
	add(60, corev1.ResourceMemory, w.bytes())
	add(15, corev1.ResourceEphemeralStorage, w.bytes())
	add(30, "nvidia.com/gpu", pick(w, "0", "1", "2", "8"))
	add(10, "example.com/dongle", pick(w, "0", "1"))
	add(5, "hugepages-2Mi", pick(w, "0", "2Mi", "64Mi"))
	return list
}

// pod has what a rendered or patched pod may have: further containers, init containers, sidecars, overhead, pod-level
// resources.
func (w world) pod() *corev1.Pod {
	spec := corev1.PodSpec{NodeSelector: w.labels(), Tolerations: w.tolerations()}
	if w.chance(60) {
		spec.NodeSelector = nil
	}
	for i := range 1 + w.IntN(2) {
		spec.Containers = append(spec.Containers, w.container(fmt.Sprint("c", i)))
	}
	for i := range w.IntN(3) {
		c := w.container(fmt.Sprint("i", i))
		if w.chance(40) {
			always := corev1.ContainerRestartPolicyAlways
			c.RestartPolicy = &always
		}
		spec.InitContainers = append(spec.InitContainers, c)
	}
	if w.chance(10) {
		spec.Overhead = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("250m")}
	}
	if w.chance(10) {
		list := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(w.amount()), corev1.ResourceMemory: resource.MustParse(w.bytes())}
		spec.Resources = &corev1.ResourceRequirements{Requests: list}
		if w.chance(50) {
			spec.Resources = &corev1.ResourceRequirements{Limits: list}
		}
	}
	if w.chance(40) {
		spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: w.terms()},
		}}
	}
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "ml"}, Spec: spec}
}

func (w world) container(name string) corev1.Container {
	c := corev1.Container{Name: name, Image: "i", Resources: corev1.ResourceRequirements{Requests: w.requests()}}
	if w.chance(30) { // limits alone, or for other resources: the API server copies them into requests
		c.Resources.Limits = w.requests()
	}
	if w.chance(15) {
		c.Resources.Requests = nil
	}
	obey(&c.Resources)
	return c
}

// obey keeps the API server's rule that what cannot be overcommitted has one amount as request and limit.
func obey(r *corev1.ResourceRequirements) {
	for _, name := range []corev1.ResourceName{"nvidia.com/gpu", "example.com/dongle", "hugepages-2Mi"} {
		limit, limited := r.Limits[name]
		request, requested := r.Requests[name]
		switch {
		case limited && requested:
			r.Requests[name] = limit
		case requested && r.Limits == nil:
			r.Limits = corev1.ResourceList{name: request}
		case requested:
			r.Limits[name] = request
		}
	}
}

func (w world) terms() []corev1.NodeSelectorTerm {
	terms := make([]corev1.NodeSelectorTerm, 1+w.IntN(2))
	for i := range terms {
		for range w.IntN(3) {
			terms[i].MatchExpressions = append(terms[i].MatchExpressions, w.requirement())
		}
	}
	return terms
}

func (w world) requirement() corev1.NodeSelectorRequirement {
	r := corev1.NodeSelectorRequirement{Key: pick(w, "zone", "gpu", "generation"), Operator: pick(w,
		corev1.NodeSelectorOpIn, corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpExists,
		corev1.NodeSelectorOpDoesNotExist, corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt)}
	switch r.Operator {
	case corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn:
		r.Values = []string{pick(w, "a", "b"), pick(w, "1", "2", "30")}
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
		r.Values = []string{pick(w, "1", "2", "29", "30", "0")}
	}
	return r
}

var effects = []corev1.TaintEffect{corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute}

func (w world) tolerations() []corev1.Toleration {
	var list []corev1.Toleration
	for range w.IntN(3) {
		t := corev1.Toleration{Operator: pick(w, corev1.TolerationOpExists, corev1.TolerationOpEqual, "")}
		if t.Operator != corev1.TolerationOpExists || w.chance(80) {
			t.Key = pick(w, "nvidia.com/gpu", "spot")
		}
		if t.Operator != corev1.TolerationOpExists {
			t.Value = pick(w, "", "present", "true")
		}
		if w.chance(60) {
			t.Effect = pick(w, effects...)
		}
		list = append(list, t)
	}
	return list
}

// machine is a node as a profile declares it. It has a label at least: of a machine without any, nothing is known.
func (w world) machine(name string) schema.Node {
	m := schema.Node{Name: name, Labels: w.labels(), Allocatable: map[string]string{
		"cpu": pick(w, "900m", "2", "3920m", "8"), "memory": pick(w, "1Gi", "2Gi", "4Gi", "8G"),
	}}
	m.Labels["kind"] = "machine"
	set := func(percent int, resource, value string) {
		if w.chance(percent) {
			m.Allocatable[resource] = value
		}
	}
	set(50, "nvidia.com/gpu", pick(w, "0", "1", "8"))
	set(30, "example.com/dongle", "1")
	set(50, "ephemeral-storage", pick(w, "1Gi", "4Gi"))
	set(30, "hugepages-2Mi", "64Mi")
	set(50, "pods", pick(w, "1", "110"))
	if w.chance(30) {
		m.DaemonSets = map[string]string{"cpu": pick(w, "100m", "400m"), "memory": pick(w, "100Mi", "1Gi")}
	}
	for range w.IntN(2) {
		m.Taints = append(m.Taints, schema.Taint{
			Key: pick(w, "nvidia.com/gpu", "spot"), Value: pick(w, "", "present", "true"), Effect: string(pick(w, effects...)),
		})
	}
	return m
}
