package renderers

import (
	"cmp"

	"berth/schema"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// wantsRoute reports whether requests from outside of the cluster reach the run through a gateway.
func wantsRoute(p *schema.Plan) bool { return isServed(p) && p.Spec.Route != nil }

// reasonWritten is why a route says what the API server would write by itself: without it, a controller that compares what
// Git says with what the cluster has sees a difference for ever.
const reasonWritten = "what the API server writes into every route; unwritten it would be a difference from Git"

// route renders how requests reach the run's Service.
func (r *renderer) route() []typed {
	at := r.begin("spec.route", "a run with a route has an HTTPRoute")
	spec, said := at.in("spec"), r.spec.Route
	route := &gatewayv1.HTTPRoute{
		ObjectMeta: r.objectMeta(at.in("metadata"), "name", "", r.plan.Name),
		Spec: gatewayv1.HTTPRouteSpec{
			CommonRouteSpec: gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{r.parent(spec.in("parentRefs").item(0))}},
			Hostnames:       copied(spec, "hostnames", "spec.route.hosts", namesOf[gatewayv1.Hostname](said.Hosts)),
			Rules: []gatewayv1.HTTPRouteRule{{
				Matches:     r.matches(spec.in("rules").item(0).in("matches")),
				BackendRefs: []gatewayv1.HTTPBackendRef{r.backend(spec.in("rules").item(0).in("backendRefs").item(0))},
				Timeouts:    r.routeTimeouts(spec.in("rules").item(0)),
			}},
		},
	}
	r.annotateWave(at, route)
	return []typed{{object: route, at: at}}
}

// namesOf turns strings into those of a type of Gateway API.
func namesOf[T ~string](texts []string) []T {
	names := make([]T, len(texts))
	for i, text := range texts {
		names[i] = T(text)
	}
	return names
}

// parent is the gateway of the route.
func (r *renderer) parent(at at) gatewayv1.ParentReference {
	name := r.spec.Route.Gateway
	gateway, place := r.plan.Target.Gateways[name], at.from("target.gateways").key(name)
	ref := gatewayv1.ParentReference{
		Group: decided(at, "group", reasonWritten, new(gatewayv1.Group(gatewayv1.GroupName))),
		Kind:  decided(at, "kind", reasonWritten, new(gatewayv1.Kind("Gateway"))),
		Name:  copied(at, "name", "spec.route.gateway", gatewayv1.ObjectName(name)),
	}
	if gateway.Namespace != "" {
		ref.Namespace = copied(at, "namespace", place.of("namespace"), new(gatewayv1.Namespace(gateway.Namespace)))
	}
	if gateway.Section != "" {
		ref.SectionName = copied(at, "sectionName", place.of("section"), new(gatewayv1.SectionName(gateway.Section)))
	}
	return ref
}

// matches are the prefixes of the paths that lead to the run.
func (r *renderer) matches(at at) []gatewayv1.HTTPRouteMatch {
	paths := r.spec.Route.Paths
	if len(paths) == 0 {
		return []gatewayv1.HTTPRouteMatch{decided(at.item(0), "path", "a route without paths takes every one", match("/"))}
	}
	matches := make([]gatewayv1.HTTPRouteMatch, len(paths))
	for i, path := range paths {
		matches[i] = computed(at.item(i), "path", at.from("spec.route.paths").item(i).path, "paths are prefixes", match(path))
	}
	return matches
}

// match takes all requests whose path begins with prefix, which ends at a part of the path: /v1 takes /v1/models and
// not /v10 (PathPrefix in Gateway API).
func match(prefix string) gatewayv1.HTTPRouteMatch {
	return gatewayv1.HTTPRouteMatch{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: &prefix}}
}

// backend is the run's Service, at the port that the route means.
func (r *renderer) backend(at at) gatewayv1.HTTPBackendRef {
	port, place := r.spec.RoutePort()
	if r.spec.Route.Port != "" {
		place = "spec.route.port"
	}
	service := gatewayv1.BackendObjectReference{
		Group: decided(at, "group", reasonWritten, new(gatewayv1.Group(""))),
		Kind:  decided(at, "kind", reasonWritten, new(gatewayv1.Kind("Service"))),
		Name:  computed(at, "name", "name", "the run's Service", gatewayv1.ObjectName(cmp.Or(r.spec.ServiceName, r.plan.Name))),
		Port:  computed(at, "port", place, "Gateway API takes the number of a Service's port alone", new(gatewayv1.PortNumber(port))),
	}
	if r.spec.ServiceName != "" {
		copied(at, "name", "spec.service_name", 0)
	}
	return gatewayv1.HTTPBackendRef{BackendRef: gatewayv1.BackendRef{
		BackendObjectReference: service, Weight: decided(at, "weight", reasonWritten, new(int32(1))),
	}}
}

// routeTimeouts is how long a request may take, unless the gateway knows no such thing.
func (r *renderer) routeTimeouts(at at) *gatewayv1.HTTPRouteTimeouts {
	const field = "timeouts.request"
	said := r.spec.Route
	if knows := r.plan.Target.Gateways[said.Gateway].Timeouts; knows != nil && !*knows {
		return nil
	}
	if said.Timeout != "" {
		return &gatewayv1.HTTPRouteTimeouts{Request: copied(at, field, "spec.route.timeout", new(gatewayv1.Duration(said.Timeout)))}
	}
	return &gatewayv1.HTTPRouteTimeouts{
		Request: decided(at, field, "many gateways cut an answer after 15 seconds otherwise, in the middle of a stream", new(gatewayv1.Duration(r.plan.InEdition().RouteTimeout))),
	}
}
