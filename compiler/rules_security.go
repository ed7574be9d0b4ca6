package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/schema"
)

// checkSecurity: the restricted level of Pod Security wants a user that Kubernetes can tell from root, which it can do by
// number alone; root's number it accepts, and the container then never starts.
func checkSecurity(c *ruleContext) {
	s := &c.plan.Spec
	if s.Security != schema.SecurityRestricted {
		if level := c.plan.Target.PodSecurity; level == "restricted" && (s.Security != "" || !c.present("spec.security")) {
			c.add(diag.Problem{
				Code: diag.Security, Path: "spec.security",
				Message: fmt.Sprintf("namespace %s takes only pods of the restricted level, and this run's security is baseline", c.plan.Namespace),
				Hint:    "write security: restricted", Replace: "restricted",
				Related: []diag.RelatedPath{diag.Setting(diag.Join("pod_security", c.plan.Namespace))},
			})
		}
		return
	}
	if s.RunAsUser == nil && s.ImageUser != "numeric" && c.lacks("spec", "run_as_user") && c.lacks("spec", "image_user") {
		c.add(diag.Problem{
			Code: diag.Security, Path: "spec.security",
			Message: "security restricted needs a numeric run_as_user",
			Hint:    "write run_as_user: 1000, or image_user: numeric where the image itself names a user by number that is not root",
		})
	}
	c.notRoot("spec.run_as_user", s.RunAsUser)
	c.notRoot("spec.run_as_group", s.RunAsGroup)
}

func (c *ruleContext) notRoot(path string, id *int64) {
	if id == nil || *id != 0 {
		return
	}
	c.conflict(diag.Problem{
		Code: diag.Security, Path: path,
		Message: words(path) + " 0 is root, which security restricted forbids",
		Hint:    "write another number such as 1000, or security: baseline",
	}, "spec.security")
}
