package files

import (
	"bytes"
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
	ours    func(path string, data []byte) bool // see [Options.Ours]

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
	// left says that the file is not provably Berth's, so that it stays though it is no longer wanted.
	left bool
	// handmade says that the file has content that Berth never wrote.
	handmade bool
	// obstacle is the path of what is in the way of a foreign entry, and reason why it is.
	obstacle, reason string
}

// state is what a survey finds of an entry.
type state uint8

// The states of an entry, nearly all of which are a list in [Status].
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
func survey(dir string, root *os.Root, want []File, options Options) (*tree, []diag.Diagnostic, error) {
	t := &tree{dir: dir, root: root, ours: options.Ours, final: make(index, len(want))}
	var err error
	t.known, t.indexed, err = readIndex(root)
	if isDamage(err) {
		return t, []diag.Diagnostic{t.damaged(err)}, nil
	}
	if err != nil {
		return t, nil, failure("read", dir, IndexName, err)
	}
	t.folders = arrange(want, t.known)
	if err := t.eachFolder(options.Workers, t.look); err != nil {
		return t, nil, err
	}
	for _, f := range t.folders {
		for _, e := range f.entries {
			if e.wanted {
				t.final[e.path] = e.digest
			}
		}
	}
	// Made here, so that an index that would not change is not written.
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
	// Every folder with a file has a row of its own; those that only hold folders have none.
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
	// No folder: nothing in it is there.
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
	// A build that was killed between writing and renaming leaves such files.
	for name, kind := range kinds {
		if isTemporary(name) && kind.IsRegular() {
			f.leftovers = append(f.leftovers, name)
		}
	}
	for _, e := range f.entries {
		kind, there := kinds[path.Base(e.path)]
		if err := e.judge(dir, kind, there, t.ours); err != nil {
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
func (e *entry) judge(dir *os.Root, kind fs.FileMode, there bool, ours func(string, []byte) bool) error {
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
		return e.compare(dir, ours)
	}
	return nil
}

// compare finds the state of e by the content of its file. What is no longer wanted is a stray only where it is provably
// Berth's, by its content and by its digest: the index alone proves nothing, since it comes with the tree.
func (e *entry) compare(dir *os.Root, ours func(string, []byte) bool) error {
	data, err := content(dir, path.Base(e.path))
	if err != nil {
		return err
	}
	// Without a way to tell, the index is believed.
	proved := ours == nil || ours(e.path, data)
	e.handmade = e.known != "" && (data == nil || !strings.Contains(e.known, digestOf(data)))
	switch {
	case !e.wanted && (e.handmade || !proved):
		e.state, e.left, e.handmade = gone, true, false
	case !e.wanted:
		e.state = stray
	case data != nil && bytes.Equal(data, e.data):
		e.state, e.handmade = unchanged, false
	case e.known == "" && (ours == nil || data == nil || !proved):
		e.state, e.obstacle, e.reason = foreign, e.path, "file was not written by Berth, and the build would overwrite it"
	case e.handmade:
		e.state = edited
	default:
		e.state = stale
	}
	return nil
}

// maxFile bounds what is read of a file of the tree, in bytes. What is larger is none that Berth wrote.
const maxFile = 64 << 20

// content is what stands in a file, whatever line ends a checkout gave it; nil for a file that is too large.
func content(dir *os.Root, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil || len(data) > maxFile {
		return nil, err
	}
	return unixLines(data), nil
}

// unixLines is text with the line ends that Berth writes: Git for Windows checks out others.
func unixLines(data []byte) []byte {
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}
