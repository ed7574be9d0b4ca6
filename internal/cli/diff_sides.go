package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/revision"
	"berth/internal/workspace"
)

// located is where a side of a comparison is: the folder that stands for the working directory, and the paths in it.
type located struct {
	name  string // as the review calls it
	dir   string
	top   string // the folder above which no project is looked for, if there is such a border
	roof  string // the same for the projects above the project
	paths []string
	// optional says that a path may be missing, and a project may have no run: it is the other side that adds it.
	optional bool
	// past says that it is a state that nobody can mend any more: what is refused of it keeps nothing from being shown.
	past bool
	gaps []revision.Gap // by absolute paths
}

// states are the sides of a comparison that are not two environments.
type states struct {
	before, after located
	// base is the newest commit that both have, where before has commits that after lacks; ahead is how many, and nobase
	// says that there is no such commit.
	base   located
	ahead  int
	nobase bool
	// remove removes what was made for the comparison.
	remove []func()
}

// done removes the folders that commits were written to.
func (s *states) done() {
	for _, f := range s.remove {
		f()
	}
}

// others finds the states to compare.
func (d *differ) others(paths []string) (*states, error) {
	name := cmp.Or(d.against, "HEAD")
	s := &states{after: located{name: "working tree", dir: d.Dir, paths: paths}}
	shares := workspace.Divide(d.Dir, "", paths)
	if len(shares) > 1 {
		return s, errors.New("the paths belong to several projects, and a review is of one: name the paths of one at a time")
	}
	if isFolder(d.absolute(name)) && (isPath(name) || !d.knows(name)) {
		s.before = located{name: name, dir: d.absolute(name), paths: paths, optional: true, past: true}
		return s, nil
	}
	c, err := d.commits(name)
	if err != nil {
		return s, err
	}
	if len(paths) > 0 {
		c.look = c.folderOf(d.relative(paths)[0])
	}
	project, err := c.place()
	if err != nil {
		return s, err
	}
	within := d.relative(paths)
	side := func(commit revision.Commit) (at located) {
		if err == nil {
			var remove func()
			if at, remove, err = c.extract(commit, project, within); err == nil {
				s.remove = append(s.remove, remove)
			}
		}
		return at
	}
	s.before = side(c.before)
	// What was committed with mistakes is compared as far as it goes: nobody can mend it now.
	s.before.past = true
	if c.after != (revision.Commit{}) {
		s.after = side(c.after)
	} else if s.after.dir = c.dir(); project != "" {
		s.after.top, s.after.roof = filepath.Join(c.Top, filepath.FromSlash(project)), c.Top
	}
	if err == nil {
		var base revision.Commit
		if s.ahead, base, err = c.branched(); base != (revision.Commit{}) {
			s.base = side(base)
		}
		s.nobase = base == (revision.Commit{})
	}
	return s, err
}

// folderOf is the folder of a path seen from the working directory, within the repository; that of the working directory for
// a path outside of it.
func (c comparison) folderOf(rel string) string {
	if !isFolder(filepath.Join(c.dir(), rel)) {
		rel = filepath.Dir(rel)
	}
	within := path.Join(c.Prefix, filepath.ToSlash(rel))
	if !filepath.IsLocal(filepath.FromSlash(within)) {
		return c.Prefix
	}
	return within
}

// isPath reports whether a name is written as only a path can be.
func isPath(name string) bool {
	return filepath.IsAbs(name) || name == "." || name == ".." || strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../")
}

// knows reports whether a name, which is a folder's too, is a commit's.
func (d *differ) knows(name string) bool {
	r, err := revision.Open(d.Dir)
	if err == nil {
		_, err = r.Commit(name)
	}
	return err == nil
}

// relative are paths seen from the working directory.
func (d *differ) relative(paths []string) []string {
	var within []string
	for _, path := range paths {
		if rel, err := filepath.Rel(d.Dir, d.absolute(path)); err == nil {
			within = append(within, rel)
		}
	}
	return within
}

// isFolder tells a folder to compare with from the name of a commit.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// whole refuses a working tree of which a sparse checkout leaves out what the project reads: a run that is not there would
// count as one that was removed. Who names paths has those alone.
func whole(w *workspace.Workspace, paths []string) error {
	if len(paths) > 0 {
		return nil
	}
	dir := w.Dir // where the project's own file is left out, it is not known where it is
	if w.Project != nil {
		dir = w.Project.Dir
	}
	first, more := "", 0
	revision.LeftOut(dir, func(path string) {
		if !w.Input(path) {
			return
		}
		if more++; first == "" {
			first = path
		}
	})
	if first == "" {
		return nil
	}
	file, _ := filepath.Rel(dir, first) // below it
	file = filepath.ToSlash(file)
	return fmt.Errorf("the sparse checkout leaves out %s%s, which would count as removed: `git sparse-checkout disable` brings everything, `git sparse-checkout add FOLDER` some of it",
		file, andMore(more-1))
}

// andMore counts what is not named; it is empty for none.
func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more of the project's files", n)
}

// complete refuses a side of which a part is not here that its runs, profiles or policies are read from.
func (at located) complete(w *workspace.Workspace) error {
	for _, gap := range at.gaps {
		if rel, err := filepath.Rel(at.dir, gap.Path); err == nil && w.Reads(gap.Path) {
			return fmt.Errorf("%s: %s is %s: %s", at.name, filepath.ToSlash(rel), gap.Why, gap.Help)
		}
	}
	return nil
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
func (d *differ) wanted(w *workspace.Workspace, at located) ([]string, error) {
	all := w.Environments()
	switch {
	case d.environment == "" && len(all) == 0:
		return []string{""}, nil
	case d.environment == "":
		return all, nil
	case at.optional && len(all) == 0:
		return nil, errors.New(at.name + " has no environments: leave out --environment to compare all runs")
	case at.optional && !slices.Contains(all, d.environment):
		return nil, nil
	}
	return []string{d.environment}, nil
}
