package workspace

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
)

// outer is a project further up: its rules hold for what lies below it, and only add.
type outer struct {
	root    string
	project *compiler.Project
}

// outers opens the projects above the project's own folder, the nearest first, up to the border of the search. One that
// cannot be read is an error: a pull request may not get rid of it by breaking it.
func (l *loader) outers() (all []outer) {
	at := l.root
	for {
		if atBorder(at, l.roof) {
			return all
		}
		path := findProject(filepath.Dir(at), l.roof)
		if path == "" || filepath.Dir(path) == at {
			return all
		}
		at = filepath.Dir(path)
		if p := l.openOuter(path); p != nil {
			all = append(all, outer{at, p})
		}
	}
}

// openOuter reads a project that stands above the one that is built. It is nil when the file cannot be used, and the
// reason has then been reported; a file of another user is not even read, as Git does not either.
func (l *loader) openOuter(path string) *compiler.Project {
	name := display(l.w.Dir, path)
	if foreign(path) {
		l.foreignProject(name)
		return nil
	}
	l.note(ProjectRole, place{path, name})
	file, diags := l.read(path, name)
	if l.add(diags...); file == nil {
		return nil
	}
	root := filepath.Dir(path)
	docs, diags := source.Load(file, source.Options{Path: path, Root: root, Evaluator: l.w.Evaluator, Layer: source.ProjectDefault})
	if l.add(diags...); len(docs) == 0 {
		return nil
	}
	p, diags := compiler.OpenProject(docs[0], root)
	if l.add(diags...); p == nil {
		return nil
	}
	return p
}

// heldFromAbove takes what the projects above hold everything below them to.
func (l *loader) heldFromAbove() {
	for _, o := range l.outers() {
		l.unnamed(o)
		l.w.Project.HoldTo(o.project)
		l.above = append(l.above, o)
	}
}

// unnamed refuses a project in a folder that a project above reads and does not give away under `projects`: to add a file
// would be enough to leave that one's settings behind.
func (l *loader) unnamed(o outer) {
	named := slices.ContainsFunc(o.project.Spec.Projects, func(p string) bool {
		return filepath.Join(o.root, filepath.FromSlash(p)) == l.root
	})
	listed := reading(o.project, l.root)
	if named || listed == "" {
		return
	}
	rel, err := filepath.Rel(o.root, l.root)
	if err != nil {
		return // both are absolute
	}
	l.add(nestedProject(l.w.Project.File, o.project, listed, filepath.ToSlash(rel)))
}

// nestedProject is said of a project's file in a folder that another project reads.
func nestedProject(file *diag.File, by *compiler.Project, listed, folder string) diag.Diagnostic {
	return diag.Diagnostic{Code: diag.Document, Span: diag.Span{File: file, Line: 1, Col: 1, EndLine: 1, EndCol: 2},
		Message: fmt.Sprintf("this project's folder lies in %s, which the project of %s reads", diag.Quote(listed), by.File.Name),
		Hint:    fmt.Sprintf("name it there, so that it is a project of its own: projects: [%s]; or remove this file", folder)}
}

// reading is the folder of a project's input that a folder lies in, empty where it lies in none.
func reading(p *compiler.Project, folder string) string {
	spec := p.Spec
	for _, one := range []struct {
		named []string
		usual string
	}{{spec.Runs, runsFolder}, {spec.Profiles, profilesFolder}, {spec.Policies, policiesFolder}} {
		if len(one.named) == 0 {
			one.named = []string{one.usual}
		}
		for _, input := range one.named {
			if below(filepath.Join(p.Dir, filepath.FromSlash(input)), folder) {
				return input
			}
		}
	}
	return ""
}

// projectIn is the project's file in a folder, empty where it has none.
func projectIn(dir string) string {
	for _, name := range ProjectFiles {
		if path := filepath.Join(dir, name); isRegular(path) {
			return path
		}
	}
	return ""
}

// passesOver reports whether a folder that is walked for runs holds a project of its own, whose files are not this one's. One
// that nobody gave away is refused.
func (l *loader) passesOver(dir string) bool {
	path := projectIn(dir)
	if path == "" || dir == l.root {
		return false
	}
	p := l.w.Project
	if p == nil || !below(l.root, dir) {
		return true
	}
	given := slices.ContainsFunc(p.Spec.Projects, func(folder string) bool { return filepath.Join(l.root, filepath.FromSlash(folder)) == dir })
	if listed := reading(p, dir); !given && listed != "" {
		rel := strings.TrimPrefix(filepath.ToSlash(display(l.root, dir)), "./")
		file, _ := l.read(path, display(l.w.Dir, path))
		if file == nil {
			file = &diag.File{Name: display(l.w.Dir, path)}
		}
		l.add(nestedProject(file, p, listed, rel))
	}
	return true
}

// givenAway refuses a folder under `projects` that holds no project.
func (l *loader) givenAway() {
	for i, folder := range l.w.Project.Spec.Projects {
		dir := filepath.Join(l.root, filepath.FromSlash(folder))
		field := diag.At("spec.projects", i)
		span, _ := l.projectSpan(field)
		d := diag.Diagnostic{Code: diag.FileRead, Span: span, Path: field}
		switch {
		case !below(l.root, dir) || dir == l.root:
			d.Message, d.Hint = diag.Quote(folder)+" is no folder below this project", "name folders below this file"
		case projectIn(dir) == "":
			d.Message, d.Hint = "there is no project in "+diag.Quote(folder), "write a berth.yaml there, or take it out"
		default:
			continue
		}
		l.add(d)
	}
}
