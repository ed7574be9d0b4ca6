package lsp

import (
	"path/filepath"

	"berth/internal/diag"
	"berth/internal/review"
	"berth/internal/source"
	"berth/internal/workspace"
)

// view is a file as a request sees it: its text now, what stands in it, and what its runs become.
type view struct {
	s    *server
	path string
	root string // the folder of its project, or its own
	text *text
	docs []source.Document
	w    *workspace.Workspace // nil until something asks for it
	runs []review.Run
	ds   []diag.Diagnostic
}

// open makes the view of a file inside a workspace folder.
func (s *server) open(uri string) (*view, error) {
	path, ok := s.docs.within(uri)
	if !ok {
		return nil, outside(uri)
	}
	v := &view{s: s, path: path, root: rootOf(path)}
	if v.root == "" {
		v.root = filepath.Dir(path)
	}
	if doc := s.docs.get(path); doc != nil {
		v.text = doc.text
	} else {
		file, _ := source.Read(path, filepath.Base(path))
		if file == nil {
			file = &diag.File{}
		}
		v.text = newText(file.Data)
	}
	v.docs = s.documentsOf(path, v.root, v.text.data, 0)
	return v, nil
}

// ours reports whether the file is one that Berth reads, or means to be.
func (v *view) ours() bool {
	if p := v.project(); p != nil && p.knows(v.path) {
		return true
	}
	return meant.Match(v.text.data)
}

// project is the project as it was checked last, nil where there is none.
func (v *view) project() *project { return v.s.engine.project(v.root) }

// place is a position as diagnostics count.
func (v *view) place(p position) (line, col int32) {
	offset := v.text.offset(p)
	start := 0
	line = 1
	for i := v.text.bom; i < offset; i++ {
		if v.text.data[i] == '\n' {
			line, start = line+1, i+1
		}
	}
	start = max(start, v.text.bom)
	return line, int32(len([]rune(string(v.text.data[start:max(offset, start)])))) + 1
}

// spot is what stands at a position.
func (v *view) spot(p position) (spot, bool) {
	line, col := v.place(p)
	return spotAt(v.docs, line, col)
}

// rangeOf is a span in the document's positions, as a pointer, since some answers may leave it out.
func (v *view) rangeOf(s diag.Span) *textRange {
	r := v.text.of(s)
	return &r
}

// load reads the file's project with this file's runs alone, and the profiles that stand among the others.
func (v *view) load() *workspace.Workspace {
	if v.w == nil {
		paths := []string{v.path}
		if p := v.project(); p != nil {
			for path, part := range p.check.Files {
				if part.Profiles && path != v.path {
					paths = append(paths, path)
				}
			}
		}
		req := v.s.engine.request(v.root, v.s.docs.texts(), paths...)
		req.ProfilesOnly = v.role() != workspace.RunRole
		v.w, v.ds = workspace.Load(req)
	}
	return v.w
}

// role is what the file is read for; one that no project knows is taken for runs.
func (v *view) role() workspace.Role {
	if p := v.project(); p != nil && p.knows(v.path) {
		return p.roles[v.path]
	}
	return workspace.RunRole
}

// environments are those that the project builds; the empty one is the runs themselves.
func (v *view) environments() []string {
	if p := v.project(); p != nil && p.knows(v.path) {
		return p.environments
	}
	return []string{""}
}

// compiled are the file's runs in each of the environments, without those that are refused.
func (v *view) compiled() []review.Run {
	if v.runs != nil {
		return v.runs
	}
	w := v.load()
	name := w.NameOf(v.path)
	v.runs = []review.Run{}
	for _, environment := range v.environments() {
		result, _ := w.Compile(environment)
		for _, r := range w.ReviewRuns(result) {
			if fileOf(r.Tree) == name {
				v.runs = append(v.runs, r)
			}
		}
	}
	return v.runs
}

// fileOf is the name of the file that a run's name stands in.
func fileOf(tree *source.Node) string {
	if n := tree.Get("name"); n != nil && n.Span.File != nil {
		return n.Span.File.Name
	}
	return ""
}

// runsOf are the compiled runs that a document became.
func (v *view) runsOf(doc source.Document) []review.Run {
	var found []review.Run
	name := ""
	if n := doc.Root.Get("metadata").Get("name"); n != nil {
		name = n.Text
	} else if n := doc.Root.Get("name"); n != nil {
		name = n.Text
	}
	for _, r := range v.compiled() {
		if name == "" || r.Plan.Name == name {
			found = append(found, r)
		}
	}
	return found
}
