package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"berth/build"
	"berth/diag"
	"berth/files"

	"github.com/spf13/cobra"
)

func checkCommand(a *app) *cobra.Command {
	var t target
	cmd := &cobra.Command{
		Use:   "check [PATH…]",
		Short: "Tell whether the manifests on disk are what would be built",
		Long: `Tell whether the manifests on disk are what would be built: the files that are missing, stale or stray are
named, and the exit code is 1 when there is one. Nothing is written.

With paths, -o has to name the folder that they were built into.`,
		Example: "  berth check\n  berth check runs/ -o manifests",
		RunE:    func(_ *cobra.Command, paths []string) error { return a.check(paths, t) },
	}
	t.flags(cmd)
	return cmd
}

func (a *app) check(paths []string, t target) error {
	if err := t.check(); err != nil {
		return err
	}
	w, diags := build.Load(build.Request{Dir: a.Dir, Paths: paths})
	defer w.Close()
	if diag.HasErrors(diags) && len(w.Runs) == 0 {
		return a.reportOf(w, diags)
	}
	stream, err := t.settle(w, paths)
	if err != nil {
		return err
	}
	if stream {
		return errors.New("a stream is kept nowhere: name the folder to check with -o")
	}
	tree, _, found := w.Tree(t.layout, t.environments)
	if diags = append(diags, found...); diag.HasErrors(diags) {
		return a.reportOf(w, diags)
	}
	return a.compare(t.folder(a, w), tree, diags)
}

// compare prints how the tree on disk differs from the one that would be built.
func (a *app) compare(dir string, tree []files.File, diags []diag.Diagnostic) error {
	status, found, err := files.Compare(dir, tree)
	if err != nil {
		return err
	}
	refused := a.report(append(diags, found...))
	var out strings.Builder
	for _, group := range []struct {
		word  string
		paths []string
	}{{"missing", status.Missing}, {"stale", status.Stale}, {"edited", status.Edited}, {"stray", status.Stray}, {"foreign", status.Foreign}} {
		for _, path := range group.paths {
			fmt.Fprintf(&out, "%-8s %s/%s\n", group.word, a.display(dir), path)
		}
	}
	if _, err := io.WriteString(a.Stdout, out.String()); err != nil {
		return err
	}
	if refused == nil && !status.Clean() {
		a.say("%s: %s; `berth build` brings it up to date", a.display(dir), status.Drift())
		refused = errNo
	}
	return refused
}
