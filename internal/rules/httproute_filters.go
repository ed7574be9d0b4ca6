package rules

import (
	"fmt"

	"berth/internal/diag"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// filterFields are the fields of a filter by the types to which they belong.
func filterFields(f *gatewayv1.HTTPRouteFilter) []source {
	return []source{
		{"requestHeaderModifier", f.RequestHeaderModifier != nil}, {"responseHeaderModifier", f.ResponseHeaderModifier != nil},
		{"requestMirror", f.RequestMirror != nil}, {"requestRedirect", f.RequestRedirect != nil}, {"urlRewrite", f.URLRewrite != nil},
		{"cors", f.CORS != nil}, {"extensionRef", f.ExtensionRef != nil},
	}
}

// filterTypes are the types of filter, each with its field; a filter of most of them stands once in a list.
var filterTypes = map[gatewayv1.HTTPRouteFilterType]string{
	gatewayv1.HTTPRouteFilterRequestHeaderModifier: "requestHeaderModifier", gatewayv1.HTTPRouteFilterResponseHeaderModifier: "responseHeaderModifier",
	gatewayv1.HTTPRouteFilterRequestMirror: "requestMirror", gatewayv1.HTTPRouteFilterRequestRedirect: "requestRedirect",
	gatewayv1.HTTPRouteFilterURLRewrite: "urlRewrite", gatewayv1.HTTPRouteFilterCORS: "cors", gatewayv1.HTTPRouteFilterExtensionRef: "extensionRef",
}

// routeFilters judges the filters of a rule or of one of its backends. Only mirrors and extensions may stand there
// several times; a request cannot be both redirected and rewritten.
func (j *judge) routeFilters(filters []gatewayv1.HTTPRouteFilter, at *place) {
	j.atMost(diag.OutOfRange, len(filters), maxOfRoute, at)
	seen := map[gatewayv1.HTTPRouteFilterType]int{}
	for i := range filters {
		f, here := &filters[i], at.item(i)
		j.filter(f, here)
		first, again := seen[f.Type]
		if again && f.Type != gatewayv1.HTTPRouteFilterRequestMirror && f.Type != gatewayv1.HTTPRouteFilterExtensionRef {
			j.twice("filter "+diag.Quote(string(f.Type)), at.item(first), here)
		}
		seen[f.Type] = i
	}
	redirect, redirects := seen[gatewayv1.HTTPRouteFilterRequestRedirect]
	rewrite, rewrites := seen[gatewayv1.HTTPRouteFilterURLRewrite]
	if redirects && rewrites {
		j.refuse(diag.Service, at.item(max(redirect, rewrite)).in("type"), "RequestRedirect and URLRewrite exclude one another", "keep one of the two", at.item(min(redirect, rewrite)).in("type"))
	}
}

// filter: a filter has the field of its type, and no other.
func (j *judge) filter(f *gatewayv1.HTTPRouteFilter, at *place) {
	own, known := filterTypes[f.Type]
	if !known {
		oneOf(j, diag.WrongValue, f.Type, at.in("type"), gatewayv1.HTTPRouteFilterRequestHeaderModifier, gatewayv1.HTTPRouteFilterResponseHeaderModifier,
			gatewayv1.HTTPRouteFilterRequestMirror, gatewayv1.HTTPRouteFilterRequestRedirect, gatewayv1.HTTPRouteFilterURLRewrite,
			gatewayv1.HTTPRouteFilterExtensionRef, gatewayv1.HTTPRouteFilterCORS)
		if f.Type == "" {
			j.missing(diag.MissingField, at, "type", "write type: <type>")
		}
		return
	}
	for _, s := range filterFields(f) {
		switch {
		case s.is && s.key != own:
			j.excess(diag.WrongValue, at.in(s.key), "belongs to another type of filter than "+string(f.Type), at.in("type"))
		case !s.is && s.key == own:
			j.missing(diag.MissingField, at, s.key, "a filter of type "+string(f.Type)+" has "+s.key)
		}
	}
	j.filterContent(f, at)
}

// filterContent judges what stands under each type of filter, also where it is not the type that the filter says: that
// is a mistake of its own, and does not hide the others.
func (j *judge) filterContent(f *gatewayv1.HTTPRouteFilter, at *place) {
	j.headerFilter(f.RequestHeaderModifier, at.in("requestHeaderModifier"))
	j.headerFilter(f.ResponseHeaderModifier, at.in("responseHeaderModifier"))
	if m := f.RequestMirror; m != nil {
		j.mirror(m, at.in("requestMirror"))
	}
	if r := f.RequestRedirect; r != nil {
		j.redirect(r, at.in("requestRedirect"))
	}
	if r := f.URLRewrite; r != nil {
		j.preciseHost((*string)(r.Hostname), at.in("urlRewrite").in("hostname"))
		j.pathModifier(r.Path, at.in("urlRewrite").in("path"))
	}
	if r := f.ExtensionRef; r != nil {
		here := at.in("extensionRef")
		j.routeReference(objectRef{(*string)(&r.Group), (*string)(&r.Kind), nil, string(r.Name)}, here)
	}
}

// preciseHost judges a host that is written into a request: no star, and it may be left out.
func (j *judge) preciseHost(host *string, at *place) {
	if host != nil {
		j.named(&preciseHost, *host, at)
	}
}

// headerFilter judges headers that are set, added and removed; f may be nil. Each list names a header once, and names
// are compared as they are written.
func (j *judge) headerFilter(f *gatewayv1.HTTPHeaderFilter, at *place) {
	if f == nil {
		return
	}
	for _, of := range []struct {
		key     string
		headers []gatewayv1.HTTPHeader
	}{{"set", f.Set}, {"add", f.Add}} {
		list := at.in(of.key)
		j.atMost(diag.OutOfRange, len(of.headers), maxOfRoute, list)
		for i, h := range of.headers {
			j.routeValue(string(h.Name), h.Value, 4096, list.item(i))
		}
		for i, first := range alike(of.headers, func(h *gatewayv1.HTTPHeader) string { return string(h.Name) }) {
			j.twice("header "+diag.Quote(string(of.headers[i].Name)), list.item(first), list.item(i))
		}
	}
	j.atMost(diag.OutOfRange, len(f.Remove), maxOfRoute, at.in("remove"))
	for i, first := range alike(f.Remove, func(s *string) string { return *s }) {
		j.twice("header "+diag.Quote(f.Remove[i]), at.in("remove").item(first), at.in("remove").item(i))
	}
}

// mirror: a part of the requests is copied, which is a percentage or a fraction, and all where neither is said.
func (j *judge) mirror(m *gatewayv1.HTTPRequestMirrorFilter, at *place) {
	j.routeBackend(&m.BackendRef, at.in("backendRef"))
	switch {
	case m.Percent != nil && m.Fraction != nil:
		j.excess(diag.WrongValue, at.in("fraction"), "and percent exclude one another", at.in("percent"))
	case m.Percent != nil:
		within(j, diag.OutOfRange, *m.Percent, 0, 100, at.in("percent"))
	case m.Fraction != nil:
		j.fraction(m.Fraction, at.in("fraction"))
	}
}

// fraction: a denominator that is left out is 100, and the numerator is not above it.
func (j *judge) fraction(f *gatewayv1.Fraction, at *place) {
	denominator := int32(100)
	if f.Denominator != nil {
		denominator = *f.Denominator
	}
	if denominator < 1 {
		j.refuse(diag.OutOfRange, at.in("denominator"), fmt.Sprintf("denominator %d is less than 1", denominator), "write 1 or more")
		return
	}
	within(j, diag.OutOfRange, f.Numerator, 0, denominator, at.in("numerator"))
}

// statusCodes are those of a redirect.
var statusCodes = []int{301, 302, 303, 307, 308}

// redirect judges where a request is sent instead. A field that is left out keeps what the request has.
func (j *judge) redirect(r *gatewayv1.HTTPRequestRedirectFilter, at *place) {
	oneOfPtr(j, diag.WrongValue, r.Scheme, at.in("scheme"), "http", "https")
	j.preciseHost((*string)(r.Hostname), at.in("hostname"))
	j.pathModifier(r.Path, at.in("path"))
	if r.Port != nil {
		within(j, diag.OutOfRange, int32(*r.Port), 1, 65535, at.in("port"))
	}
	if r.StatusCode == nil {
		return
	}
	for _, code := range statusCodes {
		if *r.StatusCode == code {
			return
		}
	}
	j.refuse(diag.WrongValue, at.in("statusCode"), fmt.Sprintf("%d is no status of a redirect", *r.StatusCode), "write 301, 302, 303, 307 or 308")
}

// pathModifier: a path has what its type says.
func (j *judge) pathModifier(p *gatewayv1.HTTPPathModifier, at *place) {
	if p == nil {
		return
	}
	if p.Type == "" {
		j.missing(diag.MissingField, at, "type", "write type: ReplaceFullPath or ReplacePrefixMatch")
	}
	oneOf(j, diag.WrongValue, p.Type, at.in("type"), gatewayv1.FullPathHTTPPathModifier, gatewayv1.PrefixMatchHTTPPathModifier)
	for _, of := range []struct {
		key   string
		value *string
		of    gatewayv1.HTTPPathModifierType
	}{{"replaceFullPath", p.ReplaceFullPath, gatewayv1.FullPathHTTPPathModifier}, {"replacePrefixMatch", p.ReplacePrefixMatch, gatewayv1.PrefixMatchHTTPPathModifier}} {
		switch {
		case of.value == nil && p.Type == of.of:
			j.missing(diag.MissingField, at, of.key, "type "+string(p.Type)+" needs "+of.key)
		// Without a type, which is told above, neither value is held against it.
		case of.value != nil && p.Type != of.of && p.Type != "":
			j.excess(diag.WrongValue, at.in(of.key), "belongs to type "+string(of.of), at.in("type"))
		case of.value != nil && len(*of.value) > maxPath:
			j.refuse(diag.OutOfRange, at.in(of.key), fmt.Sprintf("%s has more than %d characters", of.key, maxPath), "write a shorter one")
		}
	}
}

// redirects: what redirects a request has no backend, and a prefix that is replaced is the only path of its rule.
func (j *judge) redirects(r *gatewayv1.HTTPRouteRule, at *place) {
	for i := range r.Filters {
		if r.Filters[i].RequestRedirect != nil && len(r.BackendRefs) > 0 {
			j.excess(diag.Service, at.in("filters").item(i).in("requestRedirect"), "and backendRefs exclude one another", at.in("backendRefs"))
		}
	}
	if onePrefix(r.Matches) {
		return
	}
	j.prefixReplaced(r.Filters, at.in("filters"))
	for i := range r.BackendRefs {
		j.prefixReplaced(r.BackendRefs[i].Filters, at.in("backendRefs").item(i).in("filters"))
	}
}

// onePrefix reports whether a rule has one match, by the prefix of its path; without matches it has.
func onePrefix(matches []gatewayv1.HTTPRouteMatch) bool {
	if len(matches) == 0 {
		return true
	}
	path := matches[0].Path
	return len(matches) == 1 && (path == nil || path.Type == nil || *path.Type == gatewayv1.PathMatchPathPrefix)
}

// prefixReplaced refuses to replace a prefix in filters of a rule that does not match one prefix: there would be
// nothing to replace.
func (j *judge) prefixReplaced(filters []gatewayv1.HTTPRouteFilter, at *place) {
	for i := range filters {
		f := &filters[i]
		for _, of := range []struct {
			key  string
			path *gatewayv1.HTTPPathModifier
		}{{"requestRedirect", pathOf(f.RequestRedirect)}, {"urlRewrite", rewritten(f.URLRewrite)}} {
			if of.path != nil && of.path.ReplacePrefixMatch != nil {
				j.refuse(diag.Service, at.item(i).in(of.key).in("path"), "a prefix can be replaced where the rule has one match alone, of a path by its prefix", "make a rule for each path")
			}
		}
	}
}

// pathOf is the path that a redirect writes; nil for none of the two.
func pathOf(r *gatewayv1.HTTPRequestRedirectFilter) *gatewayv1.HTTPPathModifier {
	if r == nil {
		return nil
	}
	return r.Path
}

// rewritten is the path that a rewrite writes; nil for none of the two.
func rewritten(r *gatewayv1.HTTPURLRewriteFilter) *gatewayv1.HTTPPathModifier {
	if r == nil {
		return nil
	}
	return r.Path
}
