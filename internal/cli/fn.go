package cli

import (
	"fmt"
	"io"

	"berth/internal/krm"

	"github.com/spf13/cobra"
)

// fnCommand is berth fn, which kustomize and kpt call as an exec function.
func fnCommand(a *app) *cobra.Command {
	var options krm.Options
	cmd := &cobra.Command{
		Use:   "fn",
		Short: "Answer a ResourceList, as a function of kustomize or kpt",
		Long: `Answer a ResourceList, as a function of kustomize or kpt.

Reads one config.kubernetes.io/v1 ResourceList from standard input, turns the Runs in its items and in its
functionConfig into objects, leaves everything else as it is, and writes the list to standard output. Mistakes are
in its results and on standard error; with any, the exit code is 1 and no item is changed.

kustomize runs functions with --enable-alpha-plugins and --enable-exec only; with the first alone it prints nothing
and exits 0.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.answer(options) },
	}
	cmd.Flags().StringVar(&options.Environment, "environment", "", "the environment to compile for")
	cmd.Flags().IntVar(&options.Workers, "workers", 0, "how many runs are compiled at a time; 0 means one for each processor")
	return cmd
}

// answer writes the list even when it refuses the runs, since the results are in it.
func (a *app) answer(options krm.Options) error {
	input, err := io.ReadAll(io.LimitReader(a.Stdin, krm.MaxBytes+1))
	if err != nil {
		return fmt.Errorf("standard input cannot be read: %w", err)
	}
	if len(input) > krm.MaxBytes {
		return fmt.Errorf("the list on standard input is larger than %d MiB", krm.MaxBytes>>20)
	}
	answer, diags := krm.Run(input, options)
	if _, err := a.Stdout.Write(answer); err != nil {
		return err
	}
	return a.report(diags)
}
