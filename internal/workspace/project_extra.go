package workspace

import (
	"fmt"
	"maps"

	"berth/compiler"
	"berth/internal/diag"
	"berth/renderers"
	"berth/schema"

	"k8s.io/pod-security-admission/api"
)

// projectExtra renders the project's own objects for an environment, and judges them like those of a run. There are none
// where runs are named: they are part of the whole tree.
func (w *Workspace) projectExtra(opts compiler.Options) (*Unit, []diag.Diagnostic) {
	if !w.Whole {
		return nil, nil
	}
	unit, found := w.Project.Extra(opts)
	if unit == nil {
		return nil, nil
	}
	objects, problems := renderers.Render(unit.Plan)
	u := &Unit{Unit: unit, Objects: objects}
	problems = append(problems, u.judged()...)
	if !refuses(problems) {
		problems = append(problems, u.admittedExtra(w.Project.Spec.PodSecurity)...)
	}
	return u, append(found, unit.Diagnose(problems)...)
}

// admittedExtra holds the pods of the project's objects against the Pod Security levels that the project declares for their
// namespaces.
func (u *Unit) admittedExtra(levels map[string]string) []diag.Problem {
	evaluator, err := podSecurity()
	if err != nil {
		return []diag.Problem{{Code: diag.Security, Path: "spec.extra", Message: "Pod Security could not be checked: " + err.Error()}}
	}
	var problems []diag.Problem
	for i := range u.Objects {
		o := &u.Objects[i]
		namespace := o.Namespace
		if namespace == "" {
			namespace = schema.NamespaceOfNone
		}
		pod, _ := o.Pods()
		level := levels[namespace]
		if pod == nil || level == "" {
			continue
		}
		version := api.LevelVersion{Level: api.Level(level), Version: api.MajorMinorVersion(1, schema.Minor(u.Plan.Target.Kubernetes))}
		for _, result := range evaluator.EvaluatePod(version, &pod.ObjectMeta, &pod.Spec) {
			if !result.Allowed {
				problems = append(problems, diag.Problem{
					Code: diag.Security, Path: u.asking(diag.Parent(diag.Parent(o.NamePath())), result.ForbiddenReason+" "+result.ForbiddenDetail),
					Message: fmt.Sprintf("namespace %s is of Pod Security level %s, which forbids this pod: %s (%s)", namespace, level, result.ForbiddenReason, result.ForbiddenDetail),
					Hint:    "remove it, or declare another level under pod_security",
					Related: []diag.RelatedPath{diag.Setting(diag.Join("pod_security", namespace))},
				})
			}
		}
	}
	return problems
}

// extraSubjects are what the policies are asked about the project's objects: each container of their pods, and then all
// objects and images together.
func (w *Workspace) extraSubjects(u *Unit, a asking) []subject {
	if len(w.Policies) == 0 {
		return nil
	}
	var all []subject
	words := u.Words()
	if a.containers {
		for i := range u.Objects {
			all = append(all, u.inPods(i, words, &subject{of: -1})...)
		}
	}
	if a.objects || a.images {
		words = maps.Clone(words)
		u.together(words, a)
		all = append(all, subject{of: -1, together: true}.with(words))
	}
	return all
}
