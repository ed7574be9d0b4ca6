package rules

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"berth/internal/diag"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// The rules of an HTTPRoute are those of its CustomResourceDefinition, the standard channel of Gateway API v1.6: its
// patterns, bounds and CEL rules (config/crd/standard of sigs.k8s.io/gateway-api).
const (
	maxParents    = 32
	maxOfRoute    = 16 // hostnames, rules, filters, backends, headers …
	maxMatches    = 64
	maxAllMatches = 128
	maxPath       = 1024
	maxWeight     = 1000000
)

// The forms of names in a route, as the patterns of its CustomResourceDefinition have them: a star may begin the
// name of a host that is matched, and none that is written.
var (
	hostName = form{"the name of a host, without a scheme, a port or a path", "write one such as api.example.com or *.example.com",
		pattern(`^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`, 253), nil}
	preciseHost = form{"the name of a host", "write one such as api.example.com",
		pattern(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`, 253), nil}
	kindName  = form{"the name of a kind", "write letters, digits and '-', a letter first", pattern(`^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$`, 63), nil}
	token     = form{"the name of a header or a parameter", "write letters, digits and '-'", pattern("^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$", 256), nil}
	duration  = form{"a duration", "write one such as 30s, 5m or 1h30m", pattern(`^([0-9]{1,5}(h|m|s|ms)){1,4}$`, 24), nil}
	pathValue = form{"the path of a request", "write letters, digits and what a URL may have, without '#' and '?'",
		pattern(`^([-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$`, maxPath), nil}
)

// pattern is a form's faults by an expression and a length.
func pattern(expression string, most int) func(string) []string {
	compiled := regexp.MustCompile(expression)
	return func(text string) []string {
		if len(text) <= most && compiled.MatchString(text) {
			return nil
		}
		return []string{expression}
	}
}

// httpRoute judges the spec of a route. A rule without matches takes all requests and counts as one match, which is
// what the limit on all rules together is about.
func (j *judge) httpRoute(o *gatewayv1.HTTPRoute, spec *place) {
	s := &o.Spec
	j.parents(s.ParentRefs, spec.in("parentRefs"))
	j.atMost(diag.OutOfRange, len(s.Hostnames), maxOfRoute, spec.in("hostnames"))
	for i, host := range s.Hostnames {
		j.named(&hostName, string(host), spec.in("hostnames").item(i))
	}
	rules := spec.in("rules")
	j.atMost(diag.OutOfRange, len(s.Rules), maxOfRoute, rules)
	all := 0
	for i := range s.Rules {
		j.routeRule(&s.Rules[i], rules.item(i))
		all += max(1, len(s.Rules[i].Matches))
	}
	if all > maxAllMatches {
		j.refuse(diag.OutOfRange, rules, fmt.Sprintf("the rules have %d matches together, and %d may be", all, maxAllMatches), "make several routes")
	}
}

// parents: references to one parent name its sections, and no section twice.
func (j *judge) parents(refs []gatewayv1.ParentReference, at *place) {
	j.atMost(diag.OutOfRange, len(refs), maxParents, at)
	type parent struct{ group, kind, namespace, name string }
	sections := map[parent]map[string]int{}
	for i := range refs {
		r, here := &refs[i], at.item(i)
		j.routeReference(objectRef{(*string)(r.Group), (*string)(r.Kind), (*string)(r.Namespace), string(r.Name)}, here)
		j.sectionAndPort((*string)(r.SectionName), (*int32)(r.Port), here)
		// What is left out is a Gateway of the route's own namespace. A port does not tell references apart: sections
		// do.
		of := parent{orElse(r.Group, gatewayv1.GroupName), orElse(r.Kind, "Gateway"), orElse(r.Namespace, ""), string(r.Name)}
		section := orElse(r.SectionName, "")
		if sections[of] == nil {
			sections[of] = map[string]int{}
		}
		first, twice := sections[of][section]
		_, whole := sections[of][""]
		switch {
		case twice:
			j.twice("parent "+diag.Quote(string(r.Name)), at.item(first), here)
		// One reference to the whole parent excludes those to its sections, whichever comes first.
		case whole || section == "" && len(sections[of]) > 0:
			j.absent(diag.MissingField, here.in("sectionName"), "several references to one parent name its sections", "write sectionName in each of them", here)
		}
		sections[of][section] = i
	}
}

// sectionAndPort judges what a reference to a parent narrows it down to: a listener by its name or by its port.
func (j *judge) sectionAndPort(section *string, port *int32, at *place) {
	if section != nil {
		j.named(&dnsName, *section, at.in("sectionName"))
	}
	if port != nil {
		within(j, diag.OutOfRange, *port, 1, 65535, at.in("port"))
	}
}

// orElse is a text that may be absent, or what its absence means.
func orElse[T ~string](s *T, otherwise string) string {
	if s == nil {
		return otherwise
	}
	return string(*s)
}

// objectRef is a reference to an object.
type objectRef struct {
	group, kind, namespace *string
	name                   string
}

// routeReference judges a reference to an object. What is left out of it has a default in Gateway API; the name has
// none.
func (j *judge) routeReference(r objectRef, at *place) {
	if r.name == "" {
		j.missing(diag.MissingField, at, "name", "write name: <name>")
	}
	if len(r.name) > 253 {
		j.refuse(diag.BadName, at.in("name"), "name has more than 253 characters", "write the name of an object")
	}
	if r.group != nil && *r.group != "" {
		j.named(&dnsName, *r.group, at.in("group"))
	}
	if r.kind != nil {
		j.named(&kindName, *r.kind, at.in("kind"))
	}
	if r.namespace != nil {
		j.named(&dnsLabel, *r.namespace, at.in("namespace"))
	}
}

// routeRule judges one rule: what it matches, what it does with a request, and where it sends it.
func (j *judge) routeRule(r *gatewayv1.HTTPRouteRule, at *place) {
	if r.Name != nil {
		j.named(&dnsName, string(*r.Name), at.in("name"))
	}
	j.atMost(diag.OutOfRange, len(r.Matches), maxMatches, at.in("matches"))
	for i := range r.Matches {
		j.routeMatch(&r.Matches[i], at.in("matches").item(i))
	}
	j.routeFilters(r.Filters, at.in("filters"))
	// Looks at the filters of the rule together with its backends and matches.
	j.redirects(r, at)
	backends := at.in("backendRefs")
	j.atMost(diag.OutOfRange, len(r.BackendRefs), maxOfRoute, backends)
	for i := range r.BackendRefs {
		b := &r.BackendRefs[i]
		j.routeBackend(&b.BackendObjectReference, backends.item(i))
		if b.Weight != nil {
			within(j, diag.OutOfRange, *b.Weight, 0, maxWeight, backends.item(i).in("weight"))
		}
		j.routeFilters(b.Filters, backends.item(i).in("filters"))
	}
	j.routeTimeouts(r.Timeouts, at.in("timeouts"))
	j.experimental(r, at)
}

// experimental warns of what only the experimental channel of Gateway API knows.
func (j *judge) experimental(r *gatewayv1.HTTPRouteRule, at *place) {
	for _, f := range []source{{"retry", r.Retry != nil}, {"sessionPersistence", r.SessionPersistence != nil}} {
		if f.is {
			j.lint(diag.Service, at.in(f.key), f.key+" is of Gateway API's experimental channel: the standard one drops it", "remove it where the cluster has the standard channel")
		}
	}
}

// routeBackend: a Service is named with its port.
func (j *judge) routeBackend(b *gatewayv1.BackendObjectReference, at *place) {
	j.routeReference(objectRef{(*string)(b.Group), (*string)(b.Kind), (*string)(b.Namespace), string(b.Name)}, at)
	switch {
	case b.Port != nil:
		within(j, diag.OutOfRange, int32(*b.Port), 1, 65535, at.in("port"))
	case orElse(b.Group, "") == "" && orElse(b.Kind, "Service") == "Service":
		j.missing(diag.MissingField, at, "port", "write port: <number>")
	}
}

// routeMatch judges one match, all parts of which have to hold. Of a header or a parameter that is named twice only the
// first would count.
func (j *judge) routeMatch(m *gatewayv1.HTTPRouteMatch, at *place) {
	if m.Path != nil {
		j.routePath(m.Path, at.in("path"))
	}
	j.atMost(diag.OutOfRange, len(m.Headers), maxOfRoute, at.in("headers"))
	for i := range m.Headers {
		h, here := &m.Headers[i], at.in("headers").item(i)
		j.routeValue(string(h.Name), h.Value, 4096, here)
		oneOfPtr(j, diag.WrongValue, h.Type, here.in("type"), gatewayv1.HeaderMatchExact, gatewayv1.HeaderMatchRegularExpression)
	}
	for i, first := range alike(m.Headers, func(h *gatewayv1.HTTPHeaderMatch) string { return string(h.Name) }) {
		j.twice("header "+diag.Quote(string(m.Headers[i].Name)), at.in("headers").item(first), at.in("headers").item(i))
	}
	j.atMost(diag.OutOfRange, len(m.QueryParams), maxOfRoute, at.in("queryParams"))
	for i := range m.QueryParams {
		q, here := &m.QueryParams[i], at.in("queryParams").item(i)
		j.routeValue(string(q.Name), q.Value, 1024, here)
		oneOfPtr(j, diag.WrongValue, q.Type, here.in("type"), gatewayv1.QueryParamMatchExact, gatewayv1.QueryParamMatchRegularExpression)
	}
	for i, first := range alike(m.QueryParams, func(q *gatewayv1.HTTPQueryParamMatch) string { return string(q.Name) }) {
		j.twice("parameter "+diag.Quote(string(m.QueryParams[i].Name)), at.in("queryParams").item(first), at.in("queryParams").item(i))
	}
	// Methods are in capitals; any other spelling is unknown.
	oneOfPtr(j, diag.WrongValue, m.Method, at.in("method"), gatewayv1.HTTPMethodGet, gatewayv1.HTTPMethodHead, gatewayv1.HTTPMethodPost, gatewayv1.HTTPMethodPut,
		gatewayv1.HTTPMethodDelete, gatewayv1.HTTPMethodConnect, gatewayv1.HTTPMethodOptions, gatewayv1.HTTPMethodTrace, gatewayv1.HTTPMethodPatch)
}

// routeValue judges a header or a parameter with a value.
func (j *judge) routeValue(name, value string, most int, at *place) {
	j.named(&token, name, at.in("name"))
	switch {
	case value == "":
		j.missing(diag.MissingField, at, "value", "write value: <value>")
	case len(value) > most:
		j.refuse(diag.OutOfRange, at.in("value"), fmt.Sprintf("value has more than %d characters", most), "write a shorter one")
	}
}

// routePath: a path that is compared begins with a slash and is in its plain form, without steps up or escaped slashes.
// A regular expression is the gateway's to judge, but for its length.
func (j *judge) routePath(p *gatewayv1.HTTPPathMatch, at *place) {
	oneOfPtr(j, diag.WrongValue, p.Type, at.in("type"), gatewayv1.PathMatchExact, gatewayv1.PathMatchPathPrefix, gatewayv1.PathMatchRegularExpression)
	if p.Value == nil {
		return
	}
	value, here := *p.Value, at.in("value")
	if p.Type != nil && *p.Type == gatewayv1.PathMatchRegularExpression {
		if len(value) > maxPath {
			j.refuse(diag.OutOfRange, here, fmt.Sprintf("value has more than %d characters", maxPath), "write a shorter one")
		}
		return
	}
	if !strings.HasPrefix(value, "/") {
		j.refuse(diag.BadName, here, fmt.Sprintf("path %s does not begin with '/'", diag.Quote(value)), "write /"+value)
		return
	}
	// The last steps of a path, such as /.., are as wrong as those within: the slash behind them may be missing there.
	for _, part := range []string{"//", "/./", "/../", "%2f", "%2F"} {
		if strings.Contains(value, part) || strings.HasSuffix(value, strings.TrimSuffix(part, "/")) && len(part) > 2 && part[0] == '/' {
			j.refuse(diag.BadName, here, fmt.Sprintf("path %s has %s in it", diag.Quote(value), part), "write the path that is meant")
			return
		}
	}
	j.named(&pathValue, value, here)
}

// routeTimeouts: one call of a backend is part of the whole request, and cannot take longer. A duration of 0 switches a
// timeout off.
func (j *judge) routeTimeouts(t *gatewayv1.HTTPRouteTimeouts, at *place) {
	if t == nil {
		return
	}
	request, okRequest := j.timeout(t.Request, at.in("request"))
	backend, okBackend := j.timeout(t.BackendRequest, at.in("backendRequest"))
	if okRequest && okBackend && request > 0 && backend > request {
		j.refuse(diag.OutOfRange, at.in("backendRequest"), "backendRequest is longer than request, of which it is a part", "write request or less", at.in("request"))
	}
}

// timeout reads a duration; ok is false for none.
func (j *judge) timeout(d *gatewayv1.Duration, at *place) (length time.Duration, ok bool) {
	if d == nil {
		return 0, false
	}
	j.named(&duration, string(*d), at)
	length, err := time.ParseDuration(string(*d))
	return length, err == nil
}
