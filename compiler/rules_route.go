package compiler

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/schema"
)

// routePath is where the route stands in the plan.
const routePath = "spec.route"

// checkRoute: a route leads from hosts that a gateway of the project has to a port of the run's Service.
func checkRoute(c *ruleContext) {
	r := c.plan.Spec.Route
	if r == nil {
		return
	}
	c.routeNeeds("hosts", len(r.Hosts) > 0, "write hosts: [<name>.<domain>]")
	c.routeNeeds("gateway", r.Gateway != "", c.gatewayHint())
	c.alikeTexts(routePath+".hosts", r.Hosts, "host")
	c.alikeTexts(routePath+".paths", r.Paths, "path")
	c.routePort(r)
	if r.Gateway == "" {
		return
	}
	// Gateways are not Berth's to make: the project says which there are, and what runs may ask them for.
	gateway, known := c.plan.Target.Gateways[r.Gateway]
	if !known {
		c.unknownGateway(r.Gateway)
		return
	}
	c.hostsOf(r, gateway)
	if gateway.Timeouts != nil && !*gateway.Timeouts && r.Timeout != "" {
		c.add(diag.Problem{
			Code: diag.Service, Path: routePath + ".timeout", Message: fmt.Sprintf("gateway %s knows no timeouts, so that this one would not count", r.Gateway),
			Hint: "remove it", Related: []diag.RelatedPath{{Path: gatewayPlace(r.Gateway) + ".timeouts", Message: "the project says so here"}},
		})
	}
}

// routeNeeds reports a field that a route has to have, at the field where it is there and empty, else at the route.
func (c *ruleContext) routeNeeds(field string, has bool, hint string) {
	if has || c.refused(routePath) {
		return
	}
	path := diag.Join(routePath, field)
	if !c.present(path) {
		path = routePath
	}
	c.add(diag.Problem{Code: diag.MissingField, Path: path, Message: "the route has no " + field, Hint: hint})
}

// gatewayHint is the way to a gateway.
func (c *ruleContext) gatewayHint() string {
	if names := slices.Sorted(maps.Keys(c.plan.Target.Gateways)); len(names) > 0 {
		return "write gateway: " + diag.OneOf(names)
	}
	return "write gateway: <name>, and in berth.yaml gateways: {<name>: {namespace: <namespace of the Gateway>}}"
}

// unknownGateway refuses a gateway that the project does not declare. Berth emits no Gateway: it has to know where it
// is.
func (c *ruleContext) unknownGateway(name string) {
	p := diag.Problem{Code: diag.WrongValue, Path: routePath + ".gateway", Message: "the project has no gateway " + diag.Quote(name)}
	names := slices.Sorted(maps.Keys(c.plan.Target.Gateways))
	best, near := diag.Nearest(name, names)
	switch {
	case near:
		p.Hint, p.Replace = "did you mean "+best+"?", best
	case len(names) > 0:
		p.Hint = "write " + diag.OneOf(names) + ", or declare it in berth.yaml: gateways: {" + name + ": {namespace: <namespace of the Gateway>}}"
	default:
		p.Hint = "declare it in berth.yaml: gateways: {" + name + ": {namespace: <namespace of the Gateway>}}"
	}
	c.add(p)
}

// gatewayPlace is the path of a gateway among the project's settings.
func gatewayPlace(name string) string { return diag.Join(diag.TargetPath("gateways"), name) }

// hostsOf holds the hosts against those that the project gives the gateway.
func (c *ruleContext) hostsOf(r *schema.Route, gateway schema.Gateway) {
	for i, host := range r.Hosts {
		if len(gateway.Hosts) == 0 || slices.ContainsFunc(gateway.Hosts, func(of string) bool { return hostIn(host, of) }) {
			continue
		}
		c.add(diag.Problem{
			Code: diag.Service, Path: diag.At(routePath+".hosts", i),
			Message: fmt.Sprintf("%s is none of the hosts that runs may ask gateway %s for", diag.Quote(host), r.Gateway),
			Hint:    "write one of " + diag.AllOf(gateway.Hosts) + ", or choose another gateway",
			Related: []diag.RelatedPath{{Path: gatewayPlace(r.Gateway) + ".hosts", Message: "the project lists them here"}},
		})
	}
}

// hostIn reports whether a gateway that has the host `of` has the host: a '*' stands for one label or several.
func hostIn(host, of string) bool {
	below, wildcard := strings.CutPrefix(of, "*")
	return host == of || wildcard && strings.HasSuffix(host, below)
}

// alikeTexts refuses what stands twice in a list.
func (c *ruleContext) alikeTexts(list string, texts []string, what string) {
	var seen map[string]int
	for i, text := range texts {
		if j, twice := firstOf(&seen, text, i); twice && text != "" {
			c.twice(diag.At(list, j), diag.At(list, i), fmt.Sprintf("duplicate %s %s", what, diag.Quote(text)), "remove one of the two")
		}
	}
}

// routePort: the port is one of the Service's, over which HTTP can come.
func (c *ruleContext) routePort(r *schema.Route) {
	s := &c.plan.Spec
	const path = routePath + ".port"
	if len(s.ServicePorts) == 0 || c.refused("spec.service_ports") || c.refused(routePath) {
		return // which another rule speaks of
	}
	var ports []string
	for _, p := range s.ServicePorts {
		ports = append(ports, servicePortWord(p))
	}
	number, place := s.RoutePort()
	switch {
	case number != 0:
		c.routeProtocol(place)
	case r.Port != "":
		p := diag.Problem{Code: diag.Service, Path: path, Message: fmt.Sprintf("the Service has no port %s", diag.Quote(string(r.Port))), Hint: "write " + diag.OneOf(ports)}
		if best, ok := diag.Nearest(string(r.Port), ports); ok {
			p.Replace = best
		}
		c.add(p)
	case !c.present(path):
		c.add(diag.Problem{Code: diag.MissingField, Path: routePath, Message: "the Service has several ports, and the route does not say which one it leads to", Hint: "write port: " + diag.OneOf(ports)})
	}
}

// servicePortWord is how a route may call a port of the Service: by its name, or its number where it has none.
func servicePortWord(p schema.ServicePort) string {
	if p.Name != "" {
		return p.Name
	}
	return fmt.Sprint(p.Port)
}

// routeProtocol refuses a port of UDP or SCTP; place is the port's path in the plan. An unset protocol is TCP.
func (c *ruleContext) routeProtocol(place string) {
	for i, p := range c.plan.Spec.ServicePorts {
		at := item("spec.service_ports", i, "protocol")
		if item("spec.service_ports", i, "port") == place && p.Protocol != "" && p.Protocol != "TCP" {
			c.conflict(diag.Problem{Code: diag.Service, Path: routePath, Message: "an HTTPRoute leads to a port of protocol TCP, and this one is of " + p.Protocol, Hint: "write port: <a port of protocol TCP>"}, at)
		}
	}
}
