// Package review says without a cluster what a change means: for each run what starts, stays and ends, which fields of its
// objects differ, who decided them, and what the API server would refuse. It reads runs that are compiled and rendered,
// touches no file and asks no clock.
package review

import (
	"slices"

	"berth/internal/fit"
	"berth/internal/kueue"
	"berth/internal/source"
	"berth/renderers"
	"berth/schema"
)

// Run is one run of one side of a comparison, compiled for one environment and rendered.
type Run struct {
	Environment string
	// File is the file that the run is written in, as the review calls it.
	File string
	Plan *schema.Plan
	// Tree has the plan's shape and the places of its values.
	Tree *source.Node
	// Profile and Project are the specs of the run's profile and project; nil where there is none.
	Profile, Project *source.Node
	// ProjectName is where the project says its name.
	ProjectName *source.Node
	// Bare says that the run was written without an envelope: its author knows no `spec`.
	Bare    bool
	Objects []renderers.Object
	Fit     fit.Report
	// Queue is what the run's queue makes of it, of the Queues that there are; nil where nobody says.
	Queue  *kueue.Verdict
	Queues *kueue.Cluster

	action string // where runs share a name: see told
}

// Options says what is compared.
type Options struct {
	// Before and After name the sides, as in "HEAD" and "the working tree".
	Before, After string
	// Environments says that the sides are two environments of one project and not two states of it. Runs are then paired
	// by their names alone, and nothing starts or ends by their difference.
	Environments bool
	// BrokenBefore and BrokenAfter are what the sides refuse: they are listed, and the rest is compared.
	BrokenBefore, BrokenAfter []Broken
	// Notes are said of all runs together, beside what the runs themselves tell.
	Notes []string
	// Branched is what the side before has that the side after never saw; nil for nothing.
	Branched *Branched
}

// Report is what a comparison found, in the order of environments, namespaces and names.
type Report struct {
	// FormatVersion is that of the report as JSON, FormatVersion of this package.
	FormatVersion string `json:"format_version"`
	Before        string `json:"before"`
	After         string `json:"after"`
	// Notes are what holds for all runs.
	Notes  []string `json:"notes,omitempty"`
	Runs   []Item   `json:"runs"`
	Totals []Total  `json:"totals"`
	// Costs are what the change starts and what a month costs, where profiles say what their devices cost.
	Costs []Cost `json:"costs,omitempty"`
	// Queues are the ClusterQueues of Kueue in which runs wait, where the project says what they are.
	Queues []QueueState `json:"queues,omitempty"`
	// Same counts the runs that are the same on both sides; Runs does not list them.
	Same int `json:"same"`
}

// Item is one run that differs between the sides.
type Item struct {
	Environment string `json:"environment,omitempty"`
	Namespace   string `json:"namespace,omitempty"`
	Name        string `json:"name"`
	// RunAction is the run's own action, where several runs have the name.
	RunAction string `json:"run_action,omitempty"`
	// Action is the verdict as one word for programs.
	Action  Action  `json:"action"`
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why"`
	// Starts is what starts at once by the change; nil for nothing.
	Starts *Start `json:"starts,omitempty"`
	// Messages say why the run could not be built.
	Messages []string `json:"messages,omitempty"`
	// About says what the run is, where it is new.
	About   []Fact         `json:"about,omitempty"`
	Causes  []Cause        `json:"causes,omitempty"`
	Objects []ObjectChange `json:"objects,omitempty"`
	Refused []Refusal      `json:"refused,omitempty"`
	Notes   []string       `json:"notes,omitempty"`
	// Command ends what the change leaves running.
	Command string `json:"command,omitempty"`
}

// Cause is a field that the verdict follows from.
type Cause struct {
	Field string `json:"field"`
	Place *Place `json:"place,omitempty"`
	// Gone says that the field is there no more: the place is one of the side before.
	Gone bool `json:"gone,omitempty"`
}

// String is the cause as people read it.
func (c Cause) String() string {
	switch {
	case c.Place == nil:
		return c.Field
	case c.Place.File == "":
		return c.Field + " (" + c.Place.Layer + ")"
	case c.Gone:
		return c.Field + ", gone from " + c.Place.String()
	}
	return c.Field + " at " + c.Place.String()
}

// ObjectChange is what becomes of one object. Before and After are its names; one of them is empty for an object that is
// new or gone.
type ObjectChange struct {
	Kind   string   `json:"kind"`
	Before string   `json:"before,omitempty"`
	After  string   `json:"after,omitempty"`
	Fields []Change `json:"fields,omitempty"`
	// Stays says of an object that is gone from Git that nothing deletes it.
	Stays bool `json:"stays,omitempty"`

	old, new *renderers.Object
}

// Change is one field of an object. Before and After are compact JSON, or texts as they are; empty with the matching Has
// false means that the field was not there.
type Change struct {
	Path      string  `json:"path"`
	Before    *string `json:"before,omitempty"`
	After     *string `json:"after,omitempty"`
	Origin    *Place  `json:"origin,omitempty"`
	OldOrigin *Place  `json:"old_origin,omitempty"`
	// Order says that a list's items are the same in another order; Before and After are then their keys.
	Order bool `json:"order,omitempty"`
}

// Refusal is a change that the API server does not take.
type Refusal struct {
	Object string `json:"object"`
	Path   string `json:"path"`
	Reason string `json:"reason"`
	// Kept says that the API server takes the object and leaves this field as it was.
	Kept bool `json:"kept,omitempty"`
}

// Differs reports whether the sides differ in more than the spelling of what they say.
func (r Report) Differs() bool {
	return len(r.Notes) > 0 || slices.ContainsFunc(r.Runs, func(i Item) bool { return i.Verdict != NoEffect })
}
