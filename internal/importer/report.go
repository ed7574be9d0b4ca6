package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"berth/internal/source"
	"berth/renderers"
)

// The classes of differences between what was read and what a run builds.
const (
	// Added is what Berth writes beside what was read: one of a closed list, none of which changes what runs.
	Added = "added"
	// Changed is what is otherwise than it was.
	Changed = "changed"
	// LeftOut is what a run does not say.
	LeftOut = "left out"
)

// Difference is one place at which what is built differs from what was read.
type Difference struct {
	// Class is [Added], [Changed] or [LeftOut].
	Class string `json:"class"`
	// Path is the field, with the names of items of lists.
	Path string `json:"path"`
	// Old and New are what was read and what is built, as JSON; empty for nothing.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// Why is the reason, in words.
	Why string `json:"why"`
	// Line is the line of what was read, 0 where it said nothing.
	Line int32 `json:"line,omitempty"`
}

// Taken is one object that was read, and what became of it.
type Taken struct {
	File       string `json:"file"`
	Line       int32  `json:"line"`
	APIVersion string `json:"api_version"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	// Namespace is empty where the object says none.
	Namespace string `json:"namespace,omitempty"`
	// Environments are those in which it was read so; empty for what is in all.
	Environments []string `json:"environments,omitempty"`
	// Run is the name of the run that it became or stands in; empty for an object that stays outside.
	Run string `json:"run,omitempty"`
	// As says how it stands in the run: as the run itself, in words of its own, or under `extra`.
	As string `json:"as,omitempty"`
	// CutOver says what happens in the cluster when what is built is applied in its place.
	CutOver string `json:"cut_over,omitempty"`
	// Patched says that a patch says something of it.
	Patched bool `json:"patched,omitempty"`
	// Refused says why it stays outside.
	Refused string `json:"refused,omitempty"`
	// Code is the code of the mistake for which build refuses the run; empty otherwise.
	Code        string       `json:"code,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
}

// Report is what an import says of each object that was read.
type Report struct {
	Objects []Taken `json:"objects"`
	// Project is what the project's file has to say so that the runs build, as YAML; empty where nothing is needed.
	Project string `json:"project,omitempty"`
}

// lineOf is the line at which a path stands in what was read, or what is above it.
func lineOf(root *source.Node, path string) int32 {
	_, n, _ := source.Find(root, path)
	if n == nil {
		return 0
	}
	return n.Span.Line
}

// The ways in which an object stands in a run.
const (
	asRun   = "run"
	asWords = "words"
	asExtra = "extra"
)

// taken is what the report says of an object before it is compared.
func (w *workload) taken(o *kubeObject) Taken {
	t := entry(o)
	t.Run = w.run.get("name").Value
	switch {
	case o == w.kubeObject:
		t.As, t.CutOver = asRun, cutOver[o.kind]
	case w.own[o.kind] == o:
		t.As, t.CutOver = asWords, "changes in place"
	default:
		t.As, t.CutOver = asExtra, "changes in place"
	}
	t.Patched = w.isPatched(o.kind) && t.As != asExtra
	return t
}

// cutOver says what happens when what is built is applied where the object lives.
var cutOver = map[string]string{
	kindDeployment: "rolls out once: its pods get Berth's labels",
	kindCronJob:    "changes in place: the next Job has Berth's labels",
	kindJob:        "starts again under a new name: delete the old Job, or leave it",
}

// isPatched reports whether a patch of the run is about a kind.
func (w *workload) isPatched(kind string) bool {
	for _, p := range nodesOf(w.run.get("patches")) {
		if target := (object{(object{p}).get("target")}); target.get("kind").Value == kind {
			return true
		}
	}
	return false
}

// entry is an object in the report, at its place in what was read.
func entry(o *kubeObject) Taken {
	return Taken{File: o.src.Span.File.Name, Line: o.src.Span.Line, APIVersion: o.apiVersion, Kind: o.kind, Name: o.name, Namespace: o.namespace}
}

// report says of each object that was read what became of it.
func (b *batch) report() Report {
	r := Report{Objects: b.entries()}
	var all []Taken
	for _, e := range b.environments {
		for _, t := range e.entries() {
			t.Environments = []string{e.name}
			all = append(all, t)
		}
	}
	r.Objects = append(append(r.Objects, together(all, len(b.environments))...), b.broken...)
	if spec := b.settings(); len(spec.Content) > 0 {
		r.Project = string(projectText("imported", spec))
	}
	return r
}

// together says once what is to be said of an object in several environments.
func together(all []Taken, environments int) []Taken {
	var said []Taken
	at := map[string]int{}
	for _, t := range all {
		alike := t
		// The key is the entry without what differs between environments anyway.
		alike.Environments, alike.Namespace = nil, ""
		alike.Differences = slices.Clone(t.Differences)
		for i := range alike.Differences {
			if d := &alike.Differences[i]; d.Class == Added { // as is the environment's name in a label
				d.New = ""
			}
		}
		key, _ := json.Marshal(alike) // of plain values
		i, ok := at[string(key)]
		if !ok {
			at[string(key)] = len(said)
			said = append(said, t)
			continue
		}
		if said[i].Environments = append(said[i].Environments, t.Environments...); said[i].Namespace != t.Namespace {
			said[i].Namespace = ""
		}
	}
	for i := range said {
		// What holds in all of them is said without their names.
		if len(said[i].Environments) == environments {
			said[i].Environments = nil
		}
	}
	return said
}

// entries are the objects of the batch with what became of them.
func (b *batch) entries() (all []Taken) {
	found := map[*kubeObject]Taken{}
	for _, w := range b.workloads {
		if w.refused != "" {
			for _, o := range w.all() {
				t := entry(o)
				// The objects of a refused workload stay outside with it, for they would have nothing to belong to.
				t.Refused, t.Code = w.refused, w.code
				if o == w.kubeObject {
					t.Line = orElse(w.refusedAt, t.Line)
				}
				if o != w.kubeObject {
					t.Refused = "it belongs to " + w.title() + ", which stays outside"
				}
				found[o] = t
			}
			continue
		}
		for i, o := range w.all() {
			found[o] = w.verdicts[i]
		}
	}
	for _, o := range b.objects {
		t, ok := found[o]
		if !ok {
			t = entry(o)
			t.Refused = outside(o)
		}
		all = append(all, t)
	}
	return all
}

// outside says why an object became part of no run.
func outside(o *kubeObject) string {
	switch group, _, grouped := strings.Cut(o.apiVersion, "/"); {
	case o.refused != "":
		return o.refused
	case o.twin:
		return "another object of these files has its kind and name"
	case isSecretData(o):
		return "the data of a Secret would stay in Git for ever: make the Secret in the cluster, and name it under secrets"
	case slices.Contains([]string{kindJob, kindCronJob, kindDeployment, kindService}, o.kind):
		if o.typed != nil {
			return "it selects no workload of these files"
		}
		return fmt.Sprintf("a %s of %s is not Kubernetes' own, and no run can be made of it", o.kind, group)
	case o.kind == "" || o.apiVersion == "":
		return "this is no object of Kubernetes"
	case renderers.MayBring(o.apiVersion, o.kind):
		return "it belongs to no workload of these files: write it under `extra` of the run that needs it"
	case o.kind == "Kustomization" && group == "kustomize.config.k8s.io":
		return "it says how others are put together: what `kustomize build` prints can be imported"
	case grouped && strings.Contains(group, ".") && !strings.HasSuffix(group, "k8s.io"):
		return fmt.Sprintf("a run may not bring a %s, unless the project declares it: extra_kinds: {%s.%s: Namespaced}", o.kind, o.kind, group)
	}
	return fmt.Sprintf("no run can be made of a %s: write it under `extra` of the project, or apply it beside Berth's output", o.kind)
}

// Differs reports whether anything is otherwise than it was read, beyond the named defaults, or stays outside.
func (r *Report) Differs() bool {
	return slices.ContainsFunc(r.Objects, func(o Taken) bool {
		return o.Refused != "" || slices.ContainsFunc(o.Differences, func(d Difference) bool { return d.Class != Added })
	})
}

// JSON is the report for programs, on one line.
func (r *Report) JSON() []byte {
	text, _ := json.Marshal(r) // of plain values
	return append(text, '\n')
}
