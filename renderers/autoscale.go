package renderers

import (
	"strconv"

	"berth/internal/diag"
	"berth/schema"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// wantsAutoscaler reports whether the number of the run's pods follows their load.
func wantsAutoscaler(p *schema.Plan) bool { return isDeployed(p) && p.Spec.Autoscale != nil }

// autoscaler renders who says how many pods the run's Deployment has.
func (r *renderer) autoscaler() []typed {
	at := r.begin("spec.autoscale", "a run that scales by its load has a HorizontalPodAutoscaler")
	spec, said := at.in("spec"), r.spec.Autoscale
	hpa := &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: r.objectMeta(at.in("metadata"), "name", "", r.plan.Name),
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: computed(spec, "scaleTargetRef", "name", "it scales the run's pods", r.scaled()),
			MinReplicas:    copied(spec, "minReplicas", "spec.autoscale.min", narrow(said.Min)),
			MaxReplicas:    copied(spec, "maxReplicas", "spec.autoscale.max", int32(said.Max)),
			Metrics:        r.metrics(spec.in("metrics")),
			Behavior:       r.behavior(spec),
		},
	}
	r.annotateWave(at, hpa)
	return []typed{{object: hpa, at: at}}
}

// scaled is the object whose pods, or groups of pods, are counted.
func (r *renderer) scaled() autoscalingv2.CrossVersionObjectReference {
	if isGroupSet(r.plan) {
		return autoscalingv2.CrossVersionObjectReference{APIVersion: lws.GroupVersion.String(), Kind: "LeaderWorkerSet", Name: r.plan.GroupSet()}
	}
	return autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: r.plan.Name}
}

// The reason that stands beside each metric of the main container where someone asks for the origin of its target.
const reasonOwnMetric = "the main container's own use: the others may ask for nothing, which stops a sum over the pod"

// metrics are the use of the main container, and what the run gives in Kubernetes' own form.
func (r *renderer) metrics(at at) []autoscalingv2.MetricSpec {
	said := r.spec.Autoscale
	var metrics []autoscalingv2.MetricSpec
	use := func(resource corev1.ResourceName, from string, target autoscalingv2.MetricTarget) {
		at := at.item(len(metrics))
		at.set(origin{plan: from, reason: reasonOwnMetric})
		metrics = append(metrics, autoscalingv2.MetricSpec{
			Type:              autoscalingv2.ContainerResourceMetricSourceType,
			ContainerResource: &autoscalingv2.ContainerResourceMetricSource{Name: resource, Container: r.plan.MainName(), Target: target},
		})
	}
	if said.CPU != nil {
		use(corev1.ResourceCPU, "spec.autoscale.cpu", utilization(*said.CPU))
	}
	if said.Memory != "" {
		use(corev1.ResourceMemory, "spec.autoscale.memory", r.memoryTarget(said.Memory))
	}
	for i, metric := range said.Metrics {
		path := diag.At("spec.autoscale.metrics", i)
		var spec autoscalingv2.MetricSpec
		if problems := r.shapeProblems(diag.WrongValue, path, metric, spec, false); len(problems) > 0 {
			r.problems = append(r.problems, problems...)
			continue
		}
		r.inKubernetesForm(path, metric, &spec)
		// The index is that of the output: metrics of the run's own form, and those that were refused, shift the
		// others.
		at.item(len(metrics)).set(origin{plan: path, follows: true})
		metrics = append(metrics, spec)
	}
	return metrics
}

// memoryTarget is a percentage for a plain number, and an amount for each pod otherwise.
func (r *renderer) memoryTarget(memory string) autoscalingv2.MetricTarget {
	if percent, err := strconv.ParseInt(memory, 10, 32); err == nil {
		return utilization(percent)
	}
	return autoscalingv2.MetricTarget{
		Type: autoscalingv2.AverageValueMetricType, AverageValue: new(r.quantity("spec.autoscale.memory", memory)),
	}
}

// utilization is a target in percent of what the container requests, averaged over all pods.
func utilization(percent int64) autoscalingv2.MetricTarget {
	return autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: narrow(&percent)}
}

// behavior is spec.autoscale.behavior, which a run writes in Kubernetes' own form: unknown fields and wrong types are
// problems at their places in the plan. Nil where the run says nothing, or nothing that can be taken.
func (r *renderer) behavior(at at) *autoscalingv2.HorizontalPodAutoscalerBehavior {
	const path = "spec.autoscale.behavior"
	said := r.spec.Autoscale.Behavior
	if said == nil {
		return nil
	}
	behavior := copied(at, "behavior", path, &autoscalingv2.HorizontalPodAutoscalerBehavior{})
	if problems := r.shapeProblems(diag.WrongValue, path, said, behavior, false); len(problems) > 0 {
		r.problems = append(r.problems, problems...)
		return nil
	}
	r.inKubernetesForm(path, said, behavior)
	return behavior
}
