package files

import (
	"bytes"
	"slices"
	"strings"

	"berth/internal/diag"
)

// status sorts the entries into the lists of a [Status].
func (t *tree) status() Status {
	var s Status
	lists := map[state]*[]string{
		missing: &s.Missing, stale: &s.Stale, edited: &s.Edited, stray: &s.Stray, foreign: &s.Foreign, unchanged: &s.Unchanged,
	}
	for _, f := range t.folders {
		for _, e := range f.entries {
			switch e.state {
			case gone:
			case foreign:
				s.Foreign = append(s.Foreign, e.obstacle)
			default:
				list := lists[e.state]
				*list = append(*list, e.path)
			}
		}
	}
	for _, list := range lists {
		slices.Sort(*list)
	}
	// One obstacle may be in the way of many files.
	s.Foreign = slices.Compact(s.Foreign)
	t.judgeIndex(&s)
	return s
}

// judgeIndex lists the index itself where nothing else would make a build write it: it then names files that are gone,
// or does not name files that are there.
func (t *tree) judgeIndex(s *Status) {
	switch {
	case !s.Clean() || t.settled():
	case t.indexed == nil:
		s.Missing = []string{IndexName}
	default:
		s.Stale = []string{IndexName}
	}
}

// settled reports whether the index stands as it shall.
func (t *tree) settled() bool {
	if len(t.final) == 0 {
		return t.indexed == nil
	}
	return bytes.Equal(t.indexed, t.finalText)
}

// damaged refuses an index that is not to be trusted.
func (t *tree) damaged(err error) diag.Diagnostic {
	return problem(t.dir, IndexName, "the index of the files that Berth wrote cannot be used: "+err.Error(),
		"restore it from Git, or delete it together with the files that Berth wrote, and build again")
}

// problems refuses what is in the way.
func (t *tree) problems() []diag.Diagnostic {
	var problems []diag.Diagnostic
	spelled := make(map[string]string, len(t.final))
	for path := range t.final {
		spelled[strings.ToLower(path)] = path
	}
	for _, f := range t.folders {
		for _, e := range f.entries {
			switch other := spelled[strings.ToLower(e.path)]; {
			case e.state == foreign:
				problems = append(problems, problem(t.dir, e.obstacle, "this "+e.reason, "move it or delete it, or write into another folder"))
			case e.state == stray && other != "":
				problems = append(problems, problem(t.dir, e.path,
					"an earlier build wrote this file, and on some systems it is the same as "+other, "delete it and build again"))
			}
		}
	}
	return diag.Sort(problems)
}

// warning is a problem that stops no build.
func warning(dir, path, message, hint string) diag.Diagnostic {
	w := problem(dir, path, message, hint)
	w.Severity = diag.Warning
	return w
}

// warnings names the files whose changes by hand are lost, and those that are left though the index names them.
func (t *tree) warnings() []diag.Diagnostic {
	var warnings []diag.Diagnostic
	for _, f := range t.folders {
		for _, e := range f.entries {
			switch {
			case e.left:
				warnings = append(warnings, warning(t.dir, e.path, "the index names this file, and it is not as Berth writes it: it is left here",
					"delete it, if nobody needs it"))
			case e.handmade:
				warnings = append(warnings, warning(t.dir, e.path, "this file was changed by hand, and the build wrote it anew",
					"make the change in what the file is made from"))
			}
		}
	}
	return warnings
}
