package cli

import (
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"berth/internal/source"
	"berth/internal/workspace"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// openRepository opens the repository that a folder is in. It is only read.
func openRepository(dir string) (*git.Repository, error) {
	r, err := git.PlainOpenWithOptions(dir, &git.PlainOpenOptions{DetectDotGit: true, EnableDotGitCommonDir: true})
	if err != nil {
		return nil, errors.New("this is no Git repository: name a folder to compare with, as in --against ../before")
	}
	return r, nil
}

func knowsRevision(dir, revision string) bool {
	r, err := openRepository(dir)
	if err != nil {
		return false
	}
	_, err = r.ResolveRevision(plumbing.Revision(revision))
	return err == nil
}

// materialise writes the files of a commit that can matter to a folder and to paths relative to it into a folder of their
// own, and returns what there stands for dir. The working tree and the repository stay as they are; done removes the folder.
func materialise(dir, revision string, paths []string) (at string, done func(), err error) {
	r, err := openRepository(dir)
	if err != nil {
		return "", nil, err
	}
	tree, err := treeAt(r, revision)
	if err != nil {
		return "", nil, err
	}
	here, err := inRepository(r, dir)
	if err != nil {
		return "", nil, err
	}
	temp, err := os.MkdirTemp("", "berth-diff-")
	if err != nil {
		return "", nil, err
	}
	done = func() { os.RemoveAll(temp) }
	if err := writeTree(temp, here, scope(tree, here, paths), r, tree); err != nil {
		done()
		return "", nil, err
	}
	return filepath.Join(temp, filepath.FromSlash(here)), done, nil
}

// scope is the folder of a commit whose files can matter: the project's, since a project's files lie in it, and all of the
// commit where there is no project or a path leads out of it.
func scope(tree *object.Tree, here string, paths []string) string {
	for dir := here; dir != "."; dir = path.Dir(dir) {
		outside := func(p string) bool {
			return !strings.HasPrefix(path.Join(here, filepath.ToSlash(p))+"/", dir+"/")
		}
		for _, name := range workspace.ProjectFiles {
			if _, err := tree.File(path.Join(dir, name)); err == nil && !slices.ContainsFunc(paths, outside) {
				return dir
			}
		}
	}
	return "."
}

var errNoCommit = errors.New("there is no such commit or folder")

func treeAt(r *git.Repository, revision string) (*object.Tree, error) {
	hash, err := r.ResolveRevision(plumbing.Revision(revision))
	if err != nil {
		if cut, _ := r.Storer.Shallow(); len(cut) > 0 {
			return nil, errors.New("there is no such commit in this shallow clone: fetch it, as with `git fetch --unshallow`")
		}
		return nil, errNoCommit
	}
	commit, err := r.CommitObject(*hash)
	if err != nil {
		return nil, errors.New("this is no commit")
	}
	return commit.Tree()
}

// inRepository is the way from the repository's root to a folder, with slashes.
func inRepository(r *git.Repository, dir string) (string, error) {
	w, err := r.Worktree()
	if err != nil {
		return "", errors.New("the repository has no working tree")
	}
	root, err := filepath.EvalSymlinks(w.Filesystem.Root())
	if err != nil {
		return "", err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", err
	}
	rel, err := filepath.Rel(root, dir)
	return filepath.ToSlash(rel), err
}

// Limits of a commit that is written: a tree of a few hundred bytes can name the same folder a million times.
const (
	maxCommitEntries = 100_000
	maxCommitBytes   = 8 << 30
)

// writeTree writes the files of a commit's folder to their places below temp. What no input can be is left out: what is too
// large, and links that lead nowhere or outside.
func writeTree(temp, here, folder string, r *git.Repository, tree *object.Tree) error {
	root, err := os.OpenRoot(temp)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.MkdirAll(filepath.FromSlash(here), 0o755); err != nil {
		return err
	}
	if err := root.WriteFile(git.GitDirName, nil, 0o644); err != nil { // no project is looked for above
		return err
	}
	if folder != "." {
		if tree, err = tree.Tree(folder); err != nil {
			return err
		}
	}
	w := treeWriter{root: root, made: map[string]bool{}}
	walker := object.NewTreeWalker(tree, true, nil)
	defer walker.Close()
	for {
		name, entry, err := walker.Next()
		if errors.Is(err, io.EOF) {
			return w.removeStrayLinks()
		}
		if err == nil {
			err = w.entry(r, path.Join(folder, name), entry)
		}
		if err != nil {
			return err
		}
	}
}

// treeWriter writes the files of a commit, never outside of root.
type treeWriter struct {
	root  *os.Root
	made  map[string]bool // folders
	links []string

	entries int
	bytes   int64
}

var errCommitSize = errors.New("the commit has more files than can be compared: check it out, and name its folder")

// entry takes a folder, which is made with the first file in it, a file, a link or a submodule, which is none of ours.
func (w *treeWriter) entry(r *git.Repository, name string, entry object.TreeEntry) error {
	if w.entries++; w.entries > maxCommitEntries {
		return errCommitSize
	}
	if entry.Mode == filemode.Dir || entry.Mode == filemode.Submodule {
		return nil
	}
	blob, err := r.BlobObject(entry.Hash)
	if err != nil {
		return err
	}
	return w.write(object.NewFile(name, entry.Mode, blob))
}

func (w *treeWriter) write(f *object.File) error {
	if f.Size > source.MaxFileBytes {
		return nil
	}
	if w.bytes += f.Size; w.bytes > maxCommitBytes {
		return errCommitSize
	}
	if folder := path.Dir(f.Name); !w.made[folder] {
		if err := w.root.MkdirAll(filepath.FromSlash(folder), 0o755); err != nil {
			return err
		}
		w.made[folder] = true
	}
	data, err := contentOf(f)
	if err != nil {
		return err
	}
	if f.Mode != filemode.Symlink {
		return w.root.WriteFile(filepath.FromSlash(f.Name), data, 0o644)
	}
	w.links = append(w.links, f.Name)
	return w.root.Symlink(string(data), filepath.FromSlash(f.Name))
}

func contentOf(f *object.File) ([]byte, error) {
	content, err := f.Reader()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return io.ReadAll(io.LimitReader(content, source.MaxFileBytes))
}

// removeStrayLinks looks at the links when everything stands: where one leads depends on the others.
func (w *treeWriter) removeStrayLinks() error {
	for _, link := range w.links {
		if _, err := w.root.Stat(link); err == nil {
			continue
		}
		if err := w.root.Remove(link); err != nil {
			return err
		}
	}
	return nil
}
