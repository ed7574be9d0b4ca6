// Package compiler turns positioned trees into plans: it lowers what people may write in several shapes, lays the layers
// over one another, holds the result against the schema, the profile's bounds and the rules between fields, and keeps for
// every value the place that decided it. It knows no Kubernetes types.
package compiler

import (
	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// Unit is one run compiled for one environment.
type Unit struct {
	// Plan is what the renderers read.
	Plan *schema.Plan
	// Tree has the plan's shape (name, namespace, labels, annotations, spec) and for every value the place and the layer
	// that decided it; a value that replaced another one remembers it in Beat.
	Tree *source.Node
	// Doc is the document that the run was written in.
	Doc source.Document
	// Profile is the run's profile, nil when it names none.
	Profile *Profile
	// Bare says that the run was written without an envelope, so that its author knows no `spec`.
	Bare bool
	// Refused says that something is wrong with the run: its plan lacks what could not be understood, and no output may
	// be made of it.
	Refused bool
	// MoreVariables says that the run is compiled for no environment, and that some of its environments has variables:
	// what is missing without them proves nothing.
	MoreVariables bool

	settings []*source.Node // what decides the plan's target, strongest first
	env      *envelope
	bad      map[*source.Node]bool
	misspelt bool               // its spec has a field that no run has, which is not in the tree
	allowed  map[diag.Code]bool // the warnings that were left out because they are meant
	meant    *meant

	severalEnvironments bool // the run is compiled for environments as well
}

// Shed lets go of all that only compiling and rendering read, so that the runs of a large project need not be in memory
// at once. What is left tells the run from others: its name, where that stands, and what it is for.
func (u *Unit) Shed() {
	name := source.Node{}
	if n := u.Tree.Get("name"); n != nil {
		name = source.Node{Kind: n.Kind, Layer: n.Layer, Text: n.Text, Span: n.Span}
	}
	u.Tree = newMap(source.Field{Key: "name", Node: &name})
	u.Doc.Root = &source.Node{Kind: source.Map, Span: u.Doc.Root.Span}
	p := u.Plan
	*p = schema.Plan{Spec: schema.RunFields{Action: p.Spec.Action}, Name: p.Name, Namespace: p.Namespace, Environment: p.Environment, Project: p.Project, Target: p.Target}
	u.env, u.bad, u.settings = &envelope{bare: u.env.bare}, nil, nil
}

// Options is what compiling depends on beside the documents.
type Options struct {
	// Project is the project, nil when there is none.
	Project *Project
	// Editions are those that the project may be of; none means [schema.Editions].
	Editions []schema.Edition
	// Environment is the environment to compile for; empty for the run itself.
	Environment string
	// BuiltIn gives the text of a profile of the catalog; nil when there is none of that name.
	BuiltIn func(name string) *diag.File
	// BuiltInNames are the names of the catalog.
	BuiltInNames []string
	// Profiles are the documents of kind Profile, strongest first: the environment's set, then the project's.
	Profiles [][]source.Document
	// SomeUnread says that a file of profiles could not be read, so that a name which nothing knows may stand there.
	SomeUnread bool
	// Evaluator runs the constraints of profiles written in CUE; it may be nil when there are none.
	Evaluator *source.Evaluator
	// Contents are the files that the runs take `from` the repository, by [FileRef.Name]; nil where none is read.
	Contents map[string]Content
	// Images are the digests by which images are meant; nil where the project locks none.
	Images ImageLocks
	// Workers is how many runs are compiled at a time; 0 means one for each processor.
	Workers int
	// Found, if there is one, is given every diagnostic as it is found, with the file of the run that it is of, whatever
	// file it points into; the file is nil for what is of no run.
	Found func(file *diag.File, ds []diag.Diagnostic)
	// Declared are environments that runs declare which are not among the documents.
	Declared []string
	// Cancelled, if there is one, tells that nobody waits for the result any more: what is not begun is left out.
	Cancelled func() bool
}
