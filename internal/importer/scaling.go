package importer

import "maps"

// isOwnAutoscaler reports whether an autoscaler is as a run's own would be: called as the Deployment, with metrics.
func (w *workload) isOwnAutoscaler(o *kubeObject) bool {
	spec := o.value.sub("spec")
	target := spec.sub("scaleTargetRef")
	return w.kind == kindDeployment && o.name == w.name && target["apiVersion"] == "apps/v1" && len(spec.list("metrics")) > 0 &&
		firstOf(spec["minReplicas"], 1) != 0
}

// autoscale takes the fields of the run's own autoscaler. Metrics stay in Kubernetes' own form: a run's `cpu` is the use of
// the main container alone.
func (w *workload) autoscale() {
	s := w.own[kindAutoscaler]
	if s == nil {
		return
	}
	rest := cloned(s.value).(dict)
	spec := rest.sub("spec")
	delete(spec, "scaleTargetRef")
	delete(rest.sub("metadata"), "name")
	o := newObject()
	if spec["minReplicas"] == 1 {
		delete(spec, "minReplicas")
	}
	move(o, spec, [2]string{"minReplicas", "min"}, [2]string{"maxReplicas", "max"}, [2]string{"metrics", "metrics"}, [2]string{"behavior", "behavior"})
	w.run.put("autoscale", o.Node)
	w.siblingMetadata(s, rest.sub("metadata"))
	w.keepRest(kindAutoscaler, rest)
}

// isOwnBudget reports whether a disruption budget is as a run's own would be: called as the Deployment, for its pods alone.
func (w *workload) isOwnBudget(o *kubeObject) bool {
	spec := o.value.sub("spec")
	selector, own := spec.sub("selector"), w.value.sub("spec").sub("selector")
	policy := firstOf(spec["unhealthyPodEvictionPolicy"], "IfHealthyBudget")
	return w.kind == kindDeployment && o.name == w.name && selector["matchExpressions"] == nil && own["matchExpressions"] == nil &&
		maps.Equal(textsOf(selector.sub("matchLabels")), textsOf(own.sub("matchLabels"))) && (policy == "AlwaysAllow" || w.opts.BerthDefaults)
}

// disruption takes the fields of the run's own budget.
func (w *workload) disruption() {
	s := w.own[kindBudget]
	if s == nil {
		return
	}
	rest := cloned(s.value).(dict)
	spec := rest.sub("spec")
	delete(spec, "selector")
	delete(spec, "unhealthyPodEvictionPolicy")
	delete(rest.sub("metadata"), "name")
	o := newObject()
	move(o, spec, [2]string{"minAvailable", "min_available"}, [2]string{"maxUnavailable", "max_unavailable"})
	w.run.put("disruption", line(o.Node))
	w.siblingMetadata(s, rest.sub("metadata"))
	w.keepRest(kindBudget, rest)
}
