package renderers

import (
	"slices"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// immutableJobFields are the fields of a Job's spec that stay as they were created
// (ValidateJobSpecUpdate in k8s.io/kubernetes/pkg/apis/batch/validation).
var immutableJobFields = []string{
	"template", "selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "successPolicy", "managedBy",
}

// refusedJob looks at the first field of the spec alone: a template changes as a whole or not at all. Completions
// change with an elastic Job.
func refusedJob(path string, _, is any) Refusal {
	field, ok := strings.CutPrefix(path, "spec.")
	if end := strings.IndexAny(field, ".["); end >= 0 {
		field = field[:end]
	}
	if !ok || !slices.Contains(immutableJobFields, field) && (field != "completions" || isElastic(is.(*batchv1.Job))) {
		return Refusal{}
	}
	return Refusal{Reason: "this field of a Job cannot be changed"}
}

// mutableInJobSet are the fields of a JobSet's spec that may change: the rest is kept by its webhook and its CRD.
var mutableInJobSet = []string{"spec.suspend", "spec.ttlSecondsAfterFinished", "spec.coordinator"}

// refusedJobSet: what is not listed as mutable is refused, even where only the controller would object.
func refusedJobSet(path string, _, _ any) Refusal {
	if !strings.HasPrefix(path, "spec.") || slices.ContainsFunc(mutableInJobSet, func(f string) bool { return strings.HasPrefix(path, f) }) {
		return Refusal{}
	}
	return Refusal{Reason: "this field of a JobSet cannot be changed"}
}

// refusedGroupSet: groups are replaced when their template changes; only their division cannot come or go.
func refusedGroupSet(path string, _, _ any) Refusal {
	if strings.HasPrefix(path, "spec.leaderWorkerTemplate.subGroupPolicy") {
		return Refusal{Reason: "the subgroups of a LeaderWorkerSet cannot be changed"}
	}
	return Refusal{}
}

// isElastic reports whether a Job's completions may change: an Indexed Job's do, together with its parallelism.
func isElastic(job *batchv1.Job) bool {
	s := job.Spec
	return s.CompletionMode != nil && *s.CompletionMode == batchv1.IndexedCompletion &&
		s.Completions != nil && s.Parallelism != nil && *s.Completions == *s.Parallelism
}

// refusedDeployment: a Deployment finds its pods by its selector, and takes any other change (ValidateDeploymentUpdate
// in k8s.io/kubernetes/pkg/apis/apps/validation).
func refusedDeployment(path string, _, _ any) Refusal {
	if !strings.HasPrefix(path, "spec.selector") {
		return Refusal{}
	}
	return Refusal{Reason: "the selector of a Deployment cannot be changed"}
}

// refusedClaimTemplate: its whole spec is immutable, its metadata is not (ValidateResourceClaimTemplateUpdate in
// k8s.io/kubernetes/pkg/apis/resource/validation).
func refusedClaimTemplate(path string, _, _ any) Refusal {
	if !strings.HasPrefix(path, "spec") {
		return Refusal{}
	}
	return Refusal{Reason: "a ResourceClaimTemplate cannot be changed"}
}

// refusedConfigMap: one that says so stays as it is (ValidateConfigMapUpdate in k8s.io/kubernetes/pkg/apis/core/validation).
func refusedConfigMap(path string, was, _ any) Refusal {
	if immutable := was.(*corev1.ConfigMap).Immutable; strings.HasPrefix(path, "metadata") || immutable == nil || !*immutable {
		return Refusal{}
	}
	return Refusal{Reason: "an immutable ConfigMap cannot be changed"}
}

// refusedService: an address is given once. A headless Service of which Git no longer says None stays headless, without a
// word; one with an address is not taken as headless.
func refusedService(path string, _, is any) Refusal {
	switch {
	case path != "spec.clusterIP":
		return Refusal{}
	case is.(*corev1.Service).Spec.ClusterIP == "":
		return Refusal{Reason: "the API server keeps a headless Service without an address until someone deletes it", Silent: true}
	}
	return Refusal{Reason: "a Service with an address cannot become one without"}
}

// refusedClaim: the storage that is asked for may grow, nothing else may change.
func refusedClaim(path string, was, is any) Refusal {
	before, after := was.(*corev1.PersistentVolumeClaim).Spec, is.(*corev1.PersistentVolumeClaim).Spec
	switch {
	case !strings.HasPrefix(path, "spec."), path == "spec.volumeAttributesClassName":
		return Refusal{}
	case path == "spec.storageClassName" && before.StorageClassName == nil:
		return Refusal{Reason: "the class of a claim cannot be changed, unless this is the one that it has: `kubectl get pvc -A` tells"}
	case path != "spec.resources.requests."+string(corev1.ResourceStorage):
		return Refusal{Reason: "this field of a claim cannot be changed"}
	case after.Resources.Requests.Storage().Cmp(*before.Resources.Requests.Storage()) < 0:
		return Refusal{Reason: "a claim can grow and never shrink"}
	}
	return Refusal{}
}
