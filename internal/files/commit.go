package files

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"strings"
)

// commit makes the tree what is wanted, in the order that leaves something whole wherever it is killed: the index with
// both contents of what will change, the new content, the removals, the index as it shall be.
func (t *tree) commit(options Options, exclusive bool) error {
	if exclusive { // else they may be those of a build that is under way
		t.sweep(options)
	}
	if !t.found.Clean() {
		if err := t.writeIndex(t.both().encode(), options); err != nil {
			return err
		}
	}
	if err := t.eachFolder(options.Workers, func(d *descent, f *folder) error { return t.fill(d, f, options) }); err != nil {
		return err
	}
	if err := t.clear(options); err != nil {
		return err
	}
	if len(t.final) == 0 {
		return t.dropIndex()
	}
	return t.writeIndex(t.finalText, options)
}

// both is the index while it is uncertain how far the build came.
func (t *tree) both() index {
	both := make(index, len(t.known)+len(t.final))
	for _, f := range t.folders {
		for _, e := range f.entries {
			both[e.path] = e.known
			if e.wanted && !strings.Contains(e.known, e.digest) {
				both[e.path] = strings.TrimSpace(e.known + " " + e.digest)
			}
		}
	}
	return both
}

// writeIndex writes the index and waits until the disk has it: it is what repairs the rest.
func (t *tree) writeIndex(text []byte, options Options) error {
	if bytes.Equal(text, t.indexed) {
		return nil
	}
	if err := replace(t.root, IndexName, text, true); err != nil {
		return failure("write", t.dir, IndexName, err)
	}
	t.indexed = text
	options.changed(IndexName)
	return nil
}

// dropIndex removes the index of nothing.
func (t *tree) dropIndex() error {
	if err := t.root.Remove(IndexName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failure("remove", t.dir, IndexName, err)
	}
	return nil
}

// fill writes what is missing in f or has other content.
func (t *tree) fill(d *descent, f *folder, options Options) error {
	for _, e := range f.entries {
		if e.state != missing && e.state != stale && e.state != edited {
			continue
		}
		dir, err := d.enter(f.path, true)
		if err == nil {
			err = replace(dir, path.Base(e.path), e.data, false)
		}
		if err != nil {
			return failure("write", t.dir, e.path, err)
		}
		options.changed(e.path)
	}
	return nil
}

// clear removes what is no longer wanted, and the folders that this leaves empty.
func (t *tree) clear(options Options) error {
	d := &descent{root: t.root}
	defer d.rise(0)
	for _, f := range t.folders {
		unwanted := false
		for _, e := range f.entries {
			unwanted = unwanted || !e.wanted
			if e.state != stray {
				continue
			}
			if err := d.remove(e.path); err != nil {
				return failure("remove", t.dir, e.path, err)
			}
			options.changed(e.path)
		}
		if unwanted {
			d.prune(f.path)
		}
	}
	return nil
}

// remove removes the file at p, which may be gone already.
func (d *descent) remove(p string) error {
	dir, err := d.enter(path.Dir(p), false)
	if err == nil {
		err = dir.Remove(path.Base(p))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// prune removes the folder at p and those above it while they are empty. That a folder is not, or cannot be removed,
// ends it and is no error.
func (d *descent) prune(p string) {
	for ; p != "."; p = path.Dir(p) {
		above, err := d.enter(path.Dir(p), false)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return
		}
		name := path.Base(p)
		switch info, err := above.Lstat(name); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil || !info.IsDir() || above.Remove(name) != nil:
			return
		}
	}
}

// sweep removes what killed builds left. It is as well if it stays.
func (t *tree) sweep(options Options) {
	d := &descent{root: t.root}
	defer d.rise(0)
	for _, f := range t.folders {
		for _, name := range f.leftovers {
			if err := d.remove(path.Join(f.path, name)); err == nil {
				options.changed(path.Join(f.path, name))
			}
		}
	}
}

// temporaryPrefix and 16 hexadecimal digits make the name of a file that is being written.
const temporaryPrefix = ".berth-tmp-"

// isTemporary reports whether a name is one that a build gives its temporary files: no other file is cleared away.
func isTemporary(name string) bool {
	digits, ok := strings.CutPrefix(name, temporaryPrefix)
	return ok && len(digits) == 16 && strings.Trim(digits, "0123456789abcdef") == ""
}

// replace puts data under name in dir in one step: whoever looks sees the old content or the new.
func replace(dir *os.Root, name string, data []byte, sync bool) error {
	temporary := fmt.Sprintf("%s%016x", temporaryPrefix, rand.Uint64())
	err := create(dir, temporary, data, sync)
	if err == nil {
		err = dir.Rename(temporary, name)
	}
	if err != nil {
		dir.Remove(temporary)
	}
	return err
}

// create writes a new file, and fails where one stands. sync waits until its content is on the disk, so that a rename
// after it cannot come before.
func create(dir *os.Root, name string, data []byte, sync bool) error {
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && sync {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// changed tells whoever watches a build, which tests do, that a path has been written or removed.
func (o Options) changed(path string) {
	if o.afterChange != nil {
		o.afterChange(path)
	}
}
