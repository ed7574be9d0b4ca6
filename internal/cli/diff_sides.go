package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/review"
	"berth/internal/workspace"
)

// located is where a side of a comparison is: the folder that stands for the working directory, and the paths in it.
type located struct {
	dir   string
	paths []string
	// optional says that a path may be missing, and a project may have no run: it is the other side that adds it.
	optional bool
}

// other finds the side to compare the working tree with, and its name. done removes what was made for it.
func (d *differ) other(paths []string) (at located, name string, done func(), err error) {
	none := func() {}
	name = d.against
	if name == "" {
		name = "HEAD"
	}
	if isFolder(d.absolute(name)) && (strings.HasPrefix(name, ".") || filepath.IsAbs(name) || !knowsRevision(d.Dir, name)) {
		return located{dir: d.absolute(name), paths: paths, optional: true}, name, none, nil
	}
	at = located{optional: true}
	for _, path := range paths {
		if rel, err := filepath.Rel(d.Dir, d.absolute(path)); err == nil {
			at.paths = append(at.paths, rel)
		}
	}
	if at.dir, done, err = materialise(d.Dir, name, at.paths); err != nil {
		return at, name, none, d.unknown(err)
	}
	return at, name, done, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// compile compiles all runs of a side for all its environments.
func (d *differ) compile(at located, name string) ([]review.Run, error) {
	paths := at.present()
	if at.optional && len(at.paths) > 0 && len(paths) == 0 {
		return nil, nil
	}
	w, diags := workspace.Load(workspace.Request{Dir: at.dir, Paths: paths, Workers: d.workers})
	defer w.Close()
	if w.Project == nil && len(paths) == 0 && at.optional {
		return nil, nil
	}
	if err := needsProject(w, paths); err != nil {
		return nil, err
	}
	if len(w.Runs) == 0 && onlyNothing(diags) {
		return nil, nil
	}
	wanted, err := d.wanted(w, at, name)
	if err != nil {
		return nil, err
	}
	var runs []review.Run
	results, found := w.CompileAll(wanted)
	for _, result := range results {
		runs = append(runs, runsOf(w, result)...)
	}
	return runs, d.tell(w, append(diags, found...), name)
}

// tell prints what was refused, with the side that it stands on. Warnings are for `berth build`.
func (d *differ) tell(w *workspace.Workspace, diags []diag.Diagnostic, name string) error {
	if !diag.HasErrors(diags) {
		return nil
	}
	d.say("%s is refused:", name)
	return d.reportOf(w, diag.Sort(diags))
}

// present are the paths that exist.
func (at located) present() []string {
	if !at.optional {
		return at.paths
	}
	return slices.DeleteFunc(slices.Clone(at.paths), func(path string) bool {
		_, err := os.Stat(filepath.Join(at.dir, path))
		return err != nil
	})
}

// onlyNothing reports whether all that is wrong is that there is no run.
func onlyNothing(diags []diag.Diagnostic) bool {
	return !slices.ContainsFunc(diags, func(x diag.Diagnostic) bool { return x.Code != diag.NothingToDo })
}

// wanted are the environments of a side that are compared; the empty one, the runs themselves, where it has none. A side
// may lack the one that is asked for where the other has it.
func (d *differ) wanted(w *workspace.Workspace, at located, name string) ([]string, error) {
	all := w.Environments()
	switch {
	case d.environment == "" && len(all) == 0:
		return []string{""}, nil
	case d.environment == "":
		return all, nil
	case at.optional && len(all) == 0:
		return nil, errors.New(name + " has no environments: leave out --environment to compare all runs")
	case at.optional && !slices.Contains(all, d.environment):
		return nil, nil
	}
	return []string{d.environment}, nil
}

// runsOf are the runs of a result as the review reads them.
func runsOf(w *workspace.Workspace, result *workspace.Result) []review.Run {
	runs := make([]review.Run, 0, len(result.Units))
	for _, u := range result.Units {
		r := review.Run{
			Environment: result.Environment, Plan: u.Plan, Tree: u.Tree, Bare: u.Bare, Objects: u.Objects, Fit: u.Fit,
		}
		if u.Profile != nil {
			r.Profile = u.Profile.Tree
		}
		if w.Project != nil {
			r.Project, r.ProjectName = w.Project.Tree, w.Project.NameNode
		}
		runs = append(runs, r)
	}
	return runs
}

// unknown says of a commit that it cannot be had, in the words of one who named it, or did not.
func (d *differ) unknown(err error) error {
	switch {
	case d.against != "":
		return fmt.Errorf("--against %s: %w", d.against, err)
	case errors.Is(err, errNoCommit):
		return errors.New("the repository has no commit yet: name a folder to compare with, as in --against ../before")
	}
	return err
}
