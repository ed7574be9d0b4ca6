package compiler

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/schema"
)

// checkProfileUse: who may use the profile, and on which Kubernetes.
func checkProfileUse(c *ruleContext) {
	if c.profile == nil {
		return
	}
	s, name := &c.profile.Spec, c.profile.Name
	if d := s.Deprecated; d != nil {
		p := diag.Problem{Code: diag.ProfileDeprecated, Severity: diag.Warning, Path: "spec.profile", Message: fmt.Sprintf("profile %s is on its way out: %s", name, d.Reason)}
		if d.Use != "" {
			p.Hint, p.Replace = "write profile: "+d.Use, d.Use
		}
		c.asProfileSays(p, "deprecated.reason")
	}
	// A profile's own requirement comes first; what its accelerator needs is checkBackend's.
	c.needsKubernetes(c.profile.oldestKubernetes(), "profile "+name, "requires.kubernetes")
	if s.Spot == schema.SpotConstrain || s.Spot == schema.SpotPrevent {
		c.spotIsMarked(s, name)
	}
	allowed := s.AllowedIn
	if allowed == nil {
		return
	}
	// An empty list allows every namespace, as an empty list of actions allows every action.
	if len(allowed.Namespaces) > 0 && !contains(allowed.Namespaces, c.plan.Namespace) {
		where := "this run names no namespace"
		if c.plan.Namespace != "" {
			where = "this run's is " + c.plan.Namespace
		}
		c.asProfileSays(diag.Problem{
			Code: diag.ProfileBounds, Path: "spec.profile",
			Message: fmt.Sprintf("profile %s is for namespace %s, and %s", name, diag.OneOf(allowed.Namespaces), where), Hint: "choose another profile, or another namespace",
		}, "allowed_in.namespaces")
	}
	if action := c.plan.Spec.Action; len(allowed.Actions) > 0 && action != "" && !contains(allowed.Actions, action) {
		c.asProfileSays(diag.Problem{
			Code: diag.ProfileBounds, Path: "spec.profile",
			Message: fmt.Sprintf("profile %s is for action %s, and this run's is %s", name, diag.OneOf(allowed.Actions), action), Hint: "choose another profile",
		}, "allowed_in.actions")
	}
}

// spotIsMarked: without the labels of spot machines, pods can be neither held to them nor kept away from them.
func (c *ruleContext) spotIsMarked(s *schema.ProfileFields, name string) {
	if s.SpotNodes != nil && len(s.SpotNodes.Labels) > 0 {
		return
	}
	c.asProfileSays(diag.Problem{
		Code: diag.ProfileInvalid, Path: "spec.profile",
		Message: fmt.Sprintf("profile %s says spot: %s, and nothing says how spot machines are marked", name, s.Spot),
		Hint:    "write spot_nodes: {labels: {…}} in the profile, or the project's cloud",
	}, "spot")
}

// asProfileSays adds a problem with the place in the profile that makes it one.
func (c *ruleContext) asProfileSays(p diag.Problem, field string) {
	p.Related = append(p.Related, diag.RelatedPath{Path: "machine." + field, Message: "the profile says so here"})
	c.add(p)
}

// needsKubernetes refuses a profile for whose field the target is too old.
func (c *ruleContext) needsKubernetes(version int, what, field string) {
	have := minor(c.plan.Target.Kubernetes)
	if have == 0 || have >= version {
		return
	}
	c.asProfileSays(diag.Problem{
		Code: diag.KubernetesOld, Path: "spec.profile",
		Message: fmt.Sprintf("%s needs Kubernetes 1.%d, and the target is %s", what, version, c.plan.Target.Kubernetes),
		Hint:    "raise kubernetes in the project, or choose another profile",
		Related: []diag.RelatedPath{diag.Setting("kubernetes")},
	}, field)
}

// The Kubernetes minor versions in which devices can be asked for by a claim (resource.k8s.io/v1), and in which the
// scheduler makes a claim of an extended resource unasked (DRAExtendedResource; k8s.io/kubernetes/pkg/features).
const (
	deviceClaims        = 34
	extendedByScheduler = 36
)

// A claim of devices has room for so many of them, and each request for so many selectors (k8s.io/api/resource/v1).
const (
	mostClaimed   = 32
	mostSelectors = 32
)

// checkDeviceClaim: the API server refuses a claim with too many selectors, and no node can give one too many devices.
func checkDeviceClaim(c *ruleContext) {
	m := c.plan.Machine
	if m == nil || m.Accelerator == nil || m.Accelerator.Backend != schema.BackendDRAClaim {
		return
	}
	if dra := m.Accelerator.DRA; dra != nil && len(dra.Selectors) > mostSelectors {
		c.asProfileSays(diag.Problem{
			Code: diag.ProfileInvalid, Path: "spec.profile",
			Message: fmt.Sprintf("the device claim of profile %s has %d selectors, and %d is the most", m.Profile, len(dra.Selectors), mostSelectors),
			Hint:    "join some of them with &&",
		}, "accelerator.dra.selectors")
	}
	asked := c.plan.Spec.Resources["gpu"].Limits
	if count, ok := quantity.Parse(asked); ok && count.CmpInt64(mostClaimed) > 0 {
		c.asProfileSays(diag.Problem{
			Code: diag.Resources, Path: "spec.resources.gpu.limits",
			Message: fmt.Sprintf("a device claim has room for %d devices, and %s is more", mostClaimed, asked),
			Hint:    fmt.Sprintf("write %d or less", mostClaimed),
		}, "accelerator.backend")
	}
}

// checkBackend: how an accelerator is asked for depends on the Kubernetes version.
func checkBackend(c *ruleContext) {
	m := c.plan.Machine
	if m == nil || m.Accelerator == nil {
		return
	}
	needed, what := 0, "the accelerator"
	switch m.Accelerator.Backend {
	case schema.BackendDRAClaim:
		needed, what = deviceClaims, "the device claim"
	case schema.BackendDRAExtended:
		needed = extendedByScheduler
	}
	// Else the same would be said twice of one profile.
	if c.profile != nil && c.profile.oldestKubernetes() >= needed {
		return // the profile says so itself
	}
	c.needsKubernetes(needed, what+" of profile "+m.Profile, "accelerator.backend")
}

// oldestKubernetes is the minor version that a profile requires, 0 for any.
func (p *Profile) oldestKubernetes() int {
	if p.Spec.Requires == nil {
		return 0
	}
	return minor(strings.TrimPrefix(p.Spec.Requires.Kubernetes, ">="))
}

// lintPriority warns of a priority in Kueue's queues of a run that is in none.
func lintPriority(c *ruleContext) {
	s := &c.plan.Spec
	if s.QueuePriority == "" || s.Queue != "" {
		return
	}
	c.add(diag.Problem{
		Code: diag.Scheduling, Severity: diag.Warning, Path: "spec.queue_priority",
		Message: fmt.Sprintf("queue_priority %s orders what waits in a queue of Kueue, and nothing says which queue", s.QueuePriority),
		Hint:    "write queue beside it; the priority of pods is priority_class",
	})
}

// checkNodeLabels: a run may choose among the machines of its profile, not others.
func checkNodeLabels(c *ruleContext) {
	m := c.plan.Machine
	if m == nil || len(m.NodeLabels) == 0 {
		return
	}
	for key, value := range c.plan.Spec.NodeSelector {
		// Labels of which the profile says nothing are the run's to choose.
		accepted, ok := m.NodeLabels[key]
		if !ok || contains(accepted, value) {
			continue
		}
		c.asProfileSays(diag.Problem{
			Code: diag.ProfileConflict, Path: diag.Join("spec.node_selector", key),
			Message: fmt.Sprintf("node_selector %s: %s contradicts profile %s, whose machines have %s", key, value, m.Profile, diag.OneOf(accepted)),
			Hint:    "leave it out, or choose another profile",
		}, diag.Join("node_labels", key))
	}
}

// checkPriorityClass: Kubernetes takes any name when the Job or Deployment is made, and then makes no pod.
func checkPriorityClass(c *ruleContext) {
	class := c.plan.Spec.PriorityClass
	if c.project == nil || class == "" || c.project.Spec.PriorityClasses == nil || contains(c.project.Spec.PriorityClasses, class) {
		return
	}
	known := c.project.Spec.PriorityClasses
	p := diag.Problem{
		Code: diag.WrongValue, Path: "spec.priority_class",
		Message: fmt.Sprintf("the project knows no priority class %s", diag.Quote(class)), Hint: "write " + diag.OneOf(known),
		Related: []diag.RelatedPath{diag.Setting("priority_classes")},
	}
	if len(known) == 0 {
		p.Hint = "remove priority_class, or add it to priority_classes in the project"
	}
	if best, ok := nearestChoice(class, known); ok {
		p.Hint, p.Replace = "did you mean "+best+"?", best
	}
	c.add(p)
}
