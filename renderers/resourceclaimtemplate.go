package renderers

import (
	"berth/internal/diag"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
)

// deviceClaim is the name of the devices in the pod, in the claim and in the template's own name.
const deviceClaim = "gpu"

// wantsDeviceClaim reports whether the run asks for an accelerator by a claim (dynamic resource allocation) instead of an
// extended resource.
func wantsDeviceClaim(p *schema.Plan) bool {
	amount, _ := acceleratorAmount(p)
	return claimsDevices(p.Machine) && amount != ""
}

// claimsDevices reports whether the machine's accelerators are asked for by a ResourceClaim (dynamic resource
// allocation), and not as an extended resource of the container. m may be nil, for a run without a profile.
func claimsDevices(m *schema.Machine) bool {
	return m != nil && m.Accelerator != nil && m.Accelerator.Backend == schema.BackendDRAClaim
}

// claimTemplate renders the template of the claims by which each pod gets devices of its own.
func (r *renderer) claimTemplate() []typed {
	accelerator := r.plan.Machine.Accelerator
	if accelerator.DRA == nil {
		r.problem(diag.ProfileInvalid, "machine.accelerator", "the accelerator is asked for by a claim, and nothing says which devices to claim",
			"name a device class under `dra`, or use `backend: device_plugin`")
		return nil
	}
	at := r.begin("machine.accelerator.backend", reasonDevices)
	template := &resourcev1.ResourceClaimTemplate{
		ObjectMeta: r.objectMeta(at.in("metadata"), "name", "", r.plan.Name+"-"+deviceClaim),
		Spec:       resourcev1.ResourceClaimTemplateSpec{Spec: r.claimedDevices(at.in("spec.spec.devices"), accelerator.DRA)},
	}
	if isOnce(r.plan) {
		r.annotateJob(at, template) // a Job that nobody prunes needs its template for a pod that it tries again
	}
	r.annotateWave(at, template)
	return []typed{{object: template, at: at}}
}

const reasonDevices = "the profile asks for devices by a claim, one for each pod"

// claimedDevices is the spec of the claim that each pod gets: one request for all devices of the run. match_attribute
// makes them share a value, such as the same PCIe root.
func (r *renderer) claimedDevices(at at, dra *schema.DRA) resourcev1.ResourceClaimSpec {
	spec := resourcev1.ResourceClaimSpec{Devices: resourcev1.DeviceClaim{
		Requests: []resourcev1.DeviceRequest{{Name: deviceClaim, Exactly: r.deviceRequest(at.in("requests").item(0).in("exactly"), dra)}},
	}}
	at.set(origin{reason: reasonDevices})
	if dra.MatchAttribute != "" {
		spec.Devices.Constraints = []resourcev1.DeviceConstraint{{
			Requests: []string{deviceClaim},
			MatchAttribute: copied(at.in("constraints").item(0), "matchAttribute", "machine.accelerator.dra.match_attribute",
				new(resourcev1.FullyQualifiedName(dra.MatchAttribute))),
		}}
	}
	return spec
}

// deviceRequest asks for an exact count of devices of a class. Every selector of the profile, an expression in CEL, has
// to hold for each of them.
func (r *renderer) deviceRequest(at at, dra *schema.DRA) *resourcev1.ExactDeviceRequest {
	amount, path := acceleratorAmount(r.plan)
	count := r.quantity(path, amount)
	request := &resourcev1.ExactDeviceRequest{
		DeviceClassName: copied(at, "deviceClassName", "machine.accelerator.dra.device_class", dra.DeviceClass),
		AllocationMode:  resourcev1.DeviceAllocationModeExactCount,
		Count:           copied(at, "count", path, count.Value()),
	}
	for i, expression := range dra.Selectors {
		request.Selectors = append(request.Selectors, resourcev1.DeviceSelector{
			CEL: &resourcev1.CELDeviceSelector{Expression: copied(at.in("selectors").item(i), "cel.expression",
				at.from("machine.accelerator.dra.selectors").item(i).path, expression)},
		})
	}
	return request
}

// claimDevices makes the pod and its container use the claim.
func (r *renderer) claimDevices(at at, pod *corev1.PodSpec) {
	if r.template == "" {
		return
	}
	i, main := len(pod.ResourceClaims), &pod.Containers[0]
	at.in("resourceClaims").item(i).set(origin{reason: reasonDevices})
	pod.ResourceClaims = append(pod.ResourceClaims, corev1.PodResourceClaim{Name: deviceClaim, ResourceClaimTemplateName: new(r.template)})
	at.in("containers").item(0).in("resources.claims").item(len(main.Resources.Claims)).set(origin{reason: reasonDevices})
	main.Resources.Claims = append(main.Resources.Claims, corev1.ResourceClaim{Name: deviceClaim})
}
