package workspace

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"berth/internal/diag"
	"berth/internal/fit"
	"berth/internal/source"
	"berth/renderers"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

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
	for i := range problems {
		u.blame(&problems[i])
	}
	return problems
}

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

// own reports whether the run or an environment says the value at a path of the plan.
func (u *Unit) own(path string) bool {
	_, n, whole := source.Find(u.Tree, path)
	return whole && n != nil && n.Layer >= source.RunSpec && n.Layer != source.ProfileRequire
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

var podSecurity = sync.OnceValues(func() (policy.Evaluator, error) {
	return policy.NewEvaluator(policy.DefaultChecks(), nil)
})

// admitted asks Kubernetes' own Pod Security checks whether the pod keeps the level that it has to.
func (u *Unit) admitted() []diag.Problem {
	pod := u.pod()
	if pod == nil {
		return nil
	}
	evaluator, err := podSecurity()
	if err != nil {
		return []diag.Problem{{Code: diag.Security, Path: "spec.security", Message: "Pod Security could not be checked: " + err.Error()}}
	}
	level, says, set := u.level()
	version := api.LevelVersion{Level: api.Level(level), Version: api.MajorMinorVersion(1, schema.Minor(u.Plan.Target.Kubernetes))}
	var problems []diag.Problem
	for _, result := range evaluator.EvaluatePod(version, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			p := u.forbidden(result, says)
			p.Related = set
			problems = append(problems, p)
		}
	}
	return problems
}

// level is the Pod Security level that the pod has to keep, who says so, and where if it is not the run: the namespace, or where nobody said what that
// enforces, the run itself. A run that says restricted has to be it everywhere.
func (u *Unit) level() (level, says string, set []diag.RelatedPath) {
	namespace, own := u.Plan.Target.PodSecurity, u.Plan.Spec.Security
	if own == schema.SecurityRestricted || namespace == "" {
		return own, "security: " + own, nil
	}
	set = []diag.RelatedPath{diag.Setting(diag.Join("pod_security", u.Plan.Namespace))}
	return namespace, "the namespace's Pod Security level " + namespace, set
}

// forbidden blames the field of the run that decides what Pod Security forbids.
func (u *Unit) forbidden(result policy.CheckResult, says string) diag.Problem {
	p := diag.Problem{Code: diag.Security, Path: "spec.security", Message: says + " forbids this pod: " + result.ForbiddenReason}
	if result.ForbiddenDetail != "" {
		p.Message += " (" + result.ForbiddenDetail + ")"
	}
	switch {
	case strings.HasPrefix(result.ForbiddenReason, "runAsUser=0"):
		p.Path, p.Hint = "spec.run_as_user", "name a user that is not 0"
	case u.Plan.Target.PodSecurity == schema.PodSecurityRestricted && u.Plan.Spec.Security != schema.SecurityRestricted:
		p.Hint = "write security: restricted, with a numeric run_as_user"
	case len(u.Plan.Spec.Patches) > 0:
		p.Path = u.asking(result.ForbiddenReason + " " + result.ForbiddenDetail)
		p.Hint = "leave out the patch that asks for it; a namespace that allows it is declared under pod_security in berth.yaml"
	}
	return p
}

// asking is the path of the deepest field of the run's patches that a text names: Pod Security names fields, but no
// places.
func (u *Unit) asking(text string) string {
	named := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	const patches = "spec.patches"
	best, deepest := patches, 0
	var walk func(n *source.Node, path string, depth int)
	walk = func(n *source.Node, path string, depth int) {
		for _, f := range n.Fields {
			below := diag.Join(path, f.Key)
			if depth > deepest && slices.Contains(named, f.Key) {
				best, deepest = below, depth
			}
			walk(f.Node, below, depth+1)
		}
		for i, item := range n.Items {
			walk(item, diag.At(path, i), depth+1)
		}
	}
	if _, n, whole := source.Find(u.Tree, patches); whole {
		walk(n, patches, 0)
	}
	return best
}
