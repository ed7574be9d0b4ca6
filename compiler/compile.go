package compiler

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"berth/internal/diag"
	"berth/internal/parallel"
	"berth/internal/source"
	"berth/schema"
)

// Kind says what a document is, without checking it: Run, Profile, Project, Template for a profile in the form of the
// platform that the language comes from, or empty when it claims to be something else.
func Kind(doc source.Document) string {
	root := doc.Root
	version, kind := root.Get("apiVersion"), root.Get("kind")
	switch {
	case root.Kind != source.Map:
		return ""
	// A template of that platform has an `id` and none of the fields that every run needs.
	case version == nil && kind == nil && root.Get("id").Scalar() && root.Get("action") == nil && root.Get("image") == nil:
		return "Template"
	case version == nil && kind == nil:
		return kindRun
	case kind.Scalar() && contains(kinds, kind.Text):
		return kind.Text
	}
	return ""
}

// EnvironmentsOf lists the environments that a project and its runs declare, sorted.
func EnvironmentsOf(docs []source.Document, p *Project) []string {
	names := p.EnvironmentNames()
	for _, doc := range docs {
		envs := doc.Root.Get("environments")
		if envs == nil {
			envs = doc.Root.Get("spec").Get("environments")
		}
		if envs != nil {
			for _, f := range envs.Fields {
				names = append(names, f.Key)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Compilation is the compiling of many runs for one environment, run by run: see [Begin].
type Compilation struct {
	common  compilation
	runs    []source.Document
	results []outcome
}

// Begin begins to compile the runs among the documents for one environment; profiles among them are known to all runs.
// Whoever began asks for each of the units, in any order and from several goroutines, does with it what is to be done, and
// ends the compilation.
func Begin(docs []source.Document, opts Options) *Compilation {
	c := &Compilation{common: compilation{Options: opts, meant: meantFor(opts.Project, "")}}
	runs, profiles := divide(docs)
	c.runs, c.results = runs, make([]outcome, len(runs))
	c.common.tell(nil, c.common.openCatalog(append([][]source.Document{profiles}, opts.Profiles...)))
	c.common.tell(nil, c.common.knownEnvironment(docs))
	c.common.tell(nil, c.common.knownEdition())
	return c
}

// Len is the number of the runs.
func (c *Compilation) Len() int { return len(c.runs) }

// Unit compiles the i-th run, once. It is nil for a document that is no run, and for all once the compilation is cancelled;
// a refused one has what could be understood of it, so that later stages can find further mistakes in the same pass.
func (c *Compilation) Unit(i int) *Unit {
	if c.common.Cancelled != nil && c.common.Cancelled() {
		return nil
	}
	c.results[i] = c.common.run(c.runs[i], aloneIn(c.runs, i))
	c.runs[i].Root = nil // the unit has it, as long as that is needed
	return c.results[i].unit
}

// End gives the units in the order of the documents, without those of another one's name, and the diagnostics of all,
// sorted.
func (c *Compilation) End() ([]*Unit, []diag.Diagnostic) {
	units := c.common.collect(c.runs, c.results)
	return units, diag.Sort(c.common.diags)
}

// Allowed adds the numbers of the project's allowances of credentials that were taken, by runs, profiles or the project's
// own file.
func (c *Compilation) Allowed(took map[int]bool) {
	all := []*meant{c.common.meant}
	if c.common.Project != nil {
		all = append(all, c.common.Project.meant)
	}
	for _, r := range c.results {
		if r.unit != nil {
			all = append(all, r.unit.meant)
		}
	}
	for _, m := range all {
		if m != nil {
			maps.Copy(took, m.took)
		}
	}
}

// compilation is what compiling one run takes of the others.
// Diags are kept in the order in which the runs are collected, whatever the number of workers.
type compilation struct {
	Options
	catalog *catalog
	mu      sync.Mutex // guards catalog
	meant   *meant     // what the project says of profiles
	diags   []diag.Diagnostic
}

// Compile compiles all runs among the documents: see [Begin].
func Compile(docs []source.Document, opts Options) ([]*Unit, []diag.Diagnostic) {
	c := Begin(docs, opts)
	parallel.Each(c.Len(), opts.Workers, func(i int) { c.Unit(i) })
	return c.End()
}

// tell keeps diagnostics of a run, or of none.
func (c *compilation) tell(file *diag.File, ds []diag.Diagnostic) {
	c.diags = append(c.diags, ds...)
	if c.Found != nil && len(ds) > 0 {
		c.Found(file, ds)
	}
}

// divide separates runs from profiles. What is unclear counts as a run, which then says what is wrong with it.
func divide(docs []source.Document) (runs, profiles []source.Document) {
	for _, d := range docs {
		switch Kind(d) {
		case kindProfile:
			profiles = append(profiles, d)
		case kindProject:
		default:
			runs = append(runs, d)
		}
	}
	return runs, profiles
}

// aloneIn reports whether a run is the only one of its file.
func aloneIn(runs []source.Document, i int) bool {
	return (i == 0 || runs[i-1].File != runs[i].File) && (i == len(runs)-1 || runs[i+1].File != runs[i].File)
}

// outcome is what became of one run.
type outcome struct {
	unit  *Unit
	diags []diag.Diagnostic
}

// collect gathers the units in order and refuses the second of two runs of one name and action: a Deployment and a CronJob
// may be called the same.
func (c *compilation) collect(runs []source.Document, results []outcome) []*Unit {
	var units []*Unit
	// By namespace as well: the same name in two namespaces is two objects.
	seen := map[string]*Unit{}
	for i, r := range results {
		c.tell(runs[i].File, r.diags)
		if r.unit == nil {
			continue
		}
		key := r.unit.Plan.Namespace + "/" + r.unit.Plan.Name + "/" + string(r.unit.Plan.Spec.Action)
		if first := seen[key]; first != nil && r.unit.Plan.Name != "" {
			c.tell(runs[i].File, []diag.Diagnostic{sameName(first, r.unit)})
			continue
		}
		seen[key] = r.unit
		units = append(units, r.unit)
	}
	return units
}

// sameName refuses the second of two runs that would make the same objects: one name in one namespace. Line 1 stands
// for a name that is the file's.
func sameName(first, second *Unit) diag.Diagnostic {
	a, b := first.Tree.Get("name"), second.Tree.Get("name")
	return diag.Diagnostic{
		Code: diag.DuplicateRun, Span: b.Span, Path: second.env.path("name"),
		Message: fmt.Sprintf("there are two runs called %s with action %s, the other at %s:%d", b.Text, second.Plan.Spec.Action, first.Doc.File.Name, max(a.Span.Line, 1)),
		Notes:   []diag.Note{{Span: a.Span, Message: "the first is called so here"}},
		Hint:    "give one of them another name or namespace",
	}
}

// knownEnvironment refuses an environment that neither the project nor a run declares, and one of a run that the project,
// which lists its own, does not have.
func (c *compilation) knownEnvironment(docs []source.Document) []diag.Diagnostic {
	known := EnvironmentsOf(docs, c.Project)
	if c.Environment == "" || contains(known, c.Environment) || contains(c.Declared, c.Environment) {
		return nil
	}
	d := diag.Diagnostic{Code: diag.UnknownEnvironment, Message: "there is no environment " + diag.Quote(c.Environment)}
	d.Hint = "the environments are " + diag.AllOf(known)
	if len(known) == 0 {
		d.Hint = "no environment is declared: the project and each run may have some under environments"
	} else if best, ok := diag.Nearest(c.Environment, known); ok {
		d.Hint = "did you mean " + best + "?"
	}
	return []diag.Diagnostic{d}
}

// toolDefaults are the tool's own defaults, those of an action.
func toolDefaults(defaults []schema.Default, action string, scheduled bool) *source.Node {
	n := &source.Node{Kind: source.Map, Layer: source.ToolDefault}
	for _, d := range defaults {
		actions := schema.FieldActions(d.Field)
		if actions != nil && !contains(actions, action) || d.Field == "concurrency_policy" && !scheduled || d.Field == "run_policy" && scheduled {
			continue
		}
		kind := source.String
		switch d.Kind {
		case schema.IntKind:
			kind = source.Int
		case schema.BoolKind:
			kind = source.Bool
		}
		n.Fields = append(n.Fields, source.Field{Key: d.Field, Node: &source.Node{Kind: kind, Text: d.Value, Layer: source.ToolDefault}})
	}
	return n
}
