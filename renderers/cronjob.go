package renderers

import (
	"maps"

	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// templateSchedule is the schedule of a CronJob that is only started by hand: a CronJob has to have one, and this is
// the rarest, should somebody lift the suspension.
const templateSchedule = "@yearly"

// cronJob renders a run that ends and starts by its schedule, or by hand (run_policy: template).
func (r *renderer) cronJob() []typed {
	cron := &batchv1.CronJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"},
		ObjectMeta: r.objectMeta(r.plan.Name),
		Spec: batchv1.CronJobSpec{
			Schedule:                   r.spec.Schedule,
			StartingDeadlineSeconds:    r.spec.StartingDeadlineSeconds,
			ConcurrencyPolicy:          batchv1.ConcurrencyPolicy(r.spec.ConcurrencyPolicy),
			Suspend:                    r.spec.Suspend,
			SuccessfulJobsHistoryLimit: narrow(r.spec.SuccessfulHistory),
			FailedJobsHistoryLimit:     narrow(r.spec.FailedHistory),
			JobTemplate:                batchv1.JobTemplateSpec{Spec: r.jobSpec()},
		},
	}
	if zone := r.spec.TimeZone; zone != "" {
		cron.Spec.TimeZone = &zone
	}
	if r.spec.RunPolicy == schema.RunPolicyTemplate {
		cron.Spec.Schedule, cron.Spec.Suspend = templateSchedule, new(true)
	}
	cron.Spec.JobTemplate.Labels = maps.Clone(cron.Labels)
	cron.Spec.JobTemplate.Annotations = maps.Clone(cron.Annotations)
	r.labelQueue(cron.Spec.JobTemplate.Labels)
	r.annotateWave(cron)
	return []typed{{"cronjob.yaml", cron}}
}
