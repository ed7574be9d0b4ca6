package importer

import "berth/schema"

// Labels and annotations that users write for Kueue and Argo CD.
const (
	kueueQueue     = "kueue.x-k8s.io/queue-name"
	kueuePriority  = "kueue.x-k8s.io/priority-class"
	argoHook       = "argocd.argoproj.io/hook"
	argoHookDelete = "argocd.argoproj.io/hook-delete-policy"
)

// queue takes the queue that the workload waits in.
func (w *workload) queue() {
	labels, _ := w.rest.at("metadata", "labels").(dict)
	queue := labels.text(kueueQueue)
	if queue == "" {
		return
	}
	w.run.text("queue", queue).text("queue_priority", labels.text(kueuePriority))
	delete(w.template().sub("metadata").sub("labels"), kueueQueue)
	if suspend := w.rest.at("spec", "suspend"); w.kind == kindJob && suspend != nil {
		w.rest.take("spec", "suspend")
		w.leave("spec.suspend", "Kueue suspends and resumes a Job that waits in a queue")
	}
}

// hook takes the phase of a sync at which Argo CD runs a Job.
func (w *workload) hook() {
	annotations, _ := w.rest.at("metadata", "annotations").(dict)
	phase, _ := annotations[argoHook].(string)
	switch phase {
	case schema.HookPhasePreSync, schema.HookPhaseSync, schema.HookPhasePostSync:
	default:
		return
	}
	if w.kind != kindJob {
		return
	}
	annotations.take(argoHook)
	w.run.text("run_policy", schema.RunPolicyHook).text("hook_phase", phase)
	w.need.gitops = schema.GitOpsArgoCD
	if annotations[argoHookDelete] == "BeforeHookCreation" {
		annotations.take(argoHookDelete)
	}
}
