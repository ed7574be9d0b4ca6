package renderers

import (
	"berth/internal/diag"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// baseObject is what a profile brings for a kind: an object that the rendered one is merged over.
type baseObject struct {
	path   string // in the plan
	object tree
	like   kubeObject // of the type that object is
	at     []string   // the part of the rendered object that is merged over it; all without
}

// base finds the profile's base object for an object: the kind's own, or that of the kind whose objects it makes.
func (r *renderer) base(t typed) *baseObject {
	if r.plan.Machine == nil || t.noBase {
		return nil
	}
	k := t.kind
	bases := r.plan.Machine.Base
	if object := bases[k.Name]; object != nil {
		return &baseObject{path: "machine.base." + k.Name, object: object, like: k.New()}
	}
	if k.Makes.Kind == "" {
		return nil
	}
	made, err := KindOf(k.Makes.Kind)
	if object := bases[k.Makes.Kind]; err == nil && object != nil {
		return &baseObject{"machine.base." + k.Makes.Kind, object, made.New(), diag.Split(k.Makes.At)}
	}
	return nil
}

// overBase merges a rendered object over its base. The base is the weaker one: what the run says in any way holds.
func (r *renderer) overBase(m *merge, base *baseObject) {
	if base == nil {
		return
	}
	if problems := r.shapeProblems(diag.ProfileInvalid, base.path, base.object, base.like, false); len(problems) > 0 {
		r.problems = append(r.problems, problems...)
		return
	}
	source, err := r.mergeable(base)
	if err == nil {
		over := m.root.tree().(tree)
		retainKeys(over)
		var after tree
		if after, err = strategicpatch.StrategicMergeMapPatchUsingLookupPatchMeta(runtime.DeepCopyJSON(source), over, m.meta); err == nil {
			m.foldBase(base, after, source)
			return
		}
	}
	r.problem(diag.ProfileInvalid, base.path, "the profile's base object cannot be merged with the run's",
		"see that it is a plain object of its kind")
}

// foldBase makes of the object what it is over its base: the leaves that are new are the base's.
func (m *merge) foldBase(base *baseObject, after, source tree) {
	part := m.root.at(base.at)
	m.become(part, m.fold(part, lookup(after, base.at), lookup(source, base.at), base.path))
}

// mergeable leaves of a base object what can stand under another object: its specification, labels and annotations, not
// its identity nor its selectors. Its first container becomes the run's one, whatever its name.
func (r *renderer) mergeable(base *baseObject) (tree, error) {
	object, err := treeOf(base.object)
	if err != nil {
		return nil, err
	}
	under := tree{}
	for _, key := range []string{"metadata", "spec"} {
		if part, ok := object[key].(tree); ok {
			under[key] = part
		}
	}
	// The base may be for what an object makes, as a Job's for a CronJob: it is put below that path, innermost first.
	for i := range base.at {
		under = tree{base.at[len(base.at)-1-i]: under}
	}
	stripMetadata(under)
	for _, owner := range templateOwners(under) {
		stripMetadata(owner)
		delete(owner["spec"].(tree), "selector")
		containers, _ := lookup(owner, []string{"spec", "template", "spec", "containers"}).([]any)
		if len(containers) > 0 {
			if first, ok := containers[0].(tree); ok {
				// Containers are merged by their names, and a profile cannot know that of each run: its first container
				// is the run's own.
				first["name"] = r.plan.MainName()
			}
		}
	}
	return under, nil
}

// stripMetadata leaves the labels and annotations of a base object alone: its name, namespace and owner are not those
// of the run's object. An object without metadata is fine.
func stripMetadata(object tree) {
	metadata, _ := object["metadata"].(tree)
	for key := range metadata {
		if key != "labels" && key != "annotations" {
			delete(metadata, key)
		}
	}
}

// templateOwners are the object itself and a CronJob's Job, where they have a specification.
func templateOwners(object tree) []tree {
	var owners []tree
	for _, place := range [][]string{{}, {"spec", "jobTemplate"}} {
		if owner, ok := lookup(object, place).(tree); ok {
			if _, ok := owner["spec"].(tree); ok {
				owners = append(owners, owner)
			}
		}
	}
	return owners
}

// retainKeys says in a rendered object that its volumes and its strategy replace those of the base: they are choices
// of one kind among several, and two kinds at once are none.
func retainKeys(over tree) {
	for _, owner := range templateOwners(over) {
		retainOnly(lookup(owner, []string{"spec", "strategy"}))
		volumes, _ := lookup(owner, []string{"spec", "template", "spec", "volumes"}).([]any)
		for _, volume := range volumes {
			retainOnly(volume)
		}
	}
}

// retainOnly makes a strategic merge replace a choice, such as a volume's source, and not add to it: `$retainKeys`
// lists the keys that may stay. What is no mapping, or an empty one, chooses nothing.
func retainOnly(choice any) {
	object, ok := choice.(tree)
	if !ok || len(object) == 0 {
		return
	}
	var keys []any
	for _, key := range sortedKeys(object) {
		keys = append(keys, key)
	}
	object["$retainKeys"] = keys
}
