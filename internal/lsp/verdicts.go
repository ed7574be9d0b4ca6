package lsp

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"berth/internal/files"
	"berth/internal/review"
	"berth/internal/revision"
	"berth/internal/source"
	"berth/internal/workspace"
)

// committed is the project as HEAD has it, in a folder of its own, as long as HEAD stays.
type committed struct {
	mu     sync.Mutex
	root   string // of the project in the working tree
	hash   string
	temp   string
	done   func()              // removes temp
	dir    string              // the project's folder below temp
	top    string              // above which no project is looked for
	holder map[string][]string // the files of runs by the runs' names
}

// close removes the copy of the committed project, at the end of the server.
func (c *committed) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget()
}

// forget removes the copy and all that is known of it. It can be called again; the caller holds the lock.
func (c *committed) forget() {
	if c.temp != "" {
		c.done()
	}
	c.root, c.hash, c.temp, c.dir, c.holder = "", "", "", "", nil
}

// verdicts words what committing each of the file's runs would do in the cluster, compared with HEAD. Where there is no
// commit, or git refuses the repository, it is silent.
func (v *view) verdicts() func(*review.Run) string {
	silent := func(*review.Run) string { return "" }
	if v.project() == nil || v.s.chosen().Untrusted {
		return silent
	}
	before, ok := v.s.head.runs(v)
	if !ok {
		return silent
	}
	items := map[[3]string]review.Verdict{}
	for _, item := range review.Compare(before, v.compiled(), review.Options{}).Runs {
		items[[3]string{item.Environment, item.Name, item.RunAction}] = item.Verdict
	}
	return func(r *review.Run) string {
		verdict, ok := items[[3]string{r.Environment, r.Plan.Name, r.Plan.Spec.Action}] // one of several of the name
		if !ok {
			verdict, ok = items[[3]string{r.Environment, r.Plan.Name, ""}]
		}
		if !ok || verdict == review.NoEffect {
			return ""
		}
		return "since HEAD: " + string(verdict)
	}
}

// runs are those of HEAD that are called as the view's are.
func (c *committed) runs(v *view) ([]review.Run, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.refresh(v) {
		return nil, false
	}
	var paths []string
	var wanted []string
	for _, r := range v.compiled() {
		wanted = append(wanted, r.Plan.Name)
		paths = append(paths, c.holder[r.Plan.Name]...)
	}
	slices.Sort(paths)
	if paths = slices.Compact(paths); len(paths) == 0 {
		return nil, true
	}
	w, _ := workspace.Load(workspace.Request{Dir: c.dir, Top: c.top, Paths: paths, Evaluator: v.s.evaluator})
	defer w.Close()
	var runs []review.Run
	for _, environment := range v.environments() {
		result, _ := w.Compile(environment)
		for _, r := range w.ReviewRuns(result) {
			if slices.Contains(wanted, r.Plan.Name) {
				runs = append(runs, r)
			}
		}
	}
	return runs, true
}

// refresh brings the folder up to HEAD.
func (c *committed) refresh(v *view) bool {
	r, err := revision.Open(v.root)
	if err != nil {
		return false // no repository, no git, or one that git does not trust
	}
	head, err := r.Commit("HEAD")
	if err != nil {
		return false
	}
	if c.hash == head.Hash && c.root == v.root {
		return true
	}
	c.forget()
	temp, done, err := files.Scratch("berth-lsp-")
	if err != nil {
		return false
	}
	c.root, c.hash, c.temp, c.done = v.root, head.Hash, temp, done
	if _, err := r.Extract(head, r.Prefix, temp, source.MaxFileBytes); err != nil {
		c.forget()
		return false
	}
	c.dir = filepath.Join(temp, filepath.FromSlash(r.Prefix))
	c.top = c.dir
	c.index(v)
	return true
}

// index finds the files that runs stand in, by the runs' names.
func (c *committed) index(v *view) {
	w, _ := workspace.Load(workspace.Request{Dir: c.dir, Top: c.top, Evaluator: v.s.evaluator})
	defer w.Close()
	c.holder = map[string][]string{}
	for _, doc := range w.Runs {
		name := nameIn(doc, doc.File.Name)
		at := filepath.Join(c.dir, filepath.FromSlash(doc.File.Name))
		c.holder[name] = append(c.holder[name], at)
	}
}

// baseName is the name that a bare run gets from its file.
func baseName(file string) string {
	base := path.Base(filepath.ToSlash(file))
	return strings.TrimSuffix(base, path.Ext(base))
}
