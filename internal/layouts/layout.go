// Package layouts turns objects into the files of a tree: one file stands for each layout (files.go, kustomize.go …) and for
// what each controller reads to find the tree (flux.go, argocd.go).
package layouts

import (
	"cmp"
	"maps"
	"slices"

	"berth/internal/diag"
	"berth/internal/files"
	"berth/internal/parallel"
	"berth/internal/yamlprint"
	"berth/renderers"
	"berth/schema"
)

// The names of the layouts.
const (
	FilesName     = schema.LayoutFiles
	KustomizeName = schema.LayoutKustomize
	StreamName    = schema.LayoutStream
)

// Layout is one way to lay runs out.
type Layout struct {
	// Name is what the project and the command line call it.
	Name string
	// Tree lays the units out as files, with paths relative to the tree's folder; nil for a layout without files.
	Tree func([]Unit, Delivery) ([]files.File, []PlanProblem)
	// Compares says that Tree compares objects with one another, so that it needs their values and the base of every
	// unit; the others take objects that are text alone.
	Compares bool
}

// Table lists all layouts in the order of help.
var Table = []Layout{
	{Name: FilesName, Tree: Files},
	{Name: KustomizeName, Tree: Kustomize, Compares: true},
	{Name: StreamName},
}

// Names are the names of all layouts.
func Names() []string {
	names := make([]string, len(Table))
	for i, l := range Table {
		names[i] = l.Name
	}
	return names
}

// Named is the layout of a name; ok is false when there is none.
func Named(name string) (l Layout, ok bool) {
	i := slices.IndexFunc(Table, func(l Layout) bool { return l.Name == name })
	if i < 0 {
		return Layout{}, false
	}
	return Table[i], true
}

// Unit is one run as a layout places it.
type Unit struct {
	// Base are the objects of the run by itself. Layouts with environments use them as the common part; nil, where the
	// run means nothing without an environment.
	Base []renderers.Object

	// Environments are the run's objects in each environment, by its name; none without environments.
	Environments map[string][]renderers.Object
}

// PlanProblem is a problem of one of several plans; Plan is nil for one of a file that comes from none.
type PlanProblem struct {
	Plan *schema.Plan
	diag.Problem
}

// plan is some plan of the unit, the base's where there is one; nil for a unit without objects.
func (u Unit) plan() *schema.Plan {
	if len(u.Base) > 0 {
		return u.Base[0].Plan
	}
	for _, name := range slices.Sorted(maps.Keys(u.Environments)) {
		if objects := u.Environments[name]; len(objects) > 0 {
			return objects[0].Plan
		}
	}
	return nil
}

// environmentNames are the environments in which some unit has an object, sorted.
func environmentNames(units []Unit) []string {
	names := map[string]bool{}
	for _, u := range units {
		for name, objects := range u.Environments {
			if len(objects) > 0 {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// folders gives each unit a folder, called by its run. Runs of one name live in different namespaces, or are of different
// actions, and their folders say so, in a form that no run's name has.
func folders(units []Unit) []string {
	count := map[string]int{}
	within := func(p *schema.Plan) string { return p.Name + "." + cmp.Or(p.Namespace, "default") }
	for _, u := range units {
		if p := u.plan(); p != nil {
			count[p.Name]++
			count[within(p)]++
		}
	}
	names := make([]string, len(units))
	for i, u := range units {
		if p := u.plan(); p != nil {
			names[i] = p.Name
			if count[p.Name] > 1 {
				names[i] = within(p)
			}
			if count[within(p)] > 1 {
				names[i] += "." + p.Spec.Action
			}
		}
	}
	return names
}

// fileTree is the files of a layout as they are made.
type fileTree struct {
	entries  []entry
	problems []PlanProblem
}

// entry is a file that is written, or an object that is still to be printed into one.
type entry struct {
	path  string
	text  []byte
	value any
	plan  *schema.Plan
}

// add adds a file that belongs to no plan, at a path with slashes below the output folder.
func (t *fileTree) add(path string, value any) {
	t.entries = append(t.entries, entry{path: path, value: value})
}

// objects adds objects in a folder, with a kustomization that lists them.
func (t *fileTree) objects(folder string, objects []renderers.Object) {
	var names []string
	for _, o := range objects {
		t.entries = append(t.entries, entry{path: inFolder(folder, o.File), text: o.Text, value: o.Value, plan: o.Plan})
		names = append(names, o.File)
	}
	t.kustomization(folder, names)
}

// Empty is the tree of a project that has no run any more: what controllers read stays, and lists nothing, since one that
// finds its folder gone stops, and deletes nothing.
func (l Layout) Empty(environments []string, d Delivery) []files.File {
	var t fileTree
	folder := func(environment string) string {
		if l.Compares && environment != "" {
			return "overlays/" + environment
		} else if l.Compares {
			return "base"
		}
		return environment
	}
	folders := map[string]bool{"": true}
	for _, environment := range environments {
		folders[folder(environment)] = true
	}
	if len(environments) == 0 {
		folders[folder("")] = true
	}
	for name := range folders {
		t.add(inFolder(name, kustomizationFile), newKustomization([]string{}))
	}
	t.deliver(d, environments, nil, folder)
	tree, _ := t.print() // of plain text
	return tree
}

// kustomization makes a folder usable by kubectl apply -k, Flux and Argo CD. For kustomize one that lists nothing is a
// mistake.
func (t *fileTree) kustomization(folder string, resources []string) {
	if len(resources) == 0 {
		return
	}
	t.add(inFolder(folder, kustomizationFile), newKustomization(resources))
}

// print prints all that was added, and gives the files in the order of their paths. Values of plans are text in UTF-8, so
// that printing them fails for no plan that was read from a file.
func (t *fileTree) print() ([]files.File, []PlanProblem) {
	slices.SortFunc(t.entries, func(a, b entry) int { return cmp.Compare(a.path, b.path) })
	out, failed := make([]files.File, len(t.entries)), make([]bool, len(t.entries))
	parallel.Each(len(t.entries), 0, func(i int) {
		e := t.entries[i]
		if e.value != nil {
			var err error
			e.text, err = yamlprint.Append(nil, e.value)
			failed[i] = err != nil
		}
		out[i] = files.File{Path: e.path, Data: e.text}
	})
	for i, e := range t.entries {
		if failed[i] {
			t.problems = append(t.problems, PlanProblem{e.plan, diag.Problem{
				Code: diag.Output, Message: e.path + " cannot be written as YAML: a text in it is not UTF-8",
			}})
		}
	}
	return out, t.problems
}

// inFolder is the path of a file in a folder; the tree's own folder is empty.
func inFolder(folder, name string) string {
	if folder == "" {
		return name
	}
	return folder + "/" + name
}

// kustomizationFile is the first name that kustomize looks for.
const kustomizationFile = "kustomization.yaml"

// kustomization is what kustomize reads in a folder.
type kustomization struct {
	APIVersion string           `json:"apiVersion"`
	Kind       string           `json:"kind"`
	Resources  []string         `json:"resources"`
	Patches    []kustomizePatch `json:"patches,omitempty"`
}

// newKustomization lists files and folders. An empty list, not nil, is written as one: it is what applies nothing.
func newKustomization(resources []string) *kustomization {
	return &kustomization{APIVersion: "kustomize.config.k8s.io/v1beta1", Kind: "Kustomization", Resources: resources}
}

// kustomizePatch changes the objects of the resources that its target selects.
type kustomizePatch struct {
	Path   string          `json:"path,omitempty"`
	Patch  string          `json:"patch,omitempty"`
	Target kustomizeTarget `json:"target"`
}

// kustomizeTarget chooses the objects that a patch is for. All of its fields have to match; no group is the core group.
type kustomizeTarget struct {
	Group   string `json:"group,omitempty"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
}
