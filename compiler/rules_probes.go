package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/schema"
)

// asking are the rules for what asks a container: a health check or a hook.
type asking struct {
	*ruleContext
	container *schema.PodContainer
	name      string   // readiness, pre_stop …
	path      string   // in the plan
	ways      []string // of asking that there are
}

// checkProbes: each check asks in exactly one way (k8s.io/kubernetes/pkg/apis/core/validation, validateProbe).
func checkProbes(c *ruleContext) {
	for i := range c.pod() {
		container := &c.pod()[i]
		p := container.Probes
		if p == nil {
			continue
		}
		at := func(name string) asking {
			return asking{c, container, name, container.Path + ".probes." + name, []string{"http", "tcp", "grpc", "exec"}}
		}
		at("readiness").probe(p.Readiness)
		at("liveness").probe(p.Liveness)
		at("startup").probe(p.Startup)
	}
}

// probe checks one health check, which may be nil.
func (a asking) probe(p *schema.Probe) {
	if p == nil {
		return
	}
	a.oneWay(p.Exec)
	a.portName(p.Port, "port")
	a.portName(p.TCP, "tcp")
	// validateLivenessProbe and validateStartupProbe of the API server.
	if a.name != "readiness" && moreThan(p.SuccessThreshold, 1) {
		a.add(diag.Problem{
			Code: diag.Probe, Path: a.path + ".success_threshold",
			Message: "one success is enough for " + a.name + ": Kubernetes takes no other success_threshold", Hint: "remove it, or write 1", Replace: "1", Certain: true,
		})
	}
	if p.WithinSeconds != nil {
		a.within(p)
	}
}

// within: a time in which the start has to be made is a number of failures.
func (a asking) within(p *schema.Probe) {
	path := a.path + ".within_seconds"
	if p.FailureThreshold != nil {
		a.conflict(diag.Problem{
			Code: diag.Probe, Path: path, AtKey: true,
			Message: "within_seconds says how many failures count, and so does failure_threshold", Hint: "remove one of the two",
		}, a.path+".failure_threshold")
	}
	// The time counts from the container's start, the first delay included.
	if p.InitialDelaySeconds != nil && *p.InitialDelaySeconds >= *p.WithinSeconds {
		a.conflict(diag.Problem{
			Code: diag.Probe, Path: path,
			Message: fmt.Sprintf("within_seconds %d is over when the first check is made, after %d", *p.WithinSeconds, *p.InitialDelaySeconds),
			Hint:    "raise it, or lower initial_delay_seconds",
		}, a.path+".initial_delay_seconds")
	}
}

// oneWay: what asks does so in exactly one way, with what belongs to that way.
func (a asking) oneWay(exec []string) {
	if a.refused(a.path) {
		return
	}
	var ways []string
	for _, way := range a.ways {
		if a.present(diag.Join(a.path, way)) {
			ways = append(ways, way)
		}
	}
	p := diag.Problem{Code: diag.Probe, Path: a.path}
	switch {
	case len(ways) == 0:
		p.Message, p.Hint = a.name+" does not say what to ask", "write http: /path and port, or "+diag.OneOf(a.ways[1:])
		// A hook does something, a health check asks.
		if a.ways[len(a.ways)-1] != "exec" {
			p.Message, p.Hint = a.name+" does not say what to do", "write exec: [<command>], http: /path and port, or sleep_seconds: <number>"
		}
	case len(ways) > 1:
		p.Path, p.AtKey = diag.Join(a.path, ways[1]), true
		p.Message = fmt.Sprintf("%s asks in %d ways, and only one is possible", a.name, len(ways))
		p.Hint = "keep one of " + diag.AllOf(ways)
		p.Related = []diag.RelatedPath{{Path: diag.Join(a.path, ways[0]), Message: ways[0] + " stands here"}}
	// The other ways have their port in their own value.
	case ways[0] == "http" && !a.present(a.path+".port"):
		p.Code, p.Message, p.Hint = diag.MissingField, a.name+" asks over http, and not on which port", "write port: <port> beside http"
	// An empty list is a command to YAML, and none to the kubelet.
	case exec != nil && len(exec) == 0:
		p.Path += ".exec"
		p.Message, p.Hint = a.name+" has an empty command", "write a command as a list"
	}
	if p.Message != "" {
		a.add(p)
	} else if ways[0] != "http" {
		a.noHTTP(ways[0])
	}
}

// noHTTP refuses what belongs to an HTTP request where none is made.
func (a asking) noHTTP(way string) {
	for _, field := range []string{"port", "scheme", "host", "headers"} {
		if !a.present(diag.Join(a.path, field)) {
			continue
		}
		p := diag.Problem{Code: diag.Probe, Path: diag.Join(a.path, field), AtKey: true, Message: field + " belongs to http, and " + a.name + " asks by " + way, Hint: "remove it"}
		if field == "port" && way != "exec" {
			p.Hint += "; " + way + " has its own port"
		}
		a.add(p)
	}
}

// portName: a port that is named is one of the container's own.
func (a asking) portName(port schema.IntOrText, field string) {
	if _, ok := port.Number(); port == "" || ok {
		return
	}
	for i := range a.container.Listens {
		if a.container.Listens[i].Name == string(port) {
			return
		}
	}
	a.noPort(port, diag.Join(a.path, field), []schema.PodContainer{*a.container})
}
