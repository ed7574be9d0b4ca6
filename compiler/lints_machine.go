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

const visibleDevices = "NVIDIA_VISIBLE_DEVICES"

// gpuImage matches the names of images that see the GPUs of their node: their authors set NVIDIA_VISIBLE_DEVICES=all.
var gpuImage = regexp.MustCompile(`(^|/)nvidia/|^nvcr\.io/|cuda|[-:_]gpu\b|(^|/)vllm/vllm-openai(:|@|$)|text-generation-inference(:|@|$)`)

// lintVisible warns of a container that sees all GPUs of its node and asks for none: it takes those of other pods.
func lintVisible(c *ruleContext) {
	if c.asksForDevices() {
		return
	}
	for _, container := range c.pod() {
		at, set := container.Path+".image", false
		for i := range container.Envs {
			if e := &container.Envs[i]; e.Name == visibleDevices {
				set = true
				if v := e.Value; v != nil && !contains([]string{"", "none", "void"}, *v) {
					at, set = item(container.Path+".envs", i, "value"), false
				}
			}
		}
		if set || strings.HasSuffix(at, ".image") && (container.Image == "" || !gpuImage.MatchString(container.Image)) {
			continue
		}
		what := "an image for GPUs sees"
		if !strings.HasSuffix(at, ".image") {
			what = visibleDevices + " shows"
		}
		c.warn(diag.GPUNotAsked, at, what+" all GPUs of a node that has some, and none is asked for: other pods use them",
			fmt.Sprintf("write resources: {gpu: 1}, or envs: [{name: %s, value: void}] for none", visibleDevices))
	}
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
		path := container.Path + ".resources.gpu"
		gpu, ok := container.Resources["gpu"]
		if _, n, found := source.Find(c.tree, path); !ok || !found || n.Beat != nil || beatsSome(n) || !isZeroAmount(gpu.Requests) || !isZeroAmount(gpu.Limits) || !c.own(path+".requests") {
			continue
		}
		c.warn(diag.GPUZero, path+".requests", "a GPU is asked for, none of them", "leave gpu out")
	}
}

func beatsSome(n *source.Node) bool {
	return slices.ContainsFunc(n.Fields, func(f source.Field) bool { return f.Node.Beat != nil })
}

func isSome(text string) bool {
	q, ok := quantity.Parse(text)
	return text != "" && ok && q.Sign() > 0
}

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
