package rules

import (
	"fmt"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
)

// probes judges how a container is watched. Liveness and startup probes end it, and so one success has to be enough for
// them; a readiness probe ends nothing, and has no time to end.
func (j *judge) probes(_ *pod, c *container) {
	j.probe(c.LivenessProbe, c.at.in("livenessProbe"), true)
	j.probe(c.ReadinessProbe, c.at.in("readinessProbe"), false)
	j.probe(c.StartupProbe, c.at.in("startupProbe"), true)
	if r := c.ReadinessProbe; r != nil && r.TerminationGracePeriodSeconds != nil {
		j.excess(diag.Probe, c.at.in("readinessProbe").in("terminationGracePeriodSeconds"), "belongs to probes that end a container")
	}
}

// probe judges a probe; one that ends a container or lets it start needs one success alone.
func (j *judge) probe(p *corev1.Probe, at *place, once bool) {
	if p == nil {
		return
	}
	h := &handler{exec: p.Exec, http: p.HTTPGet, tcp: p.TCPSocket, grpc: p.GRPC}
	j.handler(h, diag.Probe, at, source{"grpc", p.GRPC != nil})
	for _, f := range []struct {
		key string
		n   int32
	}{
		{"initialDelaySeconds", p.InitialDelaySeconds}, {"timeoutSeconds", p.TimeoutSeconds}, {"periodSeconds", p.PeriodSeconds},
		{"successThreshold", p.SuccessThreshold}, {"failureThreshold", p.FailureThreshold},
	} {
		if f.n < 0 {
			j.refuse(diag.Probe, at.in(f.key), fmt.Sprintf("%s is negative: %d", f.key, f.n), "write 1 or more")
		}
	}
	// Only a readiness probe may want several successes in a row.
	if once && p.SuccessThreshold > 1 {
		q := j.refuse(diag.Probe, at.in("successThreshold"), "one success is enough for a "+at.name()+": Kubernetes takes no other successThreshold", "remove it, or write 1")
		// The one value that is taken: what was meant is certain.
		q.Replace, q.Certain = "1", true
	}
	if seconds := p.TerminationGracePeriodSeconds; seconds != nil && *seconds < 1 && once {
		j.refuse(diag.Probe, at.in("terminationGracePeriodSeconds"), fmt.Sprintf("terminationGracePeriodSeconds is %d, and has to be 1 or more", *seconds), "write 1 or more")
	}
}

// handler is what a probe or a hook does.
type handler struct {
	exec  *corev1.ExecAction
	http  *corev1.HTTPGetAction
	tcp   *corev1.TCPSocketAction
	grpc  *corev1.GRPCAction
	sleep *corev1.SleepAction
}

// handler judges the one thing that a probe or a hook does; other is a way that only one of the two has.
func (j *judge) handler(h *handler, code diag.Code, at *place, other source) {
	way, ok := j.one(code, []source{{"exec", h.exec != nil}, {"httpGet", h.http != nil}, {"tcpSocket", h.tcp != nil}, other}, at)
	if !ok {
		return
	}
	at = at.in(way)
	switch {
	case h.exec != nil:
		if len(h.exec.Command) == 0 {
			j.missing(code, at, "command", "write the command as a list")
		}
	case h.http != nil:
		j.httpGet(h.http, code, at)
	case h.tcp != nil:
		j.portOrName(h.tcp.Port, at.in("port"))
	case h.grpc != nil:
		within(j, code, h.grpc.Port, 1, lastPort, at.in("port"))
	}
}

// httpGet judges a request of a probe or a hook; code is the code of its problems.
func (j *judge) httpGet(h *corev1.HTTPGetAction, code diag.Code, at *place) {
	j.portOrName(h.Port, at.in("port"))
	oneOf(j, code, h.Scheme, at.in("scheme"), corev1.URISchemeHTTP, corev1.URISchemeHTTPS)
	for i := range h.HTTPHeaders {
		j.named(&headerName, h.HTTPHeaders[i].Name, at.in("httpHeaders").item(i).in("name"))
	}
}

// lifecycle judges what runs after a container started and before it ends.
func (j *judge) lifecycle(p *pod, c *container) {
	if c.Lifecycle == nil {
		return
	}
	at := c.at.in("lifecycle")
	j.hook(p, c.Lifecycle.PostStart, at.in("postStart"))
	j.hook(p, c.Lifecycle.PreStop, at.in("preStop"))
}

// hook: one of the ways to run it, and a sleep that ends within the time that the pod has to end.
func (j *judge) hook(p *pod, l *corev1.LifecycleHandler, at *place) {
	if l == nil {
		return
	}
	j.handler(&handler{exec: l.Exec, http: l.HTTPGet, tcp: l.TCPSocket, sleep: l.Sleep}, diag.Probe, at, source{"sleep", l.Sleep != nil})
	if s := l.Sleep; s != nil && (s.Seconds < 0 || s.Seconds > p.gracePeriod()) {
		j.refuse(diag.Probe, at.in("sleep").in("seconds"), fmt.Sprintf("the hook sleeps %d s, and the pod has from 0 to %d s to end", s.Seconds, p.gracePeriod()),
			"write less, or raise terminationGracePeriodSeconds", p.at.in("terminationGracePeriodSeconds"))
	}
}
