package kustomize

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
)

// FileNames are the names under which kustomize looks for a kustomization.
var FileNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// maxTree bounds the bytes of the files that kustomizations name.
const maxTree = 64 << 20

// Tree is the kustomizations of a folder, and the files that they name.
type Tree struct {
	fs      fs.FS
	named   string // the folder, as the user names it
	folders map[string]*Folder
	// Files are the contents of all files that a kustomization names, and of the kustomizations, by their paths.
	Files map[string][]byte
	size  int64
}

// Folder is one kustomization.
type Folder struct {
	// Path is the kustomization's folder, with slashes, below the folder that was looked through.
	Path string
	// File is the kustomization's own path.
	File string
	// Problem says why it cannot be built, with the line at which it stands; empty where nothing is known against it.
	Problem string
	Line    int32

	component bool
	needs     []string // the folders that it puts together, components among them
	neededBy  []string
}

// Find looks through a folder, which the user names as named. Hidden folders are passed over.
func Find(fsys fs.FS, named string) (*Tree, error) {
	t := &Tree{fs: fsys, named: named, folders: map[string]*Folder{}, Files: map[string][]byte{}}
	err := fs.WalkDir(fsys, ".", func(at string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && at != ".":
			return fs.SkipDir
		case entry.Type().IsRegular() && slices.Contains(FileNames, entry.Name()) && t.folders[path.Dir(at)] == nil:
			t.folders[path.Dir(at)] = &Folder{Path: path.Dir(at), File: at}
		}
		return nil
	})
	for _, at := range slices.Sorted(maps.Keys(t.folders)) {
		t.read(t.folders[at])
	}
	t.passOn()
	return t, err
}

// Name is how the user would call a path.
func (t *Tree) Name(at string) string { return path.Join(t.named, at) }

// Has reports whether a file lies in the folder of a kustomization or below.
func (t *Tree) Has(file string) bool {
	for at := path.Dir(file); ; at = path.Dir(at) {
		if t.folders[at] != nil {
			return true
		}
		if at == "." || at == "/" {
			return false
		}
	}
}

// fields of a kustomization that name what is put together: files, or folders of other kustomizations.
var accumulated = []string{"resources", "bases", "components", "generators", "transformers", "validators", "crds", "configurations"}

// read takes in one kustomization and the files that it names.
func (t *Tree) read(f *Folder) {
	root, line, err := t.document(f.File)
	if err != nil {
		f.fail(line, err.Error())
		return
	}
	f.component = text(root.Get("kind")) == "Component"
	for _, field := range []string{"helmCharts", "helmChartInflationGenerator"} {
		if n := root.Field(field); n != nil {
			f.fail(n.Span.Line, "a chart is not inflated here: "+Piped("--enable-helm "+t.Name(f.Path)))
		}
	}
	for _, field := range accumulated {
		if list := root.Get(field); list != nil {
			for _, item := range list.Items {
				t.accumulate(f, field, item)
			}
		}
	}
	t.mentions(f, root)
}

// fail keeps the first problem of a folder: what comes after it is mostly its consequence.
func (f *Folder) fail(line int32, problem string) {
	if f.Problem == "" {
		f.Problem, f.Line = problem, line
	}
}

// accumulate follows one entry of what is put together.
func (t *Tree) accumulate(f *Folder, field string, n *source.Node) {
	entry := text(n)
	if entry == "" || strings.Contains(entry, "\n") {
		return // an object that stands in the list itself
	}
	at := path.Join(f.Path, entry)
	info, err := fs.Stat(t.fs, at)
	switch {
	case path.IsAbs(entry) || at == ".." || strings.HasPrefix(at, "../"):
		if isRemote(entry) {
			f.fail(n.Span.Line, remote(entry, t.Name(f.Path)))
			return
		}
		f.fail(n.Span.Line, entry+" lies outside of the folder that is imported: import the one that holds both")
	case err != nil && isRemote(entry):
		f.fail(n.Span.Line, remote(entry, t.Name(f.Path)))
	case err != nil:
		f.fail(n.Span.Line, "there is no file or folder "+entry)
	case !info.IsDir():
		t.take(f, at, n.Span.Line)
		if slices.Contains([]string{"generators", "transformers", "validators"}, field) {
			if root, _, err := t.document(at); err == nil {
				t.mentions(f, root)
			}
		}
	case t.folders[at] == nil:
		f.fail(n.Span.Line, "the folder "+entry+" has no kustomization.yaml")
	default:
		f.needs = append(f.needs, at)
		t.folders[at].neededBy = append(t.folders[at].neededBy, f.Path)
	}
}

// isRemote reports whether kustomize would look for an entry elsewhere than in a folder.
func isRemote(entry string) bool {
	host, _, _ := strings.Cut(entry, "/")
	return strings.Contains(entry, "://") || strings.Contains(entry, "?ref=") || strings.HasPrefix(entry, "git@") ||
		strings.Contains(entry, "//") || strings.Contains(host, ".") && strings.Trim(host, ".") != "" && strings.Count(entry, "/") > 1
}

// remote says that an entry is no file of the tree, with the way to import it all the same.
func remote(entry, folder string) string {
	return entry + " is elsewhere, and nothing is fetched: " + Piped(folder)
}

// Piped is the way out for a kustomization that only a user's own kustomize builds.
func Piped(args string) string {
	return "`kustomize build " + args + " | berth import -` imports what it gives"
}

// mentions takes in the files that are named anywhere in a kustomization: patches, variables, values of generators.
func (t *Tree) mentions(f *Folder, n *source.Node) {
	if n == nil {
		return
	}
	for _, field := range n.Fields {
		t.mentions(f, field.Node)
	}
	for _, item := range n.Items {
		t.mentions(f, item)
	}
	if n.Kind != source.String || strings.Contains(n.Text, "\n") {
		return
	}
	names := []string{n.Text}
	if _, file, ok := strings.Cut(n.Text, "="); ok { // as generators name the key of a file
		names = append(names, file)
	}
	for _, name := range names {
		if at := path.Join(f.Path, name); fs.ValidPath(at) {
			if info, err := fs.Stat(t.fs, at); err == nil && info.Mode().IsRegular() {
				t.take(f, at, n.Span.Line)
			}
		}
	}
}

// take reads a file that is named.
func (t *Tree) take(f *Folder, at string, line int32) {
	if err := t.load(at); err != nil {
		f.fail(line, fmt.Sprintf("%s: %v", at, err))
	}
}

// load reads a file of the tree once, into memory. It refuses what is no regular file and what is larger than one file, or
// all files together, may be; the error says why, without the path.
func (t *Tree) load(at string) error {
	if t.Files[at] != nil {
		return nil
	}
	info, err := fs.Stat(t.fs, at)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("this is no file")
	case info.Size() > source.MaxFileBytes || t.size+info.Size() > maxTree:
		return fmt.Errorf("%d bytes are more than is read", info.Size())
	}
	data, err := fs.ReadFile(t.fs, at)
	if err == nil {
		t.Files[at], t.size = append([]byte{}, data...), t.size+int64(len(data))
	}
	return err
}

// document reads a YAML file that speaks of others; an error has its line.
func (t *Tree) document(at string) (root *source.Node, line int32, err error) {
	if err := t.load(at); err != nil {
		return nil, 1, err
	}
	file, diags := source.FromBytes(at, t.Files[at])
	if file == nil {
		return nil, 1, errors.New(diags[0].Message)
	}
	if path.Ext(at) == "" {
		file.Name += ".yaml"
	}
	docs, diags := source.Load(file, source.Options{})
	if diag.HasErrors(diags) {
		return nil, max(diags[0].Span.Line, 1), errors.New(diags[0].Message)
	}
	if len(docs) == 0 {
		return nil, 1, errors.New("there is nothing in it")
	}
	return docs[0].Root, 1, nil
}

// text is a scalar as it is written, and empty for a missing node, a list or a map.
func text(n *source.Node) string {
	if n.Scalar() {
		return n.Text
	}
	return ""
}

// passOn gives every kustomization the problems of those that it puts together, and names those that need themselves.
func (t *Tree) passOn() {
	done := map[string]bool{}
	var visit func(f *Folder, above []string)
	visit = func(f *Folder, above []string) {
		if slices.Contains(above, f.Path) {
			f.fail(1, "it puts itself together: "+strings.Join(append(above[slices.Index(above, f.Path):], f.Path), " → "))
			return
		}
		if done[f.Path] {
			return
		}
		done[f.Path] = true
		for _, need := range f.needs {
			below := t.folders[need]
			if visit(below, append(slices.Clip(above), f.Path)); below.Problem != "" {
				f.fail(1, fmt.Sprintf("%s:%d: %s", t.Name(below.File), below.Line, below.Problem))
			}
		}
	}
	for _, at := range slices.Sorted(maps.Keys(t.folders)) {
		visit(t.folders[at], nil)
	}
}
