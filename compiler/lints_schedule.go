package compiler

import (
	"fmt"
	"time"

	"berth/internal/diag"
	"berth/internal/schedule"
)

// lintSchedule warns of what cron does and people do not expect: days that are either, steps that begin anew, hours that a
// change of clocks leaves out or repeats, and a clock without a summer time.
func lintSchedule(c *ruleContext) {
	const at, zoneAt = "spec.schedule", "spec.time_zone"
	text, zone := c.plan.Spec.Schedule, c.plan.Spec.TimeZone
	if text == "" {
		return
	}
	c.trap(diag.CronEitherDay, at)(schedule.EitherDay(text))
	c.trap(diag.CronStep, at)(schedule.UnevenStep(text))
	c.trap(diag.ClockChange, at)(schedule.ClockChange(text, zone))
	c.trap(diag.FixedClock, zoneAt)(schedule.FixedClock(zone))
}

// trap warns of a trap at a place, where there is one.
func (c *ruleContext) trap(code diag.Code, path string) func(schedule.Trap, bool) {
	return func(t schedule.Trap, found bool) {
		if found {
			c.warn(code, path, t.Message, t.Hint)
		}
	}
}

// warn adds a warning.
func (c *ruleContext) warn(code diag.Code, path, message, hint string) {
	c.add(diag.Problem{Code: code, Severity: diag.Warning, Path: path, Message: message, Hint: hint})
}

// lintReplace warns of a schedule whose runs are ended by the next one before they are through.
func lintReplace(c *ruleContext) {
	s := &c.plan.Spec
	if s.Schedule == "" || s.ConcurrencyPolicy != "Replace" || s.ExpectedMinutes == nil {
		return
	}
	shortest, longest, ok := schedule.Pauses(s.Schedule)
	takes := time.Duration(*s.ExpectedMinutes) * time.Minute
	if !ok || shortest >= takes {
		return
	}
	what := "some runs are"
	if longest < takes {
		what = "every run is"
	}
	c.add(diag.Problem{
		Code: diag.CronReplace, Severity: diag.Warning, Path: "spec.concurrency_policy",
		Message: fmt.Sprintf("%s ended by the next one: a run takes %s, and the next starts after %s", what, minutes(takes), minutes(shortest)),
		Hint:    "write concurrency_policy: Forbid, which leaves out a start while a run is under way, or a schedule with longer pauses",
		Related: []diag.RelatedPath{{Path: "spec.expected_minutes", Message: "how long a run takes is said here"}},
	})
}

// minutes says a whole number of minutes in words.
func minutes(d time.Duration) string { return diag.Count(int(d.Minutes()), "minute", "minutes") }
