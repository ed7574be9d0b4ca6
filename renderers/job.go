package renderers

import (
	"cmp"
	"encoding/json"

	"berth/internal/diag"
	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Labels of Kueue on a Job. Kueue starts the Job when its queue has room, by way of `suspend`, which is therefore never
// written.
const (
	kueueQueue    = "kueue.x-k8s.io/queue-name"
	kueuePriority = "kueue.x-k8s.io/priority-class"
)

// job renders a run that ends and starts once. Its name is made of its content when all else is known (identity.go).
func (r *renderer) job() []typed {
	job := &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: r.objectMeta(r.plan.Name),
		Spec:       r.jobSpec(),
	}
	r.labelQueue(job.Labels)
	r.annotateJob(job)
	r.annotateWave(job)
	return []typed{{"job.yaml", job}}
}

func (r *renderer) jobSpec() batchv1.JobSpec {
	spec := batchv1.JobSpec{
		Parallelism:             narrow(r.spec.Parallelism),
		Completions:             narrow(r.spec.Completions),
		ActiveDeadlineSeconds:   r.spec.ActiveDeadlineSeconds,
		PodFailurePolicy:        r.podFailurePolicy(),
		BackoffLimit:            narrow(r.spec.BackoffLimit),
		TTLSecondsAfterFinished: narrow(r.spec.TTLSecondsAfterFinished),
		Template:                r.podTemplate(),
	}
	if mode := r.spec.CompletionMode; mode != "" {
		spec.CompletionMode = new(batchv1.CompletionMode(mode))
	}
	// The Job's controller replaces a failed pod and counts it against backoffLimit. Were the kubelet to restart the
	// container inside the pod, its logs would go and a pod failure policy would be refused.
	spec.Template.Spec.RestartPolicy = corev1.RestartPolicyNever
	return spec
}

// labelQueue adds Kueue's labels. They belong on the Job, not on the CronJob that makes it.
func (r *renderer) labelQueue(labels map[string]string) {
	if r.plan.Target.Queue == "" {
		return
	}
	labels[kueueQueue] = r.plan.Target.Queue
	if r.plan.Target.Priority != "" {
		labels[kueuePriority] = r.plan.Target.Priority
	}
}

// checkMergedJob refuses what a base object or a patch brought into a Job that Git keeps.
func (r *renderer) checkMergedJob(o *Object, job *batchv1.Job) {
	if path := o.merged["spec.ttlSecondsAfterFinished"]; path != "" && job.Spec.TTLSecondsAfterFinished != nil && r.spec.RunPolicy != schema.RunPolicyHook {
		r.problem(diag.RunPolicy, path, "a Job that Git keeps would run again each time its time to live is over",
			"take it out, or use `schedule` or `run_policy: template`")
	}
	if path := o.merged["spec.suspend"]; path != "" && r.isQueued() && job.Spec.Suspend != nil && !*job.Spec.Suspend {
		r.problem(diag.RunPolicy, path, "the Job's queue decides when it starts; `suspend: false` would take that from it",
			"take it out, or choose a profile without a queue")
	}
}

func (r *renderer) podFailurePolicy() *batchv1.PodFailurePolicy {
	if r.spec.PodFailurePolicy == nil {
		return nil
	}
	policy := &batchv1.PodFailurePolicy{}
	r.inKubernetesForm("spec.pod_failure_policy", r.spec.PodFailurePolicy, policy)
	for _, rule := range policy.Rules {
		for i := range rule.OnPodConditions {
			condition := &rule.OnPodConditions[i]
			condition.Status = cmp.Or(condition.Status, corev1.ConditionTrue) // the field has to be there
		}
	}
	return policy
}

// inKubernetesForm copies a value that a run gives in Kubernetes' own form, under Kubernetes' own names, into its type.
func (r *renderer) inKubernetesForm(path string, from, to any) {
	text, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil {
		r.problem(diag.OutOfRange, path, "a number here is larger than Kubernetes can hold", "write a smaller number")
	}
}

// narrow turns a number of the plan, which the schema keeps within 32 bits, into Kubernetes' type.
func narrow(n *int64) *int32 {
	if n == nil {
		return nil
	}
	return new(int32(*n))
}
