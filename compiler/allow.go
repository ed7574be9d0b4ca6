package compiler

import (
	"fmt"
	"maps"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
)

// allowances are where the plan has the warnings that are meant.
const allowances = "spec.allow_lints"

// Allow leaves out the warnings that the run, or the project for it, says are meant.
func (u *Unit) Allow(ds []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(ds, func(d diag.Diagnostic) bool {
		// Errors are never left out, whatever a run says is meant.
		if _, meant := u.Plan.Spec.AllowLints[string(d.Code)]; d.Severity != diag.Warning || !meant {
			return false
		}
		if u.allowed == nil {
			u.allowed = map[diag.Code]bool{}
		}
		u.allowed[d.Code] = true
		return true
	})
}

// Idle lists the warnings that the run itself says are meant and that there are none of. What holds for several runs or
// environments is not looked at: another one of them may have the warning.
func (u *Unit) Idle() []diag.Problem {
	// Lints look at runs that are right otherwise, so that a refused run proves no allowance idle.
	if u.Refused {
		return nil
	}
	own := source.RunSpec
	if u.Plan.Environment != "" {
		own = source.RunEnvironment
	} else if u.severalEnvironments {
		return nil
	}
	var problems []diag.Problem
	for _, code := range slices.Sorted(maps.Keys(u.Plan.Spec.AllowLints)) {
		path := diag.Join(allowances, code)
		if _, n, whole := source.Find(u.Tree, path); !whole || n.Layer != own || u.allowed[diag.Code(code)] {
			continue
		}
		problems = append(problems, diag.Problem{Code: diag.IdleAllowance, Severity: diag.Warning, Path: path, AtKey: true,
			Message: fmt.Sprintf("nothing here is warned of as %s", code), Hint: "remove it, so that the next such warning is seen"})
	}
	return problems
}
