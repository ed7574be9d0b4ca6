package rules

import (
	"fmt"
	"net/netip"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
)

// ip refuses what is no IP address in its usual form. Older servers take leading zeros and IPv4 in IPv6, and warn.
func (j *judge) ip(code diag.Code, text string, at *place) {
	a, err := netip.ParseAddr(text)
	if err == nil && a.Zone() == "" && !a.Is4In6() && a.String() == text {
		return
	}
	hint := "write one such as 10.0.0.10 or fd00::10"
	if err == nil && a.Zone() == "" {
		hint = "write " + a.Unmap().String()
	}
	j.refuse(code, at, fmt.Sprintf("%s is not an IP address in its usual form", diag.Quote(text)), hint)
}

// cidr is ip of a range of addresses.
func (j *judge) cidr(code diag.Code, text string, at *place) {
	p, err := netip.ParsePrefix(text)
	if err == nil && !p.Addr().Is4In6() && p.Masked().String() == text {
		return
	}
	hint := "write one such as 10.0.0.0/8"
	if err == nil && !p.Addr().Is4In6() {
		hint = "write " + p.Masked().String()
	}
	j.refuse(code, at, fmt.Sprintf("%s is not a range of IP addresses in its usual form", diag.Quote(text)), hint)
}

// Limits on a pod's DNS (MaxDNSNameservers and its like in core/validation).
const (
	maxNameservers = 3
	maxSearches    = 32
	maxSearchList  = 2048
)

// dns judges the resolver of a pod (validatePodDNSConfig). The limit on all search domains counts the spaces between
// them.
func (j *judge) dns(p *pod) {
	c, at := p.DNSConfig, p.at.in("dnsConfig")
	if p.DNSPolicy == corev1.DNSNone && (c == nil || len(c.Nameservers) == 0) {
		j.absent(diag.WrongValue, at.in("nameservers"), "dnsPolicy None needs a nameserver in dnsConfig", "write dnsConfig: {nameservers: [<IP address>]}", p.at.in("dnsPolicy"))
	}
	if c == nil {
		return
	}
	j.atMost(diag.WrongValue, len(c.Nameservers), maxNameservers, at.in("nameservers"))
	for i, server := range c.Nameservers {
		j.ip(diag.WrongValue, server, at.in("nameservers").item(i))
	}
	j.atMost(diag.WrongValue, len(c.Searches), maxSearches, at.in("searches"))
	// The spaces between the domains, as they stand in resolv.conf.
	length := max(len(c.Searches)-1, 0)
	for i, search := range c.Searches {
		length += len(search)
		// A dot alone is the root: names are then looked up as they are.
		if search != "." {
			j.named(&searchName, strings.TrimSuffix(search, "."), at.in("searches").item(i))
		}
	}
	if length > maxSearchList {
		j.refuse(diag.WrongValue, at.in("searches"), fmt.Sprintf("searches has %d characters together, and Kubernetes takes %d", length, maxSearchList), "leave some out")
	}
	for i := range c.Options {
		j.needs(diag.WrongValue, at.in("options").item(i), need{"name", c.Options[i].Name})
	}
}

// hostAliases judges lines of /etc/hosts. The server warns of an address that is there twice; here it is refused.
func (j *judge) hostAliases(p *pod) {
	list := p.at.in("hostAliases")
	for i := range p.HostAliases {
		h, at := &p.HostAliases[i], list.item(i)
		j.ip(diag.WrongValue, h.IP, at.in("ip"))
		for k, name := range h.Hostnames {
			j.named(&dnsName, name, at.in("hostnames").item(k))
		}
	}
	for i, first := range alike(p.HostAliases, func(h *corev1.HostAlias) string { return h.IP }) {
		j.twice("IP address "+diag.Quote(p.HostAliases[i].IP), list.item(first).in("ip"), list.item(i).in("ip"))
	}
}
