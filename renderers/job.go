package renderers

import (
	"encoding/json"

	"berth/internal/diag"
	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	jobset "sigs.k8s.io/jobset/api/jobset/v1alpha2"
)

// Labels of Kueue. It starts a Job when its queue has room, by way of `suspend`, which is therefore refused beside a queue.
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
	job.Spec.Suspend = copied(at, "spec.suspend", "spec.suspend", r.spec.Suspend)
	r.labelQueue(at.in("metadata.labels"), job.Labels)
	r.annotateJob(at, job)
	r.annotateWave(at, job)
	return []typed{{object: job, at: at}}
}

// jobSpec is what Jobs have, and what a CronJob or a JobSet has in its template. What a gang needs goes over it last,
// and so does the failure policy, which names containers of the finished pod.
func (r *renderer) jobSpec(at at) batchv1.JobSpec {
	spec := batchv1.JobSpec{
		Parallelism:             copied(at, "parallelism", "spec.parallelism", narrow(r.spec.Parallelism)),
		Completions:             copied(at, "completions", "spec.completions", narrow(r.spec.Completions)),
		ActiveDeadlineSeconds:   copied(at, "activeDeadlineSeconds", "spec.active_deadline_seconds", r.spec.ActiveDeadlineSeconds),
		SuccessPolicy:           r.successPolicy(at),
		BackoffLimit:            copied(at, "backoffLimit", "spec.backoff_limit", narrow(r.spec.BackoffLimit)),
		BackoffLimitPerIndex:    copied(at, "backoffLimitPerIndex", "spec.backoff_limit_per_index", narrow(r.spec.BackoffLimitPerIndex)),
		MaxFailedIndexes:        copied(at, "maxFailedIndexes", "spec.max_failed_indexes", narrow(r.spec.MaxFailedIndexes)),
		TTLSecondsAfterFinished: copied(at, "ttlSecondsAfterFinished", "spec.ttl_seconds_after_finished", narrow(r.spec.TTLSecondsAfterFinished)),
		Template:                r.podTemplate(at.in("template")),
	}
	if mode := r.spec.CompletionMode; mode != "" {
		spec.CompletionMode = copied(at, "completionMode", "spec.completion_mode", new(batchv1.CompletionMode(mode)))
	}
	if policy := r.spec.PodReplacementPolicy; policy != "" {
		spec.PodReplacementPolicy = copied(at, "podReplacementPolicy", "spec.pod_replacement_policy", new(batchv1.PodReplacementPolicy(policy)))
	}
	if manager := r.spec.ManagedBy; manager != "" {
		spec.ManagedBy = copied(at, "managedBy", "spec.managed_by", &manager)
	}
	r.gangPods(at, &spec)
	spec.Template.Spec.RestartPolicy = r.restartPolicy(at.in("template.spec"))
	spec.PodFailurePolicy = r.podFailurePolicy(at, &spec.Template.Spec)
	return spec
}

// The reasons beside the kind of the object and beside the restart policy of its pods.
const (
	reasonAction  = "the action decides which objects there are"
	reasonRestart = "the Job's controller tries again, with a new pod and the logs of the old one"
)

// restartPolicy is Never where the run says nothing: were the kubelet to restart the container inside the pod, its logs
// would go, backoffLimit would count otherwise, and a pod failure policy would be refused.
func (r *renderer) restartPolicy(at at) corev1.RestartPolicy {
	if policy := r.spec.RestartPolicy; policy != "" {
		return copied(at, "restartPolicy", "spec.restart_policy", corev1.RestartPolicy(policy))
	}
	return decided(at, "restartPolicy", reasonRestart, corev1.RestartPolicy(r.plan.InEdition().RestartPolicy))
}

// labelQueue adds Kueue's labels. They belong on the Job, not on the CronJob that makes it; and on a Deployment and its
// pods, which Kueue lets start one by one.
func (r *renderer) labelQueue(at at, labels map[string]string) {
	if r.spec.Queue == "" {
		return
	}
	put(at, &labels, kueueQueue, origin{plan: "spec.queue", reason: "Kueue lets the pods start when this queue has room"}, r.spec.Queue)
	if priority := r.spec.QueuePriority; priority != "" {
		put(at, &labels, kueuePriority, origin{plan: "spec.queue_priority", reason: "Kueue's order among what waits"}, priority)
	}
}

// checkJobInGit refuses what a base object or a patch brought into a Job that Git keeps.
func (r *renderer) checkJobInGit(o *Object, value kubeObject) {
	var ttl *int32
	var suspend *bool
	switch v := value.(type) {
	case *batchv1.Job:
		ttl, suspend = v.Spec.TTLSecondsAfterFinished, v.Spec.Suspend
	case *jobset.JobSet:
		ttl, suspend = v.Spec.TTLSecondsAfterFinished, v.Spec.Suspend
	default:
		return
	}
	if path := o.merged["spec.ttlSecondsAfterFinished"]; path != "" && ttl != nil && r.spec.RunPolicy != schema.RunPolicyHook {
		r.problem(diag.RunPolicy, path, "a Job that Git keeps would run again each time its time to live is over",
			"take it out, or use `schedule` or `run_policy: template`")
	}
	if path := o.merged["spec.suspend"]; path != "" && r.isQueued() && suspend != nil && !*suspend {
		r.problem(diag.RunPolicy, path, "the Job's queue decides when it starts; `suspend: false` would take that from it",
			"take it out, or choose a profile without a queue")
	}
}

// successPolicy is spec.success_policy, which a run writes in Kubernetes' own form; nil where it says nothing.
func (r *renderer) successPolicy(at at) *batchv1.SuccessPolicy {
	if r.spec.SuccessPolicy == nil {
		return nil
	}
	policy := copied(at, "successPolicy", "spec.success_policy", &batchv1.SuccessPolicy{})
	r.inKubernetesForm("spec.success_policy", r.spec.SuccessPolicy, policy)
	return policy
}

// podFailurePolicy renders the policy. A rule about exit codes without a container would be about every container of the
// pod; it means the main one, which is the first.
func (r *renderer) podFailurePolicy(at at, pod *corev1.PodSpec) *batchv1.PodFailurePolicy {
	if r.spec.PodFailurePolicy == nil {
		return nil
	}
	policy := copied(at, "podFailurePolicy", "spec.pod_failure_policy", &batchv1.PodFailurePolicy{})
	r.inKubernetesForm("spec.pod_failure_policy", r.spec.PodFailurePolicy, policy)
	several := len(pod.Containers)+len(pod.InitContainers) > 1
	for i, rule := range policy.Rules {
		at, from := at.in("podFailurePolicy.rules").item(i), at.from("spec.pod_failure_policy.rules").item(i)
		if codes := rule.OnExitCodes; codes != nil && codes.ContainerName == nil && several {
			codes.ContainerName = computed(at, "onExitCodes.containerName", from.of("onExitCodes"),
				"a rule that names no container means the main one", &pod.Containers[0].Name)
		}
		for j := range rule.OnPodConditions {
			condition := &rule.OnPodConditions[j]
			if condition.Status == "" { // the field has to be there
				condition.Status = computed(at.in("onPodConditions").item(j), "status", from.key("onPodConditions").item(j).path,
					"a condition holds when it is True, unless the rule says otherwise", corev1.ConditionTrue)
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
