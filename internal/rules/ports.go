package rules

import (
	"cmp"
	"fmt"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// lastPort is the highest number of a TCP, UDP or SCTP port.
const lastPort = 65535

// containerPorts judges the ports of one container; ports of several containers are compared by podPorts. With the
// node's own network a port of the node is the container's.
func (j *judge) containerPorts(p *pod, c *container) {
	list := c.at.in("ports")
	for i := range c.Ports {
		port, at := &c.Ports[i], list.item(i)
		// A port that is left out is 0, and is told as missing and not as out of range.
		if port.ContainerPort == 0 {
			j.missing(diag.Service, at, "containerPort", "write containerPort: <port>")
		} else {
			within(j, diag.Service, port.ContainerPort, 1, lastPort, at.in("containerPort"))
		}
		within(j, diag.Service, port.HostPort, 0, lastPort, at.in("hostPort"))
		j.optional(&portName, port.Name, at.in("name"))
		oneOf(j, diag.Service, port.Protocol, at.in("protocol"), corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP)
		if port.HostIP != "" && port.HostPort == 0 {
			j.excess(diag.Service, at.in("hostIP"), "needs hostPort beside it", at)
		}
		if p.HostNetwork && port.HostPort != 0 && port.HostPort != port.ContainerPort {
			j.refuse(diag.Service, at.in("hostPort"), fmt.Sprintf("with hostNetwork, hostPort %d has to be containerPort %d", port.HostPort, port.ContainerPort),
				"take hostPort out", p.at.in("hostNetwork"))
		}
	}
}

// podPort is a port of one of a pod's containers.
type podPort struct {
	port *corev1.ContainerPort
	at   *place
}

// portKey tells ports apart.
type portKey struct {
	number   int32
	protocol corev1.Protocol
}

// podPorts: no two containers answer on one port, or under one name. The server takes some of these and warns.
func (j *judge) podPorts(p *pod) {
	// Containers of a pod share its network, so that their ports are compared all together.
	var all []podPort
	p.eachContainer(func(c *corev1.Container, at *place) {
		for i := range c.Ports {
			all = append(all, podPort{&c.Ports[i], at.in("ports").item(i)})
		}
	})
	if len(all) < 2 {
		return
	}
	// By number and protocol, by the node's number and protocol, and by name: each with the last port that had it.
	numbers, hosts, names := map[portKey]*podPort{}, map[portKey]*podPort{}, map[string]*podPort{}
	for i := range all {
		this := &all[i]
		port, protocol := this.port, cmp.Or(this.port.Protocol, corev1.ProtocolTCP)
		number, host := portKey{port.ContainerPort, protocol}, portKey{port.HostPort, protocol}
		switch other, same := numbers[number], hosts[host]; {
		case other != nil && clash(other.port, port):
			j.twice(fmt.Sprintf("port %d", port.ContainerPort), other.at.in("containerPort"), this.at.in("containerPort"))
		case port.HostPort != 0 && same != nil && same.port.HostIP == port.HostIP:
			j.twice(fmt.Sprintf("hostPort %d", port.HostPort), same.at.in("hostPort"), this.at.in("hostPort"))
		}
		numbers[number], hosts[host] = this, this
		if other := names[port.Name]; other != nil && port.Name != "" {
			j.twice("port name "+diag.Quote(port.Name), other.at.in("name"), this.at.in("name"))
		}
		names[port.Name] = this
	}
}

// clash reports whether two definitions of one container port are alike, overlap or are ambiguous. Different ports or
// addresses of the host part them.
func clash(a, b *corev1.ContainerPort) bool {
	return a.HostPort == 0 || b.HostPort == 0 || a.HostPort == b.HostPort && (a.HostIP == b.HostIP || a.HostIP == "" || b.HostIP == "")
}

// portOrName judges a port that is given by number or by name.
func (j *judge) portOrName(port intstr.IntOrString, at *place) {
	if port.Type == intstr.Int {
		within(j, diag.Service, port.IntVal, 1, lastPort, at)
		return
	}
	j.named(&portName, port.StrVal, at)
}
