package review

import (
	"slices"
	"strings"

	"berth/schema"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// refused lists what the API server does not take: changes of immutable fields under one name, where no controller
// deletes the object first.
func (p *pair) refused(objects []ObjectChange) []Refusal {
	var all []Refusal
	for i := range objects {
		c := &objects[i]
		if c.Before == "" || c.Before != c.After || p.deletedFirst(c) {
			continue
		}
		for _, f := range c.Fields {
			object := c.Kind + " " + c.After
			if reason := immutable(c, f); reason != "" {
				all = append(all, Refusal{Object: object, Path: f.Path, Reason: reason + p.consequence()})
			}
			if reason := leftAsItWas(c, f); reason != "" {
				all = append(all, Refusal{Object: object, Path: f.Path, Reason: reason, Kept: true})
			}
		}
	}
	return all
}

// deletedFirst reports whether the controller deletes the object before it creates the new one, or leaves the old one.
func (p *pair) deletedFirst(c *ObjectChange) bool {
	policy, gitops := p.new.Plan.Spec.RunPolicy, p.new.Plan.Target.GitOps
	if c.Kind != "Job" || gitops == schema.GitOpsNone || gitops == "" {
		return false
	}
	return policy == schema.RunPolicyRecreate || policy == schema.RunPolicyHook || createdOnly(p.new)
}

// leftAsItWas says why the API server leaves a field as it was without a word; empty for one that it does not.
func leftAsItWas(c *ObjectChange, f Change) string {
	if c.Kind == "Service" && f.Path == "spec.clusterIP" && f.After == nil {
		return "the API server keeps a headless Service without an address until someone deletes it"
	}
	return ""
}

// consequence is what a refusal does beyond the object.
func (p *pair) consequence() string {
	switch p.new.Plan.Target.GitOps {
	case schema.GitOpsFlux:
		return "; Flux would apply nothing of the environment until it is undone"
	case schema.GitOpsArgoCD:
		return "; the sync would fail"
	}
	return ""
}

// immutable says why a field of an object cannot be changed; empty for one that can.
func immutable(c *ObjectChange, f Change) string {
	switch c.Kind {
	case "Job":
		if immutableJob(f.Path, c) {
			return "this field of a Job cannot be changed"
		}
	case "Deployment":
		if strings.HasPrefix(f.Path, "spec.selector") {
			return "the selector of a Deployment cannot be changed"
		}
	case "Service":
		if f.Path == "spec.clusterIP" && f.After != nil {
			return "a Service with an address cannot become one without"
		}
	case "PersistentVolumeClaim":
		return immutableClaim(f)
	case "ResourceClaimTemplate":
		if strings.HasPrefix(f.Path, "spec") {
			return "a ResourceClaimTemplate cannot be changed"
		}
	}
	return ""
}

// immutableJobFields are the fields of a Job's spec that stay as they were created
// (ValidateJobSpecUpdate in k8s.io/kubernetes/pkg/apis/batch/validation).
var immutableJobFields = []string{
	"template", "selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "successPolicy", "managedBy",
}

func immutableJob(path string, c *ObjectChange) bool {
	field, ok := strings.CutPrefix(path, "spec.")
	if !ok {
		return false
	}
	if end := strings.IndexAny(field, ".["); end >= 0 {
		field = field[:end]
	}
	return slices.Contains(immutableJobFields, field) || field == "completions" && !elastic(c)
}

// elastic reports whether a Job's completions may change: an Indexed Job's do, together with its parallelism.
func elastic(c *ObjectChange) bool {
	job, ok := c.new.Value.(*batchv1.Job)
	if !ok || job.Spec.CompletionMode == nil || *job.Spec.CompletionMode != batchv1.IndexedCompletion {
		return false
	}
	s := job.Spec
	return s.Completions != nil && s.Parallelism != nil && *s.Completions == *s.Parallelism
}

// immutableClaim says why a claim's field cannot be changed: the storage that is asked for may grow, nothing else.
func immutableClaim(f Change) string {
	switch {
	case !strings.HasPrefix(f.Path, "spec."), f.Path == "spec.volumeAttributesClassName":
		return ""
	case f.Path == "spec.storageClassName" && f.Before == nil:
		return "the class of a claim cannot be changed, unless this is the one that it has: `kubectl get pvc -A` tells"
	case f.Path != "spec.resources.requests."+string(corev1.ResourceStorage):
		return "this field of a claim cannot be changed"
	case f.Before == nil || f.After == nil:
		return ""
	}
	before, okB := amount(*f.Before)
	after, okA := amount(*f.After)
	if okB && okA && after.Cmp(before) < 0 {
		return "a claim can grow and never shrink"
	}
	return ""
}
