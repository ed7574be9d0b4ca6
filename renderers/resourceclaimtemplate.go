package renderers

import (
	"berth/internal/diag"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// deviceClaim is the name of the devices in the pod, in the claim and in the template's own name.
const deviceClaim = "gpu"

// wantsDeviceClaim reports whether the run asks for an accelerator by a claim (dynamic resource allocation) instead of an
// extended resource.
func wantsDeviceClaim(p *schema.Plan) bool {
	amount, _ := acceleratorAmount(p)
	return claimsDevices(p.Machine) && amount != ""
}

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
	template := &resourcev1.ResourceClaimTemplate{
		TypeMeta:   metav1.TypeMeta{APIVersion: "resource.k8s.io/v1", Kind: "ResourceClaimTemplate"},
		ObjectMeta: r.objectMeta(r.plan.Name + "-" + deviceClaim),
		Spec:       resourcev1.ResourceClaimTemplateSpec{Spec: r.claimedDevices(accelerator.DRA)},
	}
	if isJob(r.plan) {
		r.annotateJob(template) // a Job that nobody prunes needs its template for a pod that it tries again
	}
	r.annotateWave(template)
	return []typed{{"resourceclaimtemplate.yaml", template}}
}

func (r *renderer) claimedDevices(dra *schema.DRA) resourcev1.ResourceClaimSpec {
	amount, path := acceleratorAmount(r.plan)
	count := r.quantity(path, amount)
	request := &resourcev1.ExactDeviceRequest{
		DeviceClassName: dra.DeviceClass, AllocationMode: resourcev1.DeviceAllocationModeExactCount, Count: count.Value(),
	}
	for _, expression := range dra.Selectors {
		request.Selectors = append(request.Selectors, resourcev1.DeviceSelector{
			CEL: &resourcev1.CELDeviceSelector{Expression: expression},
		})
	}
	spec := resourcev1.ResourceClaimSpec{Devices: resourcev1.DeviceClaim{
		Requests: []resourcev1.DeviceRequest{{Name: deviceClaim, Exactly: request}},
	}}
	if dra.MatchAttribute != "" {
		spec.Devices.Constraints = []resourcev1.DeviceConstraint{{
			Requests: []string{deviceClaim}, MatchAttribute: new(resourcev1.FullyQualifiedName(dra.MatchAttribute)),
		}}
	}
	return spec
}

// claimDevices makes the pod and its container use the claim.
func (r *renderer) claimDevices(pod *corev1.PodSpec) {
	if r.template == "" {
		return
	}
	pod.ResourceClaims = []corev1.PodResourceClaim{{Name: deviceClaim, ResourceClaimTemplateName: new(r.template)}}
	pod.Containers[0].Resources.Claims = []corev1.ResourceClaim{{Name: deviceClaim}}
}
