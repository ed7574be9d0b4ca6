package compiler

import (
	"berth/internal/diag"
)

const tolerationList = "spec.tolerations"

// lintEveryTaint warns of a toleration of the run's own that Kubernetes takes for every taint there is.
func lintEveryTaint(c *ruleContext) {
	for i, t := range c.plan.Spec.Tolerations {
		if t.Key != "" || t.Effect != "" || t.Operator != "Exists" || t.Value != "" || !c.own(item(tolerationList, i, "operator")) {
			continue
		}
		c.addTo(tolerationList, i, diag.Problem{
			Code: diag.Scheduling, Severity: diag.Warning, Path: diag.At(tolerationList, i),
			Message: "this toleration is for every taint, so that the pod may land on nodes that are broken or being emptied",
			Hint:    "name the key of the taint",
		})
	}
}
