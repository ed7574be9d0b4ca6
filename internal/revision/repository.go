// Package revision reads commits through the git program, which is wherever a repository is and knows every kind of them:
// linked worktrees, borrowed objects, SHA-256, whatever the next version brings.
//
// Git is called for its plumbing alone: it resolves names, finds merge bases and hands out objects, whose sizes are looked
// at before they are read. It runs no hook, filter, monitor or transport, whatever the repository's configuration says, and
// nothing in the repository is changed. A commit counts as hostile: see [Repository.Extract].
package revision

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Repository is the repository that a folder lies in.
type Repository struct {
	// Top is the absolute path of its working tree, links followed.
	Top string
	// Prefix is the way from Top to the folder, with slashes; "." where they are the same.
	Prefix string

	git     program
	shallow bool
}

// Commit is a commit by its object name. The zero value is none.
type Commit struct {
	// Name is what the user calls it.
	Name string
	// Hash is its object name in hexadecimal digits.
	Hash string
}

// The refusals that a caller may want to say in other words.
var (
	ErrNoRepository = errors.New("this is no Git repository: name a folder to compare with, as in --against ../before")
	ErrNoCommit     = errors.New("there is no such commit or folder")
)

// Open finds the repository of a folder as git does: from the folder upwards.
func Open(dir string) (*Repository, error) {
	git, err := find(dir)
	if err != nil {
		return nil, err
	}
	answer, err := git.run("rev-parse", "--is-shallow-repository", "--show-toplevel", "--show-prefix")
	if err != nil {
		return nil, unopened(err)
	}
	shallow, rest, _ := strings.Cut(answer, "\n")
	top, prefix, _ := strings.Cut(rest, "\n")
	r := &Repository{Top: filepath.FromSlash(top), Prefix: strings.TrimSuffix(prefix, "/"), git: git, shallow: shallow == "true"}
	if r.Prefix == "" {
		r.Prefix = "."
	}
	return r, nil
}

// unopened says why git does not open a repository, and what helps.
func unopened(err error) error {
	switch words := err.Error(); {
	case strings.Contains(words, "not a git repository (or any"):
		return ErrNoRepository
	case strings.Contains(words, "must be run in a work tree"), strings.Contains(words, "cannot use bare repository"):
		return errors.New("this folder is, or looks like, a bare repository, which has no working tree: call Berth in one, as `git worktree add` makes")
	}
	return err // such as that of dubious ownership, which says itself what helps
}

// Commit finds the commit that a name stands for, in every way that git knows: branches and tags, HEAD~3, main@{yesterday},
// :/words. What names no commit, or more than one, is refused.
func (r *Repository) Commit(name string) (Commit, error) {
	hash, err := r.git.run("rev-parse", "--verify", "--end-of-options", name)
	if err != nil {
		return Commit{}, r.unknown(err)
	}
	if !isHash(hash) {
		return Commit{}, ErrNoCommit
	}
	commit, err := r.git.run("rev-parse", "--verify", "--end-of-options", hash+"^{commit}")
	if err == nil {
		return Commit{name, commit}, nil
	}
	if strings.Contains(err.Error(), "expected commit type") {
		return Commit{}, errors.New("this is a file or folder of a commit: name the commit, and the folder as a path, as in `berth diff --against HEAD runs`")
	}
	return Commit{}, r.unknown(err)
}

// unknown says of a name that it is no commit, in git's words where it has any.
func (r *Repository) unknown(err error) error {
	if !strings.Contains(err.Error(), "Needed a single revision") {
		return err
	}
	if r.shallow {
		return errors.New("there is no such commit in this shallow clone: fetch it, as with `git fetch --unshallow`")
	}
	return ErrNoCommit
}

func isHash(text string) bool {
	return (len(text) == 40 || len(text) == 64) && strings.Trim(text, "0123456789abcdef") == ""
}

// MergeBase is the newest commit that two have in common: what a forge compares a branch with.
func (r *Repository) MergeBase(a, b Commit) (Commit, error) {
	hash, err := r.git.run("merge-base", a.Hash, b.Hash)
	if err == nil {
		return Commit{a.Name + "..." + b.Name, hash}, nil
	}
	if _, ok := errors.AsType[wordsError](err); ok {
		return Commit{}, err
	}
	if r.shallow {
		return Commit{}, fmt.Errorf("%s and %s have no commit in common in this shallow clone: fetch more of them, as with `git fetch --unshallow`", a.Name, b.Name)
	}
	return Commit{}, fmt.Errorf("%s and %s have no commit in common", a.Name, b.Name)
}

// Lacks counts the commits that other has and here lacks.
func (r *Repository) Lacks(here, other Commit) (int, error) {
	answer, err := r.git.run("rev-list", "--count", other.Hash, "^"+here.Hash, "--")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(answer)
}

// isPartial reports whether objects were left out when the repository was cloned.
func (r *Repository) isPartial() bool {
	_, err := r.git.run("config", "--get-regexp", `^(extensions\.partialclone|remote\..*\.promisor)$`)
	return err == nil
}
