package renderers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// service renders the address of a run that answers on ports.
func (r *renderer) service() []typed {
	service := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: r.objectMeta(cmp.Or(r.spec.ServiceName, r.plan.Name)),
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceType(r.spec.ServiceType), Selector: r.selector(), Ports: servicePorts(r.spec.ServicePorts),
		},
	}
	if r.spec.Headless != nil && *r.spec.Headless {
		service.Spec.ClusterIP = corev1.ClusterIPNone
	}
	r.annotateWave(service)
	return []typed{{"service.yaml", service}}
}

func servicePorts(ports []schema.ServicePort) []corev1.ServicePort {
	names := portNames(ports)
	out := make([]corev1.ServicePort, len(ports))
	for i, p := range ports {
		out[i] = corev1.ServicePort{
			Name: names[i], Port: int32(p.Port), Protocol: corev1.Protocol(p.Protocol), TargetPort: intstr.FromInt32(targetPort(p)),
		}
		if p.NodePort != nil {
			out[i].NodePort = int32(*p.NodePort)
		}
	}
	return out
}

func targetPort(p schema.ServicePort) int32 {
	if p.TargetPort != nil {
		return int32(*p.TargetPort)
	}
	return int32(p.Port)
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

// containerPorts are the ports that the Service leads to, each once.
func containerPorts(ports []schema.ServicePort) []corev1.ContainerPort {
	type port struct {
		number   int32
		protocol string
	}
	seen := map[port]bool{}
	var out []corev1.ContainerPort
	for _, p := range ports {
		this := port{targetPort(p), cmp.Or(p.Protocol, "TCP")}
		if seen[this] {
			continue
		}
		seen[this] = true
		out = append(out, corev1.ContainerPort{
			Name: p.Name, ContainerPort: this.number, Protocol: corev1.Protocol(p.Protocol),
		})
	}
	return out
}
