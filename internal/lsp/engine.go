package lsp

import (
	"context"
	"maps"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"berth/internal/workspace"
)

// engine checks projects behind the client's back: what changes is noted as pending, and one goroutine works it off. A
// change that arrives while a check is under way cancels it; edited runs go before everything else.
type engine struct {
	s    *server
	poll atomic.Bool // the client does not watch the disk for the server
	wake chan struct{}
	done atomic.Bool // the check under way is outdated

	mu       sync.Mutex // guards what follows
	pending  map[string]*pending
	idle     chan struct{} // closed while there is nothing to do
	projects map[string]*project
}

// pending is what of a project has to be checked.
type pending struct {
	files map[string]bool
	whole bool
}

// newEngine is an engine with nothing to do, which its closed channel idle says.
func newEngine(s *server) *engine {
	e := &engine{s: s, wake: make(chan struct{}, 1), pending: map[string]*pending{}, projects: map[string]*project{}, idle: make(chan struct{})}
	close(e.idle)
	return e
}

// rootOf is the folder of the project that a file belongs to, empty where there is none.
func rootOf(path string) string {
	return workspace.FindProject(filepath.Dir(path))
}

// begin has the projects of the workspace folders checked, whether a file of theirs is open or not.
func (e *engine) begin() {
	for _, folder := range e.s.docs.roots() {
		if root := rootOf(filepath.Join(folder, "berth.yaml")); root != "" {
			e.note(root, "")
		}
	}
}

// changed notes that the text of a file is another one.
func (e *engine) changed(path string) {
	e.note(rootOf(path), path)
}

// closed notes that a file is as it is on disk again.
func (e *engine) closed(path string) {
	e.s.clear(path)
	e.appeared(path)
}

// appeared notes that a file is new, gone or another one on disk.
func (e *engine) appeared(path string) {
	root := rootOf(path)
	p := e.project(root)
	base := filepath.Base(path)
	switch {
	case slices.Contains(workspace.ProjectFiles, base): // its folder begins or ends to be a project
		for open := range e.s.docs.texts() {
			e.changed(open)
		}
		e.note(root, "")
	case e.s.docs.get(path) != nil && p != nil && p.knows(path) && !imported(path):
	case p != nil && (p.output != "" && below(p.output, path)):
	case p != nil && p.roles[path] == workspace.RunRole && p.knows(path) && !imported(path) && onDisk(path):
		e.note(root, path)
	case root != "":
		e.note(root, "")
	}
}

// note adds to what is pending; without a path it is the whole project.
func (e *engine) note(root, path string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.pending[root]
	if p == nil {
		p = &pending{files: map[string]bool{}}
		e.pending[root] = p
	}
	if path == "" {
		p.whole = true
	} else {
		p.files[path] = true
	}
	e.done.Store(true)
	select {
	case <-e.idle:
		e.idle = make(chan struct{})
	default:
	}
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// job is what is checked at a time.
type job struct {
	root  string
	files []string // sorted; none means the whole project
}

// run works off what is pending until the context ends.
func (e *engine) run(ctx context.Context) {
	for {
		j, ok := e.next()
		if ok {
			e.do(j)
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-e.wake:
		}
	}
}

// next takes a job; there is none when nothing is pending.
func (e *engine) next() (job, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.done.Store(false)
	for _, root := range slices.Sorted(maps.Keys(e.pending)) {
		p := e.pending[root]
		if len(p.files) > 0 && (e.projects[root] != nil || root == "") {
			files := p.take(e.projects[root])
			if len(p.files) == 0 && !p.whole {
				delete(e.pending, root)
			}
			return job{root, files}, true
		}
	}
	for root := range e.pending {
		delete(e.pending, root)
		return job{root: root}, true
	}
	select {
	case <-e.idle:
	default:
		close(e.idle)
	}
	return job{}, false
}

// take takes the files to check next, sorted: the runs when there are some, since profiles may reach a thousand others.
func (p *pending) take(known *project) []string {
	files := slices.Sorted(maps.Keys(p.files))
	isRun := func(path string) bool { return known != nil && known.roles[path] == workspace.RunRole }
	if slices.ContainsFunc(files, isRun) {
		files = slices.DeleteFunc(files, func(path string) bool { return !isRun(path) })
	}
	for _, path := range files {
		delete(p.files, path)
	}
	return files
}

// settled waits until nothing is pending, or the context ends.
func (e *engine) settled(ctx context.Context) {
	e.mu.Lock()
	idle := e.idle
	e.mu.Unlock()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

// do checks, and survives what goes wrong in it.
func (e *engine) do(j job) {
	defer func() {
		if p := recover(); p != nil {
			e.s.log("berth: a check went wrong: %v\n%s", p, debug.Stack())
		}
	}()
	switch {
	case len(j.files) == 0 && j.root != "":
		e.checkWhole(j.root)
	case j.root == "":
		for _, path := range j.files {
			e.checkLoose(nil, path)
		}
	default:
		e.checkFiles(j)
	}
}

// cancelled reports whether the check under way is outdated.
func (e *engine) cancelled() bool { return e.done.Load() }

// again puts back what could not be finished.
func (e *engine) again(root string, files ...string) {
	if len(files) == 0 {
		e.note(root, "")
	}
	for _, path := range files {
		e.note(root, path)
	}
}

// project is the state of a project, nil when it has not been checked yet.
func (e *engine) project(root string) *project {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.projects[root]
}

// keep makes a project, as just checked, the one that requests are answered from.
func (e *engine) keep(p *project) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.projects[p.root] = p
}
