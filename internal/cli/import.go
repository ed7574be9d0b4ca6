package cli

import (
	"errors"
	"io"
	"path/filepath"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/source"

	"github.com/spf13/cobra"
)

// importFlags are what a user may ask of `berth import`.
type importFlags struct {
	strict, defaults, report, project bool
	output, image                     string
}

// importCommand is berth import. With -o it overwrites nothing.
func importCommand(a *app) *cobra.Command {
	var flags importFlags
	cmd := &cobra.Command{
		Use:   "import PATH...",
		Short: "Write runs from what exists: Python calls, Kubernetes objects",
		Long: `Write runs from what exists: Python files and notebooks with calls of a function's run(…), or Kubernetes Jobs,
CronJobs and Deployments with the Services, autoscalers and other objects that belong to them, in one file, in several or in
folders. Each run is built in memory, and every difference between what is built and what was read is reported on standard
error. The runs are printed as YAML; with -o they become one file each. With "-" as PATH, objects are read from standard
input.`,
		Example: `  berth import pipeline.py > runs/train.yaml
  berth import deploy/ -o runs/
  kubectl get deployment churn -o yaml | berth import -
  helm template charts/churn | berth import --strict -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.importRuns(args, flags) },
	}
	f := cmd.Flags()
	f.BoolVar(&flags.strict, "strict", false, "fail when anything is left out, changed or stays outside")
	f.BoolVar(&flags.defaults, "berth-defaults", false, "leave to Berth what it means by silence, where Kubernetes means something else")
	f.StringVar(&flags.image, "image", "", "the `IMAGE` of calls in Python that name none")
	f.BoolVar(&flags.report, "report", false, "print a table of what came in instead of the runs")
	f.StringVarP(&flags.output, "output", "o", "", "write one file for each run into `DIR`, which overwrites nothing")
	f.BoolVar(&flags.project, "project", false, "with -o, write a project as well, with what three runs or more have in common")
	return cmd
}

// importRuns prints the runs that are made of files, and the report.
func (a *app) importRuns(paths []string, flags importFlags) error {
	if flags.project && flags.output == "" {
		return errors.New("--project writes berth.yaml beside the folder of the runs: name that with -o runs")
	}
	read := a.importFiles(paths)
	if diag.HasErrors(read.diags) {
		return a.unreadable(read.diags)
	}
	result := importer.Runs(read.files, importer.Options{Dir: a.Dir, BerthDefaults: flags.defaults, Share: flags.project, Image: flags.image,
		Overlays: read.overlays, Unnamed: read.unnamed})
	if flags.report {
		return a.importTable(result, flags.strict)
	}
	if flags.project { // which is written
		result.Report.Project = ""
	}
	if err := a.importReport(&result.Report, result.Diags); err != nil {
		return err
	}
	if err := a.importedRuns(result, flags); err != nil {
		return err
	}
	if flags.strict && result.Differs() {
		return errNo
	}
	return nil
}

// importedRuns prints the runs, or writes them to files.
func (a *app) importedRuns(result *importer.Import, flags importFlags) error {
	if flags.output != "" {
		return a.writeRuns(result, a.absolute(flags.output), flags.project)
	}
	_, err := a.Stdout.Write(result.Text())
	return err
}

// importReport prints what became of each object, and what was said of the files. For programs, the report is one line.
func (a *app) importReport(r *importer.Report, diags []diag.Diagnostic) error {
	text := []byte(r.Text())
	if a.format == string(diag.JSON) && len(r.Objects) > 0 {
		text = r.JSON()
	}
	if _, err := a.Stderr.Write(text); err != nil {
		return err
	}
	return a.report(diags)
}

// importTable prints the report as a table on standard output.
func (a *app) importTable(result *importer.Import, strict bool) error {
	if err := a.report(result.Diags); err != nil {
		return err
	}
	text := []byte(result.Report.Table())
	if a.format == string(diag.JSON) {
		text = result.Report.JSON()
	}
	if _, err := a.Stdout.Write(text); err != nil {
		return err
	}
	if strict && result.Differs() {
		return errNo
	}
	return nil
}

// adopt prints what a reader makes of a file.
func (a *app) adopt(path string, read func(*diag.File) ([]byte, []diag.Diagnostic)) error {
	file, diags := a.read(path)
	if file == nil {
		return a.unreadable(diags)
	}
	text, diags := read(file)
	if err := a.report(diags); err != nil {
		return err
	}
	_, err := a.Stdout.Write(text)
	return err
}

// read reads a file, or standard input as YAML.
func (a *app) read(path string) (*diag.File, []diag.Diagnostic) {
	if path != standardInput {
		return source.Read(a.absolute(path), filepath.ToSlash(path))
	}
	data, err := io.ReadAll(io.LimitReader(a.Stdin, source.MaxFileBytes+1))
	if err != nil {
		return nil, []diag.Diagnostic{{Code: diag.FileRead, Message: "standard input cannot be read: " + err.Error()}}
	}
	return source.FromBytes("stdin.yaml", data)
}

// standardInput stands for standard input where a file is asked for.
const standardInput = "-"

// unreadable reports why a file that a command is about could not be read.
func (a *app) unreadable(diags []diag.Diagnostic) error {
	if err := a.report(diags); err != errNo {
		return err
	}
	return errUnreadable
}
