package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/schema"
)

// scheduling adds an error about where pods may run.
func (c *ruleContext) scheduling(path, message, hint string) {
	c.add(diag.Problem{Code: diag.Scheduling, Path: path, Message: message, Hint: hint})
}

// tolerationList is the list in the plan.
const tolerationList = "spec.tolerations"

// checkTolerations holds tolerations against ValidateTolerations of the API server.
func checkTolerations(c *ruleContext) {
	for i, t := range c.plan.Spec.Tolerations {
		p := diag.Problem{Code: diag.Scheduling}
		switch {
		case t.Operator == "Exists" && t.Value != "":
			p.Path = item(tolerationList, i, "value")
			p.Message, p.Hint = "operator Exists compares no value", "remove value, or write operator: Equal"
		case t.Key == "" && t.Operator != "Exists":
			p.Path = diag.At(tolerationList, i)
			p.Message = "a toleration without a key matches every taint, and has to say operator: Exists"
			p.Hint = "write key: <key>, or operator: Exists"
		// Profiles may mean it, for machines that nothing else runs on; in a run it is nearly always a mistake.
		case t.Key == "" && t.Effect == "" && c.own(item(tolerationList, i, "operator")):
			p.Severity, p.Path = diag.Warning, diag.At(tolerationList, i)
			p.Message = "this toleration is for every taint, so that the pod may land on nodes that are broken or being emptied"
			p.Hint = "name the key of the taint"
		}
		if p.Message != "" {
			c.addTo(tolerationList, i, p)
		}
		if t.TolerationSeconds != nil && t.Effect != "NoExecute" {
			c.addTo(tolerationList, i, diag.Problem{
				Code: diag.Scheduling, Path: item(tolerationList, i, "tolerationSeconds"),
				Message: "tolerationSeconds needs effect: NoExecute, the only one that evicts a running pod",
				Hint:    "write effect: NoExecute, or remove tolerationSeconds",
			})
		}
	}
}

const (
	// Paths of the node affinity in the plan.
	nodeAffinity = "spec.affinity.nodeAffinity"
	nodeTerms    = nodeAffinity + "." + requiredTerms + ".nodeSelectorTerms"
)

// checkNodeAffinity holds the node affinity against ValidateNodeSelector of the API server, and refuses terms that the
// server takes and that match nothing.
func checkNodeAffinity(c *ruleContext) {
	a := c.plan.Spec.Affinity
	if a == nil || a.NodeAffinity == nil {
		return
	}
	if required := a.NodeAffinity.Required; required != nil {
		if required.NodeSelectorTerms != nil && len(required.NodeSelectorTerms) == 0 {
			c.scheduling(nodeTerms, "nodeSelectorTerms is empty, and a node has to satisfy one of them", "write a term, or remove it")
		}
		for i := range required.NodeSelectorTerms {
			c.nodeTerm(&required.NodeSelectorTerms[i], diag.At(nodeTerms, i))
		}
	}
	list := diag.Join(nodeAffinity, preferredTerms)
	for i := range a.NodeAffinity.Preferred {
		c.nodeTerm(&a.NodeAffinity.Preferred[i].Preference, item(list, i, "preference"))
	}
}

// nodeTerm checks one term of a node selector: expressions about labels, and fields of the node.
func (c *ruleContext) nodeTerm(t *schema.NodeSelectorTerm, path string) {
	expressions, fields := path+".matchExpressions", path+".matchFields"
	if len(t.MatchExpressions)+len(t.MatchFields) == 0 && !c.refused(path) {
		c.scheduling(path, "this term asks for nothing, and Kubernetes matches no node with it", "write matchExpressions: [{key: …, operator: In, values: […]}]")
	}
	for i, r := range t.MatchExpressions {
		at := diag.At(expressions, i)
		switch r.Operator {
		case "Gt", "Lt":
			c.comparison(r.Values, r.Operator, at)
		default:
			c.operands(r.Operator, r.Values, at)
		}
	}
	for i := range t.MatchFields {
		c.nodeField(&t.MatchFields[i], diag.At(fields, i))
	}
}

// comparison checks the one operand of Gt and Lt, which is a whole number and, as every operand, a valid value of a
// label: a sign is refused for that.
func (c *ruleContext) comparison(values []string, operator, path string) {
	if c.refused(path) {
		return
	}
	if len(values) != 1 {
		c.scheduling(c.valuesPath(path), fmt.Sprintf("operator %s compares with one number, and values has %d", operator, len(values)), "write values: [\"<number>\"]")
	} else if _, ok := parseInteger(values[0]); !ok {
		c.scheduling(path+".values[0]", fmt.Sprintf("operator %s compares numbers, and %s is no whole number", operator, diag.Quote(values[0])), "write a whole number as a text")
	} else if !schema.TypeLabelValue.AcceptsText(values[0]) {
		c.scheduling(path+".values[0]", fmt.Sprintf("operator %s compares with %s, which no label can be: it has to be %s", operator, diag.Quote(values[0]), schema.TypeLabelValue.Says),
			"write a number of 0 or more, without a sign")
	}
}

// operands holds the values of a requirement against its operator, for nodes and for pods alike.
func (c *ruleContext) operands(operator string, values []string, path string) {
	if c.refused(path) {
		return
	}
	switch operator {
	case "In", "NotIn":
		if len(values) == 0 {
			c.scheduling(c.valuesPath(path), "operator "+operator+" needs values", "write values: [<value>], or operator: Exists")
		}
		for i, v := range values {
			if !schema.TypeLabelValue.AcceptsText(v) {
				hint, _ := nameHint(v, diag.Span{}, &schema.TypeLabelValue)
				c.add(diag.Problem{
					Code: diag.BadName, Path: diag.At(path+".values", i), Hint: hint,
					Message: fmt.Sprintf("%s cannot be the value of a label: it has to be %s", diag.Quote(v), schema.TypeLabelValue.Says),
				})
			}
		}
	case "Exists", "DoesNotExist":
		if len(values) > 0 {
			c.scheduling(path+".values", "operator "+operator+" compares no values", "remove values, or write operator: In")
		}
	}
}

// valuesPath is where missing values are reported.
func (c *ruleContext) valuesPath(requirement string) string {
	if values := requirement + ".values"; c.present(values) {
		return values
	}
	return requirement
}

// nodeField: a node can be asked for one field, its name, and for one name at a time.
func (c *ruleContext) nodeField(r *schema.NodeRequirement, path string) {
	switch {
	case c.refused(path):
	case r.Key != "metadata.name":
		c.scheduling(path+".key", fmt.Sprintf("%s is no field that nodes are chosen by", diag.Quote(r.Key)), "write metadata.name, or use matchExpressions for labels")
	case r.Operator != "In" && r.Operator != "NotIn":
		c.scheduling(path+".operator", "a field is compared with In or NotIn", "write operator: In or NotIn")
	case len(r.Values) != 1:
		c.scheduling(c.valuesPath(path), "a field is compared with exactly one value", "write a term for each node")
	case !schema.TypeDNSSubdomain.AcceptsText(r.Values[0]):
		c.scheduling(path+".values[0]", fmt.Sprintf("%s is no name of a node", diag.Quote(r.Values[0])), "write it as `kubectl get nodes` shows it")
	}
}
