package renderers

import (
	"bytes"
	"maps"
	"reflect"
	"slices"

	"berth/internal/diag"
	"berth/internal/yamlprint"
	"berth/schema"

	"k8s.io/apimachinery/pkg/runtime"
)

// patched applies the run's patches of the object, in their order.
func (r *renderer) patched(o *Object, t typed, value kubeObject) kubeObject {
	for i, p := range r.spec.Patches {
		if r.isTarget(i, p.Target, t) {
			value = r.patch(o, t, value, diag.At("spec.patches", i)+".patch", p)
		}
	}
	return value
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
		if p.Target.Name != "" {
			message += " " + diag.Quote(p.Target.Name)
		}
		r.problem(diag.PatchFailed, diag.At("spec.patches", i)+".target", message, "it becomes: "+diag.AllOf(kinds))
	}
}

// patch applies one patch, or says why it cannot be applied and leaves the object as it is.
func (r *renderer) patch(o *Object, t typed, value kubeObject, path string, p schema.Patch) kubeObject {
	if p.Patch == nil {
		return value // no mapping, which is refused already
	}
	if problems := r.shapeProblems(diag.PatchFailed, path, p.Patch, value, true); len(problems) > 0 {
		r.problems = append(r.problems, problems...)
		return value
	}
	before, err := treeOf(value)
	over, errOver := treeOf(p.Patch)
	if err != nil || errOver != nil {
		return r.unmergeable(path, value)
	}
	changed, after, err := strategicMerge(runtime.DeepCopyJSON(before), over, value)
	if err != nil {
		return r.unmergeable(path, value)
	}
	if r.changesIdentity(t.kind, path, before, after, p.Patch) {
		return value
	}
	if bytes.Equal(yamlprint.AppendCanonical(nil, value), yamlprint.AppendCanonical(nil, changed)) {
		r.problem(diag.PatchFailed, path, "the patch changes nothing: the "+p.Target.Kind+" already is what it says",
			"take the patch out, or look for the field that was meant")
		return value
	}
	o.credit(t.at.record, "", before, after, p.Patch, path)
	return changed
}

func (r *renderer) unmergeable(path string, value kubeObject) kubeObject {
	r.problem(diag.PatchFailed, path, "the patch cannot be merged into the object",
		"see that `$` directives follow Kubernetes' strategic merge patch")
	return value
}

// credit records where the new leaves at and below path come from, and where the old ones are now.
func (o *Object) credit(r record, path string, before, after, source any, sourcePath string) {
	if o.merged == nil {
		o.merged = map[string]string{}
	}
	c := credit{o.merged, r, maps.Clone(r)}
	c.value(path, place{r != nil, path}, before, after, source, sourcePath)
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
	}
	for _, place := range k.Named {
		places = append(places, diag.Split(place))
	}
	return places
}

// changesIdentity refuses a patch that makes another object of the object, or another run's pods of its pods.
func (r *renderer) changesIdentity(k *Kind, path string, before, after tree, patch tree) bool {
	changes := false
	for _, place := range k.identity() {
		if reflect.DeepEqual(lookup(before, place), lookup(after, place)) {
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
