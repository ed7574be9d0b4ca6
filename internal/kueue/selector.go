package kueue

import (
	"slices"

	"berth/internal/diag"
	"berth/internal/source"

	corev1 "k8s.io/api/core/v1"
)

// selector says from which namespaces a ClusterQueue takes runs: nil for none.
type selector struct {
	node *source.Node
	at   diag.Span
}

// none reports whether no namespace is taken.
func (s selector) none() bool { return !present(s.node) }

// takes reports whether a namespace may be one of those. The one label that every namespace surely has is its name; what is
// asked of others may be so.
func (s selector) takes(namespace string) bool {
	if want, ok := texts(s.node.Get("matchLabels"))[corev1.LabelMetadataName]; ok && want != namespace {
		return false
	}
	for _, e := range items(s.node.Get("matchExpressions")) {
		if text(e.Get("key")) == corev1.LabelMetadataName && !satisfied(e, namespace) {
			return false
		}
	}
	return true
}

// satisfied judges one expression about a namespace's name.
func satisfied(e *source.Node, namespace string) bool {
	named := slices.ContainsFunc(items(e.Get("values")), func(v *source.Node) bool { return text(v) == namespace })
	switch text(e.Get("operator")) {
	case "In":
		return named
	case "NotIn":
		return !named
	case "DoesNotExist":
		return false
	}
	return true
}
