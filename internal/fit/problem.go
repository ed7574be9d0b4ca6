package fit

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// Problems says why a plan's pod fits none of its profile's machines, in terms of the nearest one: every obstacle there,
// each at the field that asks for it. There are none unless the verdict is [Never].
func Problems(plan *schema.Plan, r Report) []diag.Problem {
	nearest, at := r.Nearest()
	if r.Verdict != Never || nearest == nil {
		return nil
	}
	machine := diag.At("machine.nodes", at)
	problems := make([]diag.Problem, len(nearest.Reasons))
	for i, reason := range nearest.Reasons {
		problems[i] = diag.Problem{
			Code: diag.ProfileFit, Path: place(plan, reason), Replace: reason.Best,
			Message: fmt.Sprintf("the pod fits %s of profile %s: %s", r.none(), diag.Quote(string(plan.Machine.Profile)), reason.at(nearest.Name)),
			Hint:    reason.wayOut(plan),
			Related: []diag.RelatedPath{reason.declared(machine, nearest.Name)},
		}
	}
	return problems
}

// none is the subject of a message about all machines of a profile.
func (r Report) none() string {
	if len(r.Shapes) == 1 {
		return "no machine"
	}
	return fmt.Sprintf("none of the %d machines", len(r.Shapes))
}

// at says the reason with the machine's name.
func (r Reason) at(machine string) string {
	text, _, _ := strings.Cut(r.Text, ": write ")
	return "on " + machine + ", " + text
}

// declared is the place of the machine's own word against the pod.
func (r Reason) declared(machine, name string) diag.RelatedPath {
	switch r.Kind {
	case Resource:
		return diag.RelatedPath{Path: diag.Join(machine+".allocatable", r.Resource), Message: "what " + name + " has for pods"}
	case Taint:
		return diag.RelatedPath{Path: machine + ".taints", Message: "the taints of " + name}
	}
	return diag.RelatedPath{Path: machine + ".labels", Message: "the labels of " + name}
}

// wayOut is the hint: the largest amount that fits, as it would be written, or what else would make room.
func (r Reason) wayOut(plan *schema.Plan) string {
	switch {
	case r.Best != "" && r.isMost():
		return "write " + r.Best + ", or choose a larger machine"
	case r.Best != "":
		return fmt.Sprintf("write %s (up to %s fits), or choose a larger machine", r.Best, r.Most)
	case r.Kind == Resource:
		return "choose a profile whose machines have it"
	case r.Kind == Taint:
		return "add a toleration for it, to the run or to the profile"
	}
	return fmt.Sprintf("take the selector out, or add the label to the machine in profile %s", diag.Quote(string(plan.Machine.Profile)))
}

// isMost reports whether the round amount is the largest that fits; huge pages come whole.
func (r Reason) isMost() bool {
	best, _ := quantity.Parse(r.Best)
	most, _ := quantity.Parse(r.Most)
	return best.Cmp(most) == 0 || strings.HasPrefix(r.Resource, corev1.ResourceHugePagesPrefix)
}

// place is the path of the field that asks for what is not there; the profile's name, where no field of the run does.
func place(plan *schema.Plan, r Reason) string {
	switch r.Kind {
	case Resource:
		return resourcePath(plan, r.Resource)
	case Label:
		if _, ok := plan.Spec.NodeSelector[r.key]; ok {
			return diag.Join("spec.node_selector", r.key)
		}
		if plan.Spec.Affinity != nil {
			return "spec.affinity"
		}
	}
	return "spec.profile"
}

// resourcePath finds the run's own word for a resource of Kubernetes.
func resourcePath(plan *schema.Plan, name string) string {
	for _, word := range []string{name, ownWords[name], "gpu"} {
		amounts, ok := plan.Spec.Resources[word]
		if !ok || word == "gpu" && name != gpuName(plan) {
			continue
		}
		path := diag.Join("spec.resources", word)
		if amounts.Requests != "" {
			return path + ".requests"
		}
		return path + ".limits"
	}
	return "spec.profile"
}

// ownWords are the fields of a run for resources that Kubernetes has other names for.
var ownWords = map[string]string{string(corev1.ResourceMemory): "mem", string(corev1.ResourceEphemeralStorage): "disk"}

// gpuName is the resource that a run's gpu field asks for: its profile's, or NVIDIA's where the profile says none.
func gpuName(plan *schema.Plan) string {
	if a := plan.Machine.Accelerator; a != nil && a.Resource != "" {
		return string(a.Resource)
	}
	return "nvidia.com/gpu"
}
