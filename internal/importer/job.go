package importer

import (
	"slices"

	"berth/schema"
)

// job takes the fields of a Job, and of a CronJob around it. What silence means in Kubernetes is said, where it means
// something else in a run.
func (w *workload) job() {
	path := podPath[w.kind]
	at := func(field string) []string { return append(slices.Clone(path[:len(path)-1]), field) }
	if w.kind == kindCronJob {
		w.schedule()
	}
	w.backoff(at)
	w.same("max_failed_indexes", at("maxFailedIndexes")...)
	w.same("active_deadline_seconds", at("activeDeadlineSeconds")...)
	if mode := w.rest.at(at("completionMode")...); mode == "Indexed" && w.rest.at(at("completions")...) == nil && w.rest.at(at("parallelism")...) == nil {
		w.rest.put(1, at("completions")...) // what the API server gives it
	}
	w.same("parallelism", at("parallelism")...)
	w.same("completions", at("completions")...)
	w.unless("NonIndexed", "completion_mode", at("completionMode")...)
	policy := w.rest.at(at("podFailurePolicy")...)
	w.same("pod_failure_policy", at("podFailurePolicy")...)
	w.same("success_policy", at("successPolicy")...)
	w.same("managed_by", at("managedBy")...)
	w.unless(false, "suspend", at("suspend")...)
	// The default of podReplacementPolicy depends on the failure policy (batch/v1).
	usual := "TerminatingOrFailed"
	if policy != nil {
		usual = "Failed"
	}
	w.unless(usual, "pod_replacement_policy", at("podReplacementPolicy")...)
	// A hook of Argo CD, and each Job of a CronJob, is made anew anyway.
	hook := w.run.get("run_policy") != nil
	if ttl := w.rest.take(at("ttlSecondsAfterFinished")...); ttl != nil && (w.kind == kindCronJob || hook) {
		w.run.put("ttl_seconds_after_finished", encoded(ttl))
	} else if ttl != nil {
		w.leave("spec.ttlSecondsAfterFinished", "a Job that Git keeps would be made again each time that its time to live is over")
	}
}

// schedule takes the fields of a CronJob.
func (w *workload) schedule() {
	w.same("schedule", "spec", "schedule")
	w.same("time_zone", "spec", "timeZone")
	policy := w.rest.text("spec", "concurrencyPolicy")
	if policy == "" && !w.opts.BerthDefaults {
		policy = "Allow"
	}
	if policy != "Forbid" {
		w.run.text("concurrency_policy", policy)
	}
	w.same("starting_deadline_seconds", "spec", "startingDeadlineSeconds")
	w.unless(3, "successful_history", "spec", "successfulJobsHistoryLimit")
	w.unless(1, "failed_history", "spec", "failedJobsHistoryLimit")
	if suspend := w.rest.take("spec", "suspend"); suspend == true {
		w.run.put("suspend", encoded(true))
	}
}

// backoff takes how often a failed pod is tried again. Kubernetes tries six times where nothing is said, and with a limit
// of each index without an end.
func (w *workload) backoff(at func(string) []string) {
	limit, perIndex := w.rest.take(at("backoffLimit")...), w.rest.at(at("backoffLimitPerIndex")...)
	if perIndex != nil && limit == 1<<31-1 {
		limit = nil
	}
	if limit == nil && perIndex == nil && !w.opts.BerthDefaults {
		limit = 6
	}
	if limit != nil && (limit != 3 || perIndex != nil) {
		w.run.put("backoff_limit", encoded(limit))
	}
	w.same("backoff_limit_per_index", at("backoffLimitPerIndex")...)
}

// deployment takes the fields of a Deployment.
func (w *workload) deployment() {
	w.replicas()
	w.strategy()
	w.unless(0, "min_ready_seconds", "spec", "minReadySeconds")
	w.unless(600, "progress_deadline_seconds", "spec", "progressDeadlineSeconds")
	w.unless(10, "revision_history_limit", "spec", "revisionHistoryLimit")
	w.usually(false, "spec", "paused")
}

// replicas takes how many pods there are, unless an autoscaler says it.
func (w *workload) replicas() {
	n := w.rest.take("spec", "replicas")
	switch scaled := w.scaledBy(); {
	case w.own[kindAutoscaler] != nil && n != nil:
		w.leave("spec.replicas", "the autoscaler decides how many pods there are, and each sync would take that from it")
	case w.own[kindAutoscaler] != nil:
	case n == nil && scaled:
		w.run.text("replicas", "unmanaged")
	case n != nil && n != 1:
		w.run.put("replicas", encoded(n))
	}
}

// scaledBy reports whether an object beside the run scales it.
func (w *workload) scaledBy() bool {
	return slices.ContainsFunc(w.extra, func(o *kubeObject) bool { return o.kind == kindAutoscaler || o.kind == "ScaledObject" })
}

// strategy takes how pods are replaced. Where the run asks for devices, its silence means something else than Kubernetes'.
func (w *workload) strategy() {
	from, _ := w.rest.at("spec", "strategy").(dict)
	kind := from.text("type")
	roll := from.sub("rollingUpdate")
	if kind == "Recreate" {
		w.run.text("strategy", schema.StrategyTypeRecreate)
		return
	}
	surge, unavailable := roll.take("maxSurge"), roll.take("maxUnavailable")
	if (surge == nil || surge == "25%") && (unavailable == nil || unavailable == "25%") {
		pod, _ := w.value.at("spec", "template", "spec").(dict)
		if kind != "" || asksForDevices(pod) && !w.opts.BerthDefaults {
			w.run.text("strategy", schema.StrategyTypeRolling)
		}
		return
	}
	o := newObject().text("type", schema.StrategyTypeRolling)
	o.put("max_surge", encoded(surge)).put("max_unavailable", encoded(unavailable))
	w.run.put("strategy", line(o.Node))
}

// orElse is a value, or another where the first is the zero value of its type, which in Kubernetes' types means unset.
func orElse[T comparable](value, otherwise T) T {
	var none T
	if value == none {
		return otherwise
	}
	return value
}

// firstOf is the first value that is not nil, and nil when all are. Values such as 0 and false count as given.
func firstOf(values ...any) any {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

// same moves a value from a place of the object into a field of the run.
func (w *workload) same(field string, place ...string) {
	if v := w.rest.take(place...); v != nil {
		w.run.put(field, inline(v))
	}
}

// unless does what same does, but passes over the value that a run has anyway.
func (w *workload) unless(usual any, field string, place ...string) {
	if v := w.rest.take(place...); v != nil && v != usual {
		w.run.put(field, inline(v))
	}
}

// usually takes a value out where it is what Kubernetes means by silence.
func (w *workload) usually(usual any, place ...string) {
	if w.rest.at(place...) == usual {
		w.rest.take(place...)
	}
}
