package cli

import (
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"berth/source"

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

// materialise writes the files of a commit into a folder of their own and returns what there stands for dir. The working
// tree and the repository stay as they are; done removes the folder.
func materialise(dir, revision string) (at string, done func(), err error) {
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
	if err := writeTree(temp, here, tree); err != nil {
		done()
		return "", nil, err
	}
	return filepath.Join(temp, filepath.FromSlash(here)), done, nil
}

var errNoCommit = errors.New("there is no such commit or folder")

func treeAt(r *git.Repository, revision string) (*object.Tree, error) {
	hash, err := r.ResolveRevision(plumbing.Revision(revision))
	if err != nil {
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

// writeTree writes the files of a commit below temp. What no input can be is left out: what is too large, and what is
// linked to a place outside.
func writeTree(temp, here string, tree *object.Tree) error {
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
	made := map[string]bool{}
	return tree.Files().ForEach(func(f *object.File) error {
		if f.Size > source.MaxFileBytes {
			return nil
		}
		if folder := path.Dir(f.Name); !made[folder] {
			if err := root.MkdirAll(filepath.FromSlash(folder), 0o755); err != nil {
				return err
			}
			made[folder] = true
		}
		return writeFile(root, f)
	})
}

func writeFile(root *os.Root, f *object.File) error {
	content, err := f.Reader()
	if err != nil {
		return err
	}
	defer content.Close()
	data, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	if f.Mode != filemode.Symlink {
		return root.WriteFile(filepath.FromSlash(f.Name), data, 0o644)
	}
	target := string(data)
	if path.IsAbs(target) || strings.HasPrefix(path.Join(path.Dir(f.Name), target), "..") {
		return nil
	}
	return root.Symlink(target, filepath.FromSlash(f.Name))
}
