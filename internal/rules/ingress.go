package rules

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"berth/internal/diag"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// ingressClass is the annotation that ingressClassName took the place of.
const ingressClass = "kubernetes.io/ingress.class"

// ingress judges the spec of an Ingress. The old annotation of its class, of which the server warns, is refused.
func (j *judge) ingress(g *networkingv1.Ingress, at *place) {
	s := &g.Spec
	if _, old := g.Annotations[ingressClass]; old {
		j.refuse(diag.Service, at.above.in("metadata").in("annotations").in(ingressClass), "Kubernetes warns of the annotation "+ingressClass, "write ingressClassName alone")
	}
	if s.IngressClassName != nil {
		j.named(&dnsName, *s.IngressClassName, at.in("ingressClassName"))
	}
	if len(s.Rules) == 0 && s.DefaultBackend == nil {
		j.absent(diag.Service, at.in("rules"), "the Ingress leads nowhere", "write rules, or defaultBackend", at)
	}
	if s.DefaultBackend != nil {
		j.backend(s.DefaultBackend, at.in("defaultBackend"))
	}
	// Hosts and Secret may both be left out: what that means is the controller's to say.
	for i := range s.TLS {
		here := at.in("tls").item(i)
		for k, host := range s.TLS[i].Hosts {
			j.host(host, here.in("hosts").item(k))
		}
		j.optional(&dnsName, s.TLS[i].SecretName, here.in("secretName"))
	}
	for i := range s.Rules {
		r, here := &s.Rules[i], at.in("rules").item(i)
		if r.Host != "" {
			j.host(r.Host, here.in("host"))
		}
		if r.HTTP != nil {
			j.ingressPaths(r.HTTP.Paths, here.in("http").in("paths"))
		}
	}
}

// host is a DNS name, whose first label may be a star.
func (j *judge) host(host string, at *place) {
	_, err := netip.ParseAddr(host)
	bad := err == nil || len(validation.IsDNS1123Subdomain(host)) > 0
	if strings.Contains(host, "*") {
		bad = len(validation.IsWildcardDNS1123Subdomain(host)) > 0
	}
	if bad {
		j.refuse(diag.BadName, at, fmt.Sprintf("%s is not the name of a host", diag.Quote(host)), "write one such as api.example.com or *.example.com")
	}
}

// badPaths may stand nowhere in a path, and the last two not at its end.
var badPaths, badEnds = []string{"//", "/./", "/../", "%2f", "%2F"}, []string{"/..", "/."}

// ingressPaths judges the paths of one host. What ImplementationSpecific means, only the controller knows: such a path
// may be empty or a pattern.
func (j *judge) ingressPaths(paths []networkingv1.HTTPIngressPath, list *place) {
	if len(paths) == 0 {
		j.absent(diag.Service, list, "the rule has no path", "write paths: [{path: /, pathType: Prefix, backend: …}]", list.above)
	}
	for i := range paths {
		p, at := &paths[i], list.item(i)
		if p.PathType == nil {
			j.missing(diag.Service, at, "pathType", "write Prefix, Exact or ImplementationSpecific")
			continue
		}
		oneOfPtr(j, diag.Service, p.PathType, at.in("pathType"), networkingv1.PathTypePrefix, networkingv1.PathTypeExact, networkingv1.PathTypeImplementationSpecific)
		strict := *p.PathType != networkingv1.PathTypeImplementationSpecific
		if !strings.HasPrefix(p.Path, "/") && (strict || p.Path != "") {
			j.refuse(diag.Service, at.in("path"), fmt.Sprintf("path %s does not begin with /", diag.Quote(p.Path)), "begin it with /", at)
		}
		if strict {
			j.plainPath(p.Path, at.in("path"))
		}
		j.backend(&p.Backend, at.in("backend"))
	}
}

// plainPath refuses a path with steps up, empty steps or escaped slashes, which no request is compared with. The first
// of them is told.
func (j *judge) plainPath(path string, at *place) {
	bad := ""
	for _, part := range badPaths {
		if strings.Contains(path, part) {
			bad = cmp.Or(bad, part)
		}
	}
	for _, end := range badEnds {
		if strings.HasSuffix(path, end) {
			bad = cmp.Or(bad, end)
		}
	}
	if bad != "" {
		j.refuse(diag.Service, at, fmt.Sprintf("path %s has %s in it", diag.Quote(path), diag.Quote(bad)), "write the path that requests come with")
	}
}

// backend judges where requests go: to a port of a Service, by its name or number, or to another object of the
// namespace.
func (j *judge) backend(b *networkingv1.IngressBackend, at *place) {
	key, ok := j.one(diag.Service, []source{{"service", b.Service != nil}, {"resource", b.Resource != nil}}, at)
	if !ok {
		return
	}
	at = at.in(key)
	if r := b.Resource; r != nil {
		j.segment(r.Kind, at.in("kind"))
		j.segment(r.Name, at.in("name"))
		if r.APIGroup != nil {
			j.named(&dnsName, *r.APIGroup, at.in("apiGroup"))
		}
		return
	}
	s := b.Service
	// The name has to be one that a Service could have in that Kubernetes.
	form := &dnsLabel
	if j.minor < relaxedServiceNames {
		form = &oldServiceName
	}
	j.needs(diag.Service, at, need{"name", s.Name})
	j.optional(form, s.Name, at.in("name"))
	if _, ok := j.one(diag.Service, []source{{"name", s.Port.Name != ""}, {"number", s.Port.Number != 0}}, at.in("port")); !ok {
		return
	}
	j.optional(&portName, s.Port.Name, at.in("port").in("name"))
	if s.Port.Number != 0 {
		within(j, diag.Service, s.Port.Number, 1, lastPort, at.in("port").in("number"))
	}
}
