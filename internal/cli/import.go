package cli

import (
	"io"
	"path/filepath"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/source"

	"github.com/spf13/cobra"
)

func importCommand(a *app) *cobra.Command {
	var strict, defaults bool
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Write runs from what exists: Python calls, Kubernetes objects",
		Long: `Write runs from what exists: Python files with calls of a function's run(…), or Kubernetes Jobs, CronJobs and
Deployments with the Services, autoscalers and other objects that belong to them. The runs are printed as YAML. Each is built
in memory, and every difference between what is built and what was read is reported on standard error. With "-" as FILE,
objects are read from standard input.`,
		Example: "  berth import pipeline.py > runs/train.yaml\n  kubectl get deployment churn -o yaml | berth import -",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.importRuns(args, strict, importer.Options{Dir: a.Dir, BerthDefaults: defaults})
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "fail when anything is left out or changed")
	cmd.Flags().BoolVar(&defaults, "berth-defaults", false, "leave to Berth what it means by silence, where Kubernetes means something else")
	return cmd
}

// importRuns prints the runs that are made of files, and the report.
func (a *app) importRuns(paths []string, strict bool, opts importer.Options) error {
	var files []*diag.File
	for _, path := range paths {
		file, diags := a.read(path)
		if file == nil {
			return a.unreadable(diags)
		}
		files = append(files, file)
	}
	result := importer.Runs(files, opts)
	if err := a.importReport(&result.Report); err != nil {
		return err
	}
	if err := a.report(result.Diags); err != nil {
		return err
	}
	if _, err := a.Stdout.Write(result.Text()); err != nil {
		return err
	}
	if strict && result.Report.Differs() {
		return errNo
	}
	return nil
}

// importReport prints what became of each object.
func (a *app) importReport(r *importer.Report) error {
	if len(r.Objects) == 0 {
		return nil
	}
	text := []byte(r.Text())
	if a.format == string(diag.JSON) {
		text = r.JSON()
	}
	_, err := a.Stderr.Write(text)
	return err
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
