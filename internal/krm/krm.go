// Package krm is the function `berth fn`: Kubernetes' Configuration Functions Specification over the pipeline of package
// build. One ResourceList comes in with runs, profiles and other people's objects; one goes out in which the runs have
// become their objects. Nothing is read but that list: no file, no project on disk.
package krm

import (
	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/workspace"
	"berth/renderers"
)

// MaxBytes is the size of the largest list that is taken. What it says of runs may have [source.MaxFileBytes].
const MaxBytes = 16 << 20

// Options says what to compile for.
type Options struct {
	// Environment is one that the list's project or runs declare; empty for the runs themselves.
	Environment string
	// Workers is how many runs are compiled at a time; 0 means one for each processor.
	Workers int
}

// Run answers a ResourceList. When the diagnostics hold an error, the items of the answer are those of the input. The
// answer is nil when the input is no ResourceList, which the diagnostics tell.
func Run(input []byte, opts Options) (answer []byte, diags []diag.Diagnostic) {
	l, diags := parse(input)
	if l == nil {
		return nil, diags
	}
	objects, diags := l.compile(opts)
	if !diag.HasErrors(diags) {
		diags = append(diags, l.replace(objects)...)
	}
	diags = diag.Sort(l.attribute(diags))
	if diag.HasErrors(diags) {
		l.restore()
	}
	l.report(diag.Presentable(diags))
	answer, err := l.print()
	if err != nil {
		diags = append(diags, l.refusal("the answer cannot be written as YAML", err.Error()))
	}
	return answer, diags
}

// compile renders the runs of the list.
func (l *list) compile(opts Options) ([]renderers.Object, []diag.Diagnostic) {
	diags := l.documents()
	if diag.HasErrors(diags) {
		return nil, diags
	}
	w := &workspace.Workspace{Workers: opts.Workers, Evaluator: source.NewEvaluator(source.Limits{})}
	defer w.Close()
	diags = append(diags, l.sort(w)...)
	if len(w.Runs) == 0 {
		return nil, append(diags, diag.Diagnostic{Code: diag.NothingToDo, Span: diag.Span{File: l.file},
			Message: "there is no run in the items, and functionConfig is none",
			Hint:    "an empty answer would delete whatever was made before; give a Run, or take the function out"})
	}
	results, found := w.Print([]string{opts.Environment})
	diags = append(diags, found...)
	if opts.Environment == "" {
		diags = append(diags, w.JudgeEnvironments(diags)...)
	}
	return results[0].Objects(), diags
}
