package layouts

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/files"
	"berth/internal/parallel"
	"berth/internal/yamlprint"
	"berth/renderers"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

// Kustomize lays the units out as base/<run>/<kind>.yaml and overlays/<environment>/…: patches that turn the base into
// each environment, computed from the two renders. Every overlay is built in memory and compared with the direct render;
// one that differs is a problem. Paths are relative to the tree's folder and sorted.
//
// An environment in which a run does not differ refers to the base itself, so that what is in overlays/<environment>/<run>
// is what differs there.
func Kustomize(units []Unit, d Delivery) ([]files.File, []PlanProblem) {
	var t fileTree
	t.units("base", units, func(u Unit) []renderers.Object { return u.Base })
	environments := environmentNames(units)
	for _, environment := range environments {
		t.overlays(environment, units)
	}
	t.deliver(d, environments, units, func(environment string) string {
		if environment == "" {
			return "base"
		}
		return "overlays/" + environment
	})
	return t.print()
}

// overlays writes one environment. Its own kustomization does nothing but list the runs, so that what is proved of each
// of them is proved of all.
func (t *fileTree) overlays(environment string, units []Unit) {
	var resources []string
	for _, o := range provedOverlays(environment, units) {
		switch {
		case o == nil:
		case !o.differs():
			resources = append(resources, "../../base/"+o.folder)
		default:
			resources = append(resources, o.folder)
			t.problems = append(t.problems, o.problems...)
			for _, f := range o.files {
				path := "overlays/" + environment + "/" + o.folder + "/" + f.Path
				t.entries = append(t.entries, entry{path: path, text: f.Data})
			}
		}
	}
	slices.Sort(resources)
	t.kustomization("overlays/"+environment, resources)
}

// provedOverlays computes and proves the overlays of one environment, in the order of the units; nil for a run
// that it does not have. kustomize takes some milliseconds for each, so that all processors are put to work.
func provedOverlays(environment string, units []Unit) []*overlay {
	names, overlays := folders(units), make([]*overlay, len(units))
	parallel.Each(len(units), 0, func(i int) {
		if objects := units[i].Environments[environment]; len(objects) > 0 {
			overlays[i] = provedOverlay(names[i], units[i].Base, objects)
		}
	})
	return overlays
}

// overlay is one run in one environment as a difference from its base.
type overlay struct {
	folder        string // of the run, below base
	base, objects []renderers.Object
	kustomization *kustomization
	files         []files.File // in the overlay's folder
	problems      []PlanProblem
}

// newOverlay computes the overlay that turns the objects of the base into those of the environment. Objects are the
// same when their files are: names may differ.
func newOverlay(folder string, base, objects []renderers.Object) *overlay {
	o := &overlay{folder: folder, base: base, objects: objects, kustomization: newKustomization(nil)}
	if len(base) > 0 {
		o.kustomization.Resources = []string{"../../../base/" + folder}
	}
	for _, b := range base {
		i := slices.IndexFunc(objects, func(other renderers.Object) bool { return other.File == b.File })
		if i < 0 {
			o.remove(b)
			continue
		}
		o.change(b, objects[i])
	}
	for _, object := range objects {
		if !slices.ContainsFunc(base, func(b renderers.Object) bool { return b.File == object.File }) {
			o.write(object.File, object.Value)
			o.kustomization.Resources = append(o.kustomization.Resources, object.File)
		}
	}
	o.write(kustomizationFile, o.kustomization)
	return o
}

// provedOverlay is the overlay of one environment. Where it changes anything, it is built as kustomize would, and what
// differs from the objects that are wanted is a problem.
func provedOverlay(folder string, base, objects []renderers.Object) *overlay {
	o := newOverlay(folder, base, objects)
	if o.differs() {
		o.problems = o.prove()
	}
	return o
}

// differs reports whether there is anything but the base in the overlay.
func (o *overlay) differs() bool {
	return len(o.base) == 0 || len(o.kustomization.Resources) > 1 || len(o.kustomization.Patches) > 0
}

// write adds a file to the overlay, printed as YAML. Values are those of this package, which always can be printed.
func (o *overlay) write(name string, value any) {
	text, _ := yamlprint.Append(nil, value)
	o.files = append(o.files, files.File{Path: name, Data: text})
}

// change writes the patch that turns an object of the base into that of the environment.
func (o *overlay) change(from, to renderers.Object) {
	before, _ := yamlprint.Append(nil, from.Value)
	after, _ := yamlprint.Append(nil, to.Value)
	if bytes.Equal(before, after) {
		return
	}
	operations := operationsBetween(read(before), read(after))
	text, _ := yamlprint.AppendAnnotated(nil, operations, func(path string) string {
		index, isPath := strings.CutSuffix(path, ".path")
		if i := diag.Index(index); isPath && i >= 0 {
			return operations[i].item
		}
		return ""
	})
	name := strings.TrimSuffix(from.File, ".yaml") + ".patch.yaml" // with a dot, which no volume's name has
	o.files = append(o.files, files.File{Path: name, Data: text})
	o.kustomization.Patches = append(o.kustomization.Patches, kustomizePatch{Path: name, Target: targetOf(from)})
}

// read is what stands in a printed object, with its numbers as they are written.
func read(text []byte) tree {
	var t tree
	_ = yaml.Unmarshal(text, &t, func(d *json.Decoder) *json.Decoder { d.UseNumber(); return d }) // the proof finds what goes wrong
	return t
}

// remove takes an object of the base away, as kustomize does it.
func (o *overlay) remove(b renderers.Object) {
	patch, _ := yamlprint.Append(nil, map[string]any{
		"$patch": "delete", "apiVersion": b.APIVersion, "kind": b.Kind, "metadata": map[string]any{"name": b.Name},
	})
	o.kustomization.Patches = append(o.kustomization.Patches, kustomizePatch{Patch: string(patch), Target: targetOf(b)})
}

// targetOf is how a patch of a kustomization names an object of the base, whose name may be another one than in the
// overlay.
func targetOf(o renderers.Object) kustomizeTarget {
	kind := schema.FromAPIVersionAndKind(o.APIVersion, o.Kind)
	return kustomizeTarget{Group: kind.Group, Version: kind.Version, Kind: kind.Kind, Name: o.Name}
}
