package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/schema"
)

// checkProbes: each check asks in exactly one way (k8s.io/kubernetes/pkg/apis/core/validation, validateProbe).
func checkProbes(c *ruleContext) {
	p := c.plan.Spec.Probes
	if p == nil {
		return
	}
	c.probe("readiness", p.Readiness, true)
	c.probe("liveness", p.Liveness, false)
	c.probe("startup", p.Startup, false)
}

func (c *ruleContext) probe(name string, p *schema.Probe, repeats bool) {
	if p == nil {
		return
	}
	path := diag.Join("spec.probes", name)
	ways := c.ways(path)
	switch {
	case c.refused(path):
	case len(ways) == 0:
		c.add(diag.Problem{
			Code: diag.Probe, Path: path,
			Message: name + " does not say what to ask", Hint: "write http: /path and port, tcp: <port>, or exec: [<command>]",
		})
	case len(ways) > 1:
		c.add(diag.Problem{
			Code: diag.Probe, Path: diag.Join(path, ways[1]), AtKey: true,
			Message: fmt.Sprintf("%s asks in %s ways, and only one is possible", name, []string{"two", "three"}[len(ways)-2]),
			Hint:    "keep one of " + diag.AllOf(ways), Related: []diag.RelatedPath{{Path: diag.Join(path, ways[0]), Message: ways[0] + " stands here"}},
		})
	case ways[0] == "http" && !c.present(path+".port"):
		c.add(diag.Problem{
			Code: diag.MissingField, Path: path,
			Message: name + " asks over http, and not on which port", Hint: "write port: <port> beside http",
		})
	case ways[0] != "http" && c.present(path+".port"):
		c.add(diag.Problem{
			Code: diag.Probe, Path: path + ".port", AtKey: true,
			Message: "port belongs to http", Hint: "remove it; tcp has its port as its value",
		})
	case p.Exec != nil && len(p.Exec) == 0:
		c.add(diag.Problem{Code: diag.Probe, Path: path + ".exec", Message: name + " has an empty command", Hint: "write a command as a list"})
	}
	if !repeats && moreThan(p.SuccessThreshold, 1) {
		c.add(diag.Problem{
			Code: diag.Probe, Path: path + ".success_threshold",
			Message: "one success is enough for " + name + ": Kubernetes takes no other success_threshold", Hint: "remove it, or write 1", Replace: "1", Certain: true,
		})
	}
}

// ways are the ways of asking that a check has, refused ones too.
func (c *ruleContext) ways(path string) []string {
	var ways []string
	for _, way := range []string{"http", "tcp", "exec"} {
		if c.present(diag.Join(path, way)) {
			ways = append(ways, way)
		}
	}
	return ways
}
