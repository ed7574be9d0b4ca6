package specs

import (
	"berth/renderers"
	"berth/schema"
)

// patches change the run's objects in fields that Berth has a word for and in others, right and wrong.
func patches(g *Gen) any {
	return g.list(1, 2, func(g *Gen) any {
		row, err := renderers.KindOf(g.target())
		if err != nil {
			return nil
		}
		target := Object{"kind": row.Name}
		if g.chance(25) {
			target["name"] = g.name
			if name := g.run["service_name"]; row.Name == "Service" && name != nil {
				target["name"] = name
			}
		}
		n := g.native()
		n.Directives = true
		return Object{"target": target, "patch": n.Part(row.New())}
	})
}

// target is a kind of the run's objects, mostly.
func (g *Gen) target() string {
	if g.chance(10) {
		return pick(g, schema.TypePatchTarget.Field("kind").Type.Enum...)
	}
	switch {
	case g.action == "job" && (scheduled(g) || policyIs("template")(g)):
		return "CronJob"
	case g.action == "job":
		return "Job"
	case g.action == "serve" && g.chance(30):
		return "Service"
	case g.run["autoscale"] != nil && g.chance(50):
		return "HorizontalPodAutoscaler"
	case g.run["disruption"] != nil && g.chance(50):
		return "PodDisruptionBudget"
	}
	return "Deployment"
}

// native draws parts of Kubernetes' objects for the run in the making.
func (g *Gen) native() *Native {
	return &Native{Gen: g, Names: namesIn(g.run, []string{g.name})}
}
