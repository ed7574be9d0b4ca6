package cli

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"berth/internal/diag"
	"berth/internal/review"
	"berth/internal/workspace"
)

// compiled is a side of a comparison: its runs, and what of it is refused.
type compiled struct {
	runs    []review.Run
	broken  []review.Broken
	allowed []string // what the project says is no credential, a sentence each
}

// newlyAllowed is what a reviewer has to know of the credentials that are allowed from now on.
func (c compiled) newlyAllowed(since compiled) []string {
	return slices.DeleteFunc(slices.Clone(c.allowed), func(text string) bool { return slices.Contains(since.allowed, text) })
}

// compile compiles all runs of a side for all its environments. What is refused is told apart from the rest; where nothing
// is left to be compared, or the project itself is refused, the mistakes are printed and it is an error.
func (d *differ) compile(at located) (side compiled, err error) {
	paths := at.present()
	// None of the paths was there then: everything in them is new.
	if at.optional && len(at.paths) > 0 && len(paths) == 0 {
		return side, nil
	}
	w, diags := workspace.Load(workspace.Request{Limits: d.limits, Dir: at.dir, Top: at.top, Roof: at.roof, Paths: paths, Workers: d.workers})
	defer w.Close()
	if err := firstError(at.complete(w), whole(w, at.paths)); err != nil {
		return side, err
	}
	if w.Project == nil && len(paths) == 0 && at.optional && onlyNothing(diags) {
		return side, nil
	}
	if w.Project == nil && len(w.Runs) == 0 && diag.HasErrors(diags) {
		return side, d.refused(w, diags, at.name)
	}
	if err := needsProject(w, paths); err != nil {
		return side, err
	}
	if len(w.Runs) == 0 && onlyNothing(diags) {
		return side, nil
	}
	wanted, err := d.wanted(w, at)
	if err != nil {
		return side, err
	}
	results, found := w.CompileAll(wanted)
	for _, result := range results {
		side.runs = append(side.runs, w.ReviewRuns(result)...)
	}
	diags = append(diags, found...)
	ofNoFile := func(x diag.Diagnostic) bool { return x.Severity == diag.Error && x.Span.File == nil } // what was asked for is wrong
	if slices.ContainsFunc(diags, ofNoFile) || diag.HasErrors(diags) && len(side.runs) == 0 && !at.past {
		return side, d.refused(w, diags, at.name)
	}
	side.broken = brokenOf(results, diags)
	for _, a := range w.Project.CredentialAllowances() {
		side.allowed = append(side.allowed, fmt.Sprintf("%s says that %s is no credential: %s", path.Base(a.Span.File.Name), a, a.Reason))
	}
	return side, nil
}

// refused prints what is wrong with a side. Warnings are for `berth build`.
func (d *differ) refused(w *workspace.Workspace, diags []diag.Diagnostic, name string) error {
	d.say("%s is refused:", name)
	return d.reportOf(w, diag.Sort(diags))
}

// brokenOf are the runs that are refused with their mistakes, and the files of the mistakes that are of no such run.
func brokenOf(results []*workspace.Result, diags []diag.Diagnostic) []review.Broken {
	var all []review.Broken
	told := map[string]bool{}
	for _, result := range results {
		for _, r := range result.Refused {
			b := review.Broken{Environment: result.Environment, Namespace: r.Namespace, Name: r.Name, Action: r.Action, File: r.File.Name, Messages: mistakes(r.Why)}
			for _, text := range b.Messages {
				told[text] = true
			}
			all = append(all, b)
		}
	}
	rest := map[string][]diag.Diagnostic{}
	for _, x := range diags {
		if file := x.Span.File; file != nil {
			rest[file.Name] = append(rest[file.Name], x)
		}
	}
	for _, file := range slices.Sorted(maps.Keys(rest)) {
		messages := slices.DeleteFunc(mistakes(rest[file]), func(text string) bool { return told[text] })
		if len(messages) > 0 {
			all = append(all, review.Broken{File: file, Messages: messages})
		}
	}
	return all
}

// mistakes are the errors among diagnostics, each in one line and once.
func mistakes(diags []diag.Diagnostic) []string {
	var all []string
	for _, x := range diag.Presentable(slices.Clone(diags)) {
		if text := lineOf(x); x.Severity == diag.Error && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// lineOf is a mistake in one line.
func lineOf(x diag.Diagnostic) string {
	text := fmt.Sprintf("%s [%s]", x.Message, x.Code)
	if x.Span.File != nil && x.Span.Known() {
		text = fmt.Sprintf("%s:%d:%d: %s", x.Span.File.Name, x.Span.Line, x.Span.Col, text)
	} else if x.Span.File != nil {
		text = x.Span.File.Name + ": " + text
	}
	return diag.Safe(text)
}
