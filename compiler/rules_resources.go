package compiler

import (
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/schema"
)

// mebibyte is the least amount of memory that a number of bytes is taken for without a question.
const mebibyte = 1 << 20

// wholeDevices is the way out for a part of a device.
const wholeDevices = "devices come whole; for a part of a GPU choose a profile whose accelerator is shared or a MIG slice"

// checkResources holds every amount against what Kubernetes takes, and each request against its limit
// (k8s.io/kubernetes/pkg/apis/core/validation, ValidateContainerResourceRequirements).
func checkResources(c *ruleContext) {
	for _, container := range c.pod() {
		for name, amounts := range container.Resources {
			c.amounts(name, amounts, diag.Join(container.Path+".resources", name))
		}
	}
}

// amounts checks the request and the limit of one resource of one container, each by itself and against the other;
// empty texts are unset.
func (c *ruleContext) amounts(name string, amounts schema.Amounts, path string) {
	if amounts.Requests == "" && amounts.Limits == "" {
		return
	}
	request, ok := c.amount(name, amounts.Requests, path+".requests")
	if !ok && amounts.Limits == amounts.Requests {
		return // one amount for both, refused once
	}
	limit, limitOK := c.amount(name, amounts.Limits, path+".limits")
	if ok && limitOK && amounts.Requests != "" && amounts.Limits != "" && amounts.Requests != amounts.Limits {
		c.requestAndLimit(name, path, amounts, request.Cmp(limit))
	}
}

// amount reads an amount and refuses what Kubernetes would refuse or misread.
func (c *ruleContext) amount(resource, text, path string) (quantity.Quantity, bool) {
	if text == "" {
		return quantity.Quantity{}, true
	}
	p := diag.Problem{Code: diag.BadQuantity, Path: path}
	said := func(what, hint string) (quantity.Quantity, bool) {
		p.Message, p.Hint = fmt.Sprintf("%s %s %s", c.words(path), diag.Quote(text), what), hint
		c.add(p)
		return quantity.Quantity{}, false
	}
	// What holds for an amount wherever it stands comes first, then what is of this resource alone.
	if what, hint, ok := checkAmount(resource, text); !ok {
		return said(what, hint)
	}
	q, _ := quantity.Parse(text)
	switch {
	case countable(resource) && !quantity.IsWhole(q):
		p.Code = diag.Resources
		return said("is not a whole number", wholeDevices)
	case resource == "cpu" && !quantity.IsMilli(q):
		return said("is finer than 1m, a thousandth of a CPU", "write a number of CPUs or of thousandths, such as 0.5 or 500m")
	case strings.HasPrefix(resource, "hugepages-") && !c.multiple(q, strings.TrimPrefix(resource, "hugepages-")):
		p.Code = diag.Resources
		return said("is not a multiple of the page size", "write a multiple of "+strings.TrimPrefix(resource, "hugepages-"))
	// `mem: 16` is 16 bytes to Kubernetes, which takes it.
	case (resource == "mem" || resource == "disk") && isBytes(text) && q.Sign() > 0 && q.CmpInt64(mebibyte) < 0:
		hint := fmt.Sprintf("write %sGi if that is meant", text)
		if resource == "mem" {
			hint = fmt.Sprintf("write %sGi or %sMi, whichever is meant", text, text)
		}
		c.add(diag.Problem{
			Code: diag.BadQuantity, Severity: diag.Warning, Path: path,
			Message: fmt.Sprintf("%s %s is a number of bytes", words(path), diag.Quote(text)),
			Hint:    hint,
		})
	}
	return q, true
}

// isBytes reports whether a text is digits alone, that is, an amount of memory without a unit.
func isBytes(text string) bool { return strings.Trim(text, "0123456789") == "" }

// multiple reports whether an amount is a whole number of pages of a size; a size that is no amount is refused
// elsewhere.
func (c *ruleContext) multiple(q quantity.Quantity, size string) bool {
	page, ok := quantity.Parse(size)
	return !ok || page.Sign() == 0 || quantity.Ratio(q, page).IsInt()
}

// requestAndLimit takes how the request compares with the limit: a limit below its request is refused, and of what cannot be shared both have to be the same. The limit
// is to blame, unless the request is a stronger layer's.
func (c *ruleContext) requestAndLimit(name, path string, amounts schema.Amounts, order int) {
	p := diag.Problem{Code: diag.Resources, Path: path + ".limits"}
	switch {
	case unsharable(name) && order != 0:
		p.Message = fmt.Sprintf("requests and limits of %s have to be equal, and %s is not %s", c.ownName(name, path), amounts.Requests, amounts.Limits)
		p.Hint = fmt.Sprintf("it cannot be shared between pods: write %s for both, or %s", amounts.Requests, amounts.Limits)
	case order > 0:
		p.Message = fmt.Sprintf("%s %s is below the request %s", c.words(p.Path), amounts.Limits, amounts.Requests)
		p.Hint = fmt.Sprintf("raise limits to %s or more, or lower requests to %s", amounts.Requests, amounts.Limits)
	default:
		return
	}
	other := path + ".requests"
	if c.layer(p.Path) < c.layer(other) {
		p.Path, other = other, p.Path
	}
	c.conflict(p, other)
}

// ownName is what the run's author calls a resource: gpu may have been written under the accelerator's own name.
func (c *ruleContext) ownName(resource, path string) string {
	if name := acceleratorName(c.plan.Machine); resource == "gpu" && strings.Contains(c.written(path+".limits"), name) {
		return name
	}
	return resource
}

// acceleratorName is the resource that `gpu` means on the plan's machine.
func acceleratorName(m *schema.Machine) string {
	if m != nil && m.Accelerator != nil && m.Accelerator.Resource != "" {
		return m.Accelerator.Resource
	}
	return "nvidia.com/gpu"
}

// checkAccelerator: one accelerator has one amount, and a device that pods use by turns is asked for once: two of its
// turns give no more than one (NVIDIA's device plugin refuses or ignores the rest).
func checkAccelerator(c *ruleContext) {
	gpu, ok := c.plan.Spec.Resources["gpu"]
	if !ok {
		return
	}
	name := acceleratorName(c.plan.Machine)
	if _, both := c.plan.Spec.Resources[name]; both && name != "gpu" {
		c.add(diag.Problem{
			Code: diag.Duplicate, Path: diag.Join("spec.resources", name), AtKey: true,
			Message: fmt.Sprintf("gpu and %s are one resource", name), Hint: "keep one of the two",
			Related: []diag.RelatedPath{{Path: "spec.resources.gpu", Message: "gpu stands here"}},
		})
	}
	m := c.plan.Machine
	if m == nil || m.Accelerator == nil || m.Accelerator.Sharing != schema.SharingTimeSliced {
		return
	}
	if count, ok := quantity.Parse(gpu.Requests); ok && quantity.IsWhole(count) && count.Cmp(one) > 0 {
		c.asProfileSays(diag.Problem{
			Code: diag.Resources, Path: "spec.resources.gpu.requests",
			Message: fmt.Sprintf("the GPUs of profile %s are shared by turns, and more than one turn gives no more of a GPU", m.Profile),
			Hint:    "write gpu: 1, or choose a profile with whole GPUs", Replace: "1",
		}, "accelerator.sharing")
	}
}

// lintToleration warns of GPUs without a profile and without a toleration: nodes that have some are mostly tainted, so that
// other pods keep away.
func lintToleration(c *ruleContext) {
	gpus := c.plan.Spec.Resources["gpu"].Requests
	if gpus == "" || c.plan.Machine != nil || c.present("spec.profile") { // or what is wrong with the profile is said
		return
	}
	if count, ok := quantity.Parse(gpus); !ok || count.Sign() <= 0 {
		return
	}
	name := acceleratorName(nil)
	if slices.ContainsFunc(c.plan.Spec.Tolerations, func(t schema.Toleration) bool { return t.Key == name || t.Key == "" }) {
		return
	}
	c.add(diag.Problem{
		Code: diag.Scheduling, Severity: diag.Warning, Path: "spec.resources.gpu.requests",
		Message: fmt.Sprintf("nodes with %s mostly carry a taint of that name, which nothing here tolerates: the pod may wait for ever", name),
		Hint:    "write profile: nvidia-gpu, or another that `berth profiles` lists",
	})
}
