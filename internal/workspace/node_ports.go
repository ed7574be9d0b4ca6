package workspace

import (
	"fmt"

	"berth/internal/diag"
	"berth/internal/rules"

	corev1 "k8s.io/api/core/v1"
)

// nodePort is a port of every node of the cluster that a Service of a run takes, with where it is asked for.
type nodePort struct {
	number int32
	path   string
	span   diag.Span
}

// nodePortsOf are the node ports that the Services of a run ask for by number.
func (u *Unit) nodePortsOf() []nodePort {
	var ports []nodePort
	for i := range u.Objects {
		o := &u.Objects[i]
		service, ok := o.Value.(*corev1.Service)
		if !ok {
			continue
		}
		for k, p := range service.Spec.Ports {
			if p.NodePort == 0 {
				continue
			}
			d := u.Locate(u.brought(o, rules.Problem{Problem: diag.Problem{Path: diag.At("spec.ports", k) + ".nodePort"}}))
			ports = append(ports, nodePort{p.NodePort, d.Path, d.Span})
		}
	}
	return ports
}

// sharedNodePorts refuses a node port that two runs ask for, at both: a cluster has each number once, in all namespaces
// and for all protocols of different Services (k8s.io/kubernetes/pkg/registry/core/service/portallocator).
func sharedNodePorts(units []Unit, tell func(*Unit, ...diag.Diagnostic)) {
	type taken struct {
		by   *Unit
		port nodePort
	}
	first := map[int32]taken{}
	for i := range units {
		u := &units[i]
		for _, p := range u.nodePorts {
			other, known := first[p.number]
			if !known {
				first[p.number] = taken{u, p}
				continue
			}
			if other.by != u {
				tell(other.by, sameNodePort(other.port, p, u))
				tell(u, sameNodePort(p, other.port, other.by))
			}
		}
	}
}

// sameNodePort says that two Services ask for one node port. A node port is the whole cluster's, whichever the namespace:
// the API server refuses the second Service.
func sameNodePort(p, other nodePort, by *Unit) diag.Diagnostic {
	return diag.Diagnostic{Code: diag.Duplicate, Span: p.span, Path: p.path,
		Message: fmt.Sprintf("node port %d is asked for by run %s as well, and a cluster has each once", p.number, diag.Quote(by.Plan.Name)),
		Hint:    "write another number from 30000 to 32767 in one of the two, or leave it out: Kubernetes chooses one",
		Notes:   []diag.Note{{Span: other.span, Message: "the other one stands here"}}}
}
