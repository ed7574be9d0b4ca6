package workspace

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/parallel"
	"berth/internal/source"
)

// place is a file that will be read.
type place struct {
	path string // absolute
	name string // as the user would type it
}

// walker says what of a folder is taken.
type walker struct {
	root   string // links may not lead out of it; empty means out of the folder itself
	wanted func(path string) bool
	skip   map[string]bool // absolute paths of folders inside that are not walked
}

// named finds the files behind paths that the user typed.
func (l *loader) named(paths []string, walk walker) []place {
	var found []place
	for _, p := range paths {
		path := l.absolute(p)
		if _, err := os.Stat(path); err != nil && !l.given(path) {
			l.w.Unreadable = true
			l.add(diag.Diagnostic{Code: diag.FileRead, Span: diag.Span{File: &diag.File{Name: display(l.w.Dir, path)}},
				Message: "the file cannot be read: " + reason(err), Hint: "paths are relative to the folder you are in"})
			continue
		}
		found = append(found, l.walk(path, walk)...)
	}
	return unique(found)
}

// absolute is a path that the user wrote, which is relative to the folder the command runs in.
func (l *loader) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(l.w.Dir, path)
}

// walk lists the files of a folder, or the one file that path is. Hidden files, what has another extension, and the
// folders of other things are passed over; a link that leads out of the project is refused.
func (l *loader) walk(path string, walk walker) []place {
	if !standsOnDisk(path) && l.given(path) {
		return []place{{path, display(l.w.Dir, path)}}
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		if inside, err := leadsInside(l.root, path); l.root != "" && below(l.root, path) && (err != nil || !inside) {
			l.add(unreadable(display(l.w.Dir, path), leadsOut))
			return nil
		}
		return []place{{path, display(l.w.Dir, path)}}
	}
	f := &folders{loader: l, walker: walk, border: cmp.Or(walk.root, path), seen: map[string]string{}}
	if !below(f.border, path) {
		f.border = path
	}
	f.enter(path, path)
	return append(f.found, l.unsaved(path, walk)...)
}

// unsaved lists the texts for files of a folder that are not on disk yet.
func (l *loader) unsaved(dir string, walk walker) []place {
	var found []place
	for path := range l.texts {
		if below(dir, path) && walk.wanted(path) && !slices.Contains(ProjectFiles, filepath.Base(path)) && !walk.passes(dir, path) && !standsOnDisk(path) {
			found = append(found, place{path, display(l.w.Dir, path)})
		}
	}
	return found
}

// passes reports whether a walk of dir passes over a file below it.
func (w walker) passes(dir, path string) bool {
	for ; path != dir; path = filepath.Dir(path) {
		if strings.HasPrefix(filepath.Base(path), ".") || w.skip[path] {
			return true
		}
	}
	return false
}

// given reports whether a text stands for the file.
func (l *loader) given(path string) bool {
	_, ok := l.texts[path]
	return ok
}

// standsOnDisk reports whether anything stands at a path, be it a link that leads nowhere.
func standsOnDisk(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// leadsOut is said of a link that would show what is not the project's.
const leadsOut = "the link leads out of the project"

// unreadable is the mistake of a file as a whole, which has no line since it was not read.
func unreadable(name, why string) diag.Diagnostic {
	return diag.Diagnostic{Code: diag.FileRead, Span: diag.Span{File: &diag.File{Name: name}}, Message: why}
}

// leadsInside reports whether a path, with all links followed, stays below a folder.
func leadsInside(dir, path string) (bool, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false, err
	}
	dir, err = filepath.EvalSymlinks(dir)
	return below(dir, real), err
}

// reason says why a path could not be read, without the path.
func reason(err error) string {
	var pathError *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.As(err, &pathError):
		return pathError.Err.Error()
	}
	return err.Error()
}

// unique sorts places and drops repetitions, so that neither the order of the paths nor naming a file twice counts.
func unique(places []place) []place {
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(filepath.ToSlash(a.path), filepath.ToSlash(b.path)) })
	return slices.CompactFunc(places, func(a, b place) bool { return a.path == b.path })
}

// load reads and parses files, several at a time, and returns the documents of each.
func (l *loader) load(places []place, options source.Options) [][]source.Document {
	docs := make([][]source.Document, len(places))
	diags := make([][]diag.Diagnostic, len(places))
	parallel.Each(len(places), l.w.Workers, func(i int) {
		file, problems := l.read(places[i].path, places[i].name)
		if file != nil {
			o := options
			o.Path, o.Root, o.Evaluator = places[i].path, l.root, l.w.Evaluator
			var more []diag.Diagnostic
			docs[i], more = source.Load(file, o)
			problems = append(problems, more...)
		}
		diags[i] = problems
	})
	l.add(slices.Concat(diags...)...)
	return docs
}

// read reads one file, or the text that stands for it.
func (l *loader) read(path, name string) (*diag.File, []diag.Diagnostic) {
	if text, ok := l.texts[path]; ok {
		return source.FromBytes(name, text)
	}
	return source.Read(path, name)
}
