package compiler

import (
	"fmt"
	"net/netip"

	"berth/internal/diag"
	"berth/schema"
)

// checkTraffic holds how a Service is reached against ValidateService of the API server.
func checkTraffic(c *ruleContext) {
	s := &c.plan.Spec
	if s.Action != schema.ActionServe {
		return
	}
	// A type that was refused may have been the right one.
	balancer := s.ServiceType == "LoadBalancer" || s.ServiceType == "" && c.present("spec.service_type")
	c.needsType("load_balancer_class", balancer, "LoadBalancer")
	c.needsType("load_balancer_source_ranges", balancer, "LoadBalancer")
	c.needsType("external_traffic_policy", balancer || s.ServiceType == "NodePort", "NodePort or LoadBalancer")
	for i, text := range s.LoadBalancerSourceRanges {
		if _, err := netip.ParsePrefix(text); err != nil && text != "" {
			c.wrongValue(diag.At("spec.load_balancer_source_ranges", i), fmt.Sprintf("%s is no range of addresses", diag.Quote(text)), "write one such as 10.0.0.0/8 or 2001:db8::/32")
		}
	}
	const families = "spec.ip_families"
	if n := len(s.IPFamilies); n > 2 || n == 2 && s.IPFamilies[0] == s.IPFamilies[1] {
		c.wrongValue(families, "ip_families names each family once", "write [IPv4], [IPv6], [IPv4, IPv6] or [IPv6, IPv4]")
	}
}

// needsType refuses a field that only some types of Service have.
func (c *ruleContext) needsType(field string, has bool, types string) {
	path := "spec." + field
	if has || !c.present(path) || !c.own(path) {
		return
	}
	c.conflict(diag.Problem{
		Code: diag.Service, Path: path,
		Message: fmt.Sprintf("%s needs service_type %s", field, types),
		Hint:    fmt.Sprintf("write service_type: %s, or remove %s", types, field),
	}, "spec.service_type")
}
