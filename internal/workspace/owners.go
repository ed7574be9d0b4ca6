package workspace

import (
	"fmt"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/renderers"
	"berth/schema"
)

// owned is an object as a cluster knows it, and owner the environment and the unit that make it.
type (
	owned struct{ cluster, kind, namespace, name string }
	owner struct {
		environment string
		unit        *Unit
		object      *renderers.Object
	}
)

// owners refuses an object that two Applications of Argo CD would own in one cluster: each sync would overwrite the other's,
// and whichever prunes deletes it (Argo CD's SharedResourceWarning). Without a repository no Applications are written, and
// who applies an environment where is not known.
func (w *Workspace) owners(results []*Result) []diag.Diagnostic {
	if w.Project == nil || w.Project.Spec.GitOps != schema.GitOpsArgoCD || w.Project.Spec.ArgoCD == nil || w.Project.Spec.ArgoCD.Repository == "" {
		return nil
	}
	owners, told := map[owned]owner{}, map[any]bool{}
	var diags []diag.Diagnostic
	for _, result := range results {
		for i := range result.Units {
			u := &result.Units[i]
			for j := range u.Objects {
				o := &u.Objects[j]
				id, second := owned{u.Plan.Target.Cluster, o.Kind, o.Namespace, o.Name}, owner{result.Environment, u, o}
				first, known := owners[id]
				if !known {
					owners[id] = second
				}
				once := any(result.Environment)
				if u.Plan.OfProject {
					once = id
				}
				if known && first.environment != result.Environment && !told[once] {
					told[once] = true
					diags = append(diags, w.twoOwners(first, second))
				}
			}
		}
	}
	return diags
}

// twoOwners says it of a run's object at the second environment, which is one too many, and of the project's own object at the
// object.
func (w *Workspace) twoOwners(first, second owner) diag.Diagnostic {
	o := second.object
	what := o.Kind + " " + diag.Quote(o.Name)
	if o.Namespace != "" {
		what += " in namespace " + diag.Quote(o.Namespace)
	}
	d := diag.Diagnostic{Path: diag.Join("spec.environments", second.environment), Span: w.environmentSpan(second.environment),
		Hint: "give each environment a namespace of its own, or a cluster of its own (`server` or `cluster_name` under its `argocd`)"}
	d.Notes = []diag.Note{{Span: w.environmentSpan(first.environment), Message: "the other one stands here"}}
	if second.unit.Plan.OfProject {
		d = second.unit.Locate(diag.Problem{Path: diag.Parent(diag.Parent(o.NamePath())),
			Hint: "move it to the `extra` of one environment, or give each environment a cluster of its own (`server` or `cluster_name` under its `argocd`)"})
	}
	d.Code, d.Severity = diag.DuplicateRun, diag.Error
	d.Message = fmt.Sprintf("environments %s and %s both make the %s, and their Applications deploy to one cluster, so that each undoes what the other does",
		first.environment, second.environment, what)
	return d
}

// environmentSpan is where the project says an environment's name.
func (w *Workspace) environmentSpan(environment string) diag.Span {
	field, _, _ := source.Find(w.Project.Tree, diag.Join("environments", environment))
	return field.Span
}
