package workspace

import (
	"fmt"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// owners refuses an object that two Applications of Argo CD would own: all that Berth writes deploy to one cluster, each
// sync would overwrite the other's, and whichever prunes deletes it (Argo CD's SharedResourceWarning). Without a repository
// no Applications are written, and who applies an environment where is not known.
func (w *Workspace) owners(results []*Result) []diag.Diagnostic {
	if w.Project == nil || w.Project.Spec.GitOps != schema.GitOpsArgoCD || w.Project.Spec.ArgoCD == nil || w.Project.Spec.ArgoCD.Repository == "" {
		return nil
	}
	type id struct{ kind, namespace, name string }
	owner, told := map[id]string{}, map[string]bool{}
	var diags []diag.Diagnostic
	for _, result := range results {
		for _, u := range result.Units {
			for _, o := range u.Objects {
				object := id{o.Kind, o.Namespace, o.Name}
				first, owned := owner[object]
				if !owned {
					owner[object] = result.Environment
				}
				if owned && first != result.Environment && !told[result.Environment] {
					told[result.Environment] = true
					diags = append(diags, w.twoOwners(first, result.Environment, o.Kind, o.Namespace, o.Name))
				}
			}
		}
	}
	return diags
}

func (w *Workspace) twoOwners(first, second, kind, namespace, name string) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.DuplicateRun, Severity: diag.Error, Path: diag.Join("spec.environments", second),
		Span: w.environmentSpan(second),
		Message: fmt.Sprintf("environments %s and %s both make the %s %s in namespace %s, and their Applications deploy to one cluster, so that each undoes what the other does",
			first, second, kind, diag.Quote(name), diag.Quote(namespace)),
		Hint: "give each environment a namespace of its own"}
	d.Notes = append(d.Notes, diag.Note{Span: w.environmentSpan(first), Message: "the other one stands here"})
	return d
}

// environmentSpan is where the project says an environment's name.
func (w *Workspace) environmentSpan(environment string) diag.Span {
	field, _, _ := source.Find(w.Project.Tree, diag.Join("environments", environment))
	return field.Span
}
