package renderers

import (
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
)

// overcommittable are the resources whose limit may be above the request.
var overcommittable = map[corev1.ResourceName]bool{corev1.ResourceCPU: true, corev1.ResourceMemory: true, corev1.ResourceEphemeralStorage: true}

func isHugePages(name corev1.ResourceName) bool {
	return strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
}

// isExtended reports whether a name can be that of an extended resource.
func isExtended(name corev1.ResourceName) bool {
	n := string(name)
	return strings.Contains(n, "/") && !strings.Contains(n, "kubernetes.io/") && !strings.HasPrefix(n, corev1.DefaultResourceRequestsPrefix) &&
		len(validation.IsQualifiedName(corev1.DefaultResourceRequestsPrefix+n)) == 0
}

// resourceNames: every resource has a name that a node could have, and an amount that can be counted out.
func (m *merged) resourceNames() {
	m.containers(func(c *corev1.Container, path string) {
		for side, list := range map[string]corev1.ResourceList{"limits": c.Resources.Limits, "requests": c.Resources.Requests} {
			for name, amount := range list {
				m.resourceName(name, amount, diag.Join(path+".resources."+side, string(name)))
			}
		}
	})
}

func (m *merged) resourceName(name corev1.ResourceName, amount resource.Quantity, at string) {
	said := fmt.Sprintf("%s %s", name, diag.Quote(amount.String()))
	switch {
	case !overcommittable[name] && !isHugePages(name) && !isExtended(name):
		m.refuse(diag.Resources, fmt.Sprintf("%s is not the name of a resource", diag.Quote(string(name))),
			"write cpu, memory, ephemeral-storage, hugepages-<size> or a qualified name such as nvidia.com/gpu", at)
	case amount.Sign() < 0:
		m.refuse(diag.Resources, said+" is negative", "write 0 or a positive amount", at)
	case isExtended(name) && amount.MilliValue()%1000 != 0:
		m.refuse(diag.Resources, said+" is not a whole number", "devices come whole", at)
	case isHugePages(name) && !multipleOf(amount, strings.TrimPrefix(string(name), corev1.ResourceHugePagesPrefix)):
		m.refuse(diag.Resources, said+" is not a multiple of the page size", "write a multiple of the size that the name says", at)
	}
}

func multipleOf(amount resource.Quantity, size string) bool {
	page, ok := quantity.Parse(size)
	return ok && page.Value() > 0 && amount.Value()%page.Value() == 0
}

// resourceAmounts: a request is not above its limit, and of what cannot be shared they are equal.
func (m *merged) resourceAmounts() {
	m.containers(func(c *corev1.Container, path string) {
		for name, request := range c.Resources.Requests {
			limit, limited := c.Resources.Limits[name]
			at := []string{diag.Join(path+".resources.limits", string(name)), diag.Join(path+".resources.requests", string(name))}
			switch {
			case overcommittable[name] && limited && request.Cmp(limit) > 0:
				m.refuse(diag.Resources, fmt.Sprintf("the limit of %s, %s, is below its request %s", name, limit.String(), request.String()),
					"raise the limit, or lower the request", at...)
			case overcommittable[name]:
			case !limited:
				m.refuse(diag.Resources, fmt.Sprintf("%s has a request and no limit, and cannot be shared", name),
					"write the same amount under limits", at...)
			case request.Cmp(limit) != 0:
				m.refuse(diag.Resources, fmt.Sprintf("requests and limits of %s have to be equal, and %s is not %s", name, request.String(), limit.String()),
					"write one amount for both", at...)
			}
		}
	})
}

// hugePages need cpu or memory beside them.
func (m *merged) hugePages() {
	m.containers(func(c *corev1.Container, path string) {
		for name := range c.Resources.Limits {
			if isHugePages(name) && !asksForAny(c.Resources, corev1.ResourceCPU, corev1.ResourceMemory) {
				m.refuse(diag.Resources, string(name)+" needs cpu or memory beside it", "write how much CPU or memory the container needs as well",
					diag.Join(path+".resources.limits", string(name)))
			}
		}
	})
}

func asksForAny(r corev1.ResourceRequirements, names ...corev1.ResourceName) bool {
	for _, name := range names {
		_, limited := r.Limits[name]
		if _, requested := r.Requests[name]; requested || limited {
			return true
		}
	}
	return false
}

// podClaims: a claim of the pod has a name of its own and is either there or made of a template.
func (m *merged) podClaims() {
	seen := map[string]bool{}
	for i, claim := range m.pod.ResourceClaims {
		at := diag.At("resourceClaims", i)
		if (claim.ResourceClaimName == nil) == (claim.ResourceClaimTemplateName == nil) {
			m.refuse(diag.Resources, fmt.Sprintf("device claim %s has to name a claim or a template, one of the two", diag.Quote(claim.Name)),
				"write resourceClaimTemplateName for a claim of each pod's own, resourceClaimName for one that all pods share", at)
		}
		if seen[claim.Name] {
			m.refuse(diag.Duplicate, fmt.Sprintf("the pod has two device claims called %s", diag.Quote(claim.Name)), "give one of them another name", at+".name")
		}
		seen[claim.Name] = true
	}
}

// containerClaims: a container takes the claims of its pod, each once.
func (m *merged) containerClaims() {
	var known []string
	for _, claim := range m.pod.ResourceClaims {
		known = append(known, claim.Name)
	}
	hint := "write it under resourceClaims of the pod as well"
	if len(known) > 0 {
		hint = "write " + diag.OneOf(known)
	}
	m.containers(func(c *corev1.Container, path string) {
		seen := map[corev1.ResourceClaim]bool{}
		for i, claim := range c.Resources.Claims {
			at, whole := diag.At(path+".resources.claims", i), corev1.ResourceClaim{Name: claim.Name}
			if !slices.Contains(known, claim.Name) {
				m.refuse(diag.Resources, fmt.Sprintf("the pod has no device claim %s", diag.Quote(claim.Name)), hint, at)
			}
			if seen[claim] || seen[whole] || claim == whole && hasPart(seen, claim.Name) {
				m.refuse(diag.Duplicate, fmt.Sprintf("the container takes device claim %s twice", diag.Quote(claim.Name)), "keep one of them", at)
			}
			seen[claim] = true
		}
	})
}

func hasPart(seen map[corev1.ResourceClaim]bool, name string) bool {
	for claim := range seen {
		if claim.Name == name {
			return true
		}
	}
	return false
}

// podResources: what a pod has for all of its containers is cpu, memory and huge pages, and enough for them.
func (m *merged) podResources() {
	if m.pod.Resources == nil {
		return
	}
	if len(m.pod.Resources.Claims) > 0 {
		m.refuse(diag.Resources, "a pod as a whole takes no device claims", "write them under a container's resources", "resources.claims")
	}
	for side, list := range map[string]corev1.ResourceList{"limits": m.pod.Resources.Limits, "requests": m.pod.Resources.Requests} {
		for name := range list {
			if name != corev1.ResourceCPU && name != corev1.ResourceMemory && !isHugePages(name) {
				m.refuse(diag.Resources, fmt.Sprintf("a pod as a whole has no %s: only cpu, memory and huge pages", name),
					"write it under a container's resources", diag.Join("resources."+side, string(name)))
			}
		}
	}
	for name, have := range m.pod.Resources.Requests {
		var sum resource.Quantity
		for i := range m.pod.Containers {
			sum.Add(m.pod.Containers[i].Resources.Requests[name])
		}
		if have.Cmp(sum) < 0 {
			m.refuse(diag.Resources, fmt.Sprintf("the pod's request of %s, %s, is below what its containers ask for together, %s", name, have.String(), sum.String()),
				"write "+sum.String()+" or more", diag.Join("resources.requests", string(name)))
		}
	}
	for name, most := range m.pod.Resources.Limits {
		m.containers(func(c *corev1.Container, path string) {
			if limit, ok := c.Resources.Limits[name]; ok && limit.Cmp(most) > 0 {
				m.refuse(diag.Resources, fmt.Sprintf("the limit of %s of a container, %s, is above the pod's, %s", name, limit.String(), most.String()),
					"write "+limit.String()+" or more for the pod", diag.Join("resources.limits", string(name)), diag.Join(path+".resources.limits", string(name)))
			}
		})
	}
}
