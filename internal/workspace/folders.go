package workspace

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"berth/internal/files"
)

// folders walks a folder and those in it, through links too, as long as they stay inside of the border.
type folders struct {
	*loader
	walker
	border string
	seen   map[string]string // by their real paths, the folders that were walked, as they were reached
	found  []place
}

// enter walks a folder; named is what a mistake in reaching it is said of.
func (f *folders) enter(dir, named string) {
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		if other, ok := f.seen[real]; ok {
			f.add(unreadable(display(f.w.Dir, named), "this folder is read already, as "+display(f.w.Dir, other)+": two links lead to it, or one to a folder above itself"))
			return
		}
		f.seen[real] = dir
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		f.w.Unreadable = true
		f.add(unreadable(display(f.w.Dir, dir), reason(err)))
	}
	for _, entry := range entries {
		at := filepath.Join(dir, entry.Name())
		switch {
		case strings.HasPrefix(entry.Name(), "."), f.skip[at], entry.IsDir() && files.Wrote(at):
		case entry.IsDir() && f.passesOver(at):
			f.passed = true
		case entry.Type()&fs.ModeSymlink != 0:
			f.link(at)
		case entry.IsDir():
			f.enter(at, at)
		case entry.Type().IsRegular() && f.wanted(at) && !slices.Contains(ProjectFiles, entry.Name()):
			f.found = append(f.found, place{at, display(f.w.Dir, at)})
		}
	}
}

// link takes a link in a folder for the file or folder that it leads to.
func (f *folders) link(path string) {
	name := display(f.w.Dir, path)
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() && !f.wanted(path) {
		return
	}
	inside, linkErr := leadsInside(f.border, path)
	switch {
	case err != nil || linkErr != nil:
		f.add(unreadable(name, leadsNowhere))
	case !inside:
		f.add(unreadable(name, leadsOut))
	case !info.IsDir():
		f.found = append(f.found, place{path, name})
	case !f.skips(path):
		f.enter(path, path)
	}
}

// skips reports whether a link leads to a folder that is not walked.
func (f *folders) skips(link string) bool {
	real, err := filepath.EvalSymlinks(link)
	for folder := range f.skip {
		if other, otherErr := filepath.EvalSymlinks(folder); err == nil && otherErr == nil && below(other, real) {
			return true
		}
	}
	return false
}

// leadsNowhere is said of a link to what is not there.
const leadsNowhere = "the link leads nowhere"
