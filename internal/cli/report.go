package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"berth/internal/diag"
	"berth/internal/workspace"
)

// report prints diagnostics. The error says that one of them refuses the input; warnings alone are no error.
func (a *app) report(ds []diag.Diagnostic) error {
	for i, d := range ds {
		if d.Code == diag.Output && d.Span.File != nil && !d.Span.Known() { // of a tree, whose folder is known by its full path
			ds[i].Span.File = &diag.File{Name: a.display(d.Span.File.Name)}
		}
	}
	if a.together {
		a.held = append(a.held, ds...)
	} else if len(ds) > 0 || a.format == string(diag.SARIF) {
		options := diag.Options{Color: a.Color, Prefix: a.prefix(), Version: version()}
		if err := diag.Print(a.Stderr, diag.Format(a.format), ds, options); err != nil {
			return err
		}
	}
	if diag.HasErrors(ds) {
		return errNo
	}
	return nil
}

// tell prints what was held back, as one report.
func (a *app) tell() error {
	held := a.held
	a.together, a.held = false, nil
	return a.report(diag.Sort(held))
}

// reportOf is report for what a workspace's files gave: a path that could not be read is no refusal.
func (a *app) reportOf(w *workspace.Workspace, ds []diag.Diagnostic) error {
	err := a.report(ds)
	if err == errNo && w.Unreadable {
		return errUnreadable
	}
	return err
}

// prefix is the way from the repository's root to the working directory, which the formats for machines want.
func (a *app) prefix() string {
	if a.format == string(diag.Text) || a.format == string(diag.JSON) {
		return ""
	}
	for dir := a.Dir; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			if rel, err := filepath.Rel(dir, a.Dir); err == nil && rel != "." {
				return filepath.ToSlash(rel)
			}
			return ""
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// say tells people what was done, on standard error, unless a program reads there.
func (a *app) say(format string, args ...any) {
	if a.format != string(diag.JSON) && a.format != string(diag.SARIF) {
		fmt.Fprintln(a.Stderr, diag.Safe(fmt.Sprintf(format, args...)))
	}
}

// absolute is a path that the user typed, seen from the working directory.
func (a *app) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(a.Dir, path)
}

// display is an absolute path as the user would type it.
func (a *app) display(path string) string {
	if rel, err := filepath.Rel(a.Dir, path); err == nil {
		path = rel
	}
	return diag.Safe(filepath.ToSlash(path))
}
