package renderers

import (
	"slices"
	"strings"

	"berth/internal/diag"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// What the compiler refuses in a run, a base object or a patch could still bring. These rules hold the merged object
// against what the API server refuses of pods on special hardware (k8s.io/kubernetes/pkg/apis/core/validation), and
// speak only of what was brought.

// merged is an object after its base and its patches.
type merged struct {
	*renderer
	object *Object
	kind   string
	pod    *corev1.PodSpec
	at     string // of the pod in the object, with a dot behind it
	job    *batchv1.JobSpec
	jobAt  string
}

// mergedRules are all checks of a merged object that has pods.
var mergedRules = []func(*merged){
	(*merged).resourceNames, (*merged).resourceAmounts, (*merged).hugePages, (*merged).podClaims, (*merged).containerClaims,
	(*merged).podResources, (*merged).tolerations, (*merged).selector, (*merged).spread, (*merged).restarts, (*merged).memory,
	(*merged).runtimeClass, (*merged).indexed,
}

// checkMerged refuses what a base object or a patch brought and what the compiler refuses in a run.
func (r *renderer) checkMerged(o *Object, value kubeObject) {
	template, err := PodTemplate(value)
	if err != nil || o.merged == nil || template == nil {
		return
	}
	m := &merged{renderer: r, object: o, kind: value.GetObjectKind().GroupVersionKind().Kind, pod: &template.Spec, at: "spec.template.spec."}
	switch v := value.(type) {
	case *batchv1.Job:
		m.job, m.jobAt = &v.Spec, "spec."
		r.checkMergedJob(o, v)
	case *batchv1.CronJob:
		m.job, m.jobAt = &v.Spec.JobTemplate.Spec, "spec.jobTemplate.spec."
		m.at = m.jobAt + "template.spec."
	}
	for _, rule := range mergedRules {
		rule(m)
	}
}

// refuse reports a problem at the first of some paths below the pod that a base object or a patch brought; what neither
// brought is the compiler's.
func (m *merged) refuse(code diag.Code, message, hint string, paths ...string) {
	for _, path := range paths {
		if place := m.object.broughtAt(m.at + path); place != "" {
			m.problem(code, place, message, hint)
			return
		}
	}
}

// broughtAt is the place in a base object or a patch that a path of the object, or the first leaf below it, comes from.
func (o *Object) broughtAt(path string) string {
	if place := o.merged[path]; place != "" {
		return place
	}
	var leaves []string
	for leaf := range o.merged {
		if rest, ok := strings.CutPrefix(leaf, path); ok && (rest[0] == '.' || rest[0] == '[') {
			leaves = append(leaves, leaf)
		}
	}
	if len(leaves) == 0 {
		return ""
	}
	return o.merged[slices.Min(leaves)]
}

// containers calls check for each container of the pod, with its path below the pod.
func (m *merged) containers(check func(c *corev1.Container, path string)) {
	for i := range m.pod.InitContainers {
		check(&m.pod.InitContainers[i], diag.At("initContainers", i))
	}
	for i := range m.pod.Containers {
		check(&m.pod.Containers[i], diag.At("containers", i))
	}
}
