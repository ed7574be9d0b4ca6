package review

import (
	"fmt"
	"strings"

	"berth/renderers"
	"berth/schema"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
)

type volume = schema.Volume

// workload is the object that runs; the zero Object for no run.
func workload(r *Run) renderers.Object {
	if r != nil {
		for _, o := range r.Objects {
			switch o.Value.(type) {
			case *batchv1.Job, *batchv1.CronJob, *appsv1.Deployment:
				return o
			}
		}
	}
	return renderers.Object{}
}

// idle says why a run runs nothing by itself; empty for one that does.
func idle(r *Run) string {
	switch o := workload(r).Value.(type) {
	case *batchv1.CronJob:
		switch {
		case r.Plan.Spec.RunPolicy == schema.RunPolicyTemplate:
			return "someone starts it by hand from the CronJob"
		case suspended(o):
			return "its schedule is suspended"
		}
	case *appsv1.Deployment:
		if replicasOf(o) == 0 {
			return "it has no replicas"
		}
	case *batchv1.Job:
		if o.Spec.Suspend != nil && *o.Spec.Suspend || o.Spec.Parallelism != nil && *o.Spec.Parallelism == 0 {
			return "the Job asks for no pods yet"
		}
	}
	return ""
}

// job is the verdict on a Job that differs.
func (j *judge) job() {
	policy, gitops := j.new.Plan.Spec.RunPolicy, j.new.Plan.Target.GitOps
	inSpec := j.anyChange("spec.")
	switch {
	case j.main.Before != j.main.After:
		j.cause = func(path string) bool { return strings.HasPrefix(path, "spec.") }
		j.startsBeside(j.otherJob())
	case policy == schema.RunPolicyHook:
		j.say(StartsKilled, "at the next sync; Argo CD deletes the last Job before it creates the next")
	case policy == schema.RunPolicyRecreate && gitops == schema.GitOpsArgoCD:
		j.say(StartsKilled, "run_policy recreate: Argo CD deletes the Job, running or not, and creates it anew")
	case policy == schema.RunPolicyRecreate && gitops == schema.GitOpsFlux && j.immutable():
		j.cause = func(path string) bool { return immutableJob(path, j.main) }
		j.say(StartsKilled, "run_policy recreate: Flux deletes the Job, running or not, and creates it anew")
	case policy == schema.RunPolicyOnce && gitops == schema.GitOpsFlux:
		j.say(KeepsRunning, "Flux creates a Job with run_policy once and never changes it: the cluster keeps the old fields")
	case inSpec && j.immutable():
		j.say(KeepsRunning, "the change is refused as long as the old Job is there: a Job cannot be changed")
		j.command = deletion(workload(j.old))
	default:
		j.say(KeepsRunning, "the Job is changed in place; its pods stay")
		if j.anyChange(queuePath) {
			j.notes = append(j.notes, "Kueue takes another queue for a Job that waits, and refuses it for one that has started")
		}
	}
}

// queuePath is the label that names a Job's queue.
const queuePath = `metadata.labels["kueue.x-k8s.io/queue-name"]`

// otherJob says why there is another Job, and not the old one with other fields.
func (j *judge) otherJob() string {
	was, is := j.old.Plan.Spec.RunPolicy, j.new.Plan.Spec.RunPolicy
	if hashed(was) != hashed(is) {
		return "under run_policy " + is + " the Job has another name, so another one is created"
	}
	return "a Job cannot be changed, so another one is created"
}

// hashed reports whether a run policy makes the content part of a Job's name.
func hashed(policy string) bool {
	return policy != schema.RunPolicyRecreate && policy != schema.RunPolicyHook
}

func (j *judge) immutable() bool {
	for _, c := range j.main.Fields {
		if immutableJob(c.Path, j.main) {
			return true
		}
	}
	return false
}

func (j *judge) anyChange(prefix string) bool {
	for _, c := range j.main.Fields {
		if strings.HasPrefix(c.Path, prefix) {
			return true
		}
	}
	return false
}

// cronJob is the verdict on a CronJob that differs.
func (j *judge) cronJob() {
	was, is := j.main.old.Value.(*batchv1.CronJob), j.main.new.Value.(*batchv1.CronJob)
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

func also(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

func (j *judge) anyOf(paths ...string) bool {
	for _, path := range paths {
		if j.anyChange(path) {
			return true
		}
	}
	return false
}

func suspended(c *batchv1.CronJob) bool { return c.Spec.Suspend != nil && *c.Spec.Suspend }

func scheduleChange(was, is *batchv1.CronJob) string {
	switch {
	case !suspended(was) && suspended(is):
		return "the schedule is suspended; a Job that runs is left alone"
	case suspended(was) && !suspended(is):
		return "the schedule goes on, " + scheduleText(is)
	}
	return fmt.Sprintf("from %s to %s", scheduleText(was), scheduleText(is))
}

func scheduleText(c *batchv1.CronJob) string {
	if c.Spec.TimeZone != nil {
		return c.Spec.Schedule + " in " + *c.Spec.TimeZone
	}
	return c.Spec.Schedule
}

// deployment is the verdict on a Deployment that differs.
func (j *judge) deployment() {
	was, is := j.main.old.Value.(*appsv1.Deployment), j.main.new.Value.(*appsv1.Deployment)
	from, to := replicasOf(was), replicasOf(is)
	scaled := func(path string) bool { return path == "spec.replicas" }
	switch {
	case from > 0 && to == 0:
		j.cause = scaled
		j.say(Stops, "it is scaled from %s to none", count(from, "pod"))
	case from == 0 && to > 0:
		j.cause = scaled
		j.say(Starts, "it is scaled from none to %s", count(to, "pod"))
	case from == 0 && to == 0:
		j.say(Waits, "it has no replicas")
	case j.anyChange("spec.template."):
		j.cause = func(path string) bool { return strings.HasPrefix(path, "spec.template.") }
		j.say(RollsOut, "%s%s", rollout(is), also(from != to, fmt.Sprintf("; %s become %s", count(from, "pod"), count(to, "pod"))))
	case from != to:
		j.cause = scaled
		j.say(KeepsRunning, "it is scaled from %s to %s; those that stay are left alone", count(from, "pod"), count(to, "pod"))
	default:
		j.say(KeepsRunning, "the Deployment is changed in place; its pods stay")
	}
}

func rollout(d *appsv1.Deployment) string {
	if d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		return "all old pods end before the new ones start"
	}
	if r := d.Spec.Strategy.RollingUpdate; r != nil && r.MaxSurge != nil && r.MaxSurge.String() == "0" {
		return "an old pod ends before its new one starts, since a second one would find no device"
	}
	return "new pods take over one by one"
}

func replicasOf(d *appsv1.Deployment) int64 {
	if d.Spec.Replicas == nil {
		return 1
	}
	return int64(*d.Spec.Replicas)
}

func count(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
