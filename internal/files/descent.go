package files

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// descent opens folders below the output folder, one after the other, and never through a symbolic link. It keeps those
// above the last one open, since the next is most often beside it. It is for one goroutine.
type descent struct {
	root  *os.Root
	chain []step // from below root to the last folder opened
}

// step is an open folder, and its name in the one above.
type step struct {
	name string
	dir  *os.Root
}

// blockedError is the refusal to enter what is not a folder.
type blockedError struct {
	path   string
	reason string
}

// Error names the path below the output folder, and what is there.
func (e *blockedError) Error() string { return e.path + " " + e.reason }

// enter opens the folder at path, "." being the output folder, and makes it if it may. It fails with fs.ErrNotExist or
// a *blockedError where there is no such folder. The folder is closed by the descent.
func (d *descent) enter(path string, create bool) (*os.Root, error) {
	var names []string
	if path != "." {
		names = strings.Split(path, "/")
	}
	shared := 0
	for shared < min(len(names), len(d.chain)) && d.chain[shared].name == names[shared] {
		shared++
	}
	d.rise(shared)
	for i, name := range names[shared:] {
		dir, err := openFolder(d.last(), name, create)
		if blocked, ok := errors.AsType[*blockedError](err); ok {
			blocked.path = strings.Join(names[:shared+i+1], "/")
		}
		if err != nil {
			return nil, err
		}
		d.chain = append(d.chain, step{name, dir})
	}
	return d.last(), nil
}

// last is the folder that was opened last; the output folder before any.
func (d *descent) last() *os.Root {
	if len(d.chain) == 0 {
		return d.root
	}
	return d.chain[len(d.chain)-1].dir
}

// rise closes the folders below the first n of the chain.
func (d *descent) rise(n int) {
	for _, s := range d.chain[n:] {
		s.dir.Close()
	}
	d.chain = d.chain[:n]
}

// openFolder opens the folder name in parent. An os.Root would follow a link that stays inside the tree: what was
// opened has to be what was looked at.
func openFolder(parent *os.Root, name string, create bool) (*os.Root, error) {
	looked, err := parent.Lstat(name)
	if create && errors.Is(err, fs.ErrNotExist) {
		if err := parent.Mkdir(name, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		looked, err = parent.Lstat(name)
	}
	if err != nil {
		return nil, err
	}
	if looked.Mode()&fs.ModeSymlink != 0 {
		return nil, &blockedError{reason: isLink}
	}
	if !looked.IsDir() {
		return nil, &blockedError{reason: "stands where the build needs a folder"}
	}
	dir, err := parent.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	// Between the look and the opening, someone may have put a link there.
	opened, err := dir.Stat(".")
	if err == nil && !os.SameFile(looked, opened) {
		err = &blockedError{reason: isLink}
	}
	if err != nil {
		dir.Close()
		return nil, err
	}
	return dir, nil
}

// isLink is the reason of a [blockedError]: a link in the tree could lead a build to write anywhere.
const isLink = "is a symbolic link, and Berth writes through none"
