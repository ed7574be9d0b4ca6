package lsp

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// pollEvery is how often the disk is looked at for a client that does not watch it.
const pollEvery = 2 * time.Second

// watch looks for changes on disk while the client does not, until the context ends.
func (e *engine) watch(ctx context.Context) {
	seen := map[string]look{}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !e.poll.Load() {
			continue
		}
		for _, p := range e.all() {
			last := seen[p.root]
			if last.since != p.disk { // it has been read since
				last = look{p.disk, p.disk.stamps}
			}
			now := p.stamps()
			e.compare(p, last.stamps, now)
			seen[p.root] = look{p.disk, now}
		}
	}
}

// disk is how a project's files stood when it was read.
type disk struct{ stamps map[string]stamp }

// look is how they stood when they were looked at last, since a reading.
type look struct {
	since  *disk
	stamps map[string]stamp
}

// stamp tells one state of a file or folder from another.
type stamp struct {
	changed time.Time
	size    int64
	folder  bool
}

// stamps are those of a project's files and of the folders that they lie in.
func (p *project) stamps() map[string]stamp {
	stamps := map[string]stamp{}
	add := func(path string) {
		if _, ok := stamps[path]; ok {
			return
		}
		if info, err := os.Stat(path); err == nil {
			stamps[path] = stamp{info.ModTime(), info.Size(), info.IsDir()}
		}
	}
	add(p.root)
	for _, folder := range []string{"runs", "profiles", "policies"} {
		add(filepath.Join(p.root, folder))
	}
	for path := range p.roles {
		add(path)
		add(filepath.Dir(path))
	}
	return stamps
}

// compare notes what differs between two looks at the disk. A folder that differs has other files.
func (e *engine) compare(p *project, before, now map[string]stamp) {
	for path, s := range now {
		old, ok := before[path]
		switch {
		case ok && old == s:
		case s.folder:
			e.note(p.root, "")
		case ok:
			e.appeared(path)
		}
	}
}

// all are the projects that were checked.
func (e *engine) all() []*project {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []*project
	for _, p := range e.projects {
		all = append(all, p)
	}
	return all
}
