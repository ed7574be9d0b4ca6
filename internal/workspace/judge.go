package workspace

import (
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/rules"
	"berth/renderers"
	"berth/schema"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// judged lists what Kubernetes has against the unit's objects, each problem at the place that brought it. Of a run that was
// refused, the objects are made of what is left of its plan: what they lack proves nothing, nor does what nobody wrote.
func (u *Unit) judged() []diag.Problem {
	var all []diag.Problem
	for i := range u.Objects {
		o := &u.Objects[i]
		object, ok := o.Value.(metav1.Object)
		if !ok {
			continue
		}
		for _, p := range rules.Check(object, schema.Minor(u.Plan.Target.Kubernetes)) {
			found := u.brought(o, p.Problem)
			proves := !u.Refused || !p.Absent && p.Severity == diag.Error && u.rank(found.Path) < 2
			if proves && !(p.Severity == diag.Warning && u.MoreVariables) {
				all = append(all, found)
			}
		}
	}
	return all
}

// unsaid leaves out of a refused run's problems those that were told already in other words: where something is wrong
// between a run's own fields, the compiler says it first. Patches and extra are judged here alone.
func unsaid(found, said []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		written := strings.Contains(d.Path, "patches[") || strings.Contains(d.Path, "extra[")
		return !written && slices.ContainsFunc(said, func(s diag.Diagnostic) bool { return covers(s, d) })
	})
}

// covers reports whether an error of the compiler is likely about the same thing: it has the code, or a line of it.
func covers(s, d diag.Diagnostic) bool {
	return s.Severity == diag.Error && (s.Span.File == d.Span.File && (s.Code == d.Code || s.Span.Line == d.Span.Line) ||
		slices.ContainsFunc(d.Notes, func(n diag.Note) bool { return n.Span.File == s.Span.File && n.Span.Line == s.Span.Line }))
}

// brought turns a problem of an object into one of the plan. Where several fields make it together, a patch is to blame
// before the run, and the run before its profile and the tool.
func (u *Unit) brought(o *renderers.Object, p diag.Problem) diag.Problem {
	paths := []diag.RelatedPath{{Path: renderers.Source(o, p.Path)}}
	for _, r := range p.Related {
		paths = append(paths, diag.RelatedPath{Path: renderers.Source(o, r.Path), Message: r.Message})
	}
	blamed := 0
	for i := range paths {
		if u.rank(paths[i].Path) < u.rank(paths[blamed].Path) {
			blamed = i
		}
	}
	if near := renderers.Lacking(o, p.Path); near != "" && u.rank(near) < u.rank(paths[blamed].Path) {
		blamed, paths[0].Path = 0, near
	}
	p.Path = paths[blamed].Path
	if blamed > 0 {
		p.AtKey, p.Replace = false, ""
		paths[0].Message = paths[blamed].Message
		paths = slices.Delete(paths, blamed, blamed+1)
	} else {
		paths = paths[1:]
	}
	p.Related = slices.DeleteFunc(paths, func(r diag.RelatedPath) bool { return r.Message == "" || r.Path == p.Path })
	return p
}

// rank says who is to blame before whom.
func (u *Unit) rank(path string) int {
	switch {
	case strings.HasPrefix(path, "spec.patches"):
		return 0
	case path != "" && u.own(path):
		return 1
	case path != "":
		return 2
	}
	return 3
}
