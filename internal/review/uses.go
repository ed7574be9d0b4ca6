package review

import (
	"maps"
	"slices"

	"berth/renderers"
	"berth/schema"
)

// Use is a thing outside of runs, with the runs that use it: who is hit when it changes.
type Use struct {
	Kind, Name string
	Runs       []string
}

// Uses lists the profiles, queues, claims, secrets and config maps that runs use, by kind and name.
func Uses(runs []Run) []Use {
	found := map[[2]string]map[string]bool{}
	for i := range runs {
		name := runs[i].Plan.Name
		if runs[i].Environment != "" {
			name += " in " + runs[i].Environment
		}
		runs[i].eachUse(func(kind, thing string) {
			if thing == "" {
				return
			}
			key := [2]string{kind, thing}
			if found[key] == nil {
				found[key] = map[string]bool{}
			}
			found[key][name] = true
		})
	}
	var all []Use
	// In the order of the page, and within it by name.
	for _, kind := range []string{"profile", "queue", "claim", "secret", "config map"} {
		var names []string
		for key := range found {
			if key[0] == kind {
				names = append(names, key[1])
			}
		}
		slices.Sort(names)
		for _, name := range names {
			all = append(all, Use{kind, name, slices.Sorted(maps.Keys(found[[2]string{kind, name}]))})
		}
	}
	return all
}

// eachUse names what one run uses.
func (r *Run) eachUse(use func(kind, name string)) {
	p := r.Plan
	if p.Machine != nil {
		use("profile", p.Machine.Profile)
	}
	use("queue", r.queue())
	for _, s := range p.Spec.Secrets {
		use("secret", s.Name)
	}
	for _, name := range p.Spec.ImagePullSecrets {
		use("secret", name)
	}
	for _, e := range p.Spec.Envs {
		use("config map", e.ConfigMap)
	}
	for _, v := range p.Spec.Volumes {
		switch v.VolumeType {
		case schema.VolumeTypeSecret:
			use("secret", v.Spec.Name)
		case schema.VolumeTypeConfigMap:
			use("config map", v.Spec.Name)
		default:
			use("claim", v.Spec.ClaimName)
		}
	}
	for _, o := range r.Objects {
		// Claims that the run brings itself.
		if o.Removal() == renderers.Kept {
			use("claim", o.Name)
		}
	}
}
