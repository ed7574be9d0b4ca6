package renderers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// wantsService reports whether the run answers on ports, or its pods have to find one another.
func wantsService(p *schema.Plan) bool { return isServed(p) || wantsGangService(p) }

// services is the Service by which the pods of a gang find one another, or the one by which others reach the run.
func (r *renderer) services() []typed {
	if isGang(r.plan) {
		return r.gangService()
	}
	return r.service()
}

// removalOfService: the pods of a Job that nobody deletes need their names.
func removalOfService(o *Object) Removal {
	if isGang(o.Plan) && o.Name == o.Plan.GangService() {
		return WithJob
	}
	return Deleted
}

// service renders the address of a run that answers on ports.
func (r *renderer) service() []typed {
	at := r.begin("spec.action", reasonAction)
	spec := at.in("spec")
	service := &corev1.Service{
		ObjectMeta: r.serviceMeta(at.in("metadata")),
		Spec: corev1.ServiceSpec{
			Type:     copied(spec, "type", "spec.service_type", corev1.ServiceType(r.spec.ServiceType)),
			Selector: selected(r, spec, "selector", "selector", r.selector()),
			Ports:    servicePorts(spec.in("ports"), r.spec.ServicePorts),
		},
	}
	if r.spec.Headless != nil && *r.spec.Headless {
		service.Spec.ClusterIP = computed(spec, "clusterIP", "spec.headless", "a headless Service has no address of its own", corev1.ClusterIPNone)
	}
	if isGroupSet(r.plan) {
		put(spec.in("selector"), &service.Spec.Selector, lws.WorkerIndexLabelKey,
			origin{plan: "spec.num_nodes", reason: "the first pod of each group answers for the others"}, "0")
	}
	r.traffic(spec, &service.Spec)
	r.annotateWave(at, service)
	return []typed{{object: service, at: at}}
}

// serviceMeta is called as the run is, unless it gives the Service another name. Its own labels and annotations come
// over those that all objects of the run have.
func (r *renderer) serviceMeta(at at) metav1.ObjectMeta {
	meta := r.objectMeta(at, "name", "", r.plan.Name)
	if name := r.spec.ServiceName; name != "" {
		meta.Name = copied(at, "name", "spec.service_name", name)
	}
	for key, value := range r.spec.ServiceLabels {
		put(at.in("labels"), &meta.Labels, key, origin{plan: at.from("spec.service_labels").key(key).path}, value)
	}
	for key, value := range r.spec.ServiceAnnotations {
		put(at.in("annotations"), &meta.Annotations, key, origin{plan: at.from("spec.service_annotations").key(key).path}, value)
	}
	return meta
}

// servicePorts names each port: Kubernetes demands names where there are several, and a name that is always there does
// not change when a second port comes.
func servicePorts(at at, ports []schema.ServicePort) []corev1.ServicePort {
	names := portNames(ports)
	out := make([]corev1.ServicePort, len(ports))
	for i, p := range ports {
		at, from := at.item(i), at.from("spec.service_ports").item(i)
		out[i] = corev1.ServicePort{
			Name:       computed(at, "name", from.of("port"), "Kubernetes wants a name where there are several ports", names[i]),
			Port:       copied(at, "port", from.of("port"), int32(p.Port)),
			Protocol:   copied(at, "protocol", from.of("protocol"), corev1.Protocol(p.Protocol)),
			TargetPort: copied(at, "targetPort", targetPlace(from, p), portOf(targetPort(p))),
			NodePort:   copied(at, "nodePort", from.of("node_port"), int32Of(p.NodePort)),
		}
		if p.Name != "" {
			copied(at, "name", from.of("name"), p.Name)
		}
		if p.AppProtocol != "" {
			out[i].AppProtocol = copied(at, "appProtocol", from.of("app_protocol"), new(p.AppProtocol))
		}
	}
	return out
}

// targetPlace is where the port of the container stands.
func targetPlace(from place, p schema.ServicePort) string {
	if p.TargetPort != "" {
		return from.of("target_port")
	}
	return from.of("port")
}

// targetPort is the port of the container, by number or name; the Service's own number where the run says none.
func targetPort(p schema.ServicePort) schema.IntOrText {
	return cmp.Or(p.TargetPort, schema.IntOrText(strconv.FormatInt(p.Port, 10)))
}

// portNames names the ports, which Kubernetes demands where there are several: port-53, or port-53-udp where another
// port has that name.
func portNames(ports []schema.ServicePort) []string {
	names := make([]string, len(ports))
	for i, p := range ports {
		names[i] = p.Name
	}
	if len(ports) < 2 {
		return names
	}
	for i, p := range ports {
		if p.Name != "" {
			continue
		}
		name := "port-" + strconv.FormatInt(p.Port, 10)
		if slices.Contains(names, name) {
			name += "-" + strings.ToLower(cmp.Or(p.Protocol, "TCP"))
		}
		names[i] = name
	}
	return names
}

// traffic renders how the Service is reached and whom it leads to.
func (r *renderer) traffic(at at, service *corev1.ServiceSpec) {
	s := r.spec
	service.ExternalTrafficPolicy = copied(at, "externalTrafficPolicy", "spec.external_traffic_policy",
		corev1.ServiceExternalTrafficPolicy(s.ExternalTrafficPolicy))
	service.SessionAffinity = copied(at, "sessionAffinity", "spec.session_affinity", corev1.ServiceAffinity(s.SessionAffinity))
	service.LoadBalancerSourceRanges = copied(at, "loadBalancerSourceRanges", "spec.load_balancer_source_ranges", s.LoadBalancerSourceRanges)
	if class := s.LoadBalancerClass; class != "" {
		service.LoadBalancerClass = copied(at, "loadBalancerClass", "spec.load_balancer_class", &class)
	}
	if policy := s.InternalTrafficPolicy; policy != "" {
		service.InternalTrafficPolicy = copied(at, "internalTrafficPolicy", "spec.internal_traffic_policy",
			new(corev1.ServiceInternalTrafficPolicy(policy)))
	}
	for i, family := range s.IPFamilies {
		service.IPFamilies = append(service.IPFamilies, corev1.IPFamily(family))
		at.in("ipFamilies").item(i).set(origin{plan: at.from("spec.ip_families").item(i).path})
	}
}
