package importer

import (
	"encoding/json"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
)

// Options say how files are read.
type Options struct {
	// Dir is the folder that the runs are for, an absolute path: the project that it belongs to is the one in which they are
	// tried.
	Dir string
	// BerthDefaults leaves to Berth what it means by silence, where Kubernetes means something else. Without it, what is
	// built does what it did before.
	BerthDefaults bool
	// Image is the image of calls that name none.
	Image string
	// Share moves what three runs or more have in common into the project.
	Share bool
	// Overlays are the kustomizations that were built.
	Overlays []Overlay
	// Unnamed are files of a kustomization's folder that no kustomization names: what stands in them stays outside.
	Unnamed []*diag.File
}

// Import is what became of files.
type Import struct {
	// Runs are the runs, in the order of what they were made of.
	Runs []Run
	// Report says of each object of Kubernetes what became of it.
	Report Report
	// Diags are about the files; when one of them is an error, nothing was made of them.
	Diags []diag.Diagnostic

	foreign bool   // the folder has a project already
	project object // the specification of the project that the runs build in
}

// Run is one run, as YAML.
type Run struct {
	Name, Kind string
	node       object
	workloads  []*workload // what it was made of: one, or one of each environment
}

// Pair is one object as it was read and as it is built, as JSON, with the differences that the report names.
type Pair struct {
	Before, After []byte
	Said          []Difference
}

// Pairs are the objects of a run that were read, each with what is built of it.
func (i *Import) Pairs(run string) []Pair {
	var pairs []Pair
	for _, r := range i.Runs {
		if r.Name == run {
			for _, w := range r.workloads {
				pairs = append(pairs, w.pairs()...)
			}
		}
	}
	return pairs
}

// pairs are the objects of the run that were read, each with what is built of it.
func (w *workload) pairs() (pairs []Pair) {
	for k, o := range w.all() {
		if built := w.builtAs(o); built != nil {
			before, _ := json.Marshal(o.value) // of plain values
			after, _ := json.Marshal(built.Value)
			pairs = append(pairs, Pair{before, after, w.verdicts[k].Differences})
		}
	}
	return pairs
}

// Differs reports whether anything is otherwise than it was read, beyond the named defaults, stays outside or was warned of.
func (i *Import) Differs() bool { return i.Report.Differs() || len(i.Diags) > 0 }

// Text is the runs as a stream of YAML, after the project that they need, if they need one and there is none.
func (i *Import) Text() []byte {
	var nodes []object
	for _, r := range i.Runs {
		nodes = append(nodes, r.node)
	}
	if i.foreign {
		return append(i.Report.comment(), write(nodes)...)
	}
	return append([]byte(i.Report.stream()), write(nodes)...)
}

// Runs turns files into bare runs: Python source with calls of a function's `run(…)`, or Kubernetes Jobs, CronJobs and
// Deployments with what belongs to them. Each run is built in memory, and what is built is compared with what was read:
// every difference is in the report. What a run has no field for becomes a patch of the object.
func Runs(files []*diag.File, opts Options) *Import {
	result := &Import{}
	b := &batch{opts: opts, shared: newObject(), given: map[string]int{}}
	for _, file := range files {
		diags := b.readFile(file)
		if len(files)+len(opts.Overlays) > 1 { // in a folder, what is no manifest stands beside what is
			for i := range diags {
				diags[i].Severity = diag.Warning
			}
		}
		result.Diags = append(result.Diags, diags...)
	}
	b.provePython()
	for _, r := range b.python {
		result.Runs = append(result.Runs, Run{Name: nameOf(r.run), node: r.run})
	}
	b.readOverlays(opts.Overlays)
	result.Diags = append(result.Diags, b.diags...)
	// Half of the objects would give runs that lack their Services or their claims.
	if diag.HasErrors(result.Diags) {
		return result
	}
	b.outside(opts.Unnamed)
	b.join()
	b.prove()
	b.unite()
	if opts.Share {
		b.share()
	}
	b.comment()
	for _, p := range b.printed() {
		result.Runs = append(result.Runs, Run{nameOf(p.run), p.members[0].kind, p.run, p.members})
	}
	result.Report, result.project, result.foreign = b.report(), b.settings(), b.foreign
	if len(result.Runs) == 0 && !diag.HasErrors(result.Diags) {
		result.Diags = append(result.Diags, b.nothing(files))
	}
	return result
}

// nameOf is a run's name, and empty for one that has none.
func nameOf(run object) string {
	if n := run.get("name"); n != nil {
		return n.Value
	}
	return ""
}

// batch is all that is read at a time.
type batch struct {
	opts      Options
	objects   []*kubeObject
	workloads []*workload
	need      needs
	foreign   bool         // the folder has a project already
	shared    object       // what the project says for all runs
	shares    func(object) // takes out of a run what the project says; nil where it says nothing
	diags     []diag.Diagnostic

	namespaces   map[string]string // those that every run has in an environment, which the project says then
	environments []*environment    // what overlays built, each by itself
	overlaid     []*overlaid       // the runs that are there in each environment
	python       []*pythonRun      // the runs that calls ask for
	given        map[string]int    // how often a run of a call got a name
	broken       []Taken           // the kustomizations that could not be built
}

// readFile reads one file: the runs that it calls for, or objects, which are kept.
func (b *batch) readFile(file *diag.File) []diag.Diagnostic {
	if strings.HasSuffix(file.Name, ".ipynb") {
		source, diags := cells(file)
		if source == nil {
			return diags
		}
		file = source
	} else if !strings.HasSuffix(file.Name, ".py") {
		docs, diags := source.Load(file, source.Options{})
		if !diag.HasErrors(diags) {
			b.read(docs)
		}
		return diags
	}
	runs, diags := fromPython(file, b.opts.Image, b.given)
	b.python = append(b.python, runs...)
	return diags
}

// read takes the objects out of documents.
func (b *batch) read(docs []source.Document) {
	for _, root := range flatten(docs) {
		b.readObject(root)
	}
}

// readObject adds one Kubernetes object to the batch, and to the workloads if it is one that becomes a run. What is no
// mapping (an empty document of a chart) is passed over; an object that cannot be read is reported and not kept.
func (b *batch) readObject(root *source.Node) {
	if root == nil || root.Kind != source.Map {
		return
	}
	o, diags := readObject(root)
	if b.diags = append(b.diags, diags...); len(diags) > 0 {
		return
	}
	b.objects = append(b.objects, o)
	if o.isWorkload() {
		b.workloads = append(b.workloads, newWorkload(o, b.opts))
	}
}

// join gives every other object to the workload that it belongs to.
func (b *batch) join() {
	var others []*kubeObject
	for _, o := range b.objects {
		if !o.isWorkload() {
			others = append(others, o)
		}
	}
	joinAll(b.workloads, others)
}

// nothing says that there is nothing that a run could be made of.
func (b *batch) nothing(files []*diag.File) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.NothingToDo, Message: "there is no Job, CronJob or Deployment in this file"}
	if len(files) > 0 {
		d.Span = diag.Span{File: files[0]}
	}
	if len(files)+len(b.environments) > 1 {
		d.Message = "there is no Job, CronJob or Deployment in these files"
	}
	if len(b.broken) > 0 {
		k := b.broken[0]
		d = diag.Diagnostic{Code: diag.NothingToDo, Message: k.File + ": " + k.Refused}
	}
	workloads := b.everyWorkload()
	if i := slices.IndexFunc(workloads, func(w *workload) bool { return w.refused != "" }); i >= 0 {
		w := workloads[i]
		d = diag.Diagnostic{Code: diag.Code(orElse(w.code, string(diag.NothingToDo))), Span: w.refusal(), Message: w.title() + " cannot be a run: " + w.refused}
	}
	return d
}

// refusal is where stands what no run may say.
func (w *workload) refusal() diag.Span {
	s := first(w.src)
	if w.refusedAt > 0 {
		s.Line, s.Col, s.EndLine, s.EndCol = w.refusedAt, 1, w.refusedAt, 2
	}
	return s
}
