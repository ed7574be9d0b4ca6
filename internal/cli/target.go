package cli

import (
	"cmp"
	"errors"
	"fmt"

	"berth/internal/diag"
	"berth/internal/files"
	"berth/internal/layouts"
	"berth/internal/workspace"

	"github.com/spf13/cobra"
)

// target is what the flags of `build` and `check` say about the output.
type target struct {
	out          string
	layout       string
	environments []string
	all          bool
}

// flags adds the flags that say what is built and where to, the same for build and check.
func (t *target) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&t.out, "output", "o", "", "the `folder` that the files are in; left out, the project's")
	f.StringVar(&t.layout, "layout", "", diag.OneOf(layouts.Names())+"; left out, the project's")
	f.StringSliceVar(&t.environments, "environment", nil, "the `names` of the environments; a stream without one shows the runs themselves")
	f.BoolVar(&t.all, "all-environments", false, "every environment that the project or a run declares")
	cmd.MarkFlagsMutuallyExclusive("environment", "all-environments")
	cmd.MarkFlagDirname("output")
}

// check refuses flags that contradict each other.
func (t *target) check() error {
	if t.layout != "" {
		if err := oneOf("--layout", t.layout, layouts.Names()); err != nil {
			return err
		}
	}
	if t.out != "" && t.layout == layouts.StreamName {
		return errors.New("--layout stream prints to standard output: leave out -o")
	}
	return nil
}

// settle decides what the workspace and the paths leave open. It reports whether the objects are printed as a stream
// instead of written: that is what paths, an environment or the layout ask for, as long as no folder is named.
func (t *target) settle(a *app, w *workspace.Workspace, paths []string) (stream bool, err error) {
	if err := firstError(needsProject(w, paths), t.apart(a, w, paths)); err != nil {
		return false, err
	}
	asked := t.layout
	if t.layout == "" {
		t.layout = w.Layout()
	}
	if t.out != "" && t.layout == layouts.StreamName {
		t.layout = layouts.FilesName
	}
	some := len(paths) > 0 || len(t.environments) > 0
	stream = t.out == "" && (some || t.layout == layouts.StreamName)
	if stream && some && (asked == layouts.FilesName || asked == layouts.KustomizeName) {
		return false, errors.New("--layout " + asked + " writes files: name their folder with -o")
	}
	if t.all || len(t.environments) == 0 && !(stream && len(paths) > 0) {
		t.environments = w.Environments()
	}
	return stream, nil
}

// apart refuses a folder that is read from: what is written there would be read as runs the next time.
func (t *target) apart(a *app, w *workspace.Workspace, paths []string) error {
	if t.out == "" {
		return nil
	}
	if held := w.Held(a.absolute(t.out), paths); held != "" {
		return fmt.Errorf("the folder of -o, %s, lies in %s, which is read, or holds it: name a folder for the output alone", diag.Quote(t.out), diag.Quote(held))
	}
	return nil
}

// emptied reports whether all that is wrong is that the project has no run any more, where an earlier build wrote some: the
// tree is then emptied. Where none ever was, it is a mistake.
func (t *target) emptied(a *app, w *workspace.Workspace, paths []string, diags []diag.Diagnostic) bool {
	layout := cmp.Or(t.layout, w.Layout())
	return w.Project != nil && len(w.Runs)+len(paths)+len(t.environments) == 0 && len(diags) > 0 && onlyNothing(diags) &&
		(layout != layouts.StreamName || t.out != "") && files.Wrote(t.folder(a, w))
}

// folder is the absolute path of the tree.
func (t *target) folder(a *app, w *workspace.Workspace) string {
	if t.out == "" {
		return w.OutputDir()
	}
	return a.absolute(t.out)
}

// needsProject refuses a command that has neither paths nor a project to work on.
func needsProject(w *workspace.Workspace, paths []string) error {
	if len(paths) == 0 && w.Project == nil {
		return errors.New("there is no berth.yaml here or above: name the files with runs, or start a project with `berth init`")
	}
	return nil
}
