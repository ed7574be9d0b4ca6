package review

import (
	"berth/renderers"
	"berth/schema"
)

// refused lists what the API server does not take: changes of immutable fields under one name, where no controller
// deletes the object first.
func (p *pair) refused(objects []ObjectChange) []Refusal {
	var all []Refusal
	for i := range objects {
		c := &objects[i]
		if c.Before == "" || c.Before != c.After || p.deletedFirst(c) {
			continue
		}
		for _, f := range c.Fields {
			r := c.refusal(f.Path)
			if r.Reason == "" {
				continue
			}
			if !r.Silent {
				r.Reason += p.consequence()
			}
			all = append(all, Refusal{Object: c.Kind + " " + c.After, Path: f.Path, Reason: r.Reason, Kept: r.Silent})
		}
	}
	return all
}

// deletedFirst reports whether the controller deletes the object before it creates the new one, or leaves the old one.
func (p *pair) deletedFirst(c *ObjectChange) bool {
	policy, gitops := p.new.Plan.Spec.RunPolicy, p.new.Plan.Target.GitOps
	if change(*c.new) != renderers.Once || gitops == schema.GitOpsNone || gitops == "" {
		return false
	}
	return policy == schema.RunPolicyRecreate || policy == schema.RunPolicyHook || createdOnly(p.new)
}

// consequence is what a refusal does beyond the object.
func (p *pair) consequence() string {
	switch p.new.Plan.Target.GitOps {
	case schema.GitOpsFlux:
		return "; Flux would apply nothing of the environment until it is undone"
	case schema.GitOpsArgoCD:
		return "; the sync would fail"
	}
	return ""
}
