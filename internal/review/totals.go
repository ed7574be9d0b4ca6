package review

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	resourcehelper "k8s.io/component-helpers/resource"
)

// Total is what the runs of one environment, namespace and queue ask for at a time, before and after.
type Total struct {
	Environment string `json:"environment,omitempty"`
	Namespace   string `json:"namespace,omitempty"`
	Queue       string `json:"queue,omitempty"`
	Before      Demand `json:"before"`
	After       Demand `json:"after"`
}

// Demand is an amount of resources, in the units of Kubernetes. Devices are counted by model.
type Demand struct {
	CPU     string           `json:"cpu"`
	Memory  string           `json:"memory"`
	Devices map[string]int64 `json:"devices,omitempty"`
}

// demand is a Demand to count with: thousandths of cpu, bytes.
type demand struct {
	cpu, memory int64
	devices     map[string]int64
}

// add adds another demand several times.
func (d *demand) add(other demand, times int64) {
	d.cpu += other.cpu * times
	d.memory += other.memory * times
	for model, n := range other.devices {
		if d.devices == nil {
			d.devices = map[string]int64{}
		}
		d.devices[model] += n * times
	}
}

// shown is the demand in the notation of Kubernetes: cpu in cores or thousandths, memory in bytes.
func (d demand) shown() Demand {
	return Demand{
		CPU:     resource.NewMilliQuantity(d.cpu, resource.DecimalSI).String(),
		Memory:  resource.NewQuantity(d.memory, resource.BinarySI).String(),
		Devices: d.devices,
	}
}

// totalKey is what is summed together; queue is empty for runs without one.
type totalKey struct{ environment, namespace, queue string }

// totals sums what the runs of each side ask for at a time. Where two environments are compared, theirs are put side by
// side, by their queues alone.
func totals(before, after []Run, environments bool) []Total {
	sums := map[totalKey]*[2]demand{}
	for side, runs := range [][]Run{before, after} {
		for i := range runs {
			r := &runs[i]
			key := totalKey{r.Environment, r.Plan.Namespace, r.queue()}
			if environments {
				key = totalKey{queue: key.queue}
			}
			if sums[key] == nil {
				sums[key] = &[2]demand{}
			}
			sums[key][side].add(r.demand(), 1)
		}
	}
	keys := slices.SortedFunc(maps.Keys(sums), func(a, b totalKey) int {
		return cmp.Or(cmp.Compare(a.environment, b.environment), cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.queue, b.queue))
	})
	all := make([]Total, 0, len(keys))
	for _, k := range keys {
		all = append(all, Total{k.environment, k.namespace, k.queue, sums[k][0].shown(), sums[k][1].shown()})
	}
	return all
}

// queue is the queue that the run's pods wait in.
func (r *Run) queue() string { return r.Plan.Spec.Queue }

// demand is what the run asks for while it runs: all its pods at a time. A CronJob counts as one run of its schedule; one
// that is suspended asks for nothing.
func (r *Run) demand() demand {
	var all demand
	o := workload(r)
	if c, ok := o.Value.(*batchv1.CronJob); ok && suspended(c) {
		return all
	}
	if template := podTemplate(r); template != nil {
		all.add(r.podDemand(template), pods(o)-leaders(o))
		if leader := leaderTemplate(o); leader != nil {
			all.add(r.podDemand(leader), leaders(o))
		}
	}
	return all
}

// podDemand is what one pod of the run asks for, as the scheduler counts it: a limit without a request is a request.
// Resources with a domain are devices. What a claim template asks for comes on top, once for each pod.
func (r *Run) podDemand(template *corev1.PodTemplateSpec) demand {
	pod := &corev1.Pod{Spec: *template.Spec.DeepCopy()}
	limitsAsRequests(pod.Spec.Containers)
	limitsAsRequests(pod.Spec.InitContainers)
	var all demand
	for name, q := range resourcehelper.PodRequests(pod, resourcehelper.PodResourcesOptions{}) {
		switch {
		case name == corev1.ResourceCPU:
			all.cpu = q.MilliValue()
		case name == corev1.ResourceMemory:
			all.memory = q.Value()
		case strings.Contains(string(name), "/") && q.Value() > 0:
			all.add(demand{devices: map[string]int64{r.model(string(name)): q.Value()}}, 1)
		}
	}
	for _, o := range r.Objects {
		if t, ok := o.Value.(*resourcev1.ResourceClaimTemplate); ok {
			all.add(demand{devices: map[string]int64{r.model(""): claimed(t)}}, 1)
		}
	}
	return all
}

// limitsAsRequests is what the API server makes of a limit without a request.
func limitsAsRequests(containers []corev1.Container) {
	for i := range containers {
		own := &containers[i].Resources
		for name, q := range own.Limits {
			if _, ok := own.Requests[name]; ok {
				continue
			}
			if own.Requests == nil {
				own.Requests = corev1.ResourceList{}
			}
			own.Requests[name] = q
		}
	}
}

// claimed is how many devices one claim of the template asks for. Choices among several kinds are not counted.
func claimed(t *resourcev1.ResourceClaimTemplate) int64 {
	var n int64
	for _, request := range t.Spec.Spec.Devices.Requests {
		if request.Exactly != nil {
			n += max(request.Exactly.Count, 1)
		}
	}
	return n
}

// model names a device: by its model and memory where the profile knows them, and else by its resource. An empty resource
// means the accelerator itself.
func (r *Run) model(name string) string {
	accelerator := &schema.Accelerator{}
	if r.Plan.Machine != nil && r.Plan.Machine.Accelerator != nil {
		accelerator = r.Plan.Machine.Accelerator
	}
	own := cmp.Or(accelerator.Resource, "nvidia.com/gpu")
	if name != "" && name != own || accelerator.Model == "" {
		return cmp.Or(name, own)
	}
	return strings.TrimSpace(accelerator.Model + " " + accelerator.Memory)
}
