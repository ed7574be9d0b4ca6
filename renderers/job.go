package renderers

import (
	"encoding/json"

	"berth/internal/diag"
	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// Labels of Kueue on a Job. Kueue starts the Job when its queue has room, by way of `suspend`, which is therefore never
// written.
const (
	kueueQueue    = "kueue.x-k8s.io/queue-name"
	kueuePriority = "kueue.x-k8s.io/priority-class"
)

// job renders a run that ends and starts once. Its name is made of its content when all else is known (identity.go).
func (r *renderer) job() []typed {
	at := r.begin("spec.action", reasonAction)
	job := &batchv1.Job{
		ObjectMeta: r.objectMeta(at.in("metadata"), "name", "", r.plan.Name),
		Spec:       r.jobSpec(at.in("spec")),
	}
	r.labelQueue(at.in("metadata.labels"), job.Labels)
	r.annotateJob(at, job)
	r.annotateWave(at, job)
	return []typed{{object: job, at: at}}
}

func (r *renderer) jobSpec(at at) batchv1.JobSpec {
	spec := batchv1.JobSpec{
		Parallelism:             copied(at, "parallelism", "spec.parallelism", narrow(r.spec.Parallelism)),
		Completions:             copied(at, "completions", "spec.completions", narrow(r.spec.Completions)),
		ActiveDeadlineSeconds:   copied(at, "activeDeadlineSeconds", "spec.active_deadline_seconds", r.spec.ActiveDeadlineSeconds),
		PodFailurePolicy:        r.podFailurePolicy(at),
		BackoffLimit:            copied(at, "backoffLimit", "spec.backoff_limit", narrow(r.spec.BackoffLimit)),
		TTLSecondsAfterFinished: copied(at, "ttlSecondsAfterFinished", "spec.ttl_seconds_after_finished", narrow(r.spec.TTLSecondsAfterFinished)),
		Template:                r.podTemplate(at.in("template")),
	}
	if mode := r.spec.CompletionMode; mode != "" {
		spec.CompletionMode = copied(at, "completionMode", "spec.completion_mode", new(batchv1.CompletionMode(mode)))
	}
	// Were the kubelet to restart the container inside the pod, its logs would go, backoffLimit would count otherwise, and a
	// pod failure policy would be refused.
	spec.Template.Spec.RestartPolicy = decided(at, "template.spec.restartPolicy", reasonRestart, corev1.RestartPolicyNever)
	return spec
}

const (
	reasonAction  = "the action decides which objects there are"
	reasonRestart = "the Job's controller tries again, with a new pod and the logs of the old one"
)

// labelQueue adds Kueue's labels. They belong on the Job, not on the CronJob that makes it.
func (r *renderer) labelQueue(at at, labels map[string]string) {
	if r.plan.Target.Queue == "" {
		return
	}
	put(at, &labels, kueueQueue, origin{plan: "target.queue", reason: "Kueue starts the Job when this queue has room"}, r.plan.Target.Queue)
	if priority := r.plan.Target.Priority; priority != "" {
		put(at, &labels, kueuePriority, origin{plan: "target.priority", reason: "Kueue's order among waiting Jobs"}, priority)
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

func (r *renderer) podFailurePolicy(at at) *batchv1.PodFailurePolicy {
	if r.spec.PodFailurePolicy == nil {
		return nil
	}
	policy := copied(at, "podFailurePolicy", "spec.pod_failure_policy", &batchv1.PodFailurePolicy{})
	r.inKubernetesForm("spec.pod_failure_policy", r.spec.PodFailurePolicy, policy)
	for i, rule := range policy.Rules {
		for j := range rule.OnPodConditions {
			condition := &rule.OnPodConditions[j]
			if condition.Status == "" { // the field has to be there
				from := at.from("spec.pod_failure_policy.rules").item(i).key("onPodConditions").item(j)
				condition.Status = computed(at.in("podFailurePolicy.rules").item(i).in("onPodConditions").item(j), "status",
					from.path, "a condition holds when it is True, unless the rule says otherwise", corev1.ConditionTrue)
			}
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
