package rules

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// headless reports whether a Service has no address: its name leads to the pods themselves.
func headless(s *corev1.Service) bool { return s.Spec.ClusterIP == corev1.ClusterIPNone }

// exposed reports whether a Service is reached from outside of the cluster.
func exposed(s *corev1.Service) bool {
	t := s.Spec.Type
	return t == corev1.ServiceTypeNodePort || t == corev1.ServiceTypeLoadBalancer || serviceType(s) == corev1.ServiceTypeClusterIP && len(s.Spec.ExternalIPs) > 0
}

// serviceType is the type with its default.
func serviceType(s *corev1.Service) corev1.ServiceType {
	return cmp.Or(s.Spec.Type, corev1.ServiceTypeClusterIP)
}

// serviceType judges what follows from the type alone: a Service without an address cannot be reached by one from
// outside, and fields of a load balancer need one.
func (j *judge) serviceType(s *corev1.Service, at *place) {
	here := at.in("type")
	oneOf(j, diag.Service, s.Spec.Type, here, corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer, corev1.ServiceTypeExternalName)
	j.labelMap(s.Spec.Selector, at.in("selector"))
	if (s.Spec.Type == corev1.ServiceTypeLoadBalancer || s.Spec.Type == corev1.ServiceTypeNodePort) && headless(s) {
		j.refuse(diag.Service, here, fmt.Sprintf("a headless Service cannot be of type %s", s.Spec.Type), "write type: ClusterIP", at.in("clusterIP"))
	}
	j.externalName(s, at)
	for _, f := range []source{
		{"loadBalancerSourceRanges", len(s.Spec.LoadBalancerSourceRanges) > 0}, {"allocateLoadBalancerNodePorts", s.Spec.AllocateLoadBalancerNodePorts != nil},
		{"loadBalancerClass", s.Spec.LoadBalancerClass != nil},
	} {
		if f.is && s.Spec.Type != corev1.ServiceTypeLoadBalancer {
			j.ofType(at.in(f.key), here, "LoadBalancer")
		}
	}
	if c := s.Spec.LoadBalancerClass; c != nil {
		j.named(&qualified, *c, at.in("loadBalancerClass"))
	}
}

// ofType refuses a field that only Services of some types have.
func (j *judge) ofType(at, typeAt *place, types string) {
	j.refuse(diag.Service, at, at.name()+" belongs to type "+types, fmt.Sprintf("write type: %s, or take %s out", types, at.name()), typeAt)
}

// externalName: a Service is another name of a host, or it leads to pods.
func (j *judge) externalName(s *corev1.Service, at *place) {
	if s.Spec.Type != corev1.ServiceTypeExternalName {
		if s.Spec.ExternalName != "" {
			j.excess(diag.Service, at.in("externalName"), "belongs to type ExternalName", at.in("type"))
		}
		return
	}
	if s.Spec.ExternalName == "" {
		j.absent(diag.Service, at.in("externalName"), "type ExternalName needs an externalName", "write externalName: <host>", at.in("type"))
	}
	j.optional(&dnsName, strings.TrimSuffix(s.Spec.ExternalName, "."), at.in("externalName"))
	for _, f := range []source{
		{"clusterIP", s.Spec.ClusterIP != ""}, {"clusterIPs", len(s.Spec.ClusterIPs) > 0}, {"ipFamilies", len(s.Spec.IPFamilies) > 0},
		{"ipFamilyPolicy", s.Spec.IPFamilyPolicy != nil}, {"externalIPs", len(s.Spec.ExternalIPs) > 0},
	} {
		if f.is {
			j.excess(diag.Service, at.in(f.key), "is impossible with type ExternalName", at.in("type"))
		}
	}
}

// servicePorts: a Service that has an address needs a port. Names are unique, and so are numbers for each protocol.
func (j *judge) servicePorts(s *corev1.Service, at *place) {
	list := at.in("ports")
	if len(s.Spec.Ports) == 0 && !headless(s) && s.Spec.Type != corev1.ServiceTypeExternalName {
		j.absent(diag.Service, list, "the Service has no port", "write ports: [{port: <port>}]")
	}
	j.portsWithoutName(s, list)
	for i := range s.Spec.Ports {
		p, here := &s.Spec.Ports[i], list.item(i)
		within(j, diag.Service, p.Port, 1, lastPort, here.in("port"))
		j.optional(&dnsLabel, p.Name, here.in("name"))
		oneOf(j, diag.Service, p.Protocol, here.in("protocol"), corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP)
		// One that is left out is the port itself.
		if p.TargetPort != (intstr.IntOrString{}) {
			j.portOrName(p.TargetPort, here.in("targetPort"))
		}
		if p.AppProtocol != nil {
			j.named(&qualified, *p.AppProtocol, here.in("appProtocol"))
		}
	}
	for i, first := range alike(s.Spec.Ports, func(p *corev1.ServicePort) string { return p.Name }) {
		// Ports without names, of which one is right, are told by portsWithoutName.
		if name := s.Spec.Ports[i].Name; name != "" {
			j.twice("port name "+diag.Quote(name), list.item(first).in("name"), list.item(i).in("name"))
		}
	}
	for i, first := range alike(s.Spec.Ports, func(p *corev1.ServicePort) portKey { return portKey{p.Port, cmp.Or(p.Protocol, corev1.ProtocolTCP)} }) {
		j.twice(fmt.Sprintf("port %d", s.Spec.Ports[i].Port), list.item(first).in("port"), list.item(i).in("port"))
	}
}

// portsWithoutName: of several ports, each has a name.
func (j *judge) portsWithoutName(s *corev1.Service, list *place) {
	unnamed := slices.IndexFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == "" })
	if unnamed >= 0 && len(s.Spec.Ports) > 1 {
		j.absent(diag.Service, list.item(unnamed).in("name"), "of several ports, each needs a name", "write name: <name> for each port",
			list.item(unnamed), list.item(0), list.item(len(s.Spec.Ports)-1))
	}
}

// The node ports that a cluster gives out unless it is told otherwise (--service-node-port-range).
const (
	firstNodePort = 30000
	lastNodePort  = 32767
)

// nodePorts: the cluster gives each its number; one that is written has to lie in the range that clusters have by
// default, and may be there once for each protocol.
func (j *judge) nodePorts(s *corev1.Service, at *place) {
	list := at.in("ports")
	seen := map[portKey]int{}
	for i := range s.Spec.Ports {
		p, here := &s.Spec.Ports[i], list.item(i).in("nodePort")
		if p.NodePort == 0 {
			continue
		}
		within(j, diag.Service, p.NodePort, firstNodePort, lastNodePort, here)
		if serviceType(s) == corev1.ServiceTypeClusterIP || s.Spec.Type == corev1.ServiceTypeExternalName {
			j.ofType(here, at.in("type"), "NodePort or LoadBalancer")
		}
		// A node port may serve TCP and UDP at once.
		k := portKey{p.NodePort, cmp.Or(p.Protocol, corev1.ProtocolTCP)}
		if first, again := seen[k]; again {
			j.twice(fmt.Sprintf("nodePort %d", p.NodePort), list.item(first).in("nodePort"), here)
		}
		seen[k] = i
	}
}

// maxSticky is how long a client may keep its pod, in seconds (MaxClientIPServiceAffinitySeconds).
const maxSticky = 86400

// sessionAffinity: a client keeps its pod for a time, which only an address of the Service's own can see to.
func (j *judge) sessionAffinity(s *corev1.Service, at *place) {
	oneOf(j, diag.Service, s.Spec.SessionAffinity, at.in("sessionAffinity"), corev1.ServiceAffinityNone, corev1.ServiceAffinityClientIP)
	config, here := s.Spec.SessionAffinityConfig, at.in("sessionAffinityConfig")
	sticky := s.Spec.SessionAffinity == corev1.ServiceAffinityClientIP
	switch {
	case config != nil && !sticky:
		j.excess(diag.Service, here, "belongs to sessionAffinity: ClientIP", at.in("sessionAffinity"))
	case config != nil && config.ClientIP != nil && config.ClientIP.TimeoutSeconds != nil:
		within(j, diag.Service, *config.ClientIP.TimeoutSeconds, 1, maxSticky, here.in("clientIP").in("timeoutSeconds"))
	}
	if sticky && headless(s) {
		j.excess(diag.Service, at.in("sessionAffinity"), "is ignored: the Service is headless", at.in("clusterIP"))
	}
}

// clusterIPs: clusterIP is the first of the list, which has one address of each family at most, or None alone
// (ValidateServiceClusterIPsRelatedFields).
func (j *judge) clusterIPs(s *corev1.Service, at *place) {
	list, here := s.Spec.ClusterIPs, at.in("clusterIPs")
	if one := s.Spec.ClusterIP; one != "" && one != corev1.ClusterIPNone {
		j.ip(diag.Service, one, at.in("clusterIP"))
	}
	switch {
	case len(list) == 0:
		return
	case s.Spec.ClusterIP != list[0]:
		j.refuse(diag.Service, here, "the first of clusterIPs has to be clusterIP", "write clusterIP alone", at.in("clusterIP"))
	case len(list) > 2:
		j.refuse(diag.Service, here, "clusterIPs has more than two addresses", "write one of each family")
	case list[0] == corev1.ClusterIPNone && len(list) > 1:
		j.refuse(diag.Service, here, "None among clusterIPs is alone", "write clusterIP: None alone")
	}
	// No address follows.
	if list[0] == corev1.ClusterIPNone {
		return
	}
	for i, ip := range list {
		j.ip(diag.Service, ip, here.item(i))
	}
	if len(list) == 2 && isIPv6(list[0]) == isIPv6(list[1]) {
		j.refuse(diag.Service, here, "clusterIPs has two addresses of one family", "write one of each family")
	}
}

// isIPv6 is false for what is no address, which is told elsewhere.
func isIPv6(text string) bool {
	a, err := netip.ParseAddr(text)
	return err == nil && a.Is6()
}

// ipFamilies: each family once, as many as the policy takes, in the order of the addresses.
func (j *judge) ipFamilies(s *corev1.Service, at *place) {
	list := at.in("ipFamilies")
	for i := range s.Spec.IPFamilies {
		oneOfPtr(j, diag.Service, &s.Spec.IPFamilies[i], list.item(i), corev1.IPv4Protocol, corev1.IPv6Protocol)
	}
	for i, first := range alike(s.Spec.IPFamilies, func(f *corev1.IPFamily) corev1.IPFamily { return *f }) {
		j.twice("family "+diag.Quote(string(s.Spec.IPFamilies[i])), list.item(first), list.item(i))
	}
	oneOfPtr(j, diag.Service, s.Spec.IPFamilyPolicy, at.in("ipFamilyPolicy"), corev1.IPFamilyPolicySingleStack, corev1.IPFamilyPolicyPreferDualStack, corev1.IPFamilyPolicyRequireDualStack)
	if p := s.Spec.IPFamilyPolicy; p != nil && *p == corev1.IPFamilyPolicySingleStack && (len(s.Spec.IPFamilies) > 1 || len(s.Spec.ClusterIPs) > 1) {
		j.refuse(diag.Service, at.in("ipFamilyPolicy"), "with ipFamilyPolicy SingleStack there is one family", "write PreferDualStack or RequireDualStack, or one family", list)
	}
	addresses, here := s.Spec.ClusterIPs, at.in("clusterIPs")
	if len(addresses) == 0 && s.Spec.ClusterIP != "" {
		addresses = []string{s.Spec.ClusterIP} // as the server completes it
	}
	for i, ip := range addresses {
		if i < len(s.Spec.IPFamilies) && ip != corev1.ClusterIPNone && isIPv6(ip) != (s.Spec.IPFamilies[i] == corev1.IPv6Protocol) {
			where := here.item(i)
			if len(s.Spec.ClusterIPs) == 0 {
				where = at.in("clusterIP")
			}
			j.refuse(diag.Service, where, fmt.Sprintf("%s is no address of %s", ip, s.Spec.IPFamilies[i]), "write the addresses in the order of ipFamilies", list.item(i))
		}
	}
}

// sourceRanges is the annotation that is older than loadBalancerSourceRanges.
const sourceRanges = corev1.AnnotationLoadBalancerSourceRangesKey

// serviceAddresses judges addresses from outside, and annotations that fields have taken the place of. Ranges are read
// as the server reads them, with white space around them.
func (j *judge) serviceAddresses(s *corev1.Service, at *place) {
	if len(s.Spec.ExternalIPs) > 0 && s.Spec.Type != corev1.ServiceTypeExternalName {
		j.excess(diag.Service, at.in("externalIPs"), "is on its way out, and many clusters forbid it")
	}
	if ip := s.Spec.LoadBalancerIP; ip != "" {
		j.ip(diag.Service, ip, at.in("loadBalancerIP"))
		if headless(s) {
			j.excess(diag.Service, at.in("loadBalancerIP"), "is ignored: the Service is headless", at.in("clusterIP"))
		}
	}
	for i, text := range s.Spec.LoadBalancerSourceRanges {
		j.cidr(diag.Service, strings.TrimSpace(text), at.in("loadBalancerSourceRanges").item(i))
	}
	// at is the spec: the metadata stands beside it.
	annotations := at.above.in("metadata").in("annotations")
	if text, ok := s.Annotations[sourceRanges]; ok {
		here := annotations.in(sourceRanges)
		if s.Spec.Type != corev1.ServiceTypeLoadBalancer {
			j.excess(diag.Service, here, "belongs to type LoadBalancer", at.in("type"))
		}
		for part := range strings.SplitSeq(strings.TrimSpace(text), ",") {
			if text != "" {
				j.cidr(diag.Service, strings.TrimSpace(part), here)
			}
		}
	}
	if _, ok := s.Annotations[corev1.DeprecatedAnnotationTopologyAwareHints]; ok {
		j.refuse(diag.Service, annotations.in(corev1.DeprecatedAnnotationTopologyAwareHints), "Kubernetes warns of this annotation", "write "+corev1.AnnotationTopologyMode)
	}
}

// sameTraffic is the Kubernetes minor version since which traffic may be kept in a zone or on a node by these names
// (PreferSameTrafficDistribution); the older name is warned of since.
const sameTraffic = 34

// traffic judges by which nodes and zones a request may come. The words for a zone have changed with a Kubernetes: the
// older one is refused from then on, since the server warns of it.
func (j *judge) traffic(s *corev1.Service, at *place) {
	external, internal, here := s.Spec.ExternalTrafficPolicy, s.Spec.InternalTrafficPolicy, at.in("externalTrafficPolicy")
	oneOf(j, diag.Service, external, here, corev1.ServiceExternalTrafficPolicyCluster, corev1.ServiceExternalTrafficPolicyLocal)
	if external != "" && !exposed(s) {
		j.ofType(here, at.in("type"), "NodePort or LoadBalancer")
	}
	oneOfPtr(j, diag.Service, internal, at.in("internalTrafficPolicy"), corev1.ServiceInternalTrafficPolicyCluster, corev1.ServiceInternalTrafficPolicyLocal)
	if port := s.Spec.HealthCheckNodePort; port != 0 {
		if s.Spec.Type != corev1.ServiceTypeLoadBalancer || external != corev1.ServiceExternalTrafficPolicyLocal {
			j.excess(diag.Service, at.in("healthCheckNodePort"), "belongs to type LoadBalancer with externalTrafficPolicy: Local", at.in("type"), here)
		}
		within(j, diag.Service, port, firstNodePort, lastNodePort, at.in("healthCheckNodePort"))
	}
	// The words of the target Kubernetes.
	known := []string{corev1.ServiceTrafficDistributionPreferSameZone, corev1.ServiceTrafficDistributionPreferSameNode}
	if j.minor < sameTraffic {
		known = []string{corev1.ServiceTrafficDistributionPreferClose}
	}
	if d := s.Spec.TrafficDistribution; d != nil && !slices.Contains(known, *d) {
		j.refuse(diag.Service, at.in("trafficDistribution"), fmt.Sprintf("%s is not a trafficDistribution of Kubernetes 1.%d", diag.Quote(*d), j.minor), "write "+diag.OneOf(known))
	}
}
