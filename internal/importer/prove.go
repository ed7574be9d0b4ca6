package importer

import (
	"bytes"
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/workspace"
	"berth/renderers"
	"berth/schema"

	"go.yaml.in/yaml/v3"
)

// proven is a run as it was built from its text, or why it was not.
type proven struct {
	unit *workspace.Unit
	why  []diag.Diagnostic
}

// proofFile is the name of the text that is compiled in memory. No file of that name is read.
const proofFile = "imported-runs.yaml"

// build compiles runs as they would be printed, in the project that they are for, for an environment or, with an empty one, by
// themselves.
func (b *batch) build(runs []object, environment string) []proven {
	opts, need, settings := b.opts, b.need, b.settings()
	results := make([]proven, len(runs))
	path := filepath.Join(opts.Dir, proofFile)
	w, diags := workspace.Load(workspace.Request{Dir: opts.Dir, Paths: []string{path}, Texts: map[string][]byte{path: write(runs)}})
	defer w.Close()
	b.foreign = w.Project != nil
	need.meet(w, settings)
	compiled, more := w.Compile(environment)
	diags = append(diags, more...)
	// The runs stand in one file: the line of a diagnostic tells which of them it is of.
	of := func(line int32) int {
		return slices.IndexFunc(w.Runs, func(d source.Document) bool {
			return d.Root != nil && d.Root.Span.Line <= line && line <= d.Root.Span.EndLine
		})
	}
	for _, d := range diags {
		if i := of(d.Span.Line); d.Severity == diag.Error && i >= 0 && i < len(results) {
			results[i].why = append(results[i].why, d)
		}
	}
	for i := range compiled.Units {
		u := &compiled.Units[i]
		if k := slices.IndexFunc(w.Runs, func(d source.Document) bool { return d.Root == u.Doc.Root }); k >= 0 && k < len(results) {
			results[k].unit = u
		}
	}
	return results
}

// meet gives the workspace's project what the runs need of it, and a made-up one where there is none.
func (n needs) meet(w *workspace.Workspace, settings object) {
	if len(settings.Content) == 0 {
		return
	}
	if w.Project == nil {
		file := &diag.File{Name: workspace.ProjectFiles[0], Data: projectText("imported", settings)}
		docs, _ := source.Load(file, source.Options{Layer: source.ProjectDefault})
		w.Project, _ = compiler.OpenProject(docs[0], w.Dir)
		return
	}
	spec := &w.Project.Spec
	spec.GitOps = cmp.Or(n.gitops, spec.GitOps)
	spec.PodSecurity = maps.Clone(spec.PodSecurity)
	if spec.PodSecurity == nil {
		spec.PodSecurity = map[string]string{}
	}
	for namespace := range n.privileged {
		spec.PodSecurity[namespace] = schema.PodSecurityPrivileged
	}
}

// needs are what the project has to say so that the runs build.
type needs struct {
	gitops string
	// privileged are the namespaces that have to be declared as those whose Pod Security level is privileged.
	privileged map[string]bool
}

// with are the needs of both.
func (n needs) with(m needs) needs {
	all := needs{cmp.Or(n.gitops, m.gitops), map[string]bool{}}
	maps.Copy(all.privileged, n.privileged)
	maps.Copy(all.privileged, m.privileged)
	return all
}

// settings are what the project says: what the runs need, and what they share.
func (b *batch) settings() object {
	spec, levels := newObject().text("gitops", b.need.gitops), newObject()
	for _, namespace := range slices.Sorted(maps.Keys(b.need.privileged)) {
		levels.text(namespace, schema.PodSecurityPrivileged)
	}
	spec.put("pod_security", levels.Node)
	spec.put("environments", b.declared().Node)
	spec.Content = append(spec.Content, b.shared.Content...)
	return spec
}

// declared are the environments of the project.
func (b *batch) declared() object {
	declared := newObject()
	if !slices.ContainsFunc(b.overlaid, func(o *overlaid) bool { return !o.isRefused() }) {
		return declared
	}
	for _, e := range b.environments {
		own := newObject()
		if b.namespaces != nil {
			own.text("namespace", b.namespaces[e.name])
		}
		declared.set(e.name, line(own.Node))
	}
	return declared
}

// projectText is a project's file with a specification.
func projectText(name string, spec object) []byte {
	return write([]object{document("Project", name, spec)})
}

// prove builds the runs and compares. A run that is refused is tried again in plainer words, and left out in the end.
func (b *batch) prove() {
	for range maxTries {
		var runs []object
		var need needs
		for _, w := range b.workloads {
			if w.refused == "" {
				if w.convert(); b.shares != nil {
					b.shares(w.run)
				}
				runs, need = append(runs, w.run), need.with(w.need)
			}
		}
		b.need = need
		results := b.build(runs, "")
		again := false
		for _, w := range b.workloads {
			if w.refused != "" {
				continue
			}
			// Results are in the order of the runs, without the workloads that were refused before.
			w.proven, results = results[0], results[1:]
			// A run that does not build is tried again, saying less.
			if w.proven.unit == nil && w.retreat() {
				again = true
			}
		}
		if !again {
			break
		}
	}
	for _, w := range b.workloads {
		if w.refused == "" {
			w.judge()
		}
	}
}

// maxTries bounds how often the runs are built: each time, a run that was refused says less.
const maxTries = 8

// retreat makes a run that was refused say less, and reports whether it is worth another try. What could be a word of the
// run is brought as it is; what no run may do is left to the user.
func (w *workload) retreat() bool {
	switch {
	case w.withoutExtra():
	case slices.ContainsFunc(w.proven.why, func(d diag.Diagnostic) bool { return d.Code == diag.Security }) && !w.powerful:
		w.powerful = true
	case slices.ContainsFunc(w.proven.why, func(d diag.Diagnostic) bool { return d.Code == diag.DuplicateRun }) && w.runName == "":
		w.runName = w.name + "-" + strings.ToLower(w.kind)
	case len(w.own) > 0:
		for _, kind := range []string{kindService, kindAutoscaler, kindBudget} {
			if o := w.own[kind]; o != nil {
				w.extra = append(w.extra, o)
			}
		}
		w.own = map[string]*kubeObject{}
	default:
		w.refuse()
	}
	return true
}

// withoutExtra leaves outside what no run may bring, and reports whether there was such an object.
func (w *workload) withoutExtra() bool {
	found := false
	for _, d := range w.proven.why {
		steps := diag.Split(strings.TrimPrefix(d.Path, "spec."))
		if len(steps) < 2 || steps[0] != "extra" {
			continue
		}
		if i := diag.Index(steps[1]); i >= 0 && i < len(w.extra) && w.extra[i] != nil {
			w.extra[i].refused, w.extra[i].taken = d.Message, false
			w.extra[i], found = nil, true
		}
	}
	w.extra = slices.DeleteFunc(w.extra, func(o *kubeObject) bool { return o == nil })
	return found
}

// judge compares each object with what is built of it.
func (w *workload) judge() {
	own := w.builtAs(w.kubeObject)
	if own != nil {
		w.sameSecurity = equalTrees(effectiveSecurity(podOfTree(plainOf(w.typed), w.kind)), effectiveSecurity(podOfTree(plainOf(own.Value), w.kind)))
	}
	w.verdicts = nil
	for _, o := range w.all() {
		w.verdicts = append(w.verdicts, w.verdict(o, w.builtAs(o)))
	}
}

// all are the objects that stand in the run, the workload itself first.
func (w *workload) all() []*kubeObject {
	all := []*kubeObject{w.kubeObject}
	for _, kind := range []string{kindService, kindAutoscaler, kindBudget} {
		if o := w.own[kind]; o != nil {
			all = append(all, o)
		}
	}
	return append(all, w.extra...)
}

// builtAs is the built object that stands for one that was read.
func (w *workload) builtAs(o *kubeObject) *renderers.Object {
	for i := range w.proven.unit.Objects {
		b := &w.proven.unit.Objects[i]
		if b.Kind == o.kind && (b.Name == o.name || o == w.kubeObject) {
			return b
		}
	}
	return nil
}

// verdict is what became of one object.
func (w *workload) verdict(o *kubeObject, built *renderers.Object) Taken {
	t := w.taken(o)
	if built == nil {
		t.Differences = []Difference{{Class: LeftOut, Path: "", Why: "the run builds no such object", Line: t.Line}}
		return t
	}
	var old any = o.typed
	if o.typed == nil {
		old = map[string]any(o.value)
	}
	w.built = plainOf(built.Value)
	for _, d := range compare(old, built.Value) {
		t.Differences = append(t.Differences, w.difference(o, built, d))
	}
	for _, l := range o.left {
		t.Differences = append(t.Differences, Difference{Class: LeftOut, Path: l.path, Why: l.why, Line: lineOf(o.src, l.path)})
	}
	return t
}

// difference explains one difference between an object that was read and the one that its run builds: its class, both
// values as text, the reason, and its line in what was read. The line is 0 where the object did not have the field.
func (w *workload) difference(o *kubeObject, built *renderers.Object, d difference) Difference {
	class, why := w.why(o, d, func(path string) string {
		plan, reason, _ := renderers.Origin(built, path)
		if reason == "" && plan != "" {
			reason = "from " + plan + " of the run"
		}
		return reason
	})
	line := lineOf(o.src, d.oldAt)
	if d.oldAt == "" {
		line = 0
	}
	return Difference{Class: class, Path: d.path, Old: asText(d.old), New: asText(d.new), Why: why, Line: line}
}

// podOfTree is the pod in a tree of plain values.
func podOfTree(tree map[string]any, kind string) any {
	return reach(tree, append(slices.Clone(podPath[kind]), "spec")...)
}

// equalTrees compares two trees as YAML has them, in which the types of Go (int, int64, float64) make no difference.
func equalTrees(a, b map[string]any) bool {
	x, _ := yaml.Marshal(a)
	y, _ := yaml.Marshal(b)
	return bytes.Equal(x, y)
}
