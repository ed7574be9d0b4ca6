package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"berth/internal/diag"
	"berth/internal/files"
	"berth/internal/layouts"
	"berth/internal/workspace"

	"github.com/spf13/cobra"
)

// checkCommand is berth check, which CI calls: it builds in memory and compares.
func checkCommand(a *app) *cobra.Command {
	var t target
	cmd := &cobra.Command{
		Use:   "check [PATH…]",
		Short: "Tell whether the manifests on disk are what would be built",
		Long: `Tell whether the manifests on disk are what would be built: the files that are missing, stale or stray are
named, and the exit code is 1 when there is one. Nothing is written. The tests of the project's policies run as well.

With paths, -o has to name the folder that they were built into.`,
		Example: "  berth check\n  berth check runs/ -o manifests",
		RunE:    func(_ *cobra.Command, paths []string) error { return a.check(paths, t) },
	}
	t.flags(cmd)
	return cmd
}

// check compares the tree that would be built with the one on disk. With any error nothing is
// compared, and all errors are reported, those of the policies' tests too. A stream is kept nowhere to compare with.
func (a *app) check(paths []string, t target) error {
	if err := t.check(); err != nil {
		return err
	}
	if err := oneTree(workspace.Divide(a.Dir, "", paths), t.out); err != nil {
		return err
	}
	w, diags := workspace.Load(workspace.Request{Limits: a.limits, Dir: a.Dir, Paths: paths})
	defer w.Close()
	if err := whole(w, paths); err != nil {
		return err
	}
	if t.emptied(a, w, paths, diags) {
		diags = nil
	}
	if diag.HasErrors(diags) && len(w.Runs) == 0 {
		return a.reportOf(w, diags)
	}
	stream, err := t.settle(a, w, paths)
	if err != nil {
		return err
	}
	if stream {
		return errors.New("a stream is kept nowhere: name the folder to check with -o")
	}
	// A policy whose tests fail may let through what it was written against.
	_, tests := w.TestPolicies()
	diags = append(diags, tests...)
	tree, _, found := w.Tree(t.layout, t.environments)
	if diags = append(diags, found...); diag.HasErrors(diags) {
		return a.reportOf(w, diags)
	}
	return a.compare(t.folder(a, w), tree, diags)
}

// compare prints how the tree on disk differs from the one that would be built.
func (a *app) compare(dir string, tree []files.File, diags []diag.Diagnostic) error {
	status, found, err := files.Compare(dir, tree, files.Options{Ours: layouts.Ours})
	if err != nil {
		return err
	}
	diags = append(diags, found...)
	if a.format != string(diag.Text) {
		diags = append(diags, drifted(dir, status)...)
	}
	refused := a.report(diags)
	var out strings.Builder
	for _, group := range drift(status) {
		for _, path := range group.paths {
			fmt.Fprintf(&out, "%-8s %s/%s\n", group.word, a.display(dir), path)
		}
	}
	if _, err := io.WriteString(a.Stdout, out.String()); err != nil {
		return err
	}
	switch {
	case status.Clean():
		return refused
	case refused == nil:
		a.say("%s: %s; `berth build` brings it up to date", a.display(dir), status.Drift())
	}
	return errNo
}

// drifting are the files of a tree with one thing wrong with them.
type drifting struct {
	word    string
	paths   []string
	message string
}

// drift are the ways in which files can differ, in the order they are told. Foreign files, which Berth did not write, have
// no message.
func drift(s files.Status) []drifting {
	return []drifting{
		{"missing", s.Missing, "this file is missing from the output"},
		{"stale", s.Stale, "this file is not what would be built"},
		{"edited", s.Edited, "this file was changed by hand, and is not what would be built"},
		{"stray", s.Stray, "this file is no longer part of the output"},
		{"foreign", s.Foreign, ""},
	}
}

// drifted are the files of a tree that the next build would change, as diagnostics for machines.
func drifted(dir string, s files.Status) []diag.Diagnostic {
	var diags []diag.Diagnostic
	for _, group := range drift(s) {
		if group.message == "" { // said by files.Compare
			continue
		}
		for _, path := range group.paths {
			diags = append(diags, diag.Diagnostic{
				Code: diag.Output, Span: diag.Span{File: &diag.File{Name: filepath.Join(dir, path)}},
				Message: group.message, Hint: "run `berth build` and commit what it writes",
			})
		}
	}
	return diags
}
