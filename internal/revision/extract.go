package revision

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Gap is a part of a commit that is not in the repository, so that what it holds is not known.
type Gap struct {
	// Path is from the repository's root, with slashes.
	Path string
	// Why says what is there in its place, and Help what brings it.
	Why, Help string
}

// Has reports which of the paths a commit has as files, or links.
func (r *Repository) Has(c Commit, paths []string) ([]string, error) {
	o, err := r.objects()
	if err != nil {
		return nil, err
	}
	defer o.close()
	var names, found []string
	for _, p := range paths {
		if strings.ContainsAny(p, "\n\x00") {
			return nil, fmt.Errorf("%q: a name with a line's end", p)
		}
		names = append(names, c.Hash+":"+p)
	}
	err = o.look(names, func(i int, a about) error {
		if a.kind == "blob" {
			found = append(found, paths[i])
		}
		return nil
	})
	return found, err
}

// Extract writes the files of a commit that lie in a folder, given from the repository's root, to their places below temp.
//
// Nothing is written elsewhere, whatever the commit names its files. What no input can be is left out: files larger than
// maxFile bytes. A link that leads out of the folder, or nowhere, becomes one that leads nowhere. The files of a
// submodule are those of its own repository in the working tree, at the commit that is recorded. A commit that is larger
// than can be compared is refused.
func (r *Repository) Extract(c Commit, folder, temp string, maxFile int64) ([]Gap, error) {
	root, err := os.OpenRoot(temp)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	w := &writer{root: root, maxFile: maxFile, made: map[string]bool{}}
	if err := w.commit(r, c.Hash, ".", folder); err != nil {
		return nil, err
	}
	return w.gaps, w.breakStrayLinks()
}

// writer writes the files of commits, never outside of root.
type writer struct {
	root    *os.Root
	maxFile int64           // bytes
	made    map[string]bool // folders
	links   []string
	gaps    []Gap
	entries int
	bytes   int64
}

// commit writes a commit of the repository whose root lies at a place below the writer's; folder is below that place, or
// above it.
func (w *writer) commit(r *Repository, hash, at, folder string) error {
	o, err := r.objects()
	if err != nil {
		return err
	}
	defer o.close()
	top, err := o.folder(hash, at, folder)
	if err != nil || top.hash == "" {
		return err
	}
	found, err := o.walk(top, &w.entries)
	if err != nil {
		return err
	}
	isModule := func(e entry) bool { return e.kind == modeSubmodule }
	if err := w.files(o, slices.DeleteFunc(slices.Clone(found), isModule)); err != nil {
		return err
	}
	for _, e := range found {
		if isModule(e) {
			if err := w.submodule(r, e, at, folder); err != nil {
				return err
			}
		}
	}
	return nil
}

// folder finds the tree of a folder in a commit; its hash is empty where the commit has no such folder.
func (o *objects) folder(hash, at, folder string) (entry, error) {
	name := hash + "^{tree}"
	rel, below := strings.CutPrefix(folder, at+"/")
	if at == "." {
		rel, below = folder, folder != "."
	}
	top := entry{path: at, kind: modeFolder}
	if below {
		name, top.path = hash+":"+rel, folder
	}
	err := o.look([]string{name}, func(_ int, a about) error {
		switch {
		case a.kind == "tree":
			top.hash = a.hash
		case a.kind == "" && !below:
			return o.repository.missing(hash, "the commit, or its list of files")
		}
		return nil
	})
	return top, err
}

// files writes files and links.
func (w *writer) files(o *objects, entries []entry) error {
	var fit []entry
	err := o.look(hashes(entries), func(i int, a about) error {
		switch {
		case a.kind == "":
			return o.repository.missing(entries[i].hash, entries[i].path)
		case a.kind != "blob":
			return fmt.Errorf("%s is a %s, where a file should be", entries[i].path, a.kind)
		case a.size > w.maxFile:
			return nil
		}
		if w.bytes += a.size; w.bytes > maxTotal {
			return errSize
		}
		fit = append(fit, entries[i])
		return nil
	})
	if err != nil {
		return err
	}
	return o.read(hashes(fit), func(i int, content io.Reader) error { return w.file(fit[i], content) })
}

func (w *writer) file(e entry, content io.Reader) error {
	if err := w.mkdir(path.Dir(e.path)); err != nil {
		return err
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	name := filepath.FromSlash(e.path)
	if e.kind == modeLink {
		w.links = append(w.links, name)
		return w.root.Symlink(filepath.FromSlash(string(data)), name)
	}
	if strings.HasPrefix(string(data), lfsPointer) {
		w.gaps = append(w.gaps, Gap{e.path, "a pointer of Git LFS, whose content no commit has", "take it out of Git LFS: Berth's files are small"})
	}
	f, err := w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// lfsPointer begins the files that Git LFS commits in place of the real ones.
const lfsPointer = "version https://git-lfs.github.com/spec/"

func (w *writer) mkdir(folder string) error {
	if w.made[folder] {
		return nil
	}
	w.made[folder] = true
	return w.root.MkdirAll(filepath.FromSlash(folder), 0o755)
}

// submodule writes the files of a submodule, or notes that they are not here.
func (w *writer) submodule(above *Repository, e entry, at, folder string) error {
	gap := Gap{e.path, fmt.Sprintf("a submodule, whose commit %.12s is not here", e.hash), "git submodule update --init " + e.path}
	dir := filepath.Join(above.Top, filepath.FromSlash(strings.TrimPrefix(e.path, at+"/")))
	r, err := submodule(dir)
	if err == nil {
		_, err = r.Commit(e.hash)
	}
	if err != nil {
		w.gaps = append(w.gaps, gap)
		return w.mkdir(e.path) // as git leaves it
	}
	return w.commit(r, e.hash, e.path, folder)
}

// submodule opens the repository of a submodule, which has its own at this very place.
func submodule(dir string) (*Repository, error) {
	if real, err := filepath.EvalSymlinks(dir); err != nil || real != dir {
		return nil, ErrNoRepository
	}
	r, err := Open(dir)
	if err == nil && r.Prefix != "." {
		return nil, ErrNoRepository
	}
	return r, err
}

// breakStrayLinks looks at the links when everything stands: where one leads depends on the others.
func (w *writer) breakStrayLinks() error {
	for _, link := range w.links {
		if _, err := w.root.Stat(link); err == nil {
			continue
		}
		if err := errors.Join(w.root.Remove(link), w.root.Symlink(filepath.Base(link), link)); err != nil {
			return err
		}
	}
	return nil
}
