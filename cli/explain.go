package cli

import (
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"

	"berth/build"
	"berth/diag"
	"berth/review"

	"github.com/spf13/cobra"
)

// explainer is the command `berth explain`.
type explainer struct {
	*app
	environment string
	from        string
	json        bool
}

func explainCommand(a *app) *cobra.Command {
	e := &explainer{app: a}
	cmd := &cobra.Command{
		Use:   "explain RUN [FIELD]",
		Short: "Tell who decided each value of the output, and what it beat",
		Long: `Tell for each value of a run's objects the place that decided it (the run, an environment, the profile, the project, the
tool with its reason, a patch) and what it beat.

RUN is a run's name, or a file with runs. FIELD is a field of the run (resources.gpu) or a path of the output
(spec.template.spec.tolerations[0]). --from goes the other way: from a line of a source to all that it reaches.`,
		Example: "  berth explain churn-train\n  berth explain churn-train resources.mem --environment prod\n  berth explain --from profiles/a100.yaml:12",
		Args:    cobra.MaximumNArgs(2),
		RunE:    func(_ *cobra.Command, args []string) error { return e.run(args) },
	}
	f := cmd.Flags()
	f.StringVar(&e.environment, "environment", "", "the environment's `name`; left out, the run itself")
	f.StringVar(&e.from, "from", "", "a `place` in a source, as in runs/train.yaml:12")
	f.BoolVar(&e.json, "json", false, "print JSON")
	return cmd
}

func (e *explainer) run(args []string) error {
	filter, err := e.filter(args)
	if err != nil {
		return err
	}
	name, paths := e.asked(args)
	w, diags := build.Load(build.Request{Dir: e.Dir, Paths: paths})
	defer w.Close()
	if err := needsProject(w, paths); err != nil {
		return err
	}
	if diag.HasErrors(diags) && len(w.Runs) == 0 {
		return e.reportOf(w, diags)
	}
	result, found := w.Compile(e.environment)
	runs := runsOf(w, result)
	if name != "" {
		runs = named(runs, name)
	}
	if len(runs) == 0 {
		return e.missing(w, name, append(diags, found...))
	}
	return e.print(runs, filter)
}

func (e *explainer) print(runs []review.Run, filter review.Filter) error {
	objects := []review.Explained{}
	for i := range runs {
		objects = append(objects, review.Explain(&runs[i], filter)...)
	}
	if len(objects) == 0 {
		return errors.New("no value of the output comes from there")
	}
	if e.json {
		return review.WriteJSON(e.Stdout, objects)
	}
	return review.WriteExplained(e.Stdout, objects, e.Color && sameTerminal(e.Stdout))
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
	parts := strings.Split(e.from, ":")
	if len(parts) < 2 {
		return f, fmt.Errorf("--from %s: write file:line", e.from)
	}
	line, err := strconv.ParseInt(parts[1], 10, 32)
	if err != nil || line < 1 {
		return f, fmt.Errorf("--from %s: %s is no line", e.from, diag.Quote(parts[1]))
	}
	f.File, f.Line = path.Clean(parts[0]), int32(line)
	return f, nil
}

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
func (e *explainer) missing(w *build.Workspace, name string, diags []diag.Diagnostic) error {
	if diag.HasErrors(diags) {
		return e.reportOf(w, diags)
	}
	result, _ := w.Compile(e.environment)
	var names []string
	for _, u := range result.Units {
		names = append(names, u.Plan.Name)
	}
	message := "there is no run " + diag.Quote(name)
	if best, ok := diag.Nearest(name, names); ok {
		message += "; did you mean " + best + "?"
	}
	return errors.New(message)
}
