package source

import (
	"slices"

	"berth/internal/diag"
	"berth/internal/parallel"
)

// JudgeRequest asks what policies say of runs.
type JudgeRequest struct {
	Policies []*diag.File // CUE files, each judged by itself, so that blame is clear
	Runs     [][]byte     // each a run in the enveloped form, as JSON
}

// ViolationKind says how a run breaks a policy.
type ViolationKind uint8

// The kinds of violation.
const (
	Conflict   ViolationKind = iota // a value that the policy's constraint does not admit
	NotAllowed                      // a field that the policy's closed struct does not have
	Missing                         // a field that the policy wants and the run does not have
)

// Violation is one thing that a policy has against a run.
type Violation struct {
	Kind    ViolationKind
	Path    []string  // of the run's field, list indices as decimal numbers
	Rule    diag.Span // the constraint in the policy's file
	Expr    string    // the constraint as written there, such as `=~"^ghcr.io/acme/"`; empty for NotAllowed
	Message string    // the policy's own words, given by CUE's error builtin; empty when it has none
}

// Verdict is what one policy has against one run. A policy that is content has none.
type Verdict struct {
	Run, Policy int // indices into the request
	Violations  []Violation
}

// runsAtOnce is how many runs are judged in one request, so that several workers share a large project and the deadline
// is that of a few runs.
const runsAtOnce = 100

// Judge unifies each policy with each run and gives the verdicts by run, then policy. Policies that are wrong by
// themselves are not applied; the diagnostics tell of them, and of an evaluation that gave no answer.
func (e *Evaluator) Judge(req JudgeRequest) ([]Verdict, []diag.Diagnostic) {
	if len(req.Policies) == 0 {
		return nil, nil
	}
	parts := slices.Collect(slices.Chunk(req.Runs, runsAtOnce))
	verdicts, diags := make([][]Verdict, len(parts)), make([][]diag.Diagnostic, len(parts))
	parallel.Each(len(parts), len(parts), func(i int) {
		verdicts[i], diags[i] = e.judge(req.Policies, parts[i], i*runsAtOnce)
	})
	return slices.Concat(verdicts...), diag.Sort(slices.Concat(diags...))
}

// judge asks about some of the runs, the first of which has the given index.
func (e *Evaluator) judge(policies []*diag.File, runs [][]byte, first int) ([]Verdict, []diag.Diagnostic) {
	ask := &request{Operation: judgeRuns, Runs: runs}
	for _, p := range policies {
		ask.Policies = append(ask.Policies, *p)
	}
	resp, trouble := e.ask(ask)
	if trouble != "" {
		return nil, []diag.Diagnostic{evaluationFailed(policies[0], trouble)}
	}
	tie(resp, policies...)
	for i := range resp.Verdicts {
		resp.Verdicts[i].Run += first
	}
	return resp.Verdicts, resp.Diagnostics
}

// Check asks whether a value meets a constraint, such as `1 | 2 | 4 | 8` or `>=1 & <=8`.
type Check struct {
	Constraint *Node  // of kind Constraint
	Value      string // a JSON number, string or boolean
}

// Meets answers checks in order. The diagnostics tell of constraints that cannot be evaluated; those count as met, so
// that a run is not blamed for its profile.
func (e *Evaluator) Meets(checks []Check) ([]bool, []diag.Diagnostic) {
	if len(checks) == 0 {
		return nil, nil
	}
	ask := &request{Operation: checkValues}
	for _, c := range checks {
		ask.Checks = append(ask.Checks, wireCheck{c.Constraint.Text, c.Value})
	}
	met := make([]bool, len(checks))
	resp, trouble := e.ask(ask)
	if trouble != "" {
		for i := range met {
			met[i] = true
		}
		d := evaluationFailed(checks[0].Constraint.Span.File, trouble)
		d.Span = checks[0].Constraint.Span
		return met, []diag.Diagnostic{d}
	}
	if len(resp.Met) != len(checks) { // it failed, and told why of a file that it does not know
		resp.Met = slices.Repeat([]answer{notEvaluated}, len(checks))
	}
	var diags []diag.Diagnostic
	for i, answer := range resp.Met {
		met[i] = answer != notMet
		if answer == notEvaluated {
			diags = append(diags, diag.Diagnostic{Code: diag.Evaluation, Span: checks[i].Constraint.Span,
				Message: "this rule cannot be evaluated by itself", Hint: "write it without references to other fields"})
		}
	}
	return met, diag.Sort(diags)
}

// answer is what became of a check.
type answer uint8

const (
	// A constraint that cannot be evaluated is kept apart from one that is not met: the run is not to blame for it.
	isMet answer = iota
	notMet
	notEvaluated
)
