package renderers

import (
	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
)

// templateSchedule is the schedule of a CronJob that is only started by hand: a CronJob has to have one, and this is
// the rarest, should somebody lift the suspension.
const templateSchedule = "@yearly"

// cronJob renders a run that ends and starts by its schedule, or by hand (run_policy: template).
func (r *renderer) cronJob() []typed {
	at := r.beginCronJob()
	cron := &batchv1.CronJob{
		ObjectMeta: r.objectMeta(at.in("metadata"), "name", "", r.plan.Name),
		Spec:       r.cronJobSpec(at.in("spec")),
	}
	r.annotateWave(at, cron)
	r.annotateHealth(at, cron)
	return []typed{{object: cron, at: at}}
}

// beginCronJob begins the object, and says what makes the run a CronJob: its schedule, or that someone starts it by
// hand, since `kubectl create job --from` needs a CronJob.
func (r *renderer) beginCronJob() at {
	if r.spec.Schedule == "" {
		return r.begin("spec.run_policy", "a run that is started by hand is a suspended CronJob")
	}
	return r.begin("spec.schedule", "a job with a schedule is a CronJob")
}

// cronJobSpec is the spec with its Job template, whose labels and annotations become those of each Job that the
// schedule starts. A run that is started by hand has a schedule, which Kubernetes demands, and is suspended.
func (r *renderer) cronJobSpec(at at) batchv1.CronJobSpec {
	spec := batchv1.CronJobSpec{
		Schedule:                   copied(at, "schedule", "spec.schedule", r.spec.Schedule),
		StartingDeadlineSeconds:    copied(at, "startingDeadlineSeconds", "spec.starting_deadline_seconds", r.spec.StartingDeadlineSeconds),
		ConcurrencyPolicy:          copied(at, "concurrencyPolicy", "spec.concurrency_policy", batchv1.ConcurrencyPolicy(r.spec.ConcurrencyPolicy)),
		Suspend:                    copied(at, "suspend", "spec.suspend", r.spec.Suspend),
		SuccessfulJobsHistoryLimit: copied(at, "successfulJobsHistoryLimit", "spec.successful_history", narrow(r.spec.SuccessfulHistory)),
		FailedJobsHistoryLimit:     copied(at, "failedJobsHistoryLimit", "spec.failed_history", narrow(r.spec.FailedHistory)),
		JobTemplate:                batchv1.JobTemplateSpec{Spec: r.jobSpec(at.in("jobTemplate.spec"))},
	}
	if zone := r.spec.TimeZone; zone != "" {
		spec.TimeZone = copied(at, "timeZone", "spec.time_zone", &zone)
	}
	if r.spec.RunPolicy == schema.RunPolicyTemplate {
		spec.Schedule = computed(at, "schedule", "spec.run_policy",
			"a CronJob has to have a schedule; this one is suspended and started by hand", templateSchedule)
		spec.Suspend = computed(at, "suspend", "spec.run_policy", "the run is started by hand", new(true))
	}
	meta := at.in("jobTemplate.metadata")
	spec.JobTemplate.Labels = r.objectLabels(meta)
	spec.JobTemplate.Annotations = r.annotations(meta)
	// Kueue queues the Jobs that the schedule makes, and not the CronJob: the label has to be theirs.
	r.labelQueue(meta.in("labels"), spec.JobTemplate.Labels)
	return spec
}
