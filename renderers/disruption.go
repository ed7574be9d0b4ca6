package renderers

import (
	"berth/schema"

	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// wantsBudget reports whether draining machines has to leave some of the run's pods in place.
func wantsBudget(p *schema.Plan) bool { return isDeployed(p) && p.Spec.Disruption != nil }

// budget renders how many of the run's pods may be away at a time. Pods that are not ready never hold up a drain: they
// serve nobody, and a broken rollout would keep a machine for ever.
func (r *renderer) budget() []typed {
	at := r.begin("spec.disruption", "a run that limits disruption has a PodDisruptionBudget")
	spec, said := at.in("spec"), r.spec.Disruption
	budget := &policyv1.PodDisruptionBudget{
		ObjectMeta: r.objectMeta(at.in("metadata"), "name", "", r.plan.Name),
		Spec: policyv1.PodDisruptionBudgetSpec{
			MinAvailable:   copied(spec, "minAvailable", "spec.disruption.min_available", intOrString(said.MinAvailable)),
			MaxUnavailable: copied(spec, "maxUnavailable", "spec.disruption.max_unavailable", intOrString(said.MaxUnavailable)),
			Selector:       selected(r, spec, "selector", "selector.matchLabels", &metav1.LabelSelector{MatchLabels: r.selector()}),
			UnhealthyPodEvictionPolicy: decided(spec, "unhealthyPodEvictionPolicy", "a pod that is not ready serves nobody, and must not keep a machine from being drained",
				new(policyv1.UnhealthyPodEvictionPolicyType(r.plan.InEdition().UnhealthyEviction))),
		},
	}
	r.annotateWave(at, budget)
	return []typed{{object: budget, at: at}}
}
