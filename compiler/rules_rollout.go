package compiler

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/schema"
)

// checkStrategy: figures are for rolling, and one of them has to leave room for a change
// (ValidateRollingUpdateDeployment in k8s.io/kubernetes/pkg/apis/apps/validation).
func checkStrategy(c *ruleContext) {
	if s := c.plan.Spec.Strategy; s != nil {
		c.strategyFigures(s)
	}
	c.deadline()
}

// strategyFigures refuses figures of a strategy that has none, and a pair that lets nothing be replaced. Unset figures
// are Kubernetes' 25 %.
func (c *ruleContext) strategyFigures(s *schema.Strategy) {
	const surge, unavailable = "spec.strategy.max_surge", "spec.strategy.max_unavailable"
	figures := [2]schema.IntOrText{s.MaxSurge, s.MaxUnavailable}
	for i, path := range []string{surge, unavailable} {
		if figures[i] != "" && s.Type == schema.StrategyTypeRecreate {
			c.conflict(diag.Problem{
				Code: diag.WrongValue, Path: path, AtKey: true,
				Message: "strategy recreate ends all pods before it makes new ones, and has no figures",
				Hint:    "write type: rolling, or remove " + strings.TrimPrefix(path, "spec.strategy."),
			}, "spec.strategy.type")
		}
	}
	if isNone(s.MaxSurge) && isNone(s.MaxUnavailable) {
		c.conflict(diag.Problem{
			Code: diag.WrongValue, Path: unavailable,
			Message: "with neither a pod more nor a pod fewer than asked for no pod can be replaced",
			Hint:    "write max_surge: 1, or max_unavailable: 1",
		}, surge)
	}
}

// isNone reports whether a figure is zero, as a number or as a percentage.
func isNone(v schema.IntOrText) bool {
	return v != "" && strings.Trim(strings.TrimSuffix(string(v), "%"), "0") == ""
}

// deadline: a rollout that fails before its pods can be ready never succeeds.
func (c *ruleContext) deadline() {
	s := &c.plan.Spec
	if s.ProgressDeadlineSeconds == nil {
		return
	}
	p := diag.Problem{Code: diag.OutOfRange, Path: "spec.progress_deadline_seconds"}
	if ready := s.MinReadySeconds; ready != nil && *s.ProgressDeadlineSeconds <= *ready {
		p.Message = fmt.Sprintf("progress_deadline_seconds %d is over before a pod counts as ready, which takes min_ready_seconds %d", *s.ProgressDeadlineSeconds, *ready)
		p.Hint = fmt.Sprintf("write more than %d, or leave it out", *ready)
		c.conflict(p, "spec.min_ready_seconds")
	} else if *s.ProgressDeadlineSeconds == 0 {
		p.Message, p.Hint = "a rollout that has no time fails at once", "write progress_deadline_seconds: 600, or leave it out"
		c.add(p)
	} else {
		c.slowestStart(p, *s.ProgressDeadlineSeconds)
	}
}

// slowestStart: a container may take all of the time that its startup check gives it, and the rollout has not failed yet.
func (c *ruleContext) slowestStart(p diag.Problem, deadline int64) {
	for i := range c.pod() {
		container := &c.pod()[i]
		budget := container.Probes.StartupBudget()
		if deadline >= budget {
			continue
		}
		p.Message = fmt.Sprintf("progress_deadline_seconds %d is over while a container may still start: its startup check takes up to %d seconds", deadline, budget)
		p.Hint = fmt.Sprintf("write more than %d, or leave it out: then it follows the startup check", budget)
		c.conflict(p, container.Path+".probes.startup")
		return
	}
}

// checkAutoscale holds a HorizontalPodAutoscaler against ValidateHorizontalPodAutoscaler of the API server, and against
// what its controller needs.
func checkAutoscale(c *ruleContext) {
	s := &c.plan.Spec
	a := s.Autoscale
	if a == nil {
		return
	}
	const path = "spec.autoscale"
	if c.present("spec.replicas") {
		c.conflict(diag.Problem{
			Code: diag.WrongValue, Path: "spec.replicas", AtKey: true,
			Message: "replicas is what autoscale decides: each sync would take its decision back", Hint: "remove replicas, or autoscale",
		}, path)
	}
	if a.Min != nil && a.Max > 0 && *a.Min > a.Max {
		c.conflict(diag.Problem{
			Code: diag.OutOfRange, Path: path + ".max", Message: fmt.Sprintf("autoscale.max %d is less than autoscale.min %d", a.Max, *a.Min),
			Hint: fmt.Sprintf("write max: %d or more, or a smaller min", *a.Min),
		}, path+".min")
	}
	// A measure that was refused is missing in the plan and present in the tree.
	measured := a.CPU != nil || a.Memory != "" || c.present(path+".cpu") || c.present(path+".memory")
	if !measured && len(a.Metrics) == 0 && !c.refused(path) {
		c.add(diag.Problem{
			Code: diag.MissingField, Path: path, Message: "autoscale does not say by what: cpu, memory or metrics is missing",
			Hint: "write cpu: 70, the percentage of the requested cpu to keep in use",
		})
	}
	c.scalesToNone(a)
	c.usesRequest("cpu", a.CPU != nil)
	// Memory is a percentage of the request as a bare number, and an amount for each pod with a unit.
	_, percent := schema.IntOrText(a.Memory).Number()
	c.usesRequest("mem", percent)
}

// scaleToNone is the first Kubernetes minor version in which an autoscaler may have no pod at all (HPAScaleToZero in
// k8s.io/kubernetes/pkg/features).
const scaleToNone = 37

// scalesToNone refuses a least of no pods where only the pods themselves are measured; with a metric from outside it
// needs a new enough Kubernetes.
func (c *ruleContext) scalesToNone(a *schema.Autoscale) {
	const path = "spec.autoscale.min"
	if a.Min == nil || *a.Min > 0 || a.Max == 0 {
		return
	}
	for _, m := range a.Metrics {
		if m["type"] == "Object" || m["type"] == "External" {
			c.since(path, "autoscale.min 0", scaleToNone)
			return
		}
	}
	c.add(diag.Problem{
		Code: diag.OutOfRange, Path: path, Message: "without a pod there is no load to measure: a metric from outside of the pods would have to bring the first one back",
		Hint: "write min: 1, or a metric of type Object or External",
	})
}

// usesRequest: a share of what is requested needs a request.
func (c *ruleContext) usesRequest(resource string, asked bool) {
	// A limit alone is enough: Kubernetes takes it for the request as well.
	amounts := c.plan.Spec.Resources[resource]
	if !asked || amounts.Requests != "" || amounts.Limits != "" || c.refused("spec.resources") {
		return
	}
	field := map[string]string{"cpu": "cpu", "mem": "memory"}[resource]
	c.add(diag.Problem{
		Code: diag.Resources, Path: "spec.autoscale." + field,
		Message: fmt.Sprintf("autoscale.%s is a percentage of the request for %s, and the run has none", field, resource),
		Hint:    fmt.Sprintf("write resources: {%s: {requests: …}}", resource),
	})
}

// checkDisruption: a budget says the least or the most, and lets a machine be drained sometime.
func checkDisruption(c *ruleContext) {
	d := c.plan.Spec.Disruption
	if d == nil {
		return
	}
	const least, most = "spec.disruption.min_available", "spec.disruption.max_unavailable"
	switch {
	case d.MinAvailable != "" && d.MaxUnavailable != "":
		c.conflict(diag.Problem{Code: diag.WrongValue, Path: most, AtKey: true,
			Message: "a budget has min_available or max_unavailable, never both", Hint: "remove one of the two"}, least)
	case d.MinAvailable == "" && d.MaxUnavailable == "" && !c.present(least) && !c.present(most) && !c.refused("spec.disruption"):
		c.add(diag.Problem{Code: diag.MissingField, Path: "spec.disruption",
			Message: "disruption says neither how many pods may be away nor how many have to stay", Hint: "write max_unavailable: 1"})
	case isNone(d.MaxUnavailable):
		c.add(diag.Problem{Code: diag.OutOfRange, Path: most, Message: "with this budget no pod may ever be evicted, so that no machine can be drained", Hint: "write max_unavailable: 1"})
	case d.MinAvailable != "":
		c.leastAvailable(d.MinAvailable, least)
	}
}

// leastAvailable refuses a least that is all there are. It is judged where the fewest pods are.
func (c *ruleContext) leastAvailable(least schema.IntOrText, path string) {
	s := &c.plan.Spec
	pods, field := s.FixedReplicas(), "spec.replicas"
	if s.Autoscale != nil {
		// Without a least an autoscaler keeps one pod (minReplicas of HorizontalPodAutoscalerSpec,
		// k8s.io/api/autoscaling/v2).
		pods, field = new(int64(1)), "spec.autoscale"
		if s.Autoscale.Min != nil {
			pods, field = s.Autoscale.Min, "spec.autoscale.min"
		}
	}
	if pods == nil {
		if s.Replicas != "" {
			c.conflict(diag.Problem{Code: diag.WrongValue, Path: path, Message: "nobody here knows how many pods there are, so that min_available may be all of them",
				Hint: "write max_unavailable: 1 instead"}, field)
		}
		return
	}
	if s.IsGroup() {
		pods = new(*pods * *s.NumNodes) // all pods of the groups are counted
	}
	if *pods == 0 || mustStay(least, *pods) < *pods {
		return
	}
	c.conflict(diag.Problem{
		Code: diag.OutOfRange, Path: path,
		Message: fmt.Sprintf("min_available %s of %s leaves none to evict: no machine can ever be drained", least, diag.Count(int(*pods), "pod", "pods")),
		Hint:    "write max_unavailable: 1 instead, or have more pods",
	}, field)
}

// mustStay is how many of the pods a least keeps; of a share Kubernetes rounds up.
func mustStay(least schema.IntOrText, pods int64) int64 {
	if n, ok := least.Number(); ok {
		return n
	}
	share, ok := schema.IntOrText(strings.TrimSuffix(string(least), "%")).Number()
	if !ok {
		return 0
	}
	return (share*pods + 99) / 100
}
