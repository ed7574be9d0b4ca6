package layouts

import (
	"slices"

	"berth/internal/files"
	"berth/renderers"
)

// Files lays the units out as <environment>/<run>/<kind>.yaml, or <run>/<kind>.yaml without environments, with a
// kustomization.yaml in every folder, so that each is usable by itself. The root has one unless two environments have an
// object in common, which no cluster could hold twice. Paths are relative to the tree's folder and sorted.
func Files(units []Unit, d Delivery) ([]files.File, []PlanProblem) {
	var t fileTree
	environments := environmentNames(units)
	if len(environments) == 0 {
		t.units("", units, func(u Unit) []renderers.Object { return u.Base })
	}
	for _, environment := range environments {
		t.units(environment, units, func(u Unit) []renderers.Object { return u.Environments[environment] })
	}
	if len(environments) > 0 && !overlap(units) {
		t.kustomization("", environments)
	}
	t.deliver(d, environments, units, func(environment string) string { return environment })
	return t.print()
}

// units writes what each unit has, in a folder of its own.
func (t *fileTree) units(folder string, units []Unit, objects func(Unit) []renderers.Object) {
	var names []string
	for i, name := range folders(units) {
		if of := objects(units[i]); len(of) > 0 {
			t.objects(inFolder(folder, name), of)
			names = append(names, name)
		}
	}
	slices.Sort(names)
	t.kustomization(folder, names)
}

// overlap reports whether two environments have an object of one kind, namespace and name.
func overlap(units []Unit) bool {
	type id struct{ kind, namespace, name string }
	seen := map[id]bool{}
	for _, u := range units {
		for _, objects := range u.Environments {
			for _, o := range objects {
				this := id{o.Kind, o.Namespace, o.Name}
				if seen[this] {
					return true
				}
				seen[this] = true
			}
		}
	}
	return false
}
