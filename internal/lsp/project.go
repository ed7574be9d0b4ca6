package lsp

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/workspace"
)

// project is what was found of a project. It is never changed once it is kept, but replaced.
type project struct {
	root         string
	output       string // the folder of its manifests; empty when the project could not be read
	roles        map[string]workspace.Role
	passed       map[string]bool // open documents that are not of the project
	names        names
	disk         *disk
	environments []string
	check        *workspace.Check
	claimed      map[string][]string  // files by what they claim
	index        map[string][]mention // by path
}

// names finds files by the names that diagnostics use.
type names struct {
	root string
	file string            // the project's own, for what is said of no file
	read map[string]string // the paths of those that were read
}

// namesIn are the names that diagnostics have for the files of a workspace, with their paths.
func namesIn(w *workspace.Workspace) names {
	n := names{root: w.Dir, read: map[string]string{}}
	for _, s := range w.Sources {
		n.read[s.Name] = s.Path
		if s.Role == workspace.ProjectRole {
			n.file = s.Path
		}
	}
	return n
}

// path is the file of a name; ok is false for one that nobody can open, such as a profile of the catalog. Files that
// others import are not among those that were read.
func (n names) path(name string) (path string, ok bool) {
	if name == "" {
		return n.file, n.file != ""
	}
	if path, ok := n.read[name]; ok {
		return path, true
	}
	path = filepath.Join(n.root, filepath.FromSlash(name))
	return path, below(n.root, path) && onDisk(path)
}

// knows reports whether a file is one of the project's.
func (p *project) knows(path string) bool {
	_, ok := p.roles[path]
	return ok
}

// onDisk reports whether anything stands at a path, be it a link that leads nowhere.
func onDisk(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// request is what is read: all, or the runs of some files.
func (e *engine) request(root string, texts map[string][]byte, paths ...string) workspace.Request {
	return workspace.Request{Dir: root, Paths: paths, Texts: texts, Evaluator: e.s.evaluator}
}

// checkWhole checks all of a project.
func (e *engine) checkWhole(root string) {
	texts := e.s.docs.texts()
	w, loaded := workspace.Load(e.request(root, texts))
	defer w.Close()
	p := &project{root: root, roles: map[string]workspace.Role{}, names: namesIn(w), passed: map[string]bool{}, output: w.OutputDir()}
	for _, s := range w.Sources {
		p.roles[s.Path] = s.Role
	}
	p.disk = &disk{p.stamps()}
	if p.environments = w.Environments(); len(p.environments) == 0 {
		p.environments = []string{""}
	}
	p.check = w.Check(loaded, workspace.CheckOptions{Environments: p.environments, Cancelled: e.cancelled})
	if p.check.Cancelled {
		e.again(root)
		return
	}
	p.claim()
	x := newIndexer(p.names)
	x.workspace(w)
	p.index = x.found
	for path := range texts {
		p.passed[path] = !p.knows(path)
	}
	old := e.project(root)
	e.keep(p)
	e.s.publish(p, p.pointed(old))
	e.s.refresh()
	for path := range texts {
		if !p.knows(path) && rootOf(path) == root {
			e.checkLoose(p, path)
		}
	}
}

// claim makes the index of what files claim.
func (p *project) claim() {
	p.claimed = map[string][]string{}
	for path, part := range p.check.Files {
		for _, c := range part.Claims {
			p.claimed[c] = append(p.claimed[c], path)
		}
	}
}

// checkFiles checks files of a project again: runs alone where that is enough.
func (e *engine) checkFiles(j job) {
	p := e.project(j.root)
	var runs, profiles []string
	whole := false // noted at the end: what is noted before cancels the check of the runs
	for _, path := range j.files {
		role, known := p.roles[path]
		reached, ok := p.reached(path)
		switch {
		case known && role == workspace.ProfileRole && ok:
			runs, profiles = append(runs, reached...), append(profiles, path)
		case known && role == workspace.RunRole && !p.check.Files[path].Profiles:
			runs = append(runs, path)
		case !known && p.passed[path]:
			e.checkLoose(p, path)
		default:
			whole = true
		}
	}
	if len(runs) > 0 {
		switch e.checkRuns(p, runs, profiles) {
		case outdated:
			e.again(j.root, j.files...)
			return
		case notEnough:
			whole = true
		}
	}
	if whole {
		e.again(j.root)
	}
}

// outcome is what became of the check of some runs.
type outcome int

const (
	checked   outcome = iota
	outdated          // something was typed meanwhile
	notEnough         // what was typed reaches further than these runs
)

// checkRuns checks files with runs, with all that share a name with them before or after, after an edit of theirs or of
// the profiles that they name. That is not enough where other runs depend on them: on the profiles and environments that
// stand in a file, and on the names of profiles.
func (e *engine) checkRuns(p *project, files, profiles []string) outcome {
	texts := e.s.docs.texts()
	group := map[string]bool{}
	for _, path := range files {
		group[path] = true
		p.neighbours(group, p.check.Files[path])
	}
	for path, part := range p.check.Files {
		if part.Profiles {
			group[path] = true
		}
	}
	for {
		check, index := e.checkGroup(p, texts, slices.Sorted(maps.Keys(group)))
		if check.Cancelled || e.cancelled() {
			return outdated
		}
		for _, path := range profiles {
			if !slices.Equal(declared(p.index[path]), declared(index[path])) {
				return notEnough
			}
		}
		size := len(group)
		for path := range group {
			part := check.Files[path]
			if part == nil || !p.alike(path, part) {
				return notEnough
			}
			p.neighbours(group, part)
		}
		if len(group) == size {
			e.replace(p, check, index, profiles)
			return checked
		}
	}
}

// checkGroup checks some files of a project in a workspace of their own, and finds what they mention on the way. It can be
// cut short when a newer text has come; the check is then not whole.
func (e *engine) checkGroup(p *project, texts map[string][]byte, group []string) (*workspace.Check, map[string][]mention) {
	w, loaded := workspace.Load(e.request(p.root, texts, group...))
	defer w.Close()
	x := newIndexer(p.names)
	x.workspace(w)
	return w.Check(loaded, workspace.CheckOptions{Environments: p.environments, Cancelled: e.cancelled}), x.found
}

// neighbours adds the files that claim something that a part does.
func (p *project) neighbours(group map[string]bool, part *workspace.Part) {
	for _, c := range part.Claims {
		for _, path := range p.claimed[c] {
			group[path] = true
		}
	}
}

// alike reports whether a part means the same for other files' runs as the one before.
func (p *project) alike(path string, part *workspace.Part) bool {
	before := p.check.Files[path]
	if before.Runs > 0 != (part.Runs > 0) { // a project without any run says so
		return false
	}
	return slices.Equal(before.Environments, part.Environments) && before.Profiles == part.Profiles
}

// replace puts new parts in the place of old ones.
func (e *engine) replace(p *project, check *workspace.Check, index map[string][]mention, profiles []string) {
	next := *p
	next.index = maps.Clone(p.index)
	next.check = &workspace.Check{Rest: p.check.Rest, Files: maps.Clone(p.check.Files)}
	next.claimed = maps.Clone(p.claimed)
	touched := map[string]string{}
	if len(profiles) > 0 {
		next.check.Rest = p.withProfiles(check.Rest, touched)
	}
	for _, path := range profiles {
		next.index[path] = index[path]
	}
	for path, part := range check.Files {
		before := p.check.Files[path]
		for _, c := range before.Claims {
			next.claimed[c] = slices.DeleteFunc(slices.Clone(next.claimed[c]), func(o string) bool { return o == path })
		}
		for _, c := range part.Claims {
			next.claimed[c] = append(slices.Clone(next.claimed[c]), path)
		}
		next.check.Files[path], next.index[path] = part, index[path]
		for _, d := range slices.Concat(before.Diagnostics, part.Diagnostics) {
			name := nameOf(d)
			if file, ok := p.names.path(name); ok {
				touched[name] = file
			}
		}
	}
	e.keep(&next)
	e.s.publish(&next, touched)
}

// nameOf is the name of a diagnostic's file, empty where it has none.
func nameOf(d diag.Diagnostic) string {
	if d.Span.File == nil {
		return ""
	}
	return d.Span.File.Name
}

// pointed are the files that diagnostics of a project, or of its state before, point into, by their names.
func (p *project) pointed(old *project) map[string]string {
	paths := map[string]string{}
	for _, o := range []*project{old, p} {
		if o == nil {
			continue
		}
		for d := range o.check.Each() {
			name := nameOf(d)
			if path, ok := o.names.path(name); ok {
				paths[name] = path
			}
		}
	}
	return paths
}

// meant tells a file that means to be Berth's from all others of its format.
var meant = regexp.MustCompile(`(?m)^[\s{\[-]*"?(action"?\s*:\s*["']?(job|deploy|serve)\b|apiVersion"?\s*:\s*["']?berth/v1\b)`)

// checkLoose checks an open file that belongs to no project, or that its project does not read, as `berth build` does
// when it is given the path. What does not mean to be Berth's is nobody's business.
func (e *engine) checkLoose(p *project, path string) {
	texts := e.s.docs.texts()
	text, open := texts[path]
	if !open || !source.Supported(path) || !meant.Match(text) || p != nil && p.output != "" && below(p.output, path) {
		e.s.clear(path)
		return
	}
	root := filepath.Dir(path)
	if p != nil {
		root = p.root
	}
	w, loaded := workspace.Load(e.request(root, texts, path))
	defer w.Close()
	check := w.Check(loaded, workspace.CheckOptions{Environments: []string{""}, Cancelled: e.cancelled})
	if check.Cancelled {
		e.again(rootOf(path), path)
		return
	}
	found := slices.DeleteFunc(check.All(), func(d diag.Diagnostic) bool { return nameOf(d) != w.NameOf(path) })
	e.s.publishFile(path, found, namesIn(w))
}
