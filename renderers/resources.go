package renderers

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// defaultAccelerator is what `gpu` means where no profile says otherwise.
const defaultAccelerator = "nvidia.com/gpu"

// resources renders what a container asks for. Devices that the pod claims are no resources of the run's own container.
func (r *renderer) resources(at at, c schema.PodContainer) corev1.ResourceRequirements {
	var out corev1.ResourceRequirements
	for _, name := range slices.Sorted(maps.Keys(c.Resources)) {
		resource := corev1.ResourceName(resourceName(r.plan.Machine, name))
		if c.Role == schema.MainRole && claimsDevices(r.plan.Machine) && string(resource) == acceleratorResource(r.plan.Machine) {
			continue
		}
		amounts, path := c.Resources[name], diag.Join(c.Path+".resources", name)
		r.ask(at.in("requests"), &out.Requests, resource, path+".requests", amounts.Requests)
		r.ask(at.in("limits"), &out.Limits, resource, path+".limits", amounts.Limits)
	}
	if c.Role == schema.MainRole {
		for i, claim := range r.spec.ResourceClaims {
			name := copied(at.in("claims").item(i), "name", at.from("spec.resource_claims").item(i).of("name"), claim.Name)
			out.Claims = append(out.Claims, corev1.ResourceClaim{Name: name})
		}
	}
	return out
}

// ask puts a quantity of the plan into a list of requests or limits, which it makes where there is none. path is where
// the amount stands in the plan; an empty amount asks for nothing.
func (r *renderer) ask(at at, list *corev1.ResourceList, name corev1.ResourceName, path, amount string) {
	if amount != "" {
		put(at, (*map[corev1.ResourceName]resource.Quantity)(list), name, origin{plan: path}, r.quantity(path, amount))
	}
}

// resourcePath is the place of a resource in the plan.
func resourcePath(name string) string { return diag.Join("spec.resources", name) }

// resourceName is Kubernetes' name of a resource of the plan.
func resourceName(m *schema.Machine, name string) string {
	switch name {
	case "mem":
		return string(corev1.ResourceMemory)
	case "disk":
		return string(corev1.ResourceEphemeralStorage)
	case "gpu":
		return acceleratorResource(m)
	}
	return name
}

// acceleratorResource is Kubernetes' name of the machine's accelerator.
func acceleratorResource(m *schema.Machine) string {
	if m != nil && m.Accelerator != nil && m.Accelerator.Resource != "" && m.Accelerator.Resource != "gpu" {
		return m.Accelerator.Resource
	}
	return defaultAccelerator
}

// acceleratorAmount is how many accelerators the run asks for, as the plan's text, and where that stands; empty when it
// asks for none.
func acceleratorAmount(p *schema.Plan) (amount, path string) {
	for _, name := range []string{"gpu", acceleratorResource(p.Machine)} {
		amounts := p.Spec.Resources[name]
		if amount := cmp.Or(amounts.Limits, amounts.Requests); amount != "" && amount != "0" {
			return amount, resourcePath(name) + ".limits"
		}
	}
	return "", ""
}

// asksForDevices reports whether the run asks for what a node has few of: accelerators and other extended resources.
func (r *renderer) asksForDevices() bool {
	if amount, _ := acceleratorAmount(r.plan); amount != "" {
		return true
	}
	for _, c := range r.pod {
		for name := range c.Resources {
			if strings.Contains(name, "/") || name == "gpu" {
				return true
			}
		}
	}
	return false
}

// quantity reads an amount of the plan, which the compiler has checked.
func (r *renderer) quantity(path, amount string) resource.Quantity {
	q, ok := quantity.Parse(amount)
	if !ok {
		r.problem(diag.BadQuantity, path, "this is no amount", "write a quantity such as 500m, 2, 64Gi or 10G")
	}
	return q
}
