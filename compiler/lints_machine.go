package compiler

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
	"berth/schema"
)

// visibleDevices is the variable by which NVIDIA's container runtime decides which GPUs a container sees.
const visibleDevices = "NVIDIA_VISIBLE_DEVICES"

// gpuImage matches the names of images that see the GPUs of their node: their authors set NVIDIA_VISIBLE_DEVICES=all.
var gpuImage = regexp.MustCompile(`(^|/)nvidia/|^nvcr\.io/|cuda|[-:_]gpu\b|(^|/)vllm/vllm-openai(:|@|$)|text-generation-inference(:|@|$)`)

// lintVisible warns of a container that sees all GPUs of its node and asks for none: it takes those of other pods.
func lintVisible(c *ruleContext) {
	if c.asksForDevices() {
		return
	}
	pod := c.pod()
	for i := range pod {
		container := &pod[i]
		said, shown := c.shownDevices(container)
		switch {
		case shown != "":
			c.seesAll(shown, visibleDevices+" shows")
		case !said && gpuImage.MatchString(container.Image):
			c.seesAll(container.Path+".image", "an image for GPUs sees")
		}
	}
}

// seesAll warns at the variable or the image that makes the GPUs visible.
func (c *ruleContext) seesAll(path, what string) {
	c.warn(diag.GPUNotAsked, path, what+" all GPUs of a node that has some, and none is asked for: other pods use them",
		fmt.Sprintf("write resources: {gpu: 1}, or envs: [{name: %s, value: void}] for none", visibleDevices))
}

// shownDevices reports whether a container's variables say which GPUs it sees, and where they say that it sees some.
func (c *ruleContext) shownDevices(container *schema.PodContainer) (said bool, shown string) {
	for i := range container.Envs {
		e := &container.Envs[i]
		if e.Name != visibleDevices || e.Value == nil {
			continue
		}
		said = true
		if !contains([]string{"", "none", "void"}, *e.Value) {
			shown = item(container.Path+".envs", i, "value")
		}
	}
	return said, shown
}

// asksForDevices reports whether some container of the pod asks for a device, of whatever kind.
func (c *ruleContext) asksForDevices() bool {
	return len(c.plan.Spec.ResourceClaims) > 0 || slices.ContainsFunc(c.pod(), func(container schema.PodContainer) bool {
		for name, amounts := range container.Resources {
			if (name == "gpu" || strings.Contains(name, "/")) && (isSome(amounts.Requests) || isSome(amounts.Limits)) {
				return true
			}
		}
		return false
	})
}

// lintNoGPU warns of `gpu: 0`, which asks for nothing, unless it takes away what a profile or the project gives.
func lintNoGPU(c *ruleContext) {
	for _, container := range c.pod() {
		gpu, ok := container.Resources["gpu"]
		if !ok || !isZeroAmount(gpu.Requests) || !isZeroAmount(gpu.Limits) {
			continue
		}
		path := container.Path + ".resources.gpu"
		if _, n, found := source.Find(c.tree, path); !found || n.Beat != nil || beatsSome(n) || !c.own(path+".requests") {
			continue
		}
		c.warn(diag.GPUZero, path+".requests", "a GPU is asked for, none of them", "leave gpu out")
	}
}

// beatsSome reports whether a field of a map took the place of a weaker layer's.
func beatsSome(n *source.Node) bool {
	return slices.ContainsFunc(n.Fields, func(f source.Field) bool { return f.Node.Beat != nil })
}

// isSome reports whether a text is an amount above zero.
func isSome(text string) bool {
	q, ok := quantity.Parse(text)
	return text != "" && ok && q.Sign() > 0
}

// isZeroAmount reports whether a text is an amount of zero; an empty text is none.
func isZeroAmount(text string) bool {
	q, ok := quantity.Parse(text)
	return text != "" && ok && q.Sign() == 0
}

// lintSelector warns of a node selector whose only label is called key: its author thinks of a toleration's fields.
func lintSelector(c *ruleContext) {
	s := c.plan.Spec.NodeSelector
	if label, ok := s["key"]; ok && len(s) == 1 {
		c.warn(diag.OddSelector, "spec.node_selector.key", fmt.Sprintf("this wants nodes with a label that is called key, of the value %s", diag.Quote(label)),
			fmt.Sprintf("write the label and its value, such as node_selector: {%s: ssd}", label))
	}
}
