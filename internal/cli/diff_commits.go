package cli

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"berth/internal/files"
	"berth/internal/revision"
	"berth/internal/source"
	"berth/internal/workspace"
)

// comparison is what --against names of a repository.
type comparison struct {
	*revision.Repository
	before revision.Commit
	after  revision.Commit // none for the working tree
	look   string          // the folder that the project is looked for from, within the repository
}

// commits finds the commits that --against names, as `git diff` takes them: a commit, which is compared with the working
// tree; A..B, two commits; A...B, the newest that they have in common and the second. With nothing behind the dots, the
// working tree is the second.
func (d *differ) commits(name string) (comparison, error) {
	r, err := revision.Open(d.Dir)
	if err != nil {
		return comparison{}, err
	}
	c := comparison{Repository: r, look: r.Prefix}
	a, b, base, isRange := cutRange(name)
	if c.before, err = r.Commit(a); err != nil {
		return c, d.unknown(err)
	}
	if !isRange {
		return c, nil
	}
	// The zero commit stands for the working tree.
	tip := revision.Commit{}
	if b != "" {
		c.after, err = r.Commit(b)
		tip = c.after
	} else if base {
		tip, err = r.Commit("HEAD")
	}
	// As in Git, A...B compares with where B branched off, not with A as it is now.
	if err == nil && base {
		c.before, err = r.MergeBase(c.before, tip)
		c.before.Name = name
	}
	if err != nil {
		return c, d.unknown(err)
	}
	return c, nil
}

// dir is the working directory, links followed.
func (c comparison) dir() string { return filepath.Join(c.Top, filepath.FromSlash(c.Prefix)) }

// cutRange takes A..B and A...B apart; base says that it was the latter. A search for words in a message may hold dots.
func cutRange(name string) (a, b string, base, ok bool) {
	if strings.HasPrefix(name, ":/") || strings.Contains(name, "^{/") {
		return name, "", false, false
	}
	if a, b, base = strings.Cut(name, "..."); !base {
		a, b, ok = strings.Cut(name, "..")
	}
	if a == "" {
		a = "HEAD"
	}
	return a, b, base, base || ok
}

// place is where the sides of a comparison have their project: the nearest above the working directory, of whichever side
// has it, so that a project that is new or gone is not taken for the one that its folder lies in.
func (c comparison) place() (project string, err error) {
	here := ""
	if c.after == (revision.Commit{}) {
		if found := workspace.FindProject(filepath.Join(c.Top, filepath.FromSlash(c.look))); found != "" {
			if rel, err := filepath.Rel(c.Top, found); err == nil && filepath.IsLocal(rel) {
				here = filepath.ToSlash(rel)
			}
		}
	} else if here, err = c.projectIn(c.after); err != nil {
		return "", err
	}
	there, err := c.projectIn(c.before)
	if here == "" || depth(there) > depth(here) {
		here = there
	}
	return here, err
}

// depth is how many folders a folder lies below the root, which is ".".
func depth(folder string) int {
	if folder == "." || folder == "" {
		return 0
	}
	return 1 + strings.Count(folder, "/")
}

// projectIn is the folder of the project that a commit has for the working directory; empty where it has none.
func (c comparison) projectIn(commit revision.Commit) (string, error) {
	var files []string
	for dir := c.look; ; dir = path.Dir(dir) {
		for _, name := range workspace.ProjectFiles {
			files = append(files, path.Join(dir, name))
		}
		if dir == "." {
			break
		}
	}
	found, err := c.Has(commit, files)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return path.Dir(found[0]), nil
}

// above reports whether a commit has a project above the folder of another.
func (c comparison) above(commit revision.Commit, project string) (bool, error) {
	var files []string
	for dir := project; dir != "." && dir != ""; {
		dir = path.Dir(dir)
		for _, name := range workspace.ProjectFiles {
			files = append(files, path.Join(dir, name))
		}
	}
	if len(files) == 0 {
		return false, nil
	}
	found, err := c.Has(commit, files)
	return len(found) > 0, err
}

// extract writes the files of a commit that can matter to a folder of their own, and returns what there stands for the
// working directory: those of the project, since a project's files lie in it, and all where there is no project or a path
// leads out of it. The working tree and the repository stay as they are; done removes the folder.
func (c comparison) extract(commit revision.Commit, project string, paths []string) (at located, done func(), err error) {
	// The project's folder is enough, unless what is asked for lies outside of it.
	folder := project
	outside := func(p string) bool {
		return !strings.HasPrefix(path.Join(c.Prefix, filepath.ToSlash(p))+"/", project+"/")
	}
	if project == "" || project != "." && slices.ContainsFunc(paths, outside) {
		folder = "."
	}
	if above, err := c.above(commit, project); err != nil || above {
		folder = "." // what the projects above hold this one to
	}
	temp, done, err := files.Scratch("berth-diff-")
	if err != nil {
		return at, nil, err
	}
	at = located{name: commit.Name, dir: filepath.Join(temp, filepath.FromSlash(c.Prefix)), paths: paths, optional: true}
	at.top, at.roof = filepath.Join(temp, filepath.FromSlash(project)), temp
	err = os.MkdirAll(at.dir, 0o755)
	if err == nil {
		at.gaps, err = c.Extract(commit, folder, temp, source.MaxFileBytes)
	}
	for i, gap := range at.gaps {
		at.gaps[i].Path = filepath.Join(temp, filepath.FromSlash(gap.Path))
	}
	if err != nil {
		done()
		return at, nil, fmt.Errorf("%s: %w", commit.Name, err)
	}
	return at, done, nil
}

// branched counts the commits that the side before has and the side after lacks, and finds the newest that both have; none
// where there is none. A comparison with that one itself lacks nothing.
func (c comparison) branched() (ahead int, base revision.Commit, err error) {
	tip := c.after
	if tip == (revision.Commit{}) {
		if tip, err = c.Commit("HEAD"); err != nil {
			return 0, base, nil // no commit yet: what the branch is of is not known
		}
	}
	if ahead, err = c.Lacks(tip, c.before); err != nil || ahead == 0 {
		return ahead, base, err
	}
	if base, err = c.MergeBase(c.before, tip); err != nil {
		return ahead, revision.Commit{}, nil // which the review says
	}
	return ahead, base, nil
}

// unknown says of a commit that it cannot be had, in the words of one who named it, or did not.
func (d *differ) unknown(err error) error {
	switch {
	case d.against != "":
		return fmt.Errorf("--against %s: %w", d.against, err)
	case errors.Is(err, revision.ErrNoCommit):
		return errors.New("the repository has no commit yet: name a folder to compare with, as in --against ../before")
	}
	return err
}
