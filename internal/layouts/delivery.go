package layouts

import (
	"cmp"
	"path"
	"slices"

	"berth/renderers"
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
	// Environments are what the project says of its environments.
	Environments map[string]schema.ProjectEnvironment
}

// delivered is what a controller applies as one: an environment, or the whole tree without environments.
type delivered struct {
	name, environment string
	folder            string            // inside the tree
	target            schema.ArgoTarget // for Argo CD
	queued            []*renderers.Kind // the kinds that Kueue starts
}

// deliver writes what Flux or Argo CD read to find the tree, beside what they apply: folder says where an environment is.
func (t *fileTree) deliver(d Delivery, environments []string, units []Unit, folder func(string) string) {
	all := d.each(environments, units, folder)
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

// each is what is applied as one: an environment, or the whole tree where there are none.
func (d Delivery) each(environments []string, units []Unit, folder func(string) string) []delivered {
	if len(environments) == 0 {
		environments = []string{""}
	}
	var all []delivered
	for _, environment := range environments {
		one := delivered{name: d.Project, environment: environment, folder: folder(environment), queued: queued(units, environment)}
		if environment != "" {
			one.name += "-" + environment
		}
		if d.ArgoCD != nil {
			one.target = schema.ArgoTargetOf(d.ArgoCD, d.Environments[environment].ArgoCD)
		}
		all = append(all, one)
	}
	return all
}

// queued are the kinds of the environment that Kueue starts; the empty one is the runs themselves.
func queued(units []Unit, environment string) []*renderers.Kind {
	var kinds []*renderers.Kind
	for _, u := range units {
		objects := u.Environments[environment]
		if environment == "" {
			objects = u.Base
		}
		for _, o := range objects {
			if k, err := o.Row(); err == nil && k.Queue != "" && o.Plan.Spec.Queue != "" && !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
	}
	return kinds
}

// inRepository is the path of a folder of the tree from the root of the repository.
func inRepository(root, folder string) string { return path.Join(root, folder) }
