package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/schema"
)

// usualGrace is how long Kubernetes gives a container to end, in seconds.
const usualGrace = 30

// checkLifecycle: each hook does exactly one thing.
func checkLifecycle(c *ruleContext) {
	for i := range c.pod() {
		container := &c.pod()[i]
		l := container.Lifecycle
		if l == nil {
			continue
		}
		c.hook(container, l.PostStart, "post_start")
		c.hook(container, l.PreStop, "pre_stop")
	}
}

// hook checks a hook, which may be nil. Kubernetes keeps tcpSocket in a hook for old objects only, so that it is none
// of the ways here.
func (c *ruleContext) hook(container *schema.PodContainer, h *schema.Hook, name string) {
	if h == nil {
		return
	}
	a := asking{c, container, name, container.Path + ".lifecycle." + name, []string{"http", "exec", "sleep_seconds"}}
	a.oneWay(h.Exec)
	a.portName(h.Port, "port")
}

// checkDrain: a drain is a hook of its own before the end, and has to leave time for the end.
func checkDrain(c *ruleContext) {
	s := &c.plan.Spec
	if s.DrainSeconds == nil || *s.DrainSeconds == 0 {
		return
	}
	if l := s.Lifecycle; l != nil && l.PreStop != nil {
		c.conflict(diag.Problem{
			Code: diag.Container, Path: "spec.drain_seconds", AtKey: true,
			Message: "drain_seconds is a sleep before the stop, and pre_stop says what is done then", Hint: "remove drain_seconds, and sleep in pre_stop",
		}, "spec.lifecycle.pre_stop")
	}
	grace := s.TerminationGracePeriodSeconds
	if grace == nil || *grace > *s.DrainSeconds {
		return
	}
	c.conflict(diag.Problem{
		Code: diag.Container, Path: "spec.drain_seconds",
		Message: fmt.Sprintf("drain_seconds %d leaves nothing of termination_grace_period_seconds %d for the end itself", *s.DrainSeconds, *grace),
		Hint:    fmt.Sprintf("write termination_grace_period_seconds: %d, or leave it out", *s.DrainSeconds+usualGrace),
	}, "spec.termination_grace_period_seconds")
}
