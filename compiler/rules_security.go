package compiler

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/schema"
)

// checkSecurity: the restricted level of Pod Security wants a user that Kubernetes can tell from root, which it can do by
// number alone; root's number it accepts, and the container then never starts.
func checkSecurity(c *ruleContext) {
	s := &c.plan.Spec
	if s.Security != schema.SecurityRestricted {
		// The namespace refuses the pods when they are made, long after the objects were taken.
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
	// runAsNonRoot cannot be proved of a user by name: the kubelet then does not start the container.
	if s.RunAsUser == nil && s.ImageUser != "numeric" && c.lacks("spec", "run_as_user") && c.lacks("spec", "image_user") {
		c.add(diag.Problem{
			Code: diag.Security, Path: "spec.security",
			Message: "security restricted needs a numeric run_as_user",
			Hint:    "write run_as_user: 1000, or image_user: numeric where the image itself names a user by number that is not root",
		})
	}
	for i := range c.pod() {
		c.restricted(&c.pod()[i])
	}
}

// restricted: no container of a restricted run is root.
func (c *ruleContext) restricted(container *schema.PodContainer) {
	if id := container.RunAsUser; id != nil && *id == 0 {
		path := container.Path + ".run_as_user"
		c.conflict(diag.Problem{
			Code: diag.Security, Path: path,
			Message: c.words(path) + " 0 is root, which security restricted forbids",
			Hint:    "write another number such as 1000, or security: baseline",
		}, "spec.security")
	}
	if may := container.RunAsNonRoot; may != nil && !*may {
		path := container.Path + ".run_as_non_root"
		c.conflict(diag.Problem{
			Code: diag.Security, Path: path,
			Message: c.words(path) + " false lets the container run as root, which security restricted forbids",
			Hint:    "remove it, or write security: baseline",
		}, "spec.security")
	}
}

// checkNonRoot: a container that is refused as root is not told to be root, which the API server takes and the node never
// starts. What a container does not say, the pod says for it.
func checkNonRoot(c *ruleContext) {
	s := &c.plan.Spec
	for _, container := range c.pod() {
		// The container's own settings beat the pod's (SecurityContext of k8s.io/api/core/v1).
		user, at := container.RunAsUser, container.Path
		if user == nil {
			user, at = s.RunAsUser, "spec"
		}
		refused, says := container.RunAsNonRoot, container.Path
		if refused == nil {
			refused, says = s.RunAsNonRoot, "spec"
		}
		if user == nil || *user != 0 || !isTrue(refused) || container.Role != schema.MainRole && at == "spec" && says == "spec" {
			continue // the last: said once, of the run's own container
		}
		c.conflict(diag.Problem{
			Code: diag.Security, Path: at + ".run_as_user",
			Message: c.words(at+".run_as_user") + " 0 is root, and run_as_non_root refuses root",
			Hint:    "write another number such as 1000, or remove run_as_non_root",
		}, says+".run_as_non_root")
	}
}

// checkEscalation: who may do everything can also gain rights, so that forbidding the one and granting the other is refused
// (k8s.io/kubernetes/pkg/apis/core/validation, ValidateSecurityContext, which knows one spelling of the capability).
func checkEscalation(c *ruleContext) {
	for _, container := range c.pod() {
		if may := container.AllowPrivilegeEscalation; may == nil || *may {
			continue
		}
		p := diag.Problem{Code: diag.Security, Path: container.Path + ".allow_privilege_escalation", Hint: "remove one of the two"}
		if isTrue(container.Privileged) {
			p.Message = "a privileged container can gain every right, so that allow_privilege_escalation cannot be false"
			c.conflict(p, container.Path+".privileged")
		}
		if container.Capabilities == nil {
			continue
		}
		for i, name := range container.Capabilities.Add {
			if strings.TrimPrefix(name, "CAP_") == "SYS_ADMIN" {
				p.Message = "with the capability SYS_ADMIN a process can gain every right, so that allow_privilege_escalation cannot be false"
				c.conflict(p, diag.At(container.Path+".capabilities.add", i))
			}
		}
	}
}
