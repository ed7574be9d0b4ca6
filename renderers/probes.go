package renderers

import (
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// probe is nil where the run says nothing. Numbers that are not set stay 0, which Kubernetes takes for its own default.
func probe(at at, from place, p *schema.Probe) *corev1.Probe {
	if p == nil {
		return nil
	}
	return &corev1.Probe{
		ProbeHandler:                  probeHandler(at, from, p),
		InitialDelaySeconds:           copied(at, "initialDelaySeconds", from.of("initial_delay_seconds"), int32Of(p.InitialDelaySeconds)),
		TimeoutSeconds:                copied(at, "timeoutSeconds", from.of("timeout_seconds"), int32Of(p.TimeoutSeconds)),
		PeriodSeconds:                 copied(at, "periodSeconds", from.of("period_seconds"), int32Of(p.PeriodSeconds)),
		SuccessThreshold:              copied(at, "successThreshold", from.of("success_threshold"), int32Of(p.SuccessThreshold)),
		FailureThreshold:              failureThreshold(at, from, p),
		TerminationGracePeriodSeconds: copied(at, "terminationGracePeriodSeconds", from.of("termination_grace_period_seconds"), p.TerminationGracePeriodSeconds),
	}
}

// failureThreshold is how many failures count: for a start that has a time in all, as many as fit into it.
func failureThreshold(at at, from place, p *schema.Probe) int32 {
	if p.WithinSeconds == nil {
		return copied(at, "failureThreshold", from.of("failure_threshold"), int32Of(p.FailureThreshold))
	}
	return computed(at, "failureThreshold", from.of("within_seconds"), "as many checks as fit into the time, rounded up", int32(p.Failures()))
}

// probeHandler is how the probe asks: over HTTP, by opening a TCP port, over gRPC, or with a command, of which the
// schema lets a run choose one.
func probeHandler(at at, from place, p *schema.Probe) corev1.ProbeHandler {
	switch {
	case p.HTTP != "":
		return corev1.ProbeHandler{HTTPGet: httpGet(at.in("httpGet"), from, p.HTTP, p.Port, p.Scheme, p.Host, p.Headers)}
	case p.TCP != "":
		return corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: copied(at, "tcpSocket.port", from.of("tcp"), portOf(p.TCP))}}
	case p.GRPC != nil:
		return corev1.ProbeHandler{GRPC: grpcAction(at.in("grpc"), from.key("grpc"), p.GRPC)}
	}
	return corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: copied(at, "exec.command", from.of("exec"), p.Exec)}}
}

// httpGet is shared by probes and hooks, which write the same fields. An empty host is the pod's own address.
func httpGet(at at, from place, path string, port schema.IntOrText, scheme, host string, headers []schema.Header) *corev1.HTTPGetAction {
	get := &corev1.HTTPGetAction{
		Path:   copied(at, "path", from.of("http"), path),
		Port:   copied(at, "port", from.of("port"), portOf(port)),
		Scheme: copied(at, "scheme", from.of("scheme"), corev1.URIScheme(scheme)),
		Host:   copied(at, "host", from.of("host"), host),
	}
	copied(at, "httpHeaders", from.of("headers"), headers)
	for _, h := range headers {
		get.HTTPHeaders = append(get.HTTPHeaders, corev1.HTTPHeader{Name: h.Name, Value: h.Value})
	}
	return get
}

// grpcAction leaves the service out where none is named: its server is then asked for its overall health.
func grpcAction(at at, from place, g *schema.GRPC) *corev1.GRPCAction {
	action := &corev1.GRPCAction{Port: copied(at, "port", from.of("port"), int32(g.Port))}
	if g.Service != "" {
		action.Service = copied(at, "service", from.of("service"), &g.Service)
	}
	return action
}

// portOf is a port by number or by name.
func portOf(p schema.IntOrText) intstr.IntOrString {
	if n, ok := p.Number(); ok {
		return intstr.FromInt32(int32(n))
	}
	return intstr.FromString(string(p))
}

// lifecycle is what is done around the container's life: its own hooks, and for the run's own container the sleep of a drain.
func (r *renderer) lifecycle(at at, from place, c schema.PodContainer) *corev1.Lifecycle {
	out := &corev1.Lifecycle{}
	if l := c.Lifecycle; l != nil {
		from := from.key("lifecycle")
		out.PostStart = hook(at.in("postStart"), from.key("post_start"), l.PostStart)
		out.PreStop = hook(at.in("preStop"), from.key("pre_stop"), l.PreStop)
	}
	if drain := r.spec.DrainSeconds; c.Role == schema.MainRole && drain != nil && *drain > 0 && out.PreStop == nil {
		out.PreStop = computed(at, "preStop", "spec.drain_seconds", "requests stop coming before the container ends",
			&corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: *drain}})
	}
	if out.PostStart == nil && out.PreStop == nil {
		return nil
	}
	return out
}

// hook is what runs after a container started, or before it ends; nil where the run says nothing.
func hook(at at, from place, h *schema.Hook) *corev1.LifecycleHandler {
	switch {
	case h == nil:
		return nil
	case h.HTTP != "":
		return &corev1.LifecycleHandler{HTTPGet: httpGet(at.in("httpGet"), from, h.HTTP, h.Port, h.Scheme, h.Host, h.Headers)}
	case h.SleepSeconds != nil:
		return &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: copied(at, "sleep.seconds", from.of("sleep_seconds"), *h.SleepSeconds)}}
	}
	return &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: copied(at, "exec.command", from.of("exec"), h.Exec)}}
}
