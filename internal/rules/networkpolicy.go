package rules

import (
	"fmt"
	"net/netip"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// networkPolicy judges who may reach the pods and whom they may reach. An empty selector is all pods of the namespace,
// and is right.
func (j *judge) networkPolicy(p *networkingv1.NetworkPolicy, at *place) {
	s := &p.Spec
	j.labelSelector(&s.PodSelector, at.in("podSelector"))
	for i := range s.Ingress {
		here := at.in("ingress").item(i)
		j.policyRule(s.Ingress[i].Ports, s.Ingress[i].From, here, here.in("from"))
	}
	for i := range s.Egress {
		here := at.in("egress").item(i)
		j.policyRule(s.Egress[i].Ports, s.Egress[i].To, here, here.in("to"))
	}
	j.atMost(diag.WrongValue, len(s.PolicyTypes), 2, at.in("policyTypes"))
	for i := range s.PolicyTypes {
		oneOfPtr(j, diag.WrongValue, &s.PolicyTypes[i], at.in("policyTypes").item(i), networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress)
	}
}

// policyRule judges one rule, of traffic that comes or goes: at is the rule, list its peers. A rule without peers is
// about everybody; a peer that names nobody is a mistake.
func (j *judge) policyRule(ports []networkingv1.NetworkPolicyPort, peers []networkingv1.NetworkPolicyPeer, at, list *place) {
	for i := range ports {
		j.policyPort(&ports[i], at.in("ports").item(i))
	}
	for i := range peers {
		p, here := &peers[i], list.item(i)
		selects := p.PodSelector != nil || p.NamespaceSelector != nil
		switch {
		case !selects && p.IPBlock == nil:
			j.absent(diag.WrongValue, here, "the peer is nobody", "write podSelector, namespaceSelector or ipBlock")
		case selects && p.IPBlock != nil:
			j.refuse(diag.WrongValue, here.in("ipBlock"), "a peer is pods or a range of addresses, never both", "write two peers", here)
		}
		j.labelSelector(p.PodSelector, here.in("podSelector"))
		j.labelSelector(p.NamespaceSelector, here.in("namespaceSelector"))
		if p.IPBlock != nil {
			j.ipBlock(p.IPBlock, here.in("ipBlock"))
		}
	}
}

// policyPort: a range of ports begins with a number and does not end below it (ValidateNetworkPolicyPort).
func (j *judge) policyPort(p *networkingv1.NetworkPolicyPort, at *place) {
	oneOfPtr(j, diag.Service, p.Protocol, at.in("protocol"), corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP)
	if p.Port != nil {
		j.portOrName(*p.Port, at.in("port"))
	}
	switch end := at.in("endPort"); {
	case p.EndPort == nil:
	case p.Port == nil || p.Port.Type == intstr.String:
		j.refuse(diag.Service, end, "endPort needs the number of a port beside it", "write port: <number>", at.in("port"))
	default:
		within(j, diag.Service, *p.EndPort, max(p.Port.IntVal, 1), lastPort, end)
	}
}

// ipBlock: what is left out of a range is a smaller range inside of it (ValidateIPBlock).
func (j *judge) ipBlock(b *networkingv1.IPBlock, at *place) {
	if b.CIDR == "" {
		j.missing(diag.WrongValue, at, "cidr", "write cidr: 10.0.0.0/8, or another range")
		return
	}
	j.cidr(diag.WrongValue, b.CIDR, at.in("cidr"))
	whole, err := netip.ParsePrefix(b.CIDR)
	for i, text := range b.Except {
		here := at.in("except").item(i)
		j.cidr(diag.WrongValue, text, here)
		part, errPart := netip.ParsePrefix(text)
		if err == nil && errPart == nil && (!whole.Contains(part.Addr()) || part.Bits() <= whole.Bits()) {
			j.refuse(diag.WrongValue, here, fmt.Sprintf("%s is no part of %s", text, b.CIDR), "write a smaller range inside of cidr", at.in("cidr"))
		}
	}
}
