package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	resourcehelper "k8s.io/component-helpers/resource"
)

// overcommittable are the resources whose limit may be above the request.
func overcommittable(name corev1.ResourceName) bool {
	return name == corev1.ResourceCPU || name == corev1.ResourceMemory || name == corev1.ResourceEphemeralStorage
}

// isHugePages reports whether a resource is pages of one size, such as hugepages-2Mi.
func isHugePages(name corev1.ResourceName) bool {
	return strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix) && len(validation.IsQualifiedName(string(name))) == 0
}

// isExtended reports whether a name can be that of an extended resource.
func isExtended(name corev1.ResourceName) bool {
	n := string(name)
	return strings.Contains(n, "/") && !isNative(n) && !strings.HasPrefix(n, corev1.DefaultResourceRequestsPrefix) &&
		(quickQualified(n) && len(n) < 253 || len(validation.IsQualifiedName(corev1.DefaultResourceRequestsPrefix+n)) == 0)
}

// isNative reports whether a name is in Kubernetes' own domain.
func isNative(name string) bool { return strings.Contains(name, corev1.ResourceDefaultNamespacePrefix) }

// eachAmount calls check for the limits and then the requests, in the order of their names.
func eachAmount(r *corev1.ResourceRequirements, at *place, check func(name corev1.ResourceName, amount resource.Quantity, at *place)) {
	for _, side := range []struct {
		key  string
		list corev1.ResourceList
	}{{"limits", r.Limits}, {"requests", r.Requests}} {
		for _, name := range slices.Sorted(maps.Keys(side.list)) {
			check(name, side.list[name], at.in(side.key).in(string(name)))
		}
	}
}

// containerResources: every resource has a name that a node could have, and an amount that can be counted out; a request
// is not above its limit, and of what cannot be shared they are equal.
func (j *judge) containerResources(_ *pod, c *container) {
	at := c.at.in("resources")
	eachAmount(&c.Resources, at, func(name corev1.ResourceName, amount resource.Quantity, here *place) {
		if !overcommittable(name) && !isHugePages(name) && !isExtended(name) {
			j.refuse(diag.Resources, here, fmt.Sprintf("%s is not the name of a resource", diag.Quote(string(name))),
				"write cpu, memory, ephemeral-storage, hugepages-<size> or a qualified name such as nvidia.com/gpu")
			return
		}
		j.amount(name, amount, here)
	})
	j.requestsAndLimits(&c.Resources, at)
}

// amount judges the quantity of a resource. Devices and bytes come whole, huge pages in multiples of their size. What
// is finer than a thousandth Kubernetes rounds, so that Git and the cluster would differ.
func (j *judge) amount(name corev1.ResourceName, amount resource.Quantity, at *place) {
	said := fmt.Sprintf
	switch {
	case amount.Sign() < 0:
		j.refuse(diag.Resources, at, said("%s %s is negative", name, diag.Quote(amount.String())), "write 0 or a positive quantity")
	case isExtended(name) && amount.MilliValue()%1000 != 0:
		j.refuse(diag.Resources, at, said("%s %s is not a whole number", name, diag.Quote(amount.String())), "devices come whole")
	case (name == corev1.ResourceMemory || name == corev1.ResourceEphemeralStorage) && amount.MilliValue()%1000 != 0:
		j.refuse(diag.BadQuantity, at, said("%s %s is not a whole number of bytes", name, diag.Quote(amount.String())), "write a quantity such as 64Gi or 512Mi")
	case isHugePages(name) && !multipleOf(amount, strings.TrimPrefix(string(name), corev1.ResourceHugePagesPrefix)):
		j.refuse(diag.Resources, at, said("%s %s is not a multiple of the page size", name, diag.Quote(amount.String())), "write a multiple of the size that the name says")
	case tooFine(amount):
		j.refuse(diag.BadQuantity, at, said("%s %s is finer than a thousandth, and Kubernetes rounds it", name, diag.Quote(amount.String())), "write a quantity such as 1m or more")
	}
}

// tooFine reports whether Kubernetes would round an amount up when it stores it: it counts in thousandths.
func tooFine(amount resource.Quantity) bool {
	rounded := amount.DeepCopy()
	return !rounded.RoundUp(resource.Milli)
}

// multipleOf reports whether an amount is a whole number of pages, whose size is the end of the resource's name. A size
// that cannot be read divides nothing.
func multipleOf(amount resource.Quantity, size string) bool {
	page, err := resource.ParseQuantity(size)
	return err == nil && page.Value() > 0 && amount.Value()%page.Value() == 0 && (amount.Value() != 0 || amount.IsZero())
}

// requestsAndLimits: a request may not be above its limit. What cannot be overcommitted, such as devices and huge
// pages, has both, and they are equal (ValidateContainerResourceRequirements).
func (j *judge) requestsAndLimits(r *corev1.ResourceRequirements, at *place) {
	for _, name := range slices.Sorted(maps.Keys(r.Requests)) {
		request := r.Requests[name]
		limit, limited := r.Limits[name]
		here, other := at.in("limits").in(string(name)), at.in("requests").in(string(name))
		switch {
		case overcommittable(name) && limited && request.Cmp(limit) > 0:
			j.refuse(diag.Resources, here, fmt.Sprintf("the limit of %s, %s, is below its request %s", name, limit.String(), request.String()),
				"raise the limit, or lower the request", other)
		case overcommittable(name):
		case !limited:
			j.absent(diag.Resources, here, fmt.Sprintf("%s has a request and no limit, and cannot be shared", name), "write the same quantity under limits", other)
		case request.Cmp(limit) != 0:
			j.refuse(diag.Resources, here, fmt.Sprintf("requests and limits of %s have to be equal, and %s is not %s", name, request.String(), limit.String()),
				"write one quantity for both", other)
		}
	}
}

// hugePages need cpu or memory beside them.
func (j *judge) hugePages(_ *pod, c *container) { j.hugePagesAlone(&c.Resources, c.at.in("resources")) }

// hugePagesAlone: pages do not make a container run, which needs cpu or memory beside them.
func (j *judge) hugePagesAlone(r *corev1.ResourceRequirements, at *place) {
	any := false
	eachName := func(list corev1.ResourceList) {
		for name := range list {
			any = any || name == corev1.ResourceCPU || name == corev1.ResourceMemory
		}
	}
	eachName(r.Limits)
	eachName(r.Requests)
	if any {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(r.Limits)) {
		if isHugePages(name) {
			j.absent(diag.Resources, at.in("limits").in(string(name)), string(name)+" needs cpu or memory beside it",
				"write how much CPU or memory the container needs as well", at)
		}
	}
}

// podClaims: a claim of the pod has a name of its own and is either there or made of a template.
func (j *judge) podClaims(p *pod) {
	list := p.at.in("resourceClaims")
	for i := range p.ResourceClaims {
		claim, at := &p.ResourceClaims[i], list.item(i)
		if claim.Name == "" {
			j.missing(diag.Resources, at, "name", "write name: <name>")
		}
		j.optional(&dnsLabel, claim.Name, at.in("name"))
		// Equal means that both are there, or neither is.
		if (claim.ResourceClaimName == nil) == (claim.ResourceClaimTemplateName == nil) {
			j.absent(diag.Resources, at, fmt.Sprintf("device claim %s has to name a claim or a template, one of the two", diag.Quote(claim.Name)),
				"write resourceClaimTemplateName for a claim of each pod's own, resourceClaimName for one that all pods share")
		}
		if n := claim.ResourceClaimName; n != nil {
			j.named(&dnsName, *n, at.in("resourceClaimName"))
		}
		if n := claim.ResourceClaimTemplateName; n != nil {
			j.named(&dnsName, *n, at.in("resourceClaimTemplateName"))
		}
	}
	for i, first := range alike(p.ResourceClaims, func(c *corev1.PodResourceClaim) string { return c.Name }) {
		j.twice("device claim "+diag.Quote(p.ResourceClaims[i].Name), list.item(first).in("name"), list.item(i).in("name"))
	}
}

// containerClaims: a container takes the claims of its pod, each once.
func (j *judge) containerClaims(p *pod, c *container) {
	list := c.at.in("resources").in("claims")
	for i, claim := range c.Resources.Claims {
		at := list.item(i)
		if claim.Request != "" {
			j.named(&dnsLabel, claim.Request, at.in("request"))
		}
		if !slices.ContainsFunc(p.ResourceClaims, func(r corev1.PodResourceClaim) bool { return r.Name == claim.Name }) {
			j.noClaim(p, claim.Name, at)
		}
	}
	whole := map[string]int{} // names of claims that were taken, in part or as a whole
	for i, claim := range c.Resources.Claims {
		key := claim.Name
		first, again := whole[key]
		_, part := whole[key+"/"]
		if claim.Request != "" {
			key += "/" + claim.Request
			if f, ok := whole[key]; ok {
				first, again = f, true
			}
		} else if part {
			first, again = whole[key+"/"], true
		}
		if again {
			j.twice("device claim "+diag.Quote(claim.Name), list.item(first), list.item(i))
			continue
		}
		whole[key] = i
		if claim.Request != "" {
			whole[claim.Name+"/"] = i
		}
	}
}

// noClaim refuses the name of a claim that the pod does not have. Its hint lists some of those that it has.
func (j *judge) noClaim(p *pod, name string, at *place) {
	var known []string
	for _, claim := range p.ResourceClaims {
		known = append(known, claim.Name)
	}
	hint := "write it under resourceClaims of the pod as well"
	if len(known) > 0 {
		hint = "write " + diag.OneOf(few(known))
	}
	j.absent(diag.Resources, at, fmt.Sprintf("the pod has no device claim %s", diag.Quote(name)), hint, p.at.in("resourceClaims"))
}

// podResources: what a pod has for all of its containers is cpu, memory and huge pages, and enough for them.
func (j *judge) podResources(p *pod) {
	j.overhead(p)
	if p.Resources == nil {
		return
	}
	at := p.at.in("resources")
	if p.Resources.Claims != nil {
		j.refuse(diag.Resources, at.in("claims"), "a pod as a whole takes no device claims", "write them under a container's resources")
	}
	// A resource that a pod as a whole cannot have makes no sense in the sums below, and so these are left out then.
	foreign := false
	eachAmount(p.Resources, at, func(name corev1.ResourceName, amount resource.Quantity, here *place) {
		if name != corev1.ResourceCPU && name != corev1.ResourceMemory && !isHugePages(name) {
			j.refuse(diag.Resources, here, fmt.Sprintf("a pod as a whole has no %s: only cpu, memory and huge pages", name), "write it under a container's resources")
			foreign = true
			return
		}
		j.amount(name, amount, here)
	})
	if foreign {
		return
	}
	j.requestsAndLimits(p.Resources, at)
	j.hugePagesAlone(p.Resources, at)
	j.enough(p, at)
}

// enough: the pod's own request covers its containers, and its limit none of them exceeds.
func (j *judge) enough(p *pod, at *place) {
	// Summed with the scheduler's own code, which counts init containers by the most that runs at a time, and sidecars
	// all along.
	whole := &corev1.Pod{Spec: *p.PodSpec}
	requests := resourcehelper.AggregateContainerRequests(whole, resourcehelper.PodResourcesOptions{})
	limits := resourcehelper.AggregateContainerLimits(whole, resourcehelper.PodResourcesOptions{})
	for _, name := range slices.Sorted(maps.Keys(p.Resources.Requests)) {
		have, sum := p.Resources.Requests[name], requests[name]
		if have.Cmp(sum) < 0 {
			j.refuse(diag.Resources, at.in("requests").in(string(name)),
				fmt.Sprintf("the pod's request of %s, %s, is below what its containers ask for together, %s", name, have.String(), sum.String()),
				"write "+sum.String()+" or more", p.at.in("containers"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Resources.Limits)) {
		most := p.Resources.Limits[name]
		// Cpu and memory may be promised beyond the pod's limit, since not all containers take theirs at once; huge
		// pages are set aside.
		if sum := limits[name]; isHugePages(name) && sum.Cmp(most) > 0 {
			j.refuse(diag.Resources, at.in("limits").in(string(name)),
				fmt.Sprintf("the pod's limit of %s, %s, is below what its containers may take together, %s", name, most.String(), sum.String()),
				"write "+sum.String()+" or more", p.at.in("containers"))
		}
		for i := range p.Containers {
			if limit, ok := p.Containers[i].Resources.Limits[name]; ok && limit.Cmp(most) > 0 {
				j.refuse(diag.Resources, at.in("limits").in(string(name)),
					fmt.Sprintf("the limit of %s of a container, %s, is above the pod's, %s", name, limit.String(), most.String()),
					"write "+limit.String()+" or more for the pod", p.at.in("containers").item(i).in("resources").in("limits").in(string(name)))
			}
		}
	}
}

// overhead: an admission plugin of the cluster writes it, and refuses a pod that brings another one.
func (j *judge) overhead(p *pod) {
	if len(p.Overhead) > 0 {
		j.excess(diag.Resources, p.at.in("overhead"), "is written by the cluster, of the RuntimeClass")
	}
}

// resizePolicy says what happens when a running container gets other amounts. One that never starts again cannot
// restart for it.
func (j *judge) resizePolicy(p *pod, c *container) {
	list := c.at.in("resizePolicy")
	for i := range c.ResizePolicy {
		r, at := &c.ResizePolicy[i], list.item(i)
		oneOfPtr(j, diag.Resources, &r.ResourceName, at.in("resourceName"), corev1.ResourceCPU, corev1.ResourceMemory)
		oneOfPtr(j, diag.Resources, &r.RestartPolicy, at.in("restartPolicy"), corev1.NotRequired, corev1.RestartContainer)
		if r.RestartPolicy != corev1.RestartContainer {
			continue
		}
		if p.RestartPolicy == corev1.RestartPolicyNever {
			j.refuse(diag.Resources, at.in("restartPolicy"), "a container of a pod that never restarts cannot restart to be resized", "write NotRequired", p.at.in("restartPolicy"))
		} else if c.init && !c.sidecar() {
			j.refuse(diag.Resources, at.in("restartPolicy"), "an init container that ends cannot restart to be resized", "write NotRequired")
		}
	}
	for i, first := range alike(c.ResizePolicy, func(r *corev1.ContainerResizePolicy) corev1.ResourceName { return r.ResourceName }) {
		j.twice("resize policy of "+string(c.ResizePolicy[i].ResourceName), list.item(first), list.item(i))
	}
}
