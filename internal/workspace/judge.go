package workspace

import (
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/rules"
	"berth/internal/source"
	"berth/renderers"
	"berth/schema"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// judged lists what Kubernetes has against the unit's objects, each problem at the place that brought it. Of a run that was
// refused, the objects are made of what is left of its plan: what nobody wrote proves nothing, nor does what is missing
// where something was refused.
func (u *Unit) judged() []diag.Problem {
	var all []diag.Problem
	for i := range u.Objects {
		o := &u.Objects[i]
		object, ok := o.Value.(metav1.Object)
		if !ok {
			continue
		}
		for _, p := range rules.Check(object, schema.Minor(u.Plan.Target.Kubernetes)) {
			found := u.brought(o, p)
			proves := !u.Refused || p.Severity == diag.Error && u.rank(found.Path) < 2 && !(p.Absent && u.mayHave(found.Path))
			if proves && !(p.Severity == diag.Warning && u.MoreVariables) {
				all = append(all, found)
			}
		}
	}
	return all
}

// mayHave reports whether what an object lacks at a place of the plan may be there, in a form that was refused.
func (u *Unit) mayHave(path string) bool {
	if !strings.HasPrefix(path, "spec.") {
		path = "spec.name" // of the whole run
	}
	return u.RefusedIn(path) || u.RefusedIn(diag.Parent(path))
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
func (u *Unit) brought(o *renderers.Object, p rules.Problem) diag.Problem {
	paths, called := sources(o, &p)
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
	if !inKubernetesWords(p.Path) {
		p.Message, p.Hint = inFields(p.Message, called), inFields(p.Hint, called)
	}
	p.Related = u.notes(&p, paths)
	return p.Problem
}

// sources are the places in the plan of a problem's path and of the related ones, and how the fields there are called.
func sources(o *renderers.Object, p *rules.Problem) (paths []diag.RelatedPath, called map[string]string) {
	called = map[string]string{}
	for _, r := range append([]diag.RelatedPath{{Path: p.Path}}, p.Related...) {
		source := diag.RelatedPath{Path: renderers.Source(o, r.Path), Message: r.Message}
		paths = append(paths, source)
		if from, to := lastWord(r.Path), lastWord(source.Path); from != to && schema.TypeRunFields.Field(to) != nil {
			called[from] = to
		}
	}
	return paths, called
}

// lastWord is what follows the last dot, or all where there is none.
func lastWord(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// notes are the related places that are worth showing: those with a message, and of what two fields make together the
// run's own field that is not seen at the problem's place.
func (u *Unit) notes(p *rules.Problem, paths []diag.RelatedPath) []diag.RelatedPath {
	for i, r := range paths {
		if r.Message == "" && !p.Absent && u.own(r.Path) && !u.sameLine(r.Path, p.Path) && !diag.Within(r.Path, p.Path) && !diag.Within(p.Path, r.Path) {
			paths[i].Message = u.Called(r.Path) + " stands here"
		}
	}
	return slices.DeleteFunc(paths, func(r diag.RelatedPath) bool { return r.Message == "" || r.Path == p.Path })
}

// sameLine reports whether what stands at two paths of the plan is seen at one glance.
func (u *Unit) sameLine(a, b string) bool {
	_, x, _ := source.Find(u.Tree, a)
	_, y, _ := source.Find(u.Tree, b)
	return x != nil && y != nil && x.Span.File == y.Span.File && x.Span.Line == y.Span.Line
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
