package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/schema"
)

// cronOnly are the fields of a CronJob.
var cronOnly = []string{"time_zone", "concurrency_policy", "starting_deadline_seconds", "successful_history", "failed_history"}

// shortDeadline is how often the CronJob controller looks, in seconds: a shorter deadline may be over before it does.
const shortDeadline = 10

// checkCronFields: what says how a schedule is kept needs one. A default of the project that meets no schedule is passed
// over.
func checkCronFields(c *ruleContext) {
	if late := c.plan.Spec.StartingDeadlineSeconds; late != nil && *late < shortDeadline {
		c.add(diag.Problem{
			Code: diag.Schedule, Severity: diag.Warning, Path: "spec.starting_deadline_seconds",
			Message: fmt.Sprintf("a run that may be at most %d s late may never start: Kubernetes looks every %d s", *late, shortDeadline),
			Hint:    fmt.Sprintf("write %d or more", shortDeadline),
		})
	}
	if c.plan.Spec.Schedule != "" || !c.lacks("spec", "schedule") {
		return
	}
	template := c.plan.Spec.RunPolicy == schema.RunPolicyTemplate
	for _, field := range cronOnly {
		path := "spec." + field
		if !c.present(path) || !c.own(path) || template && field != "time_zone" {
			continue
		}
		c.add(diag.Problem{
			Code: diag.Schedule, Path: path, AtKey: true,
			Message: field + " needs a schedule", Hint: "write schedule: …, or remove " + field,
		})
	}
}
