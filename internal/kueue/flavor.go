package kueue

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	scheduling "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"
)

// keepsOut says why a set's pods cannot be on the machines of a flavor, empty where they may.
func (c *Cluster) keepsOut(q *queue, g *group, called string, set *demand) string {
	f := c.flavors[called]
	if reason := c.unplaced(q, g, called, set); reason != "" {
		return reason
	}
	pod := &set.Template.Spec
	tolerated := slices.Concat(pod.Tolerations, f.tolerations)
	for _, taint := range f.taints {
		if taint.Effect != corev1.TaintEffectPreferNoSchedule && !scheduling.TolerationsTolerateTaint(klog.Logger{}, tolerated, &taint, true) {
			return fmt.Sprintf("flavor %s has the taint %s, which the pod does not tolerate", called, taint.ToString())
		}
	}
	if !f.matches(pod) {
		return fmt.Sprintf("flavor %s has other labels than the pod selects", called)
	}
	return ""
}

// matches holds the labels that the flavor has against what the pod selects; of others the flavor says nothing. A term that
// asks for nothing that the flavor has is met.
func (f *flavor) matches(pod *corev1.PodSpec) bool {
	own := corev1.PodSpec{NodeSelector: map[string]string{}}
	for key, value := range pod.NodeSelector {
		if _, ok := f.labels[key]; ok {
			own.NodeSelector[key] = value
		}
	}
	if terms := f.judged(pod); len(terms) > 0 {
		own.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}}
	}
	ok, err := nodeaffinity.GetRequiredNodeAffinity(&corev1.Pod{Spec: own}).Match(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Labels: f.labels}})
	return ok && err == nil
}

// judged are the terms of the pod's required node affinity with what the flavor has labels for; none where one of them asks
// for nothing of that.
func (f *flavor) judged(pod *corev1.PodSpec) []corev1.NodeSelectorTerm {
	if pod.Affinity == nil || pod.Affinity.NodeAffinity == nil || pod.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	var terms []corev1.NodeSelectorTerm
	for _, term := range pod.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		own := slices.DeleteFunc(slices.Clone(term.MatchExpressions), func(e corev1.NodeSelectorRequirement) bool { _, ok := f.labels[e.Key]; return !ok })
		if len(own) == 0 {
			return nil
		}
		terms = append(terms, corev1.NodeSelectorTerm{MatchExpressions: own})
	}
	return terms
}
