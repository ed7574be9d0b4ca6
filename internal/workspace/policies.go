package workspace

import (
	"fmt"
	"path/filepath"
	"slices"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
	"berth/renderers"
)

// policyFiles finds the files of the project's policies, and of those of the projects above.
func (l *loader) policyFiles() (found []place) {
	isPolicy := func(path string) bool { return filepath.Ext(path) == ".cue" }
	files := func() []place {
		return l.declared(l.w.Project.Spec.Policies, "spec.policies", policiesFolder, walker{root: l.root, wanted: isPolicy})
	}
	for _, p := range files() {
		if isPolicyTest(p.path) {
			l.w.policyTests = append(l.w.policyTests, p)
		}
		found = append(found, p)
	}
	root, project := l.root, l.w.Project
	for _, o := range l.above {
		l.root, l.w.Project = o.root, o.project
		found = append(found, files()...)
	}
	l.root, l.w.Project = root, project
	return slices.DeleteFunc(found, func(p place) bool { return isPolicyTest(p.path) })
}

// policies reads the project's policies. One that is wrong by itself is told of, and asked nothing.
func (l *loader) policies() {
	if l.w.Project == nil {
		return
	}
	var found []*diag.File
	l.w.wrongPolicies = map[string]bool{}
	for _, p := range l.policyFiles() {
		l.note(PolicyRole, p)
		file, diags := l.read(p.path, p.name)
		if l.add(diags...); file != nil {
			found = append(found, file)
		}
	}
	outlines, diags := l.w.Evaluator.Outlines(found)
	l.add(diags...)
	for i, file := range found {
		l.policy(file, outlines[i])
	}
}

// policy reads one policy. The file counts as wrong until it has been read without a complaint, so that a policy that cannot
// be applied is never taken for one that refuses nothing.
func (l *loader) policy(file *diag.File, outline source.Outline) {
	if l.w.wrongPolicies[file.Name] = true; outline.Broken {
		return
	}
	policy, diags := compiler.OpenPolicy(file, outline)
	diags = append(diags, l.unknownInObjects(policy)...)
	if l.add(diags...); len(diags) == 0 {
		l.w.Policies = append(l.w.Policies, policy)
		delete(l.w.wrongPolicies, file.Name)
	}
}

// unknownInObjects refuses what a policy says of kinds that Berth does not make, and of fields that their objects do not have.
func (l *loader) unknownInObjects(p *compiler.Policy) (diags []diag.Diagnostic) {
	kinds := renderers.KnownKinds(l.w.Project.Spec.ExtraKinds)
	for _, m := range p.Mentions {
		if len(m.Path) < 2 || m.Path[0] != compiler.PolicyObjects || m.Path[1] == source.EachOf {
			continue
		}
		kind, name := m.Path[1], m.Path[len(m.Path)-1]
		d := diag.Diagnostic{Code: diag.Policy, Span: m.Span, Path: compiler.FieldPath(m.Path)}
		if len(m.Path) == 2 && !slices.Contains(kinds, kind) {
			d.Message = fmt.Sprintf("nothing here makes a %s", diag.Quote(kind))
			d.Hint = nearest(kind, kinds, "the kinds are "+diag.AllOf(kinds))
			diags = append(diags, d)
		}
		if len(m.Path) < 4 {
			continue // its name
		}
		if names, unknown := renderers.Unknown(kind, m.Path[3:], source.EachOf); unknown {
			d.Message = fmt.Sprintf("a %s has no field %s here", kind, diag.Quote(name))
			d.Hint = nearest(name, names, "look for it in the API reference of Kubernetes")
			diags = append(diags, d)
		}
	}
	return diags
}

// nearest hints at the name that was probably meant.
func nearest(name string, known []string, otherwise string) string {
	if best, ok := diag.Nearest(name, known); ok {
		return "did you mean " + best + "?"
	}
	return otherwise
}

// policyFilesOf are the files of policies.
func policyFilesOf(policies []*compiler.Policy) []*diag.File {
	files := make([]*diag.File, len(policies))
	for i, p := range policies {
		files[i] = p.File
	}
	return files
}

// judge asks the policies about all that the units bring, and gives what they have against each unit. What was asked about
// a unit is let go.
func (w *Workspace) judge(units []Unit, asked [][]subject) [][]diag.Diagnostic {
	found := make([][]diag.Diagnostic, len(units))
	req := source.JudgeRequest{Policies: policyFilesOf(w.Policies)}
	var of []int // the unit of each subject
	var subjects []subject
	for i := range asked {
		for _, s := range asked[i] {
			req.Runs, of, subjects = append(req.Runs, s.text), append(of, i), append(subjects, s)
		}
	}
	if len(req.Runs) == 0 {
		return found
	}
	verdicts, diags := w.Evaluator.Judge(req)
	var b *breaches
	for _, v := range verdicts { // in the order of the subjects, a run before its containers
		if u := &units[of[v.Run]]; b == nil || b.u != u {
			b = newBreaches(u)
		}
		for _, violation := range v.Violations {
			if d, ok := b.of(w.Policies[v.Policy], violation, subjects[v.Run]); ok {
				found[of[v.Run]] = append(found[of[v.Run]], d)
			}
		}
	}
	for i := range found {
		found[i] = diag.Sort(found[i])
	}
	if len(diags) > 0 { // an evaluation that gave no answer refuses all
		found[of[0]] = append(found[of[0]], diags...)
	}
	return found
}
