package fit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// namesMachine reports whether the pod asks for an instance type that one of the machines is called by: their names are
// instance types then.
func (d *demand) namesMachine(nodes []schema.Node) bool {
	asked := slices.Clone(d.selector)
	if d.affinity != nil {
		for _, term := range d.affinity.NodeSelectorTerms {
			asked = append(asked, term.MatchExpressions...)
		}
	}
	return slices.ContainsFunc(asked, func(r corev1.NodeSelectorRequirement) bool {
		return r.Key == corev1.LabelInstanceTypeStable &&
			slices.ContainsFunc(nodes, func(n schema.Node) bool { return slices.Contains(r.Values, n.Name) })
	})
}

// labelsOf are the labels of a machine: those that it declares, and its instance type where that is its name.
func (d *demand) labelsOf(node *schema.Node) map[string]string {
	if _, declared := node.Labels[corev1.LabelInstanceTypeStable]; declared || !d.byName {
		return node.Labels
	}
	labels := map[string]string{corev1.LabelInstanceTypeStable: node.Name}
	maps.Copy(labels, node.Labels)
	return labels
}

// checkLabels judges nodeSelector and required node affinity. The machine's node has no name: which one of its kind a
// requirement on metadata.name means cannot be known, and the scheduler's matcher passes over it.
func (d *demand) checkLabels(s *Shape, machine *schema.Node) {
	if len(d.selector) == 0 && d.affinity == nil {
		return
	}
	labels := d.labelsOf(machine)
	unknown := func(r corev1.NodeSelectorRequirement) bool {
		_, mentioned := labels[r.Key]
		if mentioned || len(machine.Labels) > 0 && !schema.PlatformLabel(r.Key) {
			return false
		}
		if !slices.Contains(s.Unjudged, r.Key) {
			s.Unjudged = append(s.Unjudged, r.Key)
		}
		return true
	}
	node := &corev1.Node{}
	node.Labels = labels
	for _, r := range d.selector {
		if has, ok := labels[r.Key]; !unknown(r) && !(ok && has == r.Values[0]) { // all that labels.SelectorFromSet does
			s.Reasons = append(s.Reasons, mislabelled(r, labels))
		}
	}
	if d.affinity != nil {
		s.checkAffinity(node, d.affinity, unknown)
	}
}

// checkAffinity judges the terms of a required node affinity, of which one has to hold.
func (s *Shape) checkAffinity(node *corev1.Node, affinity *corev1.NodeSelector, unknown func(corev1.NodeSelectorRequirement) bool) {
	judged := &corev1.NodeSelector{}
	open := false
	for _, term := range affinity.NodeSelectorTerms {
		asked := len(term.MatchExpressions)
		term.MatchExpressions = slices.DeleteFunc(slices.Clone(term.MatchExpressions), unknown)
		if asked > 0 && len(term.MatchExpressions)+len(term.MatchFields) == 0 {
			open = true // all that the term asks for is unknown
		}
		judged.NodeSelectorTerms = append(judged.NodeSelectorTerms, term)
	}
	if ok, _ := nodeaffinity.NewLazyErrorNodeSelector(judged).Match(node); ok || open {
		return
	}
	s.Reasons = append(s.Reasons, unmatched(node, judged.NodeSelectorTerms)...)
}

// unmatched explains a single term requirement by requirement; several terms, as a whole.
func unmatched(node *corev1.Node, terms []corev1.NodeSelectorTerm) []Reason {
	var reasons []Reason
	// With several terms, of which one is enough, no single label is to blame.
	if len(terms) == 1 {
		for _, r := range terms[0].MatchExpressions {
			if !matches(node, r) {
				reasons = append(reasons, mislabelled(r, node.Labels))
			}
		}
	}
	if len(reasons) > 0 {
		return reasons
	}
	asked := make([]string, len(terms))
	for i, t := range terms {
		parts := make([]string, len(t.MatchExpressions))
		for j, r := range t.MatchExpressions {
			parts[j] = words(r)
		}
		asked[i] = strings.Join(parts, " and ")
	}
	all := strings.Join(asked, ", or ")
	return []Reason{{Kind: Label, Asked: all, Text: "its labels match no term of the node affinity (" + all + ")", over: 1}}
}

// matches holds one requirement against a node, with the scheduler's own code. One that cannot be read matches nothing.
func matches(node *corev1.Node, r corev1.NodeSelectorRequirement) bool {
	selector := nodeaffinity.NewLazyErrorNodeSelector(&corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{
		{MatchExpressions: []corev1.NodeSelectorRequirement{r}},
	}})
	ok, _ := selector.Match(node)
	return ok
}

// mislabelled is the reason that a machine's labels do not meet a requirement: it lacks the label, or has another
// value.
func mislabelled(r corev1.NodeSelectorRequirement, labels map[string]string) Reason {
	has, offered := "has no such label", ""
	if value, ok := labels[r.Key]; ok {
		has, offered = "has "+r.Key+"="+value, value
	}
	return Reason{Kind: Label, key: r.Key, Asked: words(r), Offered: offered, Text: fmt.Sprintf("label %s asked, and it %s", words(r), has), over: 1}
}

// words writes a requirement as kubectl takes selectors.
func words(r corev1.NodeSelectorRequirement) string {
	values := strings.Join(r.Values, ", ")
	switch r.Operator {
	case corev1.NodeSelectorOpIn:
		if len(r.Values) == 1 {
			return r.Key + "=" + values
		}
		return r.Key + " in (" + values + ")"
	case corev1.NodeSelectorOpNotIn:
		return r.Key + " notin (" + values + ")"
	case corev1.NodeSelectorOpExists:
		return r.Key
	case corev1.NodeSelectorOpDoesNotExist:
		return "!" + r.Key
	case corev1.NodeSelectorOpGt:
		return r.Key + ">" + values
	case corev1.NodeSelectorOpLt:
		return r.Key + "<" + values
	}
	return r.Key + " " + string(r.Operator) + " " + values
}
