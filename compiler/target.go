package compiler

import (
	"berth/internal/source"
	"berth/schema"
)

// newestKubernetes is the target of a project that names none.
var newestKubernetes = schema.TypeKubernetesVersion.Enum[len(schema.TypeKubernetesVersion.Enum)-1]

// target is where the run's objects go, and what they meet there.
func (c *compilation) target(u *Unit) schema.Target {
	t := schema.Target{GitOps: "none", Kubernetes: newestKubernetes}
	if p := c.Project; p != nil {
		env := p.Spec.Environments[c.Environment]
		u.settings = []*source.Node{p.Tree.Get("environments").Get(c.Environment), p.Tree}
		t.GitOps = first(p.Spec.GitOps, t.GitOps)
		t.Kubernetes = first(env.Kubernetes, p.Spec.Kubernetes, t.Kubernetes)
		t.Edition = c.edition()
		t.ExtraKinds, t.Gateways = p.Spec.ExtraKinds, p.Spec.Gateways
		t.PodSecurity = p.Spec.PodSecurity[first(u.Plan.Namespace, schema.NamespaceOfNone)]
		if argo := p.Spec.ArgoCD; argo != nil && t.GitOps == schema.GitOpsArgoCD {
			t.SyncWave, t.ScheduleHealth = argo.SyncWave, argo.ScheduleHealth
			if argo.Repository != "" {
				t.Cluster = schema.ArgoTargetOf(argo, env.ArgoCD).Cluster()
			}
		}
	}
	// Some settings are a profile's too, and its word is stronger than the project's.
	if u.Profile != nil {
		u.settings = append([]*source.Node{u.Profile.Tree}, u.settings...)
	}
	return t
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// machine is what of a profile concerns the objects.
func (p *Profile) machine() *schema.Machine {
	if p == nil {
		return nil
	}
	s := p.Spec
	return &schema.Machine{Profile: p.Name, Accelerator: s.Accelerator, NodeLabels: s.NodeLabels, Spot: s.Spot,
		SpotNodes: s.SpotNodes, Topology: s.Topology, Cost: s.Cost, Nodes: s.Nodes, Base: s.Base}
}
