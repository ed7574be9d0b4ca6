package compiler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/schema"
)

const nodeTerms = "spec.affinity.nodeAffinity." + requiredTerms + ".nodeSelectorTerms"

// checkTogether: a queue that places all pods of a Job near one another looks at no rule about other pods.
func checkTogether(c *ruleContext) {
	a, m := c.plan.Spec.Affinity, c.plan.Machine
	if a == nil || a.PodAffinity == nil || m == nil || m.Topology == nil || m.Topology.Required == "" || c.plan.Spec.Queue == "" || c.plan.Spec.Action != schema.ActionJob {
		return
	}
	c.asProfileSays(diag.Problem{
		Code: diag.ProfileConflict, Path: "spec.affinity.podAffinity", AtKey: true,
		Message: fmt.Sprintf("profile %s lets the queue place all pods near one another, which cannot be joined with podAffinity", m.Profile),
		Hint:    "remove podAffinity, or choose a profile without topology",
	}, "topology.required")
}

// checkNodeContradictions: of the required terms, at least one has to be possible, by itself and beside the node selector
// and what the profile's machine asks for.
func checkNodeContradictions(c *ruleContext) {
	var terms []schema.NodeSelectorTerm
	if a := c.plan.Spec.Affinity; a != nil && a.NodeAffinity != nil && a.NodeAffinity.Required != nil {
		terms = a.NodeAffinity.Required.NodeSelectorTerms
	}
	switch {
	case len(terms) == 0 && (c.plan.Machine == nil || len(c.plan.Spec.NodeSelector) == 0):
		return
	case len(terms) == 0:
		terms = []schema.NodeSelectorTerm{{}} // selector and machine still have to agree
	}
	machine := machineRequirements(c.plan.Machine)
	path, key := "", ""
	for i, term := range terms {
		all := slices.Concat(term.MatchExpressions, machine)
		n := contradiction(all, c.plan.Spec.NodeSelector)
		// The terms are alternatives: one that a node can satisfy is enough.
		if n < 0 {
			return
		}
		if n >= len(term.MatchExpressions) { // the machine's: the run's own one on the label is to blame
			n = slices.IndexFunc(all, func(r schema.NodeRequirement) bool { return r.Key == all[n].Key })
		}
		if path == "" {
			path, key = diag.At(item(nodeTerms, i, "matchExpressions"), n), all[n].Key
			if n >= len(term.MatchExpressions) {
				path = diag.Join("spec.node_selector", key)
			}
		}
	}
	c.contradicted(path, key, slices.ContainsFunc(machine, func(r schema.NodeRequirement) bool { return r.Key == key }))
}

// contradicted refuses a requirement on a label because of the machine's, or else of the node selector's or its own.
func (c *ruleContext) contradicted(path, key string, byMachine bool) {
	p := diag.Problem{
		Code: diag.Scheduling, Path: path,
		Message: fmt.Sprintf("no node can satisfy what is asked of its label %s", key), Hint: "remove the requirement that contradicts the others",
	}
	_, selected := c.plan.Spec.NodeSelector[key]
	switch m := c.plan.Machine; {
	case byMachine && m.NodeLabels[key] == nil:
		c.asProfileSays(p, "spot")
	case byMachine && selected && !contains(m.NodeLabels[key], c.plan.Spec.NodeSelector[key]): // said by checkNodeLabels
	case byMachine:
		c.asProfileSays(p, diag.Join("node_labels", key))
	case selected:
		c.conflict(p, diag.Join("spec.node_selector", key))
	default:
		c.add(p)
	}
}

// machineRequirements is what a machine asks of its nodes' labels, as the pod will say it.
func machineRequirements(m *schema.Machine) []schema.NodeRequirement {
	if m == nil {
		return nil
	}
	var all []schema.NodeRequirement
	for key, values := range m.NodeLabels {
		all = append(all, schema.NodeRequirement{Key: key, Operator: "In", Values: values})
	}
	if operator := map[string]string{schema.SpotConstrain: "In", schema.SpotPrevent: "NotIn"}[m.Spot]; operator != "" && m.SpotNodes != nil {
		for key, value := range m.SpotNodes.Labels {
			all = append(all, schema.NodeRequirement{Key: key, Operator: operator, Values: []string{value}})
		}
	}
	// Maps have no order, and a message must not depend on one.
	slices.SortFunc(all, func(a, b schema.NodeRequirement) int { return strings.Compare(a.Key, b.Key) })
	return all
}

// contradiction is the index of the first requirement that the others on the same label, or the node selector, leave no
// value for; -1 when there is none.
func contradiction(all []schema.NodeRequirement, selector map[string]string) int {
	for i, r := range all {
		selected, isSelected := selector[r.Key]
		switch r.Operator {
		case "DoesNotExist":
			if isSelected || slices.ContainsFunc(all, func(o schema.NodeRequirement) bool { return o.Key == r.Key && demandsLabel(o.Operator) }) {
				return i
			}
		case "In":
			if len(r.Values) > 0 && !slices.ContainsFunc(r.Values, func(v string) bool { return (!isSelected || v == selected) && satisfiesAll(v, r.Key, all) }) {
				return i
			}
		default:
			if isSelected && !satisfies(selected, r) {
				return i
			}
		}
	}
	return -1
}

// demandsLabel reports whether an operator needs the label to be there. NotIn does not: it also matches nodes without
// it.
func demandsLabel(operator string) bool {
	return operator == "In" || operator == "Exists" || operator == "Gt" || operator == "Lt"
}

// satisfiesAll reports whether a value of a label meets every requirement on that label.
func satisfiesAll(value, key string, all []schema.NodeRequirement) bool {
	return !slices.ContainsFunc(all, func(r schema.NodeRequirement) bool { return r.Key == key && !satisfies(value, r) })
}

// satisfies reports whether a label of this value satisfies a requirement. One that is wrong in itself is refused
// elsewhere, and here satisfied.
func satisfies(value string, r schema.NodeRequirement) bool {
	switch r.Operator {
	case "In":
		return len(r.Values) == 0 || slices.Contains(r.Values, value)
	case "NotIn":
		return !slices.Contains(r.Values, value)
	case "DoesNotExist":
		return false
	case "Gt", "Lt":
		if len(r.Values) != 1 {
			return true
		}
		than, ok := parseInteger(r.Values[0])
		have, isNumber := parseInteger(value)
		return !ok || isNumber && (r.Operator == "Gt" && have > than || r.Operator == "Lt" && have < than)
	}
	return true
}

// parseInteger reads a decimal number, as Kubernetes reads the operand of Gt and Lt.
func parseInteger(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}
