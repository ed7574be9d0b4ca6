package workspace

import (
	"os"
	"path"
	"path/filepath"
	"slices"

	"berth/internal/diag"
	"berth/internal/files"
	"berth/internal/layouts"
	"berth/renderers"
	"berth/schema"
)

// Layout is the layout that the project asks for.
func (w *Workspace) Layout() string {
	if w.Project != nil && w.Project.Spec.Output != nil && w.Project.Spec.Output.Layout != "" {
		return w.Project.Spec.Output.Layout
	}
	return layouts.FilesName
}

// Tree compiles the runs for each of the environments and lays them out; with no environment it is the runs themselves.
// There are no files when anything is refused. The results are those of the environments, or of the runs themselves; for
// a layout that needs no values they are of [Workspace.Print].
func (w *Workspace) Tree(layout string, environments []string) ([]files.File, []*Result, []diag.Diagnostic) {
	way, _ := layouts.Named(layout)
	if len(w.Runs) == 0 && w.Project != nil {
		return way.Empty(environments, w.delivery()), nil, nil
	}
	overlaid := way.Compares && len(environments) > 0
	if len(environments) == 0 {
		environments = []string{""}
	}
	compile := w.Print
	if way.Compares {
		compile = w.CompileAll
	}
	results, diags := compile(environments)
	diags = append(diags, w.owners(results)...)
	if diag.HasErrors(diags) {
		return nil, nil, diags
	}
	diags = append(diags, w.IdleCredentials(results)...)
	laid := results
	if overlaid { // a run may be whole only in its environments, so that nothing is said of what it is without
		base, _ := w.Compile("")
		laid = append([]*Result{base}, results...)
	}
	tree, found := w.lay(way, laid)
	return tree, results, diag.Sort(append(diags, found...))
}

// lay places the units of all results, each run beside itself.
func (w *Workspace) lay(way layouts.Layout, results []*Result) ([]files.File, []diag.Diagnostic) {
	var placed []layouts.Unit
	var compiled []Unit // of every environment, to find positions
	index := map[runID]int{}
	at := func(u Unit) *layouts.Unit {
		compiled = append(compiled, u)
		id := runID{u.Doc.File, u.Doc.Index}
		if _, ok := index[id]; !ok {
			index[id] = len(placed)
			placed = append(placed, layouts.Unit{})
		}
		return &placed[index[id]]
	}
	for _, result := range results {
		for _, u := range result.Units {
			unit := at(u)
			switch {
			case result.Environment == "":
				unit.Base = u.Objects
				continue
			case unit.Environments == nil:
				unit.Environments = map[string][]renderers.Object{}
			}
			unit.Environments[result.Environment] = u.Objects
		}
	}
	tree, problems := way.Tree(placed, w.delivery())
	return tree, located(problems, compiled)
}

// runID tells one run from another in every environment.
type runID struct {
	file  *diag.File
	index int
}

// delivery is what a layout has to know of how the tree gets into a cluster: the output's path in the repository and the
// settings of Flux or Argo CD, of which a project has at most one. It is empty where there is no project.
func (w *Workspace) delivery() layouts.Delivery {
	if w.Project == nil {
		return layouts.Delivery{}
	}
	d := layouts.Delivery{Output: path.Join(fromRepository(w.Project.Dir), w.outputPath()), Project: w.Project.Name}
	switch w.Project.Spec.GitOps {
	case schema.GitOpsFlux:
		d.Flux = w.Project.Spec.Flux
	case schema.GitOpsArgoCD:
		d.ArgoCD, d.Environments = w.Project.Spec.ArgoCD, w.Project.Spec.Environments
	}
	return d
}

// fromRepository is the way from the root of the repository that a folder is in to the folder, with slashes: controllers
// read paths from there. Without a repository the folder is taken for its root.
func fromRepository(dir string) string {
	for top := dir; ; top = filepath.Dir(top) {
		if _, err := os.Lstat(filepath.Join(top, ".git")); err == nil {
			rel, _ := filepath.Rel(top, dir) // both are absolute
			return filepath.ToSlash(rel)
		}
		if top == filepath.Dir(top) {
			return ""
		}
	}
}

// located gives the problems of a layout their places.
func located(problems []layouts.PlanProblem, units []Unit) []diag.Diagnostic {
	diags := make([]diag.Diagnostic, len(problems))
	for i, p := range problems {
		diags[i] = diag.Diagnostic{Code: p.Code, Severity: p.Severity, Path: p.Path, Message: p.Message, Hint: p.Hint}
		if u := slices.IndexFunc(units, func(u Unit) bool { return p.Plan != nil && u.Plan == p.Plan }); u >= 0 {
			diags[i] = units[u].Locate(p.Problem)
		}
	}
	return diags
}
