package revision

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

// LeftOut calls each with the files below a folder of a working tree that are of the repository, and that a sparse checkout
// leaves out: their absolute paths, in order. Git is asked where there is a sparse checkout, or was; where it cannot answer,
// nothing is known to be left out.
func LeftOut(dir string, each func(path string)) {
	if !sparse(dir) {
		return
	}
	git, err := find(dir)
	if err != nil {
		return
	}
	_ = git.write(&tagged{each: func(name string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Lstat(path); err != nil {
			each(path)
		}
	}}, "ls-files", "-t", "-z", "--", ".")
}

// tagged reads what `git ls-files -t -z` writes, and passes on the files that the working tree is not to have.
type tagged struct {
	rest []byte // of an entry that is not whole yet
	each func(name string)
}

func (t *tagged) Write(p []byte) (int, error) {
	t.rest = append(t.rest, p...)
	for {
		entry, rest, whole := bytes.Cut(t.rest, []byte{0})
		if !whole {
			return len(p), nil
		}
		if name, left := strings.CutPrefix(string(entry), "S "); left {
			t.each(name)
		}
		t.rest = rest
	}
}

// sparse reports whether the working tree that a folder is in has, or had, a sparse checkout: git keeps what it takes in a
// file of the repository, or of the linked working tree.
func sparse(dir string) bool {
	for top := dir; ; top = filepath.Dir(top) {
		at := filepath.Join(top, ".git")
		if info, err := os.Stat(at); err == nil {
			if !info.IsDir() {
				at = linked(at)
			}
			_, err := os.Stat(filepath.Join(at, "info", "sparse-checkout"))
			return err == nil
		}
		if top == filepath.Dir(top) {
			return false
		}
	}
}

// linked is the folder that the file .git of a linked working tree, or a submodule, names.
func linked(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	folder := strings.TrimSpace(strings.TrimPrefix(string(text), "gitdir:"))
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(filepath.Dir(file), folder)
	}
	return folder
}
