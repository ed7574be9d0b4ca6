package workspace

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/renderers"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// claim is what a unit's object claims for itself, of which nobody else in the environment may have the same. It is noted
// before the object is let go.
type claim struct {
	what, words string // what tells it from others, and how a message says it
	place       diag.Diagnostic
}

// soleClaims are those of a unit's routes: requests for one host and path can go to one run alone.
func (u *Unit) soleClaims() []claim {
	var claims []claim
	for i := range u.Objects {
		if route, ok := u.Objects[i].Value.(*gatewayv1.HTTPRoute); ok {
			claims = append(claims, u.routed(&u.Objects[i], route)...)
		}
	}
	return claims
}

// routed are the claims of a route: one for each Gateway, host and path. Two runs with the same claim would get each other's
// requests; which of them wins is left to the Gateway's rules of precedence, the oldest route first.
func (u *Unit) routed(o *renderers.Object, route *gatewayv1.HTTPRoute) []claim {
	var claims []claim
	paths := prefixes(route)
	for _, parent := range route.Spec.ParentRefs {
		gateway := fmt.Sprintf("%s/%s", namespaceOf(parent, o.Namespace), parent.Name)
		for i, host := range route.Spec.Hostnames {
			place := u.Locate(diag.Problem{Code: diag.Service, Path: renderers.Source(o, diag.At("spec.hostnames", i)),
				Hint: "give one of the two another host, or other paths"})
			for _, path := range paths {
				claims = append(claims, claim{strings.Join([]string{"route", gateway, string(host), path}, " "), string(host) + path, place})
			}
		}
	}
	return claims
}

// namespaceOf is the namespace of the Gateway that a route hangs on. Gateway API means the route's own by silence.
func namespaceOf(parent gatewayv1.ParentReference, own string) string {
	if parent.Namespace != nil {
		return string(*parent.Namespace)
	}
	return own
}

// prefixes are the paths that a route takes whole, whatever else a request is like.
func prefixes(route *gatewayv1.HTTPRoute) []string {
	var paths []string
	for _, rule := range route.Spec.Rules {
		if len(rule.Matches) == 0 {
			paths = append(paths, "/")
		}
		for _, m := range rule.Matches {
			exact := m.Path != nil && m.Path.Type != nil && *m.Path.Type != gatewayv1.PathMatchPathPrefix
			if exact || len(m.Headers)+len(m.QueryParams) > 0 || m.Method != nil {
				continue
			}
			path := "/"
			if m.Path != nil && m.Path.Value != nil {
				path += strings.Trim(*m.Path.Value, "/")
			}
			paths = append(paths, path)
		}
	}
	return paths
}

// claimed refuses, at both, what two units claim.
func claimed(units []Unit, tell func(*Unit, ...diag.Diagnostic)) {
	type owner struct {
		unit  *Unit
		claim *claim
		told  bool
	}
	owners := map[string]*owner{}
	for i := range units {
		u := &units[i]
		for k := range u.claimed {
			c := &u.claimed[k]
			first := owners[c.what]
			switch {
			case first == nil:
				owners[c.what] = &owner{unit: u, claim: c}
			case first.unit == u:
			case !first.told:
				first.told = true
				tell(first.unit, c.taken(first.claim, u))
				fallthrough
			default:
				tell(u, first.claim.taken(c, first.unit))
			}
		}
	}
}

// taken says at a claim that another run has it too.
func (c *claim) taken(at *claim, other *Unit) diag.Diagnostic {
	d := at.place
	d.Message = fmt.Sprintf("requests for %s go to run %s in %s as well, and one of the two gets them", diag.Quote(at.words), other.Plan.Name, other.Doc.File.Name)
	d.Notes = append(d.Notes[:len(d.Notes):len(d.Notes)], diag.Note{Span: c.place.Span, Message: "the other one stands here"})
	return d
}
