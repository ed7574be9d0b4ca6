package renderers

import (
	"bytes"
	"reflect"
	"slices"

	"berth/internal/diag"
	"berth/internal/yamlprint"
	"berth/schema"
)

// aimedAt are the indexes of the run's patches of the object.
func (r *renderer) aimedAt(t typed) []int {
	var patches []int
	for i, p := range r.spec.Patches {
		if r.isTarget(i, p.Target, t) {
			patches = append(patches, i)
		}
	}
	return patches
}

// isTarget reports whether a patch is for the object. Its name is the one before the hash of a Job's content.
func (r *renderer) isTarget(i int, target schema.PatchTarget, t typed) bool {
	if target.Kind != t.kind.Name || r.aimed[i] && target.Name == "" {
		return false
	}
	if target.Name != "" && target.Name != t.object.GetName() {
		return false
	}
	r.aimed[i] = true
	if target.Name == "" && len(t.names) > 1 {
		r.problem(diag.PatchFailed, diag.At("spec.patches", i)+".target",
			"the run has several objects of kind "+target.Kind+", and the patch does not say which one it is for",
			"add its name: "+diag.OneOf(t.names))
		return false
	}
	return true
}

// patchesWithoutTarget refuses the patches that were for none of the objects.
func (r *renderer) patchesWithoutTarget(objects []Object) {
	var kinds []string
	for _, o := range objects {
		kinds = append(kinds, o.Kind)
	}
	kinds = slices.Compact(kinds)
	for i, p := range r.spec.Patches {
		if r.aimed[i] || p.Target.Kind == "" { // a patch without a kind was refused already
			continue
		}
		message := "the run has no " + p.Target.Kind
		// There may well be objects of the kind, of other names.
		if p.Target.Name != "" {
			message += " " + diag.Quote(p.Target.Name)
		}
		r.problem(diag.PatchFailed, diag.At("spec.patches", i)+".target", message, "it becomes: "+diag.AllOf(kinds))
	}
}

// patch applies one patch, or says why it cannot be applied and leaves the object as it is.
func (r *renderer) patch(m *merge, t typed, i int) {
	p, path := r.spec.Patches[i], diag.At("spec.patches", i)+".patch"
	if p.Patch == nil {
		return // no mapping, which is refused already
	}
	if problems := r.shapeProblems(diag.PatchFailed, path, p.Patch, m.like, true); len(problems) > 0 {
		r.problems = append(r.problems, problems...)
		return
	}
	over, err := treeOf(p.Patch)
	if err != nil {
		r.unmergeable(path)
		return
	}
	places := t.kind.identity()
	before := m.values(places)
	m.begin()
	if err := m.mapping(m.root, over, m.meta, path); err != nil {
		m.rollback()
		r.unmergeable(path)
		return
	}
	if r.changesIdentity(path, places, before, m.values(places), p.Patch) {
		m.rollback()
		return
	}
	r.effect(m, path, over, p.Target.Kind)
}

// effect refuses a patch that changed nothing.
func (r *renderer) effect(m *merge, path string, over tree, kind string) {
	if m.certain {
		return
	}
	if m.doubtful {
		after, errAfter := m.object()
		m.rollback()
		before, errBefore := m.object()
		if errAfter != nil || errBefore != nil {
			r.unmergeable(path)
			return
		}
		if !bytes.Equal(yamlprint.AppendCanonical(nil, before), yamlprint.AppendCanonical(nil, after)) {
			_ = m.mapping(m.root, over, m.meta, path) // as before
			return
		}
	}
	r.problem(diag.PatchFailed, path, "the patch changes nothing: the "+kind+" already is what it says",
		"take the patch out, or look for the field that was meant")
}

// unmergeable reports a patch at a path of the plan that fits the object's fields and that the merge itself still
// refuses, such as an unknown `$patch`.
func (r *renderer) unmergeable(path string) {
	r.problem(diag.PatchFailed, path, "the patch cannot be merged into the object",
		"see that `$` directives follow Kubernetes' strategic merge patch")
}

// values is what stands at some places of the object.
func (m *merge) values(places [][]string) []any {
	values := make([]any, len(places))
	for i, place := range places {
		values[i] = m.root.at(place).tree()
	}
	return values
}

// identity are the places of an object by which others know it, and by which it knows its pods.
func (k *Kind) identity() [][]string {
	places := [][]string{{"apiVersion"}, {"kind"}, {"metadata", "name"}, {"metadata", "namespace"}, {"metadata", "generateName"}}
	if k.Selector != "" {
		places = append(places, diag.Split(k.Selector))
	}
	if k.MakesPods() {
		labels := diag.Split(k.PodAt + ".metadata.labels")
		places = append(places, append(slices.Clone(labels), labelName), append(slices.Clone(labels), labelInstance))
		if k.LeaderAt != "" {
			labels := diag.Split(k.LeaderAt + ".metadata.labels")
			places = append(places, append(slices.Clone(labels), labelName), append(slices.Clone(labels), labelInstance))
		}
	}
	for _, place := range k.Named {
		places = append(places, diag.Split(place))
	}
	return places
}

// changesIdentity refuses a patch that makes another object of the object, or another run's pods of its pods.
func (r *renderer) changesIdentity(path string, places [][]string, before, after []any, patch tree) bool {
	changes := false
	for i, place := range places {
		if reflect.DeepEqual(before[i], after[i]) {
			continue
		}
		changes = true
		r.problems = append(r.problems, diag.Problem{
			Code: diag.PatchFailed, Path: deepest(path, patch, place), AtKey: true,
			Message: "a patch may not change what the object is known by",
			Hint:    "leave out names, the namespace, selectors and the labels " + labelName + " and " + labelInstance,
		})
	}
	return changes
}

// lookup is what stands at a place, nil for nothing.
func lookup(t any, place []string) any {
	for _, key := range place {
		if list, ok := t.([]any); ok {
			if i := diag.Index(key); i >= 0 && i < len(list) {
				t = list[i]
				continue
			}
		}
		m, _ := t.(map[string]any)
		t = m[key]
	}
	return t
}

// deepest is the path of a place in a patch, or of the mapping above it that the patch has.
func deepest(path string, patch any, place []string) string {
	for _, key := range place {
		m, _ := patch.(map[string]any)
		next, ok := m[key]
		if !ok {
			break
		}
		path, patch = diag.Join(path, key), next
	}
	return path
}
