package workspace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
)

// The folders that a project's things are in where it does not say otherwise.
const (
	runsFolder     = "runs"
	profilesFolder = "profiles"
	policiesFolder = "policies"
	outputFolder   = "manifests"
)

// ProjectFiles are the names of a project's file, in the order of preference.
var ProjectFiles = []string{"berth.yaml", "berth.yml", "berth.json", "berth.cue", "berth.jsonnet"}

// project finds and opens the project's file; ok is false when there is one that is no project.
func (l *loader) project(req Request) (ok bool) {
	path := findProject(l.start(req.Paths), req.Top)
	if path == "" {
		return true
	}
	if filepath.Dir(path) != l.w.Dir && foreign(path) {
		l.foreignProject(display(l.w.Dir, path))
		return false
	}
	l.root = filepath.Dir(path)
	name := display(l.w.Dir, path)
	if inside, err := leadsInside(l.root, path); err != nil || !inside {
		l.add(unreadable(name, leadsOut))
		return false
	}
	l.note(ProjectRole, place{path, name})
	file, diags := l.read(path, name)
	l.add(diags...)
	if file == nil {
		return false
	}
	docs, diags := source.Load(file, source.Options{Path: path, Root: l.root, Evaluator: l.w.Evaluator, Layer: source.ProjectDefault})
	l.add(diags...)
	if len(docs) == 0 {
		return false
	}
	if len(docs) > 1 {
		l.add(diag.Diagnostic{Code: diag.Document, Span: docs[1].Root.Span, Message: "a project's file holds one document alone",
			Hint: "move runs and profiles to files of their own"})
	}
	l.w.Project, diags = compiler.OpenProject(docs[0], l.root)
	l.add(diags...)
	if l.w.Project == nil {
		return false
	}
	l.output()
	l.givenAway()
	l.heldFromAbove()
	return true
}

// start is the folder from which the project is looked for: that of the first path, or the working directory.
func (l *loader) start(paths []string) string {
	if len(paths) == 0 {
		return l.w.Dir
	}
	path := l.absolute(paths[0])
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return path
	}
	return filepath.Dir(path)
}

// foreignProject refuses a berth.yaml of another user above the folder, as may stand in /tmp: whoever put it there would
// decide what is built. The workspace counts as unreadable, for without its project it would be another one.
func (l *loader) foreignProject(name string) {
	l.w.Unreadable = true
	l.add(diag.Diagnostic{Code: diag.FileRead, Span: diag.Span{File: &diag.File{Name: name}},
		Message: "this project's file stands above the folder and belongs to another user, so that it is not used",
		Hint:    "if you trust it, run Berth in the folder that it stands in"})
}

// output refuses an output folder that is not the project's: building somebody else's project must write nothing outside
// of it. Who means it says so with -o.
func (l *loader) output() {
	path := filepath.FromSlash(l.w.outputPath())
	inside, err := leadsInside(l.root, standing(filepath.Join(l.root, path)))
	span, _ := l.projectSpan("output.path")
	if filepath.IsLocal(path) && err == nil && inside && !slices.Contains(strings.Split(filepath.ToSlash(path), "/"), ".git") {
		if held := l.w.input(l.w.OutputDir()); held != "" {
			l.add(diag.Diagnostic{Code: diag.Output, Span: span, Path: "spec.output.path",
				Message: "the output folder " + diag.Quote(l.w.outputPath()) + " lies in " + diag.Quote(held) + ", which is read, or holds it",
				Hint:    "name a folder for the output alone, such as `manifests`: a build removes what is no longer wanted there"})
		}
		return
	}
	l.add(diag.Diagnostic{Code: diag.Output, Span: span, Path: "spec.output.path",
		Message: "the output folder " + diag.Quote(l.w.outputPath()) + " leads out of the project's folder, or into .git",
		Hint:    "name a folder below the project's file; to write elsewhere, `berth build -o` takes any folder"})
}

// standing is the part of a path that exists.
func standing(path string) string {
	for {
		if _, err := os.Lstat(path); err == nil || filepath.Dir(path) == path {
			return path
		}
		path = filepath.Dir(path)
	}
}

// FindProject is the folder of the project that a folder belongs to, looked for upwards; empty where there is none.
func FindProject(dir string) string {
	if path := findProject(dir, ""); path != "" {
		return filepath.Dir(path)
	}
	return ""
}

// findProject looks for a project's file from a folder upwards, to the folder top. What lies above a repository or the
// user's home is somebody else's.
func findProject(dir, top string) string {
	for {
		if path := projectIn(dir); path != "" {
			return path
		}
		if atBorder(dir, top) {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}

// atBorder reports whether what lies above a folder is somebody else's.
func atBorder(dir, top string) bool {
	home, _ := os.UserHomeDir() // unknown: then there is no such border
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil || dir == home || dir == top || filepath.Dir(dir) == dir
}

// declared finds the files that the project names in a field, or those of the default folder where it has one.
func (l *loader) declared(paths []string, field, folder string, walk walker) []place {
	if len(paths) == 0 {
		path := filepath.Join(l.root, folder)
		info, err := os.Stat(path)
		if link, linkErr := os.Lstat(path); folder != "" && err != nil && linkErr == nil && link.Mode()&os.ModeSymlink != 0 {
			l.add(unreadable(display(l.w.Dir, path), leadsNowhere))
		}
		if folder == "" || err != nil || !info.IsDir() {
			return nil
		}
		paths = []string{folder}
	}
	var found []place
	for i, p := range paths {
		path := filepath.Join(l.root, filepath.FromSlash(p))
		span, _ := l.projectSpan(diag.At(field, i))
		switch inside, err := leadsInside(l.root, path); {
		case err != nil:
			l.w.Unreadable = true
			l.add(diag.Diagnostic{Code: diag.FileRead, Span: span, Path: diag.At(field, i),
				Message: diag.Quote(p) + " cannot be read: " + reason(err), Hint: "paths are relative to the project's file"})
		case !inside:
			l.add(diag.Diagnostic{Code: diag.FileRead, Span: span, Path: diag.At(field, i),
				Message: diag.Quote(p) + " leads out of the project", Hint: "a project's files lie in its own folder"})
		default:
			found = append(found, l.walk(path, walk)...)
		}
	}
	return unique(found)
}

// projectSpan is where the project's file has a field.
func (l *loader) projectSpan(field string) (diag.Span, bool) {
	_, node, whole := source.Find(l.w.Project.Tree, strings.TrimPrefix(field, "spec."))
	if !whole || node == nil {
		return diag.Span{File: l.w.Project.File}, false
	}
	return node.Span, true
}

// Reads reports whether a path, which is absolute, is one that runs, profiles, policies or queues are read from, lies
// below such a one, or above it.
func (w *Workspace) Reads(path string) bool {
	return w.Project == nil || slices.Contains(w.Project.Spec.Runs, ".") || w.input(path) != "" // without a project, whatever was named
}

// Input reports whether a file that is not there, by its absolute path, is one that runs, profiles, policies or queues
// would be read from.
func (w *Workspace) Input(path string) bool {
	return source.Supported(path) && !below(w.OutputDir(), path) && w.Reads(path)
}

// Held is the file or folder of the input that lies in a folder given by its absolute path, or that the folder lies in: of
// the project's, and of the paths that are read. A single file may have its output beside it. It is empty where the folder
// is for output alone.
func (w *Workspace) Held(folder string, paths []string) string {
	for _, at := range []string{folder, resolved(folder)} {
		if w.Project == nil {
			break
		}
		if held := w.input(at); held != "" {
			return held
		}
	}
	folder = resolved(folder)
	for _, path := range paths {
		at := path
		if !filepath.IsAbs(at) {
			at = filepath.Join(w.Dir, at)
		}
		if info, err := os.Stat(at); err == nil && info.IsDir() && (below(resolved(at), folder) || below(folder, resolved(at))) {
			return path
		}
	}
	return ""
}

// resolved is a path of which the part that exists has its links followed.
func resolved(path string) string {
	there := standing(path)
	real, err := filepath.EvalSymlinks(there)
	if err != nil {
		return path
	}
	return real + strings.TrimPrefix(path, there)
}

// input is the file or folder of the project's input that lies in a folder, or that the folder lies in; empty where there
// is none.
func (w *Workspace) input(folder string) string {
	if below(folder, w.Project.Dir) {
		return filepath.Base(w.Project.File.Name)
	}
	spec := w.Project.Spec
	inputs := slices.Concat(spec.Runs, spec.Profiles, spec.Policies, spec.Kueue)
	for _, paths := range spec.ProfileSets {
		inputs = append(inputs, paths...)
	}
	for _, environment := range spec.Environments {
		inputs = append(inputs, environment.Kueue...)
	}
	for _, one := range []struct {
		named []string
		usual string
	}{{spec.Runs, runsFolder}, {spec.Profiles, profilesFolder}, {spec.Policies, policiesFolder}} {
		if len(one.named) == 0 {
			inputs = append(inputs, one.usual)
		}
	}
	slices.Sort(inputs)
	for _, input := range inputs {
		at := filepath.Join(w.Project.Dir, filepath.FromSlash(input))
		if below(at, folder) && at != w.Project.Dir || below(folder, at) && at != folder {
			return input
		}
	}
	return ""
}

// notRuns tells the folders that are not walked for runs: the output, the profiles, the policies and the queues.
func (l *loader) notRuns() map[string]bool {
	if l.w.Project == nil {
		return nil
	}
	spec := l.w.Project.Spec
	skip := map[string]bool{l.w.OutputDir(): true}
	add := func(paths []string, folder string) {
		for _, p := range append(paths[:len(paths):len(paths)], folder) {
			if p != "" {
				skip[filepath.Join(l.root, filepath.FromSlash(p))] = true
			}
		}
	}
	add(spec.Profiles, profilesFolder)
	add(spec.Policies, policiesFolder)
	for _, paths := range spec.ProfileSets {
		add(paths, "")
	}
	add(spec.Kueue, "")
	for _, environment := range spec.Environments {
		add(environment.Kueue, "")
	}
	return skip
}

// OutputDir is the absolute path of the folder that the project's output goes to; empty without a project.
func (w *Workspace) OutputDir() string {
	if w.Project == nil {
		return ""
	}
	return filepath.Join(w.Project.Dir, filepath.FromSlash(w.outputPath()))
}

// outputPath is the folder that the project's manifests go to, relative to the project's.
func (w *Workspace) outputPath() string {
	if out := w.Project.Spec.Output; out != nil && out.Path != "" {
		return out.Path
	}
	return outputFolder
}

// display names a file as a user in dir would type it, in characters that a terminal may be given.
func display(dir, path string) string {
	if name, err := filepath.Rel(dir, path); err == nil {
		path = name
	}
	return diag.Safe(filepath.ToSlash(path))
}

// below reports whether a path is a folder or lies in it. Names that only start with two dots are inside.
func below(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
