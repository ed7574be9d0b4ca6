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
func (r *renderer) patched(o *Object, at at, value kubeObject) kubeObject {
	for i, p := range r.spec.Patches {
		if r.isTarget(i, p.Target, value) {
			value = r.patch(o, at, value, diag.At("spec.patches", i)+".patch", p)
		}
	}
	return value
}

// isTarget reports whether a patch is for the object. Its name is the one before the hash of a Job's content.
func (r *renderer) isTarget(i int, target schema.PatchTarget, value kubeObject) bool {
	if target.Kind != value.GetObjectKind().GroupVersionKind().Kind || r.aimed[i] && target.Name == "" {
		return false
	}
	if target.Name != "" && target.Name != value.GetName() {
		return false
	}
	r.aimed[i] = true
	if target.Name == "" && target.Kind == "PersistentVolumeClaim" && len(ownClaims(r.plan)) > 1 {
		r.problem(diag.PatchFailed, diag.At("spec.patches", i)+".target",
			"the run has several claims, and the patch does not say which one it is for",
			"add the claim's name: "+diag.OneOf(ownClaims(r.plan)))
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
func (r *renderer) patch(o *Object, at at, value kubeObject, path string, p schema.Patch) kubeObject {
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
	if r.changesIdentity(path, before, after, p.Patch) {
		return value
	}
	if bytes.Equal(yamlprint.AppendCanonical(nil, value), yamlprint.AppendCanonical(nil, changed)) {
		r.problem(diag.PatchFailed, path, "the patch changes nothing: the "+p.Target.Kind+" already is what it says",
			"take the patch out, or look for the field that was meant")
		return value
	}
	o.credit(at.record, "", before, after, p.Patch, path)
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

// identity are the places of an object by which others know it, and by which Deployments and Services know their pods.
var identity = [][]string{
	{"apiVersion"}, {"kind"}, {"metadata", "name"}, {"metadata", "namespace"}, {"metadata", "generateName"}, {"spec", "selector"},
	{"spec", "template", "metadata", "labels", labelName},
	{"spec", "template", "metadata", "labels", labelInstance},
	{"spec", "jobTemplate", "spec", "template", "metadata", "labels", labelName},
	{"spec", "jobTemplate", "spec", "template", "metadata", "labels", labelInstance},
}

// changesIdentity refuses a patch that makes another object of the object, or another run's pods of its pods.
func (r *renderer) changesIdentity(path string, before, after tree, patch tree) bool {
	changes := false
	for _, place := range identity {
		if after["kind"] == "PersistentVolumeClaim" && place[0] == "spec" {
			continue // selects volumes, which is nobody's identity
		}
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

func ownClaims(p *schema.Plan) []string {
	var names []string
	for _, v := range p.Spec.Volumes {
		if isOwnClaim(v) {
			names = append(names, p.Name+"-"+v.Name)
		}
	}
	return names
}
