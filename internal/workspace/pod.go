package workspace

import (
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/fit"
	"berth/internal/source"
	"berth/renderers"

	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
)

// leader is the template of the pods that answer for the others of their group, nil where there are none.
func (u *Unit) leader() *corev1.PodTemplateSpec {
	for _, o := range u.Objects {
		if k, err := o.Row(); err == nil && k.Leader != nil && o.Value != nil {
			return k.Leader(o.Value)
		}
	}
	return nil
}

// pod is the pod template of the unit's workload, nil when it has none.
func (u *Unit) pod() *corev1.PodTemplateSpec {
	for _, o := range u.Objects {
		if template, err := renderers.PodTemplate(o.Value); err == nil && template != nil {
			return template
		}
	}
	return nil
}

// fits tries the pod on the machines of the profile.
func (u *Unit) fits() []diag.Problem {
	pod := u.pod()
	if pod == nil || u.Plan.Machine == nil || len(u.Plan.Machine.Nodes) == 0 {
		return nil
	}
	u.Fit = fit.Check(pod, u.Plan.Machine.Nodes, u.claims()...)
	problems := fit.Problems(u.Plan, u.Fit)
	isGPUs := func(p diag.Problem) bool { return strings.HasPrefix(p.Path, diag.Parent(gpus)) }
	if u.own(gpus) && slices.ContainsFunc(problems, isGPUs) { // their shares do not fit because they themselves do not
		problems = slices.DeleteFunc(problems, func(p diag.Problem) bool { return !isGPUs(p) && !u.own(p.Path) })
	}
	problems = append(problems, u.leaderFits()...)
	problems = append(problems, u.gangFits(pod)...)
	for i := range problems {
		u.blame(&problems[i])
	}
	return problems
}

// gpus is the path at which a run says how many accelerators it takes.
const gpus = "spec.resources.gpu.limits"

// blame turns a complaint about an amount that the profile decided to what the run itself says: the number of GPUs that
// it was multiplied by, or the profile's name.
func (u *Unit) blame(p *diag.Problem) {
	if u.own(p.Path) {
		return
	}
	p.Related = append(p.Related, diag.RelatedPath{Path: p.Path, Message: "the profile's amount"})
	instead := "write "
	if word, ok := strings.CutPrefix(p.Path, "spec.resources."); ok {
		word, _, _ = strings.Cut(word, ".")
		instead = "write " + word + ": "
	}
	p.Path, p.Replace = "spec.profile", ""
	if u.own(gpus) {
		p.Path, instead = gpus, "ask for fewer, "+instead
	}
	p.Hint = strings.Replace(p.Hint, "write ", instead, 1)
}

// own reports whether the run or an environment says the value at a path of the plan; of the project's own objects, the project.
func (u *Unit) own(path string) bool {
	_, n, whole := source.Find(u.Tree, path)
	return whole && n != nil && (n.Layer >= source.RunSpec && n.Layer != source.ProfileRequire || u.Plan.OfProject)
}

// claims are the devices that the pod asks for by a claim instead of a resource.
func (u *Unit) claims() []fit.Claim {
	accelerator := u.Plan.Machine.Accelerator
	if accelerator == nil {
		return nil
	}
	var claims []fit.Claim
	for _, o := range u.Objects {
		template, ok := o.Value.(*resourcev1.ResourceClaimTemplate)
		if !ok {
			continue
		}
		for _, r := range template.Spec.Spec.Devices.Requests {
			if r.Exactly != nil {
				claims = append(claims, fit.Claim{Resource: accelerator.Resource, Count: r.Exactly.Count})
			}
		}
	}
	return claims
}
