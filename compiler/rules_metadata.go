package compiler

import (
	"fmt"
	"strings"

	"berth/internal/diag"
)

// ownedKeys are labels and annotations with a meaning that Berth, a controller or Kubernetes itself gives them, and what
// says the same in a run or project; a key that ends in '/' stands for all with that prefix.
var ownedKeys = []struct{ key, owner, hint string }{
	{"app.kubernetes.io/name", "Berth", "it is the run's name"},
	{"app.kubernetes.io/instance", "Berth", "it is the run's name"},
	{"app.kubernetes.io/component", "Berth", "it is the run's action"},
	{"app.kubernetes.io/managed-by", "Berth", "choose another key"},
	{"app.kubernetes.io/part-of", "Berth", "it is the project's name"},
	{"berth/", "Berth", "choose another key"},
	{"kustomize.toolkit.fluxcd.io/", "Flux", "run_policy decides what Flux does with the run"},
	{"argocd.argoproj.io/", "Argo CD", "run_policy decides what Argo CD does with the run; the sync wave stands in the project"},
	{"kueue.x-k8s.io/", "Kueue", "queue and priority stand in a profile or the project"},
	{"batch.kubernetes.io/", "Kubernetes", "choose another key"},
	{"controller-uid", "Kubernetes", "choose another key"},
	{"job-name", "Kubernetes", "choose another key"},
	{"pod-template-hash", "Kubernetes", "choose another key"},
	{"kubectl.kubernetes.io/last-applied-configuration", "kubectl", "remove it"},
}

// maxAnnotations is Kubernetes' limit on all annotations of an object together, in bytes (TotalAnnotationSizeLimitB).
const maxAnnotations = 256 << 10

// checkMetadata keeps others' labels and annotations out, and the annotations within Kubernetes' limit.
func checkMetadata(c *ruleContext) {
	for key := range c.plan.Labels {
		c.owned("labels", key)
	}
	size := 0
	for key, value := range c.plan.Annotations {
		c.owned("annotations", key)
		size += len(key) + len(value)
	}
	if size > maxAnnotations {
		c.add(diag.Problem{
			Code: diag.OutOfRange, Path: "annotations",
			Message: fmt.Sprintf("the annotations have %d bytes together, and Kubernetes takes %d", size, maxAnnotations),
			Hint:    "move what is long into a ConfigMap",
		})
	}
}

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
