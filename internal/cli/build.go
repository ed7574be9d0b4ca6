package cli

import (
	"errors"
	"strings"

	"berth/internal/diag"
	"berth/internal/files"
	"berth/internal/layouts"
	"berth/internal/review"
	"berth/internal/workspace"
	"berth/renderers"

	"github.com/spf13/cobra"
)

// builder is the command `berth build`.
type builder struct {
	*app
	target       target
	verbose      bool
	failOnChange bool
	annotate     bool
}

// buildCommand is berth build, the command that writes manifests.
func buildCommand(a *app) *cobra.Command {
	b := &builder{app: a}
	cmd := &cobra.Command{
		Use:   "build [PATH…]",
		Short: "Compile runs into manifests",
		Long: `Compile runs into manifests.

With paths (files or folders with runs) the manifests are printed, or written below -o.
With no path, the project's runs are built into the project's output.
Nothing is written when anything is refused.`,
		Example: "  berth build run.yaml\n  berth build runs/ -o manifests\n  berth build --environment prod runs/train.yaml\n  berth build",
		RunE:    func(_ *cobra.Command, paths []string) error { return b.run(paths) },
	}
	b.target.flags(cmd)
	cmd.Flags().IntVar(&a.workers, "workers", 0, "how many runs are compiled at a time; 0 means one for each processor")
	cmd.Flags().BoolVarP(&b.verbose, "verbose", "v", false, "tell which machines each run fits, and each file that is written or removed")
	cmd.Flags().BoolVar(&b.failOnChange, "fail-on-change", false, "exit 1 when a file was created, changed or removed")
	cmd.Flags().BoolVar(&b.annotate, "annotate-origins", false, "say in a comment at each value who decided it; for what is printed")
	return cmd
}

// run builds the runs of each project that the paths belong to. All of them are compiled before anything is printed, so that
// a mistake in the last leaves no half of a stream; mistakes of several projects are reported together.
func (b *builder) run(paths []string) error {
	if err := b.target.check(); err != nil {
		return err
	}
	shares := workspace.Divide(b.Dir, "", paths)
	if err := oneTree(shares, b.target.out); err != nil {
		return err
	}
	var printed []byte
	var refused error
	b.together = len(shares) > 1
	for _, share := range shares {
		text, err := b.share(share.Paths)
		if err != nil && err != errNo && err != errUnreadable {
			return err
		}
		// The streams of several projects become one, as documents of it.
		if len(printed) > 0 && len(text) > 0 {
			printed = append(printed, layouts.Separator...)
		}
		printed, refused = append(printed, text...), firstError(refused, err)
	}
	if b.together {
		refused = firstError(refused, b.tell())
	}
	if refused != nil {
		return refused
	}
	_, err := b.Stdout.Write(printed)
	return err
}

// oneTree refuses to write the runs of several projects into one folder: each has an index and settings of its own.
func oneTree(shares []workspace.Share, out string) error {
	if len(shares) < 2 || out == "" {
		return nil
	}
	return errors.New("the paths belong to several projects, and a folder holds the output of one: name the paths of one at a time, or leave out -o")
}

// share builds the paths of one project: it writes the project's tree, or gives what is to be printed.
func (b *builder) share(paths []string) ([]byte, error) {
	w, diags := workspace.Load(workspace.Request{Limits: b.limits, Dir: b.Dir, Paths: paths, Workers: b.workers})
	defer w.Close()
	if err := whole(w, paths); err != nil {
		return nil, err
	}
	if b.target.emptied(b.app, w, paths, diags) {
		diags = nil
	}
	if len(diags) > 0 && len(w.Runs) == 0 {
		return nil, b.reportOf(w, diags)
	}
	t := b.target // what is left open, each project decides
	stream, err := t.settle(b.app, w, paths)
	if err != nil {
		return nil, err
	}
	if stream {
		return b.stream(w, t, diags)
	}
	if b.annotate {
		return nil, errors.New("--annotate-origins is for what is printed: name the runs, or --layout stream")
	}
	return nil, b.write(w, t, diags)
}

// stream gives the objects of every environment, or of the runs themselves.
func (b *builder) stream(w *workspace.Workspace, t target, diags []diag.Diagnostic) ([]byte, error) {
	environments := t.environments
	if len(environments) == 0 {
		environments = []string{""}
	}
	compile := w.Print
	if b.annotate { // origins stand in the trees
		compile = w.CompileAll
	}
	results, found := compile(environments)
	diags = append(diags, found...)
	if !diag.HasErrors(diags) {
		diags = append(diags, w.IdleCredentials(results)...)
	}
	if len(t.environments) == 0 {
		diags = append(diags, w.JudgeEnvironments(diags)...)
	}
	if err := b.reportOf(w, diags); err != nil {
		return nil, err
	}
	if b.verbose {
		b.fits(results)
	}
	return b.text(w, results)
}

// text is the stream of all objects.
func (b *builder) text(w *workspace.Workspace, results []*workspace.Result) ([]byte, error) {
	if b.annotate {
		var runs []review.Run
		for _, result := range results {
			runs = append(runs, w.ReviewRuns(result)...)
		}
		return review.Stream(runs)
	}
	var objects []renderers.Object
	for _, result := range results {
		objects = append(objects, result.Objects()...)
	}
	return layouts.Stream(objects)
}

// write brings the tree on disk up to date.
func (b *builder) write(w *workspace.Workspace, t target, diags []diag.Diagnostic) error {
	tree, results, found := w.Tree(t.layout, t.environments)
	if diags = append(diags, found...); diag.HasErrors(diags) {
		return b.reportOf(w, diags)
	}
	dir := t.folder(b.app, w)
	status, found, err := files.Write(dir, tree, files.Options{Workers: b.workers, Ours: layouts.Ours})
	if refused := b.report(append(diags, found...)); refused != nil || err != nil {
		return firstError(err, refused)
	}
	if b.verbose {
		b.fits(results)
		b.list(dir, status)
	}
	if b.failOnChange && !status.Clean() {
		b.say("%s: %s; commit that too", b.display(dir), status.Written())
		return errNo
	}
	b.say("%s: %s", b.display(dir), status.Written())
	return nil
}

// fits tells of each run with a profile on which of its machines the pod can be scheduled.
func (b *builder) fits(results []*workspace.Result) {
	for _, result := range results {
		for _, u := range result.Units {
			if u.Profile == nil {
				continue
			}
			name := u.Plan.Name
			if result.Environment != "" {
				name += " in " + result.Environment
			}
			b.say("%s on %s: %s", name, u.Profile.Name, strings.TrimSuffix(u.Fit.Text(), "\n"))
		}
	}
}

// list names each file that a build changed, and how. A file edited by hand is changed back, which is a change as well.
func (b *builder) list(dir string, s files.Status) {
	for _, group := range []struct {
		did   string
		paths []string
	}{{"created", s.Missing}, {"changed", s.Stale}, {"changed", s.Edited}, {"removed", s.Stray}} {
		for _, path := range group.paths {
			b.say("%s %s/%s", group.did, b.display(dir), path)
		}
	}
}

// firstError is the first error that is not nil, and nil when all are.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
