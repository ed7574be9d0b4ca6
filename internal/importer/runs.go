package importer

import (
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
}

// Import is what became of files.
type Import struct {
	// Runs are the runs, in the order of what they were made of.
	Runs []Run
	// Report says of each object of Kubernetes what became of it.
	Report Report
	// Diags are about the files; when one of them is an error, nothing was made of them.
	Diags []diag.Diagnostic
}

// Run is one run, as YAML.
type Run struct {
	Name, Kind string
	node       object
}

// Text is the runs as a stream of YAML.
func (i *Import) Text() []byte {
	var nodes []object
	for _, r := range i.Runs {
		nodes = append(nodes, r.node)
	}
	return append(i.Report.comment(), write(nodes)...)
}

// Runs turns files into bare runs: Python source with calls of a function's `run(…)`, or Kubernetes Jobs, CronJobs and
// Deployments with what belongs to them. Each run is built in memory, and what is built is compared with what was read:
// every difference is in the report. What a run has no field for becomes a patch of the object.
func Runs(files []*diag.File, opts Options) *Import {
	result := &Import{}
	b := &batch{opts: opts}
	for _, file := range files {
		if strings.HasSuffix(file.Name, ".py") {
			runs, diags := fromPython(file)
			result.Diags = append(result.Diags, diags...)
			for _, r := range runs {
				result.Runs = append(result.Runs, Run{Name: nameOf(r), node: r})
			}
			continue
		}
		docs, diags := source.Load(file, source.Options{})
		if result.Diags = append(result.Diags, diags...); !diag.HasErrors(diags) {
			b.read(docs)
		}
	}
	result.Diags = append(result.Diags, b.diags...)
	if diag.HasErrors(result.Diags) {
		return result
	}
	b.join()
	b.prove()
	for _, w := range b.workloads {
		if w.refused == "" {
			result.Runs = append(result.Runs, Run{w.name, w.kind, w.run})
		}
	}
	result.Report = b.report()
	if len(result.Runs) == 0 && !diag.HasErrors(result.Diags) {
		result.Diags = append(result.Diags, b.nothing(files))
	}
	return result
}

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
	diags     []diag.Diagnostic
}

// read takes the objects out of documents.
func (b *batch) read(docs []source.Document) {
	for _, root := range flatten(docs) {
		if root == nil || root.Kind != source.Map {
			continue
		}
		o, diags := readObject(root)
		if b.diags = append(b.diags, diags...); len(diags) > 0 {
			continue
		}
		b.objects = append(b.objects, o)
		if o.isWorkload() {
			b.workloads = append(b.workloads, newWorkload(o, b.opts))
		}
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
	if len(files) > 1 {
		d.Message = "there is no Job, CronJob or Deployment in these files"
	}
	if i := slices.IndexFunc(b.workloads, func(w *workload) bool { return w.refused != "" }); i >= 0 {
		w := b.workloads[i]
		d = diag.Diagnostic{Code: diag.Code(w.code), Span: first(w.root), Message: w.title() + " cannot be a run: " + w.refused}
	}
	return d
}
