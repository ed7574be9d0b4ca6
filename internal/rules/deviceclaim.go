package rules

import (
	"fmt"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Limits of a claim of devices (k8s.io/api/resource/v1).
const (
	maxRequests    = resourcev1.DeviceRequestsMaxSize
	maxConstraints = resourcev1.DeviceConstraintsMaxSize
	maxConfigs     = resourcev1.DeviceConfigMaxSize
	maxChoices     = resourcev1.FirstAvailableDeviceRequestMaxSize
	maxSelectors   = resourcev1.DeviceSelectorsMaxSize
	maxTolerations = resourcev1.DeviceTolerationsMaxLength
	maxParameters  = resourcev1.OpaqueParametersMaxLength
)

// deviceClaim judges the devices that a claim asks for, what has to be alike among them, and what their drivers are
// told. at is the spec of the claim.
func (j *judge) deviceClaim(s *resourcev1.ResourceClaimSpec, at *place) {
	at = at.in("devices")
	d, list := &s.Devices, at.in("requests")
	j.atMost(diag.Resources, len(d.Requests), maxRequests, list)
	for i := range d.Requests {
		j.deviceRequest(&d.Requests[i], list.item(i))
	}
	for i, first := range alike(d.Requests, func(r *resourcev1.DeviceRequest) string { return r.Name }) {
		j.twice("request name "+diag.Quote(d.Requests[i].Name), list.item(first).in("name"), list.item(i).in("name"))
	}
	// Constraints and configuration are for all requests, or for those that they name.
	known := requestNames(d)
	j.atMost(diag.Resources, len(d.Constraints), maxConstraints, at.in("constraints"))
	for i := range d.Constraints {
		c, here := &d.Constraints[i], at.in("constraints").item(i)
		j.requestRefs(c.Requests, known, here.in("requests"))
		j.one(diag.Resources, []source{{"matchAttribute", c.MatchAttribute != nil}, {"distinctAttribute", c.DistinctAttribute != nil}}, here)
		j.attribute(c.MatchAttribute, here.in("matchAttribute"))
		j.attribute(c.DistinctAttribute, here.in("distinctAttribute"))
	}
	j.atMost(diag.Resources, len(d.Config), maxConfigs, at.in("config"))
	for i := range d.Config {
		c, here := &d.Config[i], at.in("config").item(i)
		j.requestRefs(c.Requests, known, here.in("requests"))
		j.deviceConfig(c.Opaque, here)
	}
}

// requestNames are the names that constraints and configuration may use: a request, or request/choice for one of its
// alternatives.
func requestNames(d *resourcev1.DeviceClaim) map[string]bool {
	known := map[string]bool{}
	for i := range d.Requests {
		r := &d.Requests[i]
		known[r.Name] = true
		for k := range r.FirstAvailable {
			known[r.Name+"/"+r.FirstAvailable[k].Name] = true
		}
	}
	return known
}

// requestRefs judges such names; an empty list means all requests.
func (j *judge) requestRefs(names []string, known map[string]bool, at *place) {
	j.atMost(diag.Resources, len(names), maxRequests, at)
	for i, name := range names {
		if !known[name] {
			j.absent(diag.Resources, at.item(i), fmt.Sprintf("the claim has no request %s", diag.Quote(name)), "name a request of the claim", at.above.above.above.in("requests"))
		}
	}
	for i, first := range alike(names, func(n *string) string { return *n }) {
		j.twice("request "+diag.Quote(names[i]), at.item(first), at.item(i))
	}
}

// attribute is a qualified name with a domain, such as resource.kubernetes.io/pcieRoot.
func (j *judge) attribute(name *resourcev1.FullyQualifiedName, at *place) {
	if name == nil {
		return
	}
	domain, id, ok := strings.Cut(string(*name), "/")
	if !ok || len(domain) > resourcev1.DeviceMaxDomainLength || len(validation.IsDNS1123Subdomain(domain)) > 0 ||
		len(id) > resourcev1.DeviceMaxIDLength || len(validation.IsCIdentifier(id)) > 0 {
		j.refuse(diag.BadName, at, fmt.Sprintf("%s is not an attribute with its domain", diag.Quote(string(*name))), "write one such as resource.kubernetes.io/pcieRoot")
	}
}

// deviceConfig judges parameters for a driver, which only the driver understands; their size is all that Kubernetes
// looks at.
func (j *judge) deviceConfig(o *resourcev1.OpaqueDeviceConfiguration, at *place) {
	if o == nil {
		j.missing(diag.Resources, at, "opaque", "write opaque: {driver: <driver>, parameters: {…}}")
		return
	}
	at = at.in("opaque")
	j.csi(&corev1.CSIVolumeSource{Driver: o.Driver}, at)
	switch n := len(o.Parameters.Raw); {
	case n == 0:
		j.missing(diag.Resources, at, "parameters", "write parameters: {…}")
	case n > maxParameters:
		j.refuse(diag.OutOfRange, at.in("parameters"), fmt.Sprintf("parameters has %d bytes, and Kubernetes takes %d", n, maxParameters), "write fewer")
	}
}

// deviceRequest: a request is for exactly one kind of device, or for the first of several that there is.
func (j *judge) deviceRequest(r *resourcev1.DeviceRequest, at *place) {
	j.named(&dnsLabel, r.Name, at.in("name"))
	way, ok := j.one(diag.Resources, []source{{"exactly", r.Exactly != nil}, {"firstAvailable", len(r.FirstAvailable) > 0}}, at)
	if !ok {
		return
	}
	at = at.in(way)
	// Both forms of a request say the same things of their devices.
	if e := r.Exactly; e != nil {
		j.requested(&deviceAsk{e.DeviceClassName, e.Selectors, e.AllocationMode, e.Count, e.Tolerations}, at)
		return
	}
	j.atMost(diag.Resources, len(r.FirstAvailable), maxChoices, at)
	for i := range r.FirstAvailable {
		s, here := &r.FirstAvailable[i], at.item(i)
		j.named(&dnsLabel, s.Name, here.in("name"))
		j.requested(&deviceAsk{s.DeviceClassName, s.Selectors, s.AllocationMode, s.Count, s.Tolerations}, here)
	}
	for i, first := range alike(r.FirstAvailable, func(s *resourcev1.DeviceSubRequest) string { return s.Name }) {
		j.twice("request name "+diag.Quote(r.FirstAvailable[i].Name), at.item(first).in("name"), at.item(i).in("name"))
	}
}

// deviceAsk is which devices a request is for, and how many.
type deviceAsk struct {
	class       string
	selectors   []resourcev1.DeviceSelector
	mode        resourcev1.DeviceAllocationMode
	count       int64
	tolerations []resourcev1.DeviceToleration
}

// requested judges how many devices of a class are asked for, and by which selectors. A count of 0 is left out, and
// means 1.
func (j *judge) requested(a *deviceAsk, at *place) {
	j.needs(diag.Resources, at, need{"deviceClassName", a.class})
	j.optional(&dnsName, a.class, at.in("deviceClassName"))
	oneOf(j, diag.Resources, a.mode, at.in("allocationMode"), resourcev1.DeviceAllocationModeExactCount, resourcev1.DeviceAllocationModeAll)
	switch {
	case a.count < 0:
		j.refuse(diag.Resources, at.in("count"), fmt.Sprintf("count is negative: %d", a.count), "write 1 or more")
	// All devices of the class that match are as many as there are.
	case a.mode == resourcev1.DeviceAllocationModeAll && a.count != 0:
		j.excess(diag.Resources, at.in("count"), "is for allocationMode ExactCount", at.in("allocationMode"))
	}
	j.atMost(diag.Resources, len(a.selectors), maxSelectors, at.in("selectors"))
	for i := range a.selectors {
		here := at.in("selectors").item(i)
		switch cel := a.selectors[i].CEL; {
		case cel == nil:
			j.missing(diag.Resources, here, "cel", "write cel: {expression: …}")
		case cel.Expression == "":
			j.missing(diag.Resources, here.in("cel"), "expression", "write an expression such as device.driver == \"gpu.nvidia.com\"")
		case len(cel.Expression) > resourcev1.CELSelectorExpressionMaxLength:
			j.refuse(diag.OutOfRange, here.in("cel").in("expression"), fmt.Sprintf("the expression has %d characters, and Kubernetes takes %d", len(cel.Expression), resourcev1.CELSelectorExpressionMaxLength), "write a shorter one")
		}
	}
	j.atMost(diag.Resources, len(a.tolerations), maxTolerations, at.in("tolerations"))
	for i := range a.tolerations {
		j.deviceToleration(&a.tolerations[i], at.in("tolerations").item(i))
	}
}

// deviceToleration judges which taints of devices are tolerated; it differs from tolerations of nodes in its operators
// and effects.
func (j *judge) deviceToleration(t *resourcev1.DeviceToleration, at *place) {
	j.optional(&labelKey, t.Key, at.in("key"))
	oneOf(j, diag.Scheduling, t.Operator, at.in("operator"), resourcev1.DeviceTolerationOpEqual, resourcev1.DeviceTolerationOpExists)
	oneOf(j, diag.Scheduling, t.Effect, at.in("effect"), resourcev1.DeviceTaintEffectNoSchedule, resourcev1.DeviceTaintEffectNoExecute, resourcev1.DeviceTaintEffectNone)
	switch {
	case t.Operator == resourcev1.DeviceTolerationOpExists && t.Value != "":
		j.refuse(diag.Scheduling, at.in("value"), "operator Exists compares no value", "remove value, or write operator: Equal", at)
	case t.Key == "" && t.Operator != resourcev1.DeviceTolerationOpExists:
		j.absent(diag.Scheduling, at, "a toleration without a key matches every taint, and has to say operator: Exists", "write key: <key>, or operator: Exists", at)
	case t.Operator != resourcev1.DeviceTolerationOpExists:
		j.named(&labelValue, t.Value, at.in("value"))
	}
}
