package workspace

import (
	"slices"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/fit"
	"berth/internal/kueue"
	"berth/internal/parallel"
	"berth/internal/source"
	"berth/profiles"
	"berth/renderers"
)

// Result is a workspace compiled for one environment.
type Result struct {
	Environment string // empty for the runs themselves
	Units       []Unit
	// Refused are the runs that are none of the units, in the order of the documents.
	Refused []Refused

	allowed map[int]bool // the project's allowances of credentials that were taken, by their numbers
}

// Unit is one run with its objects.
type Unit struct {
	*compiler.Unit
	Objects []renderers.Object
	// Fit says whether the pod can be scheduled on the machines of the run's profile.
	Fit fit.Report
	// Queue is what the run's queue makes of it; nil where it has none, or nobody says what queues there are.
	Queue *kueue.Verdict

	claimed   []claim // see soleClaims
	nodePorts []nodePort
}

// Refused is a run of which nothing is made.
type Refused struct {
	// Namespace and Name are empty where they are not known.
	Namespace, Name string
	Action          string // the run's
	File            *diag.File
	// Why are the mistakes of the file that refuse it.
	Why []diag.Diagnostic
}

// Objects are those of all units, in order.
func (r *Result) Objects() []renderers.Object {
	var all []renderers.Object
	for _, u := range r.Units {
		all = append(all, u.Objects...)
	}
	return all
}

// maxEnvironments bounds the environments of a workspace, since every run is compiled for each of them.
const maxEnvironments = 200

// Environments are the names of all environments that the project or a run declares, sorted; none where there are
// more than may be, which [Load] has refused.
func (w *Workspace) Environments() []string {
	if names := compiler.EnvironmentsOf(w.Runs, w.Project); len(names) <= maxEnvironments {
		return names
	}
	return nil
}

// Options are what the compiler needs to know of the workspace for an environment.
func (w *Workspace) Options(environment string) compiler.Options {
	return compiler.Options{
		Project: w.Project, Environment: environment, Profiles: w.layers(environment),
		Editions: w.editions, BuiltIn: builtIn, BuiltInNames: profiles.Names(), Evaluator: w.Evaluator, Workers: w.Workers, SomeUnread: w.someUnread, Contents: w.contents, Images: w.images,
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
	return w.compile(w.Options(environment), func(*Unit, bool) {})
}

// CompileAll is [Workspace.Compile] for each of the environments.
func (w *Workspace) CompileAll(environments []string) ([]*Result, []diag.Diagnostic) {
	var results []*Result
	var diags []diag.Diagnostic
	for _, environment := range environments {
		result, found := w.Compile(environment)
		results, diags = append(results, result), append(diags, found...)
	}
	return results, diag.Sort(diags)
}

// Print is [Workspace.CompileAll] for those who want the objects' text alone: values, plans and trees are let go as soon
// as a run is printed, so that those of a large project are never in memory at once. The workspace stays whole.
func (w *Workspace) Print(environments []string) ([]*Result, []diag.Diagnostic) {
	var results []*Result
	var diags []diag.Diagnostic
	for _, environment := range environments {
		result, found := w.compile(w.Options(environment), func(u *Unit, refused bool) {
			if refused {
				return
			}
			for i, o := range u.Objects {
				u.Objects[i] = o.Printed()
			}
			if len(w.Policies) == 0 && !u.Plan.OfProject { // which are asked about all runs together
				u.Shed()
			}
		})
		results, diags = append(results, result), append(diags, found...)
	}
	return results, diag.Sort(diags)
}

// compile hands every unit to then as soon as it is rendered, with whether it is refused.
func (w *Workspace) compile(opts compiler.Options, then func(u *Unit, refused bool)) (*Result, []diag.Diagnostic) {
	runs := compiler.Expand(w.Runs, opts.Environment)
	rendered := make([]Unit, len(runs))
	found := make([][]diag.Diagnostic, len(runs))
	whys := hear(&opts)
	// Read once, and only read from then on: the runs below are compiled side by side.
	queues := w.cluster(opts.Environment)
	asked, asking := make([][]subject, len(runs)), w.asking()
	compilation := compiler.Begin(runs, opts)
	parallel.Each(compilation.Len(), opts.Workers, func(i int) {
		if unit := compilation.Unit(i); unit != nil {
			if rendered[i], found[i] = render(unit, queues); len(w.Policies) > 0 {
				asked[i] = w.subjects(&rendered[i], asking)
			}
			found[i] = append(found[i], w.unlockedBase(&rendered[i])...)
			rendered[i].claimed = rendered[i].soleClaims()
			then(&rendered[i], unit.Refused || diag.HasErrors(found[i]))
		}
	})
	units, diags := compilation.End()
	own, ownFound := w.projectExtra(opts)
	if own != nil {
		rendered, asked = append(rendered, *own), append(asked, w.extraSubjects(own, asking))
		then(own, diag.HasErrors(ownFound))
	}
	// Policies are asked together, after all runs have been rendered.
	judged := w.judge(rendered, asked)
	// Cut to its length, so that appending below leaves it as it is.
	said := diags[:len(diags):len(diags)]
	tell := func(u *Unit, ds ...diag.Diagnostic) {
		diags = append(diags, ds...)
		if len(ds) > 0 {
			opts.Found(u.Doc.File, ds)
		}
	}

	result := &Result{Environment: opts.Environment, allowed: map[int]bool{}}
	compilation.Allowed(result.allowed)
	for i, u := range rendered[:len(runs)] {
		if len(units) == 0 || u.Unit != units[0] {
			result.Refused = append(result.Refused, refused(runs[i], u)) // no run, or another one's name
			continue
		}
		units = units[1:]
		if u.Refused {
			found[i] = unsaid(found[i], said)
		}
		found[i] = append(found[i], judged[i]...)
		tell(&u, found[i]...)
		if !u.Refused && !diag.HasErrors(found[i]) {
			result.Units = append(result.Units, u)
			continue
		}
		result.Refused = append(result.Refused, refused(runs[i], u))
	}
	if own != nil {
		ownFound = append(ownFound, judged[len(runs)]...)
		tell(own, ownFound...)
		if !diag.HasErrors(ownFound) {
			result.Units = append(result.Units, *own)
		}
	}
	// What only several runs together can get wrong comes last, for runs that are right by themselves.
	collisions(result.Units, tell)
	claimed(result.Units, tell)
	sharedNodePorts(result.Units, tell)
	for i, r := range result.Refused {
		result.Refused[i].Why = whys[r.File]
	}
	return result, diag.Sort(diags)
}

// hear keeps what is found in each file, beside whoever listens already.
func hear(opts *compiler.Options) map[*diag.File][]diag.Diagnostic {
	found, heard := map[*diag.File][]diag.Diagnostic{}, opts.Found
	opts.Found = func(file *diag.File, ds []diag.Diagnostic) {
		if found[file] = append(found[file], ds...); heard != nil {
			heard(file, ds)
		}
	}
	return found
}

// refused is a run that is refused, by what is known of it.
func refused(doc source.Document, u Unit) Refused {
	r := Refused{File: doc.File}
	switch {
	case u.Unit != nil:
		r.Namespace, r.Name, r.Action = u.Plan.Namespace, u.Plan.Name, u.Plan.Spec.Action
	case doc.Root != nil:
		r.Name = WrittenName(doc)
	}
	return r
}

// WrittenName is the name that a run's document gives it; empty where it gives none.
func WrittenName(doc source.Document) string {
	name := doc.Root.Get("metadata").Get("name")
	if name == nil {
		name = doc.Root.Get("name")
	}
	if !name.Scalar() {
		return ""
	}
	return name.Text
}

// render turns a unit into objects and holds its pods against the machines, the namespace and the queues, which may be nil.
func render(unit *compiler.Unit, queues *kueue.Cluster) (Unit, []diag.Diagnostic) {
	objects, problems := renderers.Render(unit.Plan)
	u := Unit{Unit: unit, Objects: objects}
	u.nodePorts = u.nodePortsOf()
	if unit.Refused {
		return u, unit.Diagnose(append(aboutWritten(problems), u.judged()...))
	}
	problems = append(problems, u.judged()...)
	if !refuses(problems) {
		problems = append(problems, u.held()...)
	}
	if !refuses(problems) {
		problems = append(problems, slices.Concat(u.fits(), u.admitted(), u.sharesPorts())...)
	}
	found := unit.Diagnose(problems)
	if !refuses(problems) {
		found = append(found, u.queued(queues)...)
	}
	found = unit.Allow(found)
	return u, append(found, unit.Diagnose(unit.Idle())...)
}

// refuses reports whether any of the problems is more than a warning.
func refuses(problems []diag.Problem) bool {
	return slices.ContainsFunc(problems, func(p diag.Problem) bool { return p.Severity == diag.Error })
}

// aboutWritten keeps the problems of what is written in Kubernetes' own form, patches and extra, which stand whatever else
// is wrong with a run: an object made of half a plan proves nothing else.
func aboutWritten(problems []diag.Problem) []diag.Problem {
	return slices.DeleteFunc(problems, func(p diag.Problem) bool {
		return !strings.HasPrefix(p.Path, "spec.extra") && (p.Code != diag.PatchFailed || !strings.HasPrefix(p.Path, "spec.patches"))
	})
}
