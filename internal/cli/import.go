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
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Write runs from what exists: Python calls, Kubernetes objects",
		Long: `Write runs from what exists: a Python file with calls of a function's run(…), or Kubernetes Jobs, CronJobs and
Deployments with their Services. The runs are printed as YAML. What cannot be said in a run is named. With "-" as FILE,
objects are read from standard input.`,
		Example: "  berth import pipeline.py > runs/train.yaml\n  kubectl get deployment churn -o yaml | berth import -",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return a.adopt(args[0], importer.Runs) },
	}
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
