package fit

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/resource"
)

// demand is what a pod asks of any machine, worked out once.
type demand struct {
	pod       *corev1.Pod
	selector  []corev1.NodeSelectorRequirement // nodeSelector, sorted by key
	affinity  *corev1.NodeSelector             // required node affinity, nil when there is none
	resources []amount                         // sorted by name
	byName    bool                             // it asks for an instance type that is a machine's name
}

// amount is the demand for one resource, in the scheduler's unit: thousandths of cpu, else whole units.
type amount struct {
	name    corev1.ResourceName
	value   int64
	others  int64  // what the pod asks beyond its first container
	text    string // as the user wrote it, where the first container is all
	claimed bool   // through DRA
}

// newDemand works out a pod's demand. Resources of 0 ask for nothing. What is claimed through DRA is no request of a
// container, and stands beside those.
func newDemand(template *corev1.PodTemplateSpec, claims []Claim) *demand {
	pod := admitted(template)
	d := &demand{pod: pod}
	for key, value := range pod.Spec.NodeSelector {
		d.selector = append(d.selector, corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: []string{value}})
	}
	// Maps have no order, and the reasons are told in one.
	slices.SortFunc(d.selector, func(a, b corev1.NodeSelectorRequirement) int { return strings.Compare(a.Key, b.Key) })
	if a := pod.Spec.Affinity; a != nil && a.NodeAffinity != nil {
		d.affinity = a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	}
	for name, total := range resource.PodRequests(pod, resource.PodResourcesOptions{}) {
		if value := units(name, total); value > 0 {
			d.resources = append(d.resources, d.amount(name, value))
		}
	}
	for _, c := range claims {
		if c.Count > 0 {
			d.resources = append(d.resources, amount{name: corev1.ResourceName(c.Resource), value: c.Count, text: strconv.FormatInt(c.Count, 10), claimed: true})
		}
	}
	slices.SortStableFunc(d.resources, func(a, b amount) int { return strings.Compare(string(a.name), string(b.name)) })
	return d
}

// amount finds the part of a total that the user can lessen: what the first container, the run's own, asks for.
func (d *demand) amount(name corev1.ResourceName, total int64) amount {
	a := amount{name: name, value: total, others: total}
	if len(d.pod.Spec.Containers) == 0 {
		return a
	}
	own, ok := d.pod.Spec.Containers[0].Resources.Requests[name]
	if !ok || units(name, own) > total {
		return a
	}
	a.others = total - units(name, own)
	a.text = own.String()
	return a
}

// admitted is the pod that the API server would make of the template: limits become requests where there are none
// (SetDefaults_Pod in k8s.io/kubernetes/pkg/apis/core/v1). The template is left as it is.
func admitted(template *corev1.PodTemplateSpec) *corev1.Pod {
	spec := template.Spec // a copy; what is changed below is copied first
	spec.Containers = withRequests(spec.Containers)
	spec.InitContainers = withRequests(spec.InitContainers)
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: spec}
	if spec.Resources != nil && len(spec.Resources.Limits) > 0 {
		pod.Spec.Resources = podLevel(pod)
	}
	return pod
}

// withRequests are the containers with a request for each limit that has none; those that are given stay as they are.
func withRequests(containers []corev1.Container) []corev1.Container {
	containers = slices.Clone(containers)
	for i := range containers {
		r := &containers[i].Resources
		r.Requests = merged(r.Requests, r.Limits)
	}
	return containers
}

// podLevel copies pod-level limits into requests, for resources of which no container speaks.
func podLevel(pod *corev1.Pod) *corev1.ResourceRequirements {
	own := resource.AggregateContainerRequests(pod, resource.PodResourcesOptions{})
	silent := corev1.ResourceList{}
	for name, limit := range pod.Spec.Resources.Limits {
		if _, asked := own[name]; !asked {
			silent[name] = limit
		}
	}
	copied := *pod.Spec.Resources
	copied.Requests = merged(copied.Requests, silent)
	return &copied
}

// merged adds what is missing in a list; neither list is changed.
func merged(list, missing corev1.ResourceList) corev1.ResourceList {
	all := list
	for name, q := range missing {
		if _, ok := list[name]; ok {
			continue
		}
		if len(all) == len(list) {
			all = make(corev1.ResourceList, len(list)+len(missing))
			for n, v := range list {
				all[n] = v
			}
		}
		all[name] = q
	}
	return all
}
