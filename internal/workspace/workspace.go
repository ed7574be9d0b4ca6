// Package workspace is the whole pipeline: it finds a project and its files, compiles and renders every run, and holds the
// objects against what can be known offline of the cluster. Nothing in it writes; what it finds wrong are diagnostics.
package workspace

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/kueue"
	"berth/internal/source"
	"berth/schema"
)

// Request says what to read.
type Request struct {
	// Dir is the working directory, an absolute path: file names in diagnostics are relative to it, and without paths the
	// project is looked for from here upwards.
	Dir string
	// Top is the folder above which no project is looked for; left out, a repository's root or the user's home.
	Top string
	// Roof is the folder above which no project is looked for that holds the project from above; left out, that of Top.
	Roof string
	// Paths are files or folders with runs, all of one project, which is looked for from the first one upwards: see
	// [Divide]. None means the project's own.
	Paths []string
	// ProfilesOnly reads no runs, for the commands that are about profiles.
	ProfilesOnly bool
	// Texts stand for the files of these absolute paths, whatever the disk has.
	Texts map[string][]byte
	// Workers is how many files are read, and runs compiled, at a time; 0 means one for each processor.
	Workers int
	// Limits bounds what the evaluation of CUE and Jsonnet takes.
	Limits source.Limits
	// Editions are those that the project may be of; none means [schema.Editions].
	Editions []schema.Edition
	// Evaluator, if there is one, runs CUE and Jsonnet for this workspace and others, and is not closed with it.
	Evaluator *source.Evaluator
}

// Workspace is everything that was read. It holds child processes when a file was a program: see [Workspace.Close].
type Workspace struct {
	// Dir is the working directory.
	Dir string
	// Project is nil when no folder from Dir upwards has a project's file.
	Project *compiler.Project
	// Runs are the documents that mean to be runs, by file and place.
	Runs []source.Document
	// Profiles are the project's own, and those that were found among the runs.
	Profiles []source.Document
	// Sets are the profiles of the project's profile sets.
	Sets map[string][]source.Document
	// Policies are what every run of the project is held to, those that are right by themselves.
	Policies []*compiler.Policy
	// Sources are the files that were read, or could not be, in the order of reading.
	Sources []Source
	// Workers is as in the request.
	Workers int
	// Evaluator runs CUE and Jsonnet.
	Evaluator *source.Evaluator
	// Unreadable says that a path could not be read at all, which is no fault of what stands in the files.
	Unreadable bool

	editions      []schema.Edition
	policyTests   []place         // the files with tests of the policies
	wrongPolicies map[string]bool // the files of policies that are asked nothing

	// Whole says that the runs are those of the project, all of them, so that its own objects belong to the result.
	Whole bool

	clusters   map[string]*kueue.Cluster   // what is said of Kueue, by environment; of all that say nothing themselves, the empty one
	images     compiler.ImageLocks         // the digests of images.lock
	contents   map[string]compiler.Content // what the runs take from the repository
	someUnread bool                        // a file of profiles, so that the names in it are not known
	borrowed   bool                        // the evaluator is somebody else's
}

// Source is a file of a workspace.
type Source struct {
	Path string // absolute
	Name string // as diagnostics call it
	Role Role
}

// Role is what a file is read for.
type Role uint8

// The roles of files.
const (
	ProjectRole Role = iota
	ProfileRole
	PolicyRole
	QueueRole
	RunRole
)

// NameOf is how diagnostics call a file.
func (w *Workspace) NameOf(path string) string { return display(w.Dir, path) }

// Close ends the child processes that evaluate CUE and Jsonnet, unless they were lent to the workspace.
func (w *Workspace) Close() {
	if !w.borrowed {
		w.Evaluator.Close()
	}
}

// Load reads the project, the runs, the profiles and the policies. The diagnostics are about all files at once; the
// workspace holds what could be read, so that compiling it tells the rest. It is never nil.
func Load(req Request) (*Workspace, []diag.Diagnostic) {
	l := &loader{texts: req.Texts, roof: cmp.Or(req.Roof, req.Top), w: &Workspace{Dir: req.Dir, Workers: req.Workers, Evaluator: req.Evaluator, editions: req.Editions, borrowed: req.Evaluator != nil}}
	if !l.w.borrowed {
		l.w.Evaluator = source.NewEvaluator(req.Limits)
	}
	if !l.project(req) {
		return l.w, diag.Sort(l.diags) // whatever else would be said would be said of other defaults than the user's
	}
	l.profiles()
	l.policies()
	l.queues()
	if !req.ProfilesOnly {
		l.w.Whole = len(req.Paths) == 0 && l.w.Project != nil
		l.runs(req.Paths)
		l.contents()
		l.imagesLock()
	}
	l.environments()
	return l.w, diag.Sort(l.diags)
}

// loader fills a workspace.
type loader struct {
	w     *Workspace
	texts map[string][]byte
	root  string // the project's folder; empty without one
	roof  string // the folder above which no project is looked for
	above []outer
	// passed says that a folder was passed over which holds a project of its own.
	passed bool
	diags  []diag.Diagnostic
}

// note remembers files that are read.
func (l *loader) note(role Role, places ...place) {
	for _, p := range places {
		l.w.Sources = append(l.w.Sources, Source{p.path, p.name, role})
	}
}

// add keeps what is said while the workspace is read.
func (l *loader) add(ds ...diag.Diagnostic) { l.diags = append(l.diags, ds...) }

// environments refuses more of them than may be.
func (l *loader) environments() {
	names := compiler.EnvironmentsOf(l.w.Runs, l.w.Project)
	if len(names) <= maxEnvironments {
		return
	}
	d := diag.Diagnostic{Code: diag.FileTooLarge, Message: fmt.Sprintf("the project and its runs declare %d environments, and %d may be", len(names), maxEnvironments),
		Hint: "every run is compiled for each of them: divide the project"}
	if l.w.Project != nil {
		d.Span = diag.Span{File: l.w.Project.File}
	} else {
		d.Span = diag.Span{File: l.w.Runs[0].File}
	}
	l.add(d)
}

// profiles reads the profiles of the project and of its sets.
func (l *loader) profiles() {
	if l.w.Project == nil {
		return
	}
	spec := l.w.Project.Spec
	l.w.Profiles = l.profileDocuments(spec.Profiles, "spec.profiles", profilesFolder)
	l.w.Sets = map[string][]source.Document{}
	for name, paths := range spec.ProfileSets {
		l.w.Sets[name] = l.profileDocuments(paths, diag.Join("spec.profile_sets", name), "")
	}
	l.knownSets()
}

// knownSets refuses an environment whose set of profiles is not declared: it would quietly get the project's own.
func (l *loader) knownSets() {
	known := slices.Sorted(maps.Keys(l.w.Sets))
	for _, name := range l.w.Project.EnvironmentNames() {
		set := l.w.Project.Spec.Environments[name].ProfileSet
		if _, ok := l.w.Sets[set]; set == "" || ok {
			continue
		}
		path := diag.Join("spec.environments", name) + ".profile_set"
		span, _ := l.projectSpan(path)
		d := diag.Diagnostic{Code: diag.UnknownProfile, Span: span, Path: path,
			Message: "there is no profile set " + diag.Quote(set), Hint: "declare it under profile_sets"}
		if best, ok := diag.Nearest(set, known); ok {
			d.Hint = "did you mean " + best + "?"
			d.Fix = &diag.Fix{Span: span, Text: best}
		}
		l.add(d)
	}
}

// profileDocuments reads the profiles below the paths, which the field of the project names relative to the folder. Whether
// all of them could be read is kept: an unknown profile is then no mistake of the run that names it.
func (l *loader) profileDocuments(paths []string, field, folder string) []source.Document {
	before := len(l.diags)
	walk := l.declared(paths, field, folder, walker{root: l.root, wanted: source.Supported})
	l.note(ProfileRole, walk...)
	docs := slices.Concat(l.load(walk, source.Options{Layer: source.ProfileDefault, Constraints: true})...)
	l.w.someUnread = l.w.someUnread || len(l.diags) > before
	return docs
}

// runs reads the runs, from the paths or from where the project has them.
func (l *loader) runs(paths []string) {
	walk := walker{root: l.root, wanted: source.Supported, skip: l.notRuns()}
	var found []place
	switch {
	case len(paths) > 0:
		found = l.named(paths, walk)
	case l.w.Project != nil:
		found = l.declared(l.w.Project.Spec.Runs, "spec.runs", runsFolder, walk)
	}
	l.note(RunRole, found...)
	before := len(l.diags)
	for _, file := range l.load(found, source.Options{Layer: source.RunSpec}) {
		l.sort(file)
	}
	if len(l.w.Runs) == 0 && !l.passed && before == len(l.diags) && !diag.HasErrors(l.diags) {
		l.add(l.nothing(paths))
	}
}

// sort takes the documents of a file for what they are: what follows a template belongs to it.
func (l *loader) sort(file []source.Document) {
	if len(file) > 0 && compiler.Kind(file[0]) == "Template" {
		l.w.Profiles = append(l.w.Profiles, file...)
		return
	}
	for _, doc := range file {
		switch compiler.Kind(doc) {
		case "Profile":
			l.w.Profiles = append(l.w.Profiles, doc)
		case "Project":
			l.streamed(doc)
		default:
			l.w.Runs = append(l.w.Runs, doc)
		}
	}
}

// streamed takes a project's document among the runs for their project, where no file is one: a stream may bring what its
// runs need. Where there is a project's file, that alone counts.
func (l *loader) streamed(doc source.Document) {
	if l.w.Project != nil {
		return
	}
	var diags []diag.Diagnostic
	l.w.Project, diags = compiler.OpenProject(doc, l.w.Dir)
	l.add(diags...)
}

// nothing says that there is no run at all, which is never a success: an empty stream would tell what reads it to delete
// everything.
func (l *loader) nothing(paths []string) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.NothingToDo, Message: "there is no run here", Hint: "name a file or folder with runs; `berth init` writes an example"}
	switch {
	case len(paths) == 1:
		d.Message = "there is no run in " + diag.Quote(display(l.w.Dir, l.absolute(paths[0])))
	case len(paths) > 1:
		d.Message = "there is no run in any of the paths"
	case l.w.Project != nil:
		d.Span = diag.Span{File: l.w.Project.File}
		d.Message = "the project has no run"
		d.Hint = "say under `runs` where they are; left out, they are looked for in the folder `runs`"
		if span, ok := l.projectSpan("spec.runs"); ok {
			d.Span = span
		}
	}
	return d
}

// Layers are the profiles of an environment, strongest first: its set, then the project's own.
func (w *Workspace) layers(environment string) [][]source.Document {
	layers := [][]source.Document{w.Profiles}
	if w.Project == nil {
		return layers
	}
	if set, ok := w.Sets[w.Project.Spec.Environments[environment].ProfileSet]; ok {
		layers = slices.Insert(layers, 0, set)
	}
	return layers
}
