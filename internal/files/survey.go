package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"berth/internal/diag"
)

// tree is an output folder as a survey found it.
type tree struct {
	dir     string // as the user calls it
	root    *os.Root
	folders []*folder // those that hold, or shall hold, a file of ours; sorted by path
	found   Status

	known     index  // as it stood
	indexed   []byte // the text that stands; nil when there is none
	final     index  // as it shall stand
	finalText []byte
}

// folder is one folder of the tree with the files that matter in it.
type folder struct {
	path      string // "." for the output folder
	entries   []*entry
	leftovers []string // temporary files of a build that was killed
}

// entry is one file that is wanted, or that the index names.
type entry struct {
	path   string
	data   []byte // nil unless wanted
	wanted bool
	known  string // the index's digests, empty when it has none
	digest string // of data
	state  state
	// handmade says that the file has content that Berth never wrote.
	handmade bool
	// obstacle is the path of what is in the way of a foreign entry, and reason why it is.
	obstacle, reason string
}

// state is what a survey finds of an entry.
type state uint8

const (
	gone state = iota // no longer wanted, and not there or no longer a file
	missing
	stale
	edited
	stray
	foreign
	unchanged
)

// survey compares the tree with what is wanted. The tree is never nil, but of no use when there is an error or a problem.
func survey(dir string, root *os.Root, want []File, workers int) (*tree, []diag.Diagnostic, error) {
	t := &tree{dir: dir, root: root, final: make(index, len(want))}
	var err error
	t.known, t.indexed, err = readIndex(root)
	if isDamage(err) {
		return t, []diag.Diagnostic{t.damaged(err)}, nil
	}
	if err != nil {
		return t, nil, failure("read", dir, IndexName, err)
	}
	t.folders = arrange(want, t.known)
	if err := t.eachFolder(workers, t.look); err != nil {
		return t, nil, err
	}
	for _, f := range t.folders {
		for _, e := range f.entries {
			if e.wanted {
				t.final[e.path] = e.digest
			}
		}
	}
	t.finalText = t.final.encode()
	t.found = t.status()
	return t, t.problems(), nil
}

// arrange sorts what is wanted and what is known into folders. The output folder is always among them.
func arrange(want []File, known index) []*folder {
	entries := make([]*entry, 0, len(want))
	wanted := make(map[string]bool, len(want))
	for _, f := range want {
		wanted[f.Path] = true
		entries = append(entries, &entry{path: f.Path, data: f.Data, wanted: true, known: known[f.Path]})
	}
	for p, digests := range known {
		if !wanted[p] {
			entries = append(entries, &entry{path: p, known: digests})
		}
	}
	byPath := map[string]*folder{".": {path: "."}}
	for _, e := range entries {
		name := path.Dir(e.path)
		if byPath[name] == nil {
			byPath[name] = &folder{path: name}
		}
		byPath[name].entries = append(byPath[name].entries, e)
	}
	folders := make([]*folder, 0, len(byPath))
	for _, f := range byPath {
		slices.SortFunc(f.entries, func(a, b *entry) int { return strings.Compare(a.path, b.path) })
		folders = append(folders, f)
	}
	slices.SortFunc(folders, func(a, b *folder) int { return strings.Compare(a.path, b.path) })
	return folders
}

// look finds the state of every entry of f.
func (t *tree) look(d *descent, f *folder) error {
	for _, e := range f.entries {
		if e.wanted {
			e.digest = digestOf(e.data)
		}
	}
	dir, err := d.enter(f.path, false)
	blocked, isBlocked := errors.AsType[*blockedError](err)
	switch {
	case isBlocked:
		f.obstruct(blocked)
		return nil
	case errors.Is(err, fs.ErrNotExist):
		f.obstruct(nil)
		return nil
	case err != nil:
		return failure("read", t.dir, f.path, err)
	}
	kinds, err := list(dir)
	if err != nil {
		return failure("read", t.dir, f.path, err)
	}
	for name, kind := range kinds {
		if isTemporary(name) && kind.IsRegular() {
			f.leftovers = append(f.leftovers, name)
		}
	}
	for _, e := range f.entries {
		kind, there := kinds[path.Base(e.path)]
		if err := e.judge(dir, kind, there); err != nil {
			return failure("read", t.dir, e.path, err)
		}
	}
	return nil
}

// obstruct judges the entries of a folder that does not exist, or for which something else stands.
func (f *folder) obstruct(by *blockedError) {
	for _, e := range f.entries {
		switch {
		case !e.wanted:
			e.state = gone
		case by == nil:
			e.state = missing
		default:
			e.state, e.obstacle, e.reason = foreign, by.path, by.reason
		}
	}
}

// list returns what is in dir, by the names as they are spelled on disk.
func list(dir *os.Root) (map[string]fs.FileMode, error) {
	f, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	found, err := f.ReadDir(-1)
	kinds := make(map[string]fs.FileMode, len(found))
	for _, item := range found {
		kinds[item.Name()] = item.Type()
	}
	return kinds, err
}

// judge finds the state of e in its folder.
func (e *entry) judge(dir *os.Root, kind fs.FileMode, there bool) error {
	switch {
	case !there && e.wanted:
		e.state = missing
	case !e.wanted && !kind.IsRegular() || !there:
		e.state = gone // what stands there now, if anything, is someone else's
	case !kind.IsRegular():
		e.state, e.obstacle, e.reason = foreign, e.path, "stands where the build makes a file"
		if kind&fs.ModeSymlink != 0 {
			e.reason = isLink
		}
	default:
		return e.compare(dir)
	}
	return nil
}

// compare finds the state of e by the content of its file.
func (e *entry) compare(dir *os.Root) error {
	f, err := dir.Open(path.Base(e.path))
	if err != nil {
		return err
	}
	defer f.Close()
	same, err := hasContent(f, e.data)
	switch {
	case err != nil:
		return err
	case !e.wanted:
		e.state = stray
	case same:
		e.state = unchanged
		return nil
	case e.known == "":
		e.state, e.obstacle, e.reason = foreign, e.path, "file was not written by Berth, and the build would overwrite it"
		return nil
	default:
		e.state = stale
	}
	digest, err := digestFile(f)
	if e.handmade = !strings.Contains(e.known, digest); e.handmade && e.wanted {
		e.state = edited
	}
	return err
}

func hasContent(f *os.File, data []byte) (bool, error) {
	info, err := f.Stat()
	if err != nil || info.Size() != int64(len(data)) {
		return false, err
	}
	content := make([]byte, len(data))
	if _, err := io.ReadFull(f, content); err != nil {
		return false, err
	}
	return bytes.Equal(content, data), nil
}

func digestFile(f *os.File) (string, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	h := sha256.New()
	_, err := io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}
