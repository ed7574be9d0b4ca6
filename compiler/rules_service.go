package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/schema"
)

// portList is the list in the plan.
const portList = "spec.service_ports"

// checkService: a Service has ports, and node ports only where its type opens them.
func checkService(c *ruleContext) {
	s := &c.plan.Spec
	if s.Action != schema.ActionServe {
		return
	}
	// An unset type is ClusterIP; one that was refused is unknown, and nothing is said because of it.
	inside := s.ServiceType == "ClusterIP" || s.ServiceType == "" && !c.present("spec.service_type")
	switch {
	case s.ServicePorts == nil && c.lacks("spec", "service_ports"):
		c.add(diag.Problem{
			Code: diag.MissingField, Path: portList,
			Message: "service_ports is missing: what is served answers on at least one port", Hint: "write service_ports: [{port: 80, target_port: 8080}]",
		})
	case s.ServicePorts != nil && len(s.ServicePorts) == 0:
		c.add(diag.Problem{
			Code: diag.Service, Path: portList,
			Message: "service_ports is empty, and what is served answers on at least one port", Hint: "write service_ports: [{port: 80, target_port: 8080}]",
		})
	}
	if isTrue(s.Headless) && (s.ServiceType == "NodePort" || s.ServiceType == "LoadBalancer") {
		c.conflict(diag.Problem{
			Code: diag.Service, Path: "spec.headless",
			Message: fmt.Sprintf("a headless Service has no address, and service_type %s gives it one", s.ServiceType),
			Hint:    "remove headless, or write service_type: ClusterIP",
		}, "spec.service_type")
	}
	for i, p := range s.ServicePorts {
		if p.NodePort != nil && inside {
			c.add(diag.Problem{
				Code: diag.Service, Path: item(portList, i, "node_port"), AtKey: true,
				Message: "node_port needs service_type NodePort or LoadBalancer, and this Service is reachable inside the cluster alone",
				Hint:    "write service_type: NodePort, or remove node_port",
			})
		}
	}
	c.portsTwice()
}

// portsTwice refuses every port but the first of one name, or of one node port and protocol.
func (c *ruleContext) portsTwice() {
	type nodePort struct {
		number   int64
		protocol string
	}
	var called map[string]int
	var opened map[nodePort]int
	for i, p := range c.plan.Spec.ServicePorts {
		if j, twice := firstOf(&called, p.Name, i); twice && p.Name != "" {
			c.twice(item(portList, j, "name"), item(portList, i, "name"), fmt.Sprintf("two ports are called %s", p.Name), "rename one of them")
		}
		if p.NodePort == nil {
			continue
		}
		if j, twice := firstOf(&opened, nodePort{*p.NodePort, protocol(p.Protocol)}, i); twice {
			c.twice(item(portList, j, "node_port"), item(portList, i, "node_port"), fmt.Sprintf("two ports open node_port %d", *p.NodePort), "choose another number for one of them")
		}
	}
}

// firstOf is the index that a key was first met at, and whether that was before.
func firstOf[K comparable](met *map[K]int, key K, i int) (first int, before bool) {
	if *met == nil {
		*met = map[K]int{}
	}
	first, before = (*met)[key]
	if !before {
		(*met)[key], first = i, i
	}
	return first, before
}

// protocol is the protocol of a port, TCP where it says none, as Kubernetes defaults it.
func protocol(name string) string {
	if name == "" {
		return "TCP"
	}
	return name
}

// checkServiceName: a Service's name begins with a letter (DNS-1035; Kubernetes 1.36 has relaxed it, and DNS has not
// everywhere).
func checkServiceName(c *ruleContext) {
	name := c.plan.Name
	// A run's name begins with a letter or a digit, which come in this order.
	if c.plan.Spec.Action != schema.ActionServe || name == "" || name[0] > '9' || !c.lacks("spec", "service_name") {
		return
	}
	c.add(diag.Problem{
		Code: diag.Service, Path: "name",
		Message: fmt.Sprintf("a Service cannot be called %s: its name begins with a letter", diag.Quote(name)),
		Hint:    "write service_name: <name>, or rename the run",
		Related: []diag.RelatedPath{{Path: "spec.action", Message: "action serve makes a Service"}},
	})
}
