package files

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"berth/internal/diag"
)

// Status says how a tree stands against what is wanted. Each file is in one list; the lists are sorted.
type Status struct {
	Missing   []string // wanted, not there
	Stale     []string // there, with other content than is wanted
	Edited    []string // stale, and not what Berth wrote either: changed by hand
	Stray     []string // written by an earlier build, no longer wanted
	Foreign   []string // in the way, and not Berth's to overwrite
	Unchanged []string // there as wanted
}

// Clean reports whether the tree is what is wanted.
func (s Status) Clean() bool {
	return len(s.Missing)+len(s.Stale)+len(s.Edited)+len(s.Stray)+len(s.Foreign) == 0
}

// Written tells what [Write] did: "wrote 12 files, 3 unchanged, removed 1".
func (s Status) Written() string {
	parts := []string{"wrote " + count(len(s.Missing)+len(s.Stale)+len(s.Edited), "file")}
	if n := len(s.Edited); n > 0 {
		parts[0] += fmt.Sprintf(" (%d of them changed by hand)", n)
	}
	if n := len(s.Unchanged); n > 0 {
		parts = append(parts, fmt.Sprintf("%d unchanged", n))
	}
	if n := len(s.Stray); n > 0 {
		parts = append(parts, fmt.Sprintf("removed %d", n))
	}
	return strings.Join(parts, ", ")
}

// Drift tells what [Compare] found: "2 missing, 1 stale, 3 unchanged".
func (s Status) Drift() string {
	var parts []string
	for _, list := range []struct {
		paths []string
		name  string
	}{
		{s.Missing, "missing"}, {s.Stale, "stale"}, {s.Edited, "changed by hand"}, {s.Stray, "stray"},
		{s.Foreign, "in the way"}, {s.Unchanged, "unchanged"},
	} {
		if len(list.paths) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", len(list.paths), list.name))
		}
	}
	if len(parts) == 0 {
		return "no files"
	}
	return strings.Join(parts, ", ")
}

// count is a number with its noun, whose plural ends in s.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// emptyTree is the status of a tree where nothing stands yet.
func emptyTree(want []File) Status {
	var s Status
	for _, f := range want {
		s.Missing = append(s.Missing, f.Path)
	}
	slices.Sort(s.Missing)
	return s
}

// problem is a diagnostic about the file at path below dir.
func problem(dir, path, message, hint string) diag.Diagnostic {
	return diag.Diagnostic{
		Code:    diag.Output,
		Span:    diag.Span{File: &diag.File{Name: shown(dir, path)}},
		Message: message,
		Hint:    hint,
	}
}

// shown is the path of a file below dir as the user would write it.
func shown(dir, below string) string { return path.Join(filepath.ToSlash(dir), below) }
