package build

import (
	"slices"
	"strings"

	"berth/compiler"
	"berth/diag"
	"berth/fit"
	"berth/profiles"
	"berth/renderers"
)

// Result is a workspace compiled for one environment.
type Result struct {
	Environment string // empty for the runs themselves
	Units       []Unit
}

// Unit is one run with its objects.
type Unit struct {
	*compiler.Unit
	Objects []renderers.Object
	// Fit says whether the pod can be scheduled on the machines of the run's profile.
	Fit fit.Report
}

// Objects are those of all units, in order.
func (r *Result) Objects() []renderers.Object {
	var all []renderers.Object
	for _, u := range r.Units {
		all = append(all, u.Objects...)
	}
	return all
}

// Environments are the names of all environments that the project or a run declares, sorted.
func (w *Workspace) Environments() []string { return compiler.EnvironmentsOf(w.Runs, w.Project) }

// Options are what the compiler needs to know of the workspace for an environment.
func (w *Workspace) Options(environment string) compiler.Options {
	return compiler.Options{
		Project: w.Project, Environment: environment, Profiles: w.layers(environment), Policies: w.Policies,
		BuiltIn: builtIn, BuiltInNames: profiles.Names(), Evaluator: w.Evaluator, Workers: w.Workers, SomeUnread: w.someUnread,
	}
}

// builtIn is a profile of the catalog as a file, named so that nobody looks for it on disk.
func builtIn(name string) *diag.File {
	file, data, ok := profiles.Read(name)
	if !ok {
		return nil
	}
	return &diag.File{Name: "builtin/" + file, Data: data}
}

// Compile compiles and renders every run for one environment; the empty one is the runs themselves. Runs that were
// refused are left out of the result.
func (w *Workspace) Compile(environment string) (*Result, []diag.Diagnostic) {
	units, diags := compiler.Compile(w.Runs, w.Options(environment))
	rendered := make([]Unit, len(units))
	found := make([][]diag.Diagnostic, len(units))
	each(len(units), w.Workers, func(i int) { rendered[i], found[i] = render(units[i]) })

	diags = append(diags, slices.Concat(found...)...)
	result := &Result{Environment: environment}
	for i, u := range rendered {
		if !u.Refused && !diag.HasErrors(found[i]) {
			result.Units = append(result.Units, u)
		}
	}
	diags = append(diags, collisions(result.Units)...)
	return result, diag.Sort(diags)
}

// render turns a unit into objects and holds its pod against the machines and the namespace.
func render(unit *compiler.Unit) (Unit, []diag.Diagnostic) {
	objects, problems := renderers.Render(unit.Plan)
	u := Unit{Unit: unit, Objects: objects}
	if unit.Refused {
		return u, unit.Diagnose(aboutPatches(problems))
	}
	if len(problems) == 0 {
		problems = append(u.fits(), u.admitted()...)
	}
	return u, unit.Diagnose(problems)
}

// aboutPatches keeps the problems that stand whatever else is wrong with a run: an object made of half a plan proves
// nothing else.
func aboutPatches(problems []diag.Problem) []diag.Problem {
	return slices.DeleteFunc(problems, func(p diag.Problem) bool {
		return p.Code != diag.PatchFailed || !strings.HasPrefix(p.Path, "spec.patches")
	})
}
