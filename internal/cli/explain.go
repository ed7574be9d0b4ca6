package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/internal/review"
	"berth/internal/workspace"

	"github.com/spf13/cobra"
)

// explainer is the command `berth explain`.
type explainer struct {
	*app
	environment string
	from        string
	json        bool
}

// explainCommand is berth explain, which tells for each value who decided it.
func explainCommand(a *app) *cobra.Command {
	e := &explainer{app: a}
	cmd := &cobra.Command{
		Use:   "explain RUN [FIELD]",
		Short: "Tell who decided each value of the output, and what it beat",
		Long: `Tell for each value of a run's objects the place that decided it (the run, an environment, the profile, the project, the
tool with its reason, a patch) and what it beat.

RUN is a run's name, or a file with runs. FIELD is a field of the run (resources.gpu) or a path of the output
(spec.template.spec.tolerations[0]). --from goes the other way: from a line of a source to all that it reaches, in all
environments unless one is named.`,
		Example: "  berth explain churn-train\n  berth explain churn-train resources.mem --environment prod\n  berth explain --from profiles/a100.yaml:12",
		Args:    cobra.MaximumNArgs(2),
		RunE:    func(_ *cobra.Command, args []string) error { return e.run(args) },
	}
	f := cmd.Flags()
	f.StringVar(&e.environment, "environment", "", "the environment's `name`; left out, the run itself, and with --from all of them")
	f.StringVar(&e.from, "from", "", "a `place` in a source, as in runs/train.yaml:12")
	f.BoolVar(&e.json, "json", false, "print JSON")
	return cmd
}

// run compiles what is asked about and prints the values that the filter lets through. Mistakes of other runs do not keep it
// from answering; an environment that nobody declares does.
func (e *explainer) run(args []string) error {
	filter, err := e.filter(args)
	if err != nil {
		return err
	}
	name, paths := e.asked(args)
	w, diags := workspace.Load(workspace.Request{Limits: e.limits, Dir: e.Dir, Paths: paths})
	defer w.Close()
	if err := needsProject(w, paths); err != nil {
		return err
	}
	if diag.HasErrors(diags) && len(w.Runs) == 0 {
		return e.reportOf(w, diags)
	}
	var runs []review.Run
	for _, environment := range e.wanted(w) {
		result, found := w.Compile(environment)
		runs, diags = append(runs, w.ReviewRuns(result)...), append(diags, found...)
	}
	if slices.ContainsFunc(diags, func(x diag.Diagnostic) bool { return x.Code == diag.UnknownEnvironment }) {
		return e.reportOf(w, diags)
	}
	// Kept for the message when nothing has the name: it offers the nearest.
	all := runs
	if name != "" {
		runs = named(runs, name)
	}
	if len(runs) == 0 {
		return e.missing(w, name, all, diags)
	}
	return e.print(runs, filter)
}

// wanted are the environments that are looked at: with --from all of them, since they are what the output is made of.
func (e *explainer) wanted(w *workspace.Workspace) []string {
	if all := w.Environments(); e.from != "" && e.environment == "" && len(all) > 0 {
		return all
	}
	return []string{e.environment}
}

// print writes the objects with their values, as JSON or text. That the filter lets nothing through is a mistake, for the
// field or the line was named on purpose.
func (e *explainer) print(runs []review.Run, filter review.Filter) error {
	objects := explained(runs, filter)
	if len(objects) == 0 {
		return e.nothing(runs, filter)
	}
	if e.json {
		return review.WriteJSON(e.Stdout, objects)
	}
	return review.WriteExplained(e.Stdout, objects, e.Color && sameTerminal(e.Stdout))
}

// explained are the objects of all runs, never nil, so that JSON has an empty list.
func explained(runs []review.Run, filter review.Filter) []review.Explained {
	objects := []review.Explained{}
	for i := range runs {
		objects = append(objects, review.Explain(&runs[i], filter)...)
	}
	return objects
}

// nothing says that a field or a line reaches no value of the output, and which field may have been meant.
func (e *explainer) nothing(runs []review.Run, filter review.Filter) error {
	if filter.Line > 0 {
		return fmt.Errorf("no value of the output comes from %s:%d", filter.File, filter.Line)
	}
	var known []string
	for _, o := range explained(runs, review.Filter{}) {
		for _, leaf := range o.Fields {
			known = append(known, leaf.Path)
			if leaf.Origin != nil {
				known = append(known, above(strings.TrimPrefix(leaf.Origin.Field, "spec."))...)
			}
		}
	}
	message := "no value of the output stands at " + diag.Quote(filter.Field) + " or comes from it"
	if best, ok := diag.Nearest(filter.Field, known); ok {
		message += "; did you mean " + best + "?"
	}
	return errors.New(message)
}

// above are a path and those of all that it stands in.
func above(path string) []string {
	var paths []string
	for end := len(path); end > 0; end = strings.LastIndexAny(path[:end], ".[") {
		paths = append(paths, path[:end])
	}
	return paths
}

// asked tells the name of a run from a file with runs.
func (e *explainer) asked(args []string) (name string, paths []string) {
	if len(args) == 0 {
		return "", nil
	}
	if info, err := os.Stat(e.absolute(args[0])); err == nil && !info.IsDir() {
		return "", args[:1]
	}
	return args[0], nil
}

// filter reads what is asked for: a field as the second argument, or a line of a source by --from. What follows the
// line, as the column of file:line:column, is passed over: places can be pasted from a report.
func (e *explainer) filter(args []string) (review.Filter, error) {
	var f review.Filter
	if len(args) == 0 && e.from == "" {
		return f, errors.New("name a run, or a place with --from")
	}
	if len(args) == 2 {
		f.Field = args[1]
	}
	if e.from == "" {
		return f, nil
	}
	// file:line or file:line:column; the column is not needed.
	parts := strings.Split(e.from, ":")
	if len(parts) < 2 {
		return f, fmt.Errorf("--from %s: write file:line", e.from)
	}
	line, err := strconv.ParseInt(parts[1], 10, 32)
	if err != nil || line < 1 {
		return f, fmt.Errorf("--from %s: %s is no line", e.from, diag.Quote(parts[1]))
	}
	f.File, f.Line = e.display(e.absolute(parts[0])), int32(line)
	return f, nil
}

// named are the runs with a name. With a namespace before it (ml/train) only that one's is meant.
func named(runs []review.Run, name string) []review.Run {
	var found []review.Run
	for _, r := range runs {
		if r.Plan.Name == name || r.Plan.Namespace+"/"+r.Plan.Name == name {
			found = append(found, r)
		}
	}
	return found
}

// missing says why there is no run to explain: it was refused, or nothing has its name.
func (e *explainer) missing(w *workspace.Workspace, name string, all []review.Run, diags []diag.Diagnostic) error {
	if diag.HasErrors(diags) {
		return e.reportOf(w, diags)
	}
	var names []string
	for _, r := range all {
		names = append(names, r.Plan.Name)
	}
	message := "there is no run " + diag.Quote(name)
	if best, ok := diag.Nearest(name, names); ok {
		message += "; did you mean " + best + "?"
	}
	return errors.New(message)
}
