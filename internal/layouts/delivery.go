package layouts

import (
	"cmp"
	"path"

	"berth/schema"
)

// Delivery says how a tree reaches the cluster.
type Delivery struct {
	// Output is the tree's folder inside the repository, with slashes.
	Output string
	// Project names what is made for controllers.
	Project string
	// Flux and ArgoCD are the project's settings for the controller that applies the tree; nil for none. Without a
	// source or repository they make no files.
	Flux   *schema.Flux
	ArgoCD *schema.ArgoCD
}

// delivered is what a controller applies as one: an environment, or the whole tree without environments.
type delivered struct {
	name, environment string
	folder            string // inside the tree
	queued            bool   // Kueue starts its Jobs
}

// deliver writes what Flux or Argo CD read to find the tree, beside what they apply: folder says where an environment is.
func (t *fileTree) deliver(d Delivery, environments []string, units []Unit, folder func(string) string) {
	var all []delivered
	for _, environment := range environments {
		all = append(all, delivered{d.Project + "-" + environment, environment, folder(environment), queued(units, environment)})
	}
	if len(environments) == 0 {
		all = []delivered{{d.Project, "", folder(""), queued(units, "")}}
	}
	if d.Flux != nil && d.Flux.Source != nil {
		for _, one := range all {
			t.add("flux/"+cmp.Or(one.environment, one.name)+".yaml", fluxKustomization(d, one))
		}
	}
	if d.ArgoCD == nil || d.ArgoCD.Repository == "" {
		return
	}
	if set := d.ArgoCD.ApplicationSet; set != nil && *set && len(environments) > 0 {
		t.add("argocd/"+d.Project+".yaml", argoApplicationSet(d, all))
		return
	}
	for _, one := range all {
		t.add("argocd/"+cmp.Or(one.environment, one.name)+".yaml", argoApplicationOf(d, one))
	}
}

// queued reports whether Kueue starts a Job of the environment; the empty one is the runs themselves.
func queued(units []Unit, environment string) bool {
	for _, u := range units {
		objects := u.Environments[environment]
		if environment == "" {
			objects = u.Base
		}
		for _, o := range objects {
			if o.Kind == "Job" && o.Plan.Spec.Queue != "" {
				return true
			}
		}
	}
	return false
}

// inRepository is the path of a folder of the tree from the root of the repository.
func inRepository(root, folder string) string { return path.Join(root, folder) }
