package workspace

import (
	"maps"
	"slices"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
)

// JudgeEnvironments is what only the environments that runs declare themselves make wrong, where the runs are built by
// themselves: who writes a run hears of it before somebody builds it for the environment. What is said of the runs already
// is not said again.
func (w *Workspace) JudgeEnvironments(said []diag.Diagnostic) []diag.Diagnostic {
	var found []diag.Diagnostic
	w.judgeEnvironments(said, nil, func(_ *diag.File, d diag.Diagnostic) { found = append(found, d) })
	return diag.Sort(found)
}

// inEnvironments is a diagnostic with the file of the run that it is of and the environments that make it.
type inEnvironments struct {
	file         *diag.File
	diagnostic   diag.Diagnostic
	environments []string
}

// judgeEnvironments compiles the runs of each declared environment and tells what is wrong in them that was not said of
// the runs by themselves. One mistake is told once, with all environments that have it, in the order it was first found.
// cancelled may be nil; tell is called after all environments are done.
func (w *Workspace) judgeEnvironments(said []diag.Diagnostic, cancelled func() bool, tell func(*diag.File, diag.Diagnostic)) {
	if len(w.Environments()) == 0 {
		return // none, or more than may be
	}
	known := map[spot]bool{}
	for _, d := range said {
		known[placeOf(d)] = true
	}
	var found []*inEnvironments
	index := map[mistake]*inEnvironments{}
	declaring := w.declaring()
	for _, environment := range slices.Sorted(maps.Keys(declaring)) {
		// A shallow copy with fewer runs: only those that declare the environment can say anything new.
		some := *w
		some.Runs = declaring[environment]
		some.hear(environment, cancelled, func(file *diag.File, d diag.Diagnostic) {
			if known[placeOf(d)] {
				return
			}
			m := mistake{placeOf(d), d.Message}
			if index[m] == nil {
				index[m] = &inEnvironments{file: file, diagnostic: d}
				found = append(found, index[m])
			}
			if !slices.Contains(index[m].environments, environment) {
				index[m].environments = append(index[m].environments, environment)
			}
		})
	}
	for _, f := range found {
		tell(f.file, f.told())
	}
}

// spot is where a mistake of a code is; mistake is one with its words.
type (
	spot struct {
		span diag.Span
		code diag.Code
	}
	mistake struct {
		spot
		message string
	}
)

// placeOf is what makes two diagnostics one mistake, whatever their messages: the place and the code.
func placeOf(d diag.Diagnostic) spot { return spot{d.Span, d.Code} }

// told is the diagnostic with the environments that make it.
func (f *inEnvironments) told() diag.Diagnostic {
	d := f.diagnostic
	words := "in environment "
	if len(f.environments) > 1 {
		words = "in the environments "
	}
	d.Notes = append(slices.Clip(d.Notes), diag.Note{Message: words + diag.AllOf(f.environments)})
	return d
}

// declaring are the runs that declare each environment.
func (w *Workspace) declaring() map[string][]source.Document {
	runs := map[string][]source.Document{}
	for i, doc := range w.Runs {
		for _, environment := range compiler.EnvironmentsOf(w.Runs[i:i+1], nil) {
			runs[environment] = append(runs[environment], doc)
		}
	}
	return runs
}

// hear compiles the runs for an environment and keeps nothing of them.
func (w *Workspace) hear(environment string, cancelled func() bool, tell func(*diag.File, diag.Diagnostic)) {
	opts := w.Options(environment)
	opts.Cancelled = cancelled
	opts.Found = func(file *diag.File, ds []diag.Diagnostic) {
		for _, d := range ds {
			tell(file, d)
		}
	}
	w.compile(opts, w.letGo)
}

// letGo takes from a unit what nobody reads once its objects are judged. Policies are asked about all runs together, at the
// end.
func (w *Workspace) letGo(u *Unit, refused bool) {
	for i := range u.Objects {
		u.Objects[i].Value = nil
	}
	if !refused && len(w.Policies) == 0 && !u.Plan.OfProject {
		u.Shed()
	}
}
