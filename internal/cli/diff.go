package cli

import (
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"berth/internal/diag"
	"berth/internal/review"

	"github.com/spf13/cobra"
)

// differ is the command `berth diff`.
type differ struct {
	*app
	against     string
	environment string
	output      string
	week        string
}

// reviewOutputs are the forms of a review.
var reviewOutputs = []string{"text", "markdown", "json", "html"}

// diffCommand is berth diff. An empty --against is refused rather than read as HEAD: it comes from a variable that is not
// set, and would compare with the wrong commit without a word.
func diffCommand(a *app) *cobra.Command {
	d := &differ{app: a}
	cmd := &cobra.Command{
		Use:   "diff [PATH…]",
		Short: "Tell what a change would do, run by run: what starts, is kept or ends, and why",
		Long: `Tell what a change would do, run by run: what starts, is kept or ends, which fields differ and who decided them,
and what the API server would refuse. No cluster is asked.

The working tree is compared with a commit (HEAD unless --against says otherwise), with another folder, or one
environment with another. The exit code is 0 when nothing differs, 1 when something does, 2 when it could not be told.`,
		Example: "  berth diff\n  berth diff --against main --output markdown\n  berth diff --environment staging..production\n  berth diff --output html > review.html",
		RunE: func(cmd *cobra.Command, paths []string) error {
			if d.against == "" && cmd.Flags().Changed("against") {
				return errors.New("--against is empty: a variable such as $GITHUB_BASE_REF is set in pull requests alone; name a commit or a folder, as in --against origin/main")
			}
			return d.run(paths)
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.against, "against", "", "the `commit` or folder to compare with (default HEAD)")
	f.StringVar(&d.environment, "environment", "", "one environment's `name`, or A..B to compare two")
	f.StringVar(&d.output, "output", "text", "text, markdown, json or html")
	f.StringVar(&d.week, "week", "", "a `date` (YYYY-MM-DD) in the week that the page's timeline shows; left out, this week")
	f.IntVar(&a.workers, "workers", 0, "how many runs are compiled at a time; 0 means one for each processor")
	return cmd
}

// run compares and prints. The exit codes are those of diff(1): what could not be compared is 2, which couldNot says.
func (d *differ) run(paths []string) error {
	if err := oneOf("--output", d.output, reviewOutputs); err != nil {
		return err
	}
	week, err := d.monday()
	if err != nil {
		return err
	}
	before, after, options, err := d.sides(paths)
	if err != nil {
		return couldNot(err)
	}
	// From here on nothing is read any more.
	report := review.Compare(before, after, options)
	if err := d.print(report, before, after, week); err != nil {
		return couldNot(err)
	}
	if report.Differs() {
		return errNo
	}
	return nil
}

// couldNot makes trouble of a refusal: exit code 1 says that there is a difference.
func couldNot(err error) error {
	if errors.Is(err, errNo) {
		return errUnreadable
	}
	return err
}

// print writes the report in the format asked for; colors are for a terminal alone. The page in HTML draws the runs of the
// week as well, for which it needs both sides whole.
func (d *differ) print(report review.Report, before, after []review.Run, week time.Time) error {
	switch d.output {
	case "markdown":
		return review.WriteMarkdown(d.Stdout, report)
	case "json":
		return review.WriteJSON(d.Stdout, report)
	case "html":
		return review.WriteHTML(d.Stdout, report, before, after, week)
	}
	return review.WriteText(d.Stdout, report, d.Color && sameTerminal(d.Stdout))
}

// monday is the first day of the week that the timeline shows.
func (d *differ) monday() (time.Time, error) {
	day := time.Now().UTC()
	if d.week != "" {
		var err error
		if day, err = time.Parse(time.DateOnly, d.week); err != nil {
			return day, errors.New("--week " + d.week + ": write a date such as 2026-03-23")
		}
	}
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7).Truncate(24 * time.Hour), nil
}

// sides compiles what is compared.
func (d *differ) sides(paths []string) (before, after []review.Run, o review.Options, err error) {
	if a, b, ok := strings.Cut(d.environment, ".."); ok {
		return d.environments(paths, a, b)
	}
	s, err := d.others(paths)
	defer s.done()
	if err != nil {
		return nil, nil, o, err
	}
	o = review.Options{Before: diag.Safe(s.before.name), After: diag.Safe(s.after.name)}
	was, err := d.compile(s.before)
	if err != nil {
		return nil, nil, o, err
	}
	// What is there no more, a file or the whole project, is what leaves.
	s.after.optional = s.after.optional || len(was.runs) > 0
	is, err := d.compile(s.after)
	if err != nil {
		return nil, nil, o, err
	}
	o.BrokenBefore, o.BrokenAfter, o.Notes = was.broken, is.broken, is.newlyAllowed(was)
	o.Branched, err = d.branched(s)
	return was.runs, is.runs, o, err
}

// branched compiles what both sides come from, where the one before went on since then.
func (d *differ) branched(s *states) (*review.Branched, error) {
	if s.ahead == 0 {
		return nil, nil
	}
	b := &review.Branched{Commits: int64(s.ahead), Known: !s.nobase}
	if s.nobase {
		return b, nil
	}
	base, err := d.compile(s.base)
	b.Base, b.Known = base.runs, len(base.broken) == 0
	return b, err
}

// environments compiles the two environments of `--environment A..B`.
func (d *differ) environments(paths []string, a, b string) (before, after []review.Run, o review.Options, err error) {
	if a == "" || b == "" {
		return nil, nil, o, errors.New("--environment " + d.environment + ": name two environments, as in staging..production")
	}
	if d.against != "" {
		return nil, nil, o, errors.New("--against compares two states, --environment A..B two environments of one: leave out one of them")
	}
	o = review.Options{Before: a, After: b, Environments: true}
	var sides [2]compiled
	for i, name := range []string{a, b} {
		d.environment = name
		if sides[i], err = d.compile(located{name: name, dir: d.Dir, paths: paths}); err != nil {
			return nil, nil, o, err
		}
	}
	o.BrokenBefore, o.BrokenAfter = sides[0].broken, sides[1].broken
	return sides[0].runs, sides[1].runs, o, nil
}

// sameTerminal reports whether the product goes to a terminal.
func sameTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isTerminal(f)
}
