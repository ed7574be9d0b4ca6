package review

import (
	"fmt"

	"berth/renderers"
	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
)

// idleCronJob is the [family.idle] of a CronJob.
func idleCronJob(r *Run, o renderers.Object) string {
	switch {
	case r.Plan.Spec.RunPolicy == schema.RunPolicyTemplate:
		return "someone starts it by hand from the CronJob"
	case suspended(o.Value.(*batchv1.CronJob)):
		return "its schedule is suspended"
	}
	return ""
}

// startOfCronJob is the [family.starts] of a CronJob.
func startOfCronJob(_ *judge, o renderers.Object) string {
	return "by its schedule, " + scheduleText(o.Value.(*batchv1.CronJob))
}

// cronJob is the verdict on a CronJob that differs.
func (j *judge) cronJob(before, after renderers.Object) {
	was, is := before.Value.(*batchv1.CronJob), after.Value.(*batchv1.CronJob)
	inPods := j.anyChange("spec.jobTemplate.")
	switch {
	case j.anyOf("spec.schedule", "spec.timeZone", "spec.suspend"):
		j.cause = func(path string) bool {
			return path == "spec.schedule" || path == "spec.timeZone" || path == "spec.suspend"
		}
		j.say(ReSchedules, "%s%s", scheduleChange(was, is), also(inPods, "; runs from then on take the other changes"))
	case inPods && j.new.Plan.Spec.RunPolicy == schema.RunPolicyTemplate:
		j.say(KeepsRunning, "Jobs that are started by hand from now on take the change")
	case inPods && suspended(is):
		j.say(Waits, "its schedule is suspended; the runs after it goes on take the change")
	case inPods:
		j.say(KeepsRunning, "the next run of the schedule takes the change")
	default:
		j.say(KeepsRunning, "the CronJob is changed in place; a Job that runs is left alone")
	}
}

// suspended reports whether the schedule stands still.
func suspended(c *batchv1.CronJob) bool { return isTrue(c.Spec.Suspend) }

// scheduleChange says what becomes of a schedule. One that goes on, or changes, may start at once: the controller looks
// for times that were due since the last run.
func scheduleChange(was, is *batchv1.CronJob) string {
	switch {
	case suspended(is) && suspended(was):
		return fmt.Sprintf("from %s to %s, once the schedule goes on", scheduleText(was), scheduleText(is))
	case suspended(is):
		return "the schedule is suspended; a Job that runs is left alone"
	case suspended(was) && scheduleText(was) == scheduleText(is):
		return "the schedule goes on, " + scheduleText(is) + "; a run that was missed meanwhile starts at once" + unlessLate(is)
	}
	change := fmt.Sprintf("from %s to %s", scheduleText(was), scheduleText(is))
	if suspended(was) {
		change = "the schedule goes on, " + scheduleText(is)
	}
	return change + "; what it would have run since the last run counts as missed, and one may start at once" + unlessLate(is)
}

// unlessLate says how late a run may start.
func unlessLate(c *batchv1.CronJob) string {
	if late := c.Spec.StartingDeadlineSeconds; late != nil {
		return fmt.Sprintf(", unless it is more than %d s late", *late)
	}
	return ""
}

// scheduleText is the schedule with its time zone; without one it is that of the controller, mostly UTC.
func scheduleText(c *batchv1.CronJob) string {
	if c.Spec.TimeZone != nil {
		return c.Spec.Schedule + " in " + *c.Spec.TimeZone
	}
	return c.Spec.Schedule
}
