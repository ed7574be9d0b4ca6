package compiler

import (
	"fmt"
	"strings"

	"berth/internal/diag"
)

// ownedKeys are labels and annotations with a meaning that Berth, a controller or Kubernetes itself gives them, and what
// says the same in a run or project; a key that ends in '/' stands for all with that prefix.
var ownedKeys = []struct{ key, owner, hint string }{
	{"app.kubernetes.io/managed-by", "Berth", "choose another key"},
	{"berth/", "Berth", "choose another key"},
	{"kustomize.toolkit.fluxcd.io/", "Flux", "run_policy decides what Flux does with the run"},
	{"argocd.argoproj.io/", "Argo CD", "run_policy decides what Argo CD does with the run; the sync wave stands in the project"},
	{"kueue.x-k8s.io/", "Kueue", "write queue and queue_priority in the run, its profile or the project"},
	{"batch.kubernetes.io/", "Kubernetes", "choose another key"},
	{"controller-uid", "Kubernetes", "choose another key"},
	{"job-name", "Kubernetes", "choose another key"},
	{"pod-template-hash", "Kubernetes", "choose another key"},
	{"kubectl.kubernetes.io/last-applied-configuration", "kubectl", "remove it"},
}

// maxAnnotations is Kubernetes' limit on all annotations of an object together, in bytes (TotalAnnotationSizeLimitB).
const maxAnnotations = 256 << 10

// podKeys are the labels by which Berth tells the pods of a run from others. On its objects a run may say them itself.
var podKeys = []string{"app.kubernetes.io/name", "app.kubernetes.io/instance"}

// checkMetadata keeps others' labels and annotations out, and the annotations within Kubernetes' limit.
func checkMetadata(c *ruleContext) {
	s := &c.plan.Spec
	for key := range c.plan.Labels {
		c.owned("labels", key)
	}
	for key := range s.PodLabels {
		c.owned("spec.pod_labels", key)
	}
	for key := range s.ServiceLabels {
		c.owned("spec.service_labels", key)
	}
	for key := range s.Selector {
		c.owned("spec.selector", key)
	}
	c.annotations("annotations", c.plan.Annotations, nil)
	c.annotations("spec.pod_annotations", s.PodAnnotations, c.plan.Annotations)
	c.annotations("spec.service_annotations", s.ServiceAnnotations, c.plan.Annotations)
	c.podLabels()
	if s.Selector != nil && len(s.Selector) == 0 && !c.refused("spec.selector") {
		c.add(diag.Problem{Code: diag.BadName, Path: "spec.selector", Message: "selector is empty, and would find every pod", Hint: "write a label of the pods, or leave it out"})
	}
}

// annotations keeps others' annotations out of those at a path, and them within Kubernetes' limit together with those that
// stand on the same object.
func (c *ruleContext) annotations(path string, own, beside map[string]string) {
	size := 0
	for key, value := range own {
		c.owned(path, key)
		size += len(key) + len(value)
	}
	for key, value := range beside {
		size += len(key) + len(value)
	}
	if size > maxAnnotations && len(own) > 0 {
		c.add(diag.Problem{
			Code: diag.OutOfRange, Path: path,
			Message: fmt.Sprintf("the annotations have %d bytes together, and Kubernetes takes %d", size, maxAnnotations),
			Hint:    "move what is long into a ConfigMap",
		})
	}
}

// podLabels: a label by which the pods are found is not written again with another value. Where the run says its selector
// itself, the pods are found by that alone.
func (c *ruleContext) podLabels() {
	s := &c.plan.Spec
	for key, value := range s.PodLabels {
		path := diag.Join("spec.pod_labels", key)
		selected, ok := s.Selector[key]
		switch {
		case ok && selected != value:
			c.conflict(diag.Problem{
				Code: diag.BadName, Path: path,
				Message: fmt.Sprintf("the pods cannot have %s: %s, since their selector wants %s", key, value, selected), Hint: "write one of the two",
			}, diag.Join("spec.selector", key))
		// With a selector of the run's own these labels find nothing, and are free.
		case !ok && contains(podKeys, key) && len(s.Selector) == 0:
			c.add(diag.Problem{
				Code: diag.BadName, Path: path, AtKey: true,
				Message: fmt.Sprintf("%s on a pod belongs to Berth, which tells the run's pods from others by it", diag.Quote(key)),
				Hint:    "choose another key; what is selected in a cluster already stands under selector",
			})
		}
	}
}

// owned refuses a label or annotation that its owner would overwrite; in is the map's path.
func (c *ruleContext) owned(in, key string) {
	for _, o := range ownedKeys {
		if key == o.key || strings.HasSuffix(o.key, "/") && strings.HasPrefix(key, o.key) {
			c.add(diag.Problem{
				Code: diag.BadName, Path: diag.Join(in, key), AtKey: true,
				Message: fmt.Sprintf("%s belongs to %s, which writes it by itself", diag.Quote(key), o.owner), Hint: o.hint,
			})
			return
		}
	}
}
