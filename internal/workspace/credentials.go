package workspace

import (
	"maps"
	"slices"

	"berth/internal/diag"
)

// AllowedCredentials are the numbers of the project's allowances of credentials that allow something in the results.
func AllowedCredentials(results []*Result) map[int]bool {
	took := map[int]bool{}
	for _, r := range results {
		maps.Copy(took, r.allowed)
	}
	return took
}

// IdleCredentials warns of the project's allowances of credentials that allow nothing: known when the whole project is
// compiled, for all of its environments.
func (w *Workspace) IdleCredentials(results []*Result) (diags []diag.Diagnostic) {
	compiled := func(environment string) bool {
		return slices.ContainsFunc(results, func(r *Result) bool { return r.Environment == environment })
	}
	if !w.Whole || slices.ContainsFunc(w.Environments(), func(e string) bool { return !compiled(e) }) {
		return nil
	}
	took := AllowedCredentials(results)
	for i, a := range w.Project.CredentialAllowances() {
		if !took[i] {
			diags = append(diags, diag.Diagnostic{Code: diag.IdleAllowance, Severity: diag.Warning, Span: a.Span, Path: diag.At("spec.credentials.allow", i),
				Message: "nothing that looks like a credential stands at " + a.String(), Hint: "remove it, so that the next such value is seen"})
		}
	}
	return diags
}
