// Package cli is the face of the program: commands, flags, exit codes. The product goes to standard output, everything
// said about it to standard error.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"berth/internal/diag"
	"berth/internal/kustomize"
	"berth/internal/source"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The exit codes.
const (
	exitYes      = 0 // done; nothing to object to
	exitNo       = 1 // the input was refused, or there is a difference
	exitCouldNot = 2 // wrong usage, or a file or stream that could not be read or written
)

// Main runs the program with the process's own arguments and streams, and returns its exit code.
func Main() int {
	if len(os.Args) > 1 && os.Args[1] == source.EvaluateCommand {
		return source.ServeEvaluator(kustomize.Build)
	}
	pace()
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "berth: the working directory is not known:", err)
		return exitCouldNot
	}
	p := Program{Args: os.Args[1:], Dir: dir, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	p.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(os.Stderr)
	return p.Run()
}

// isTerminal reports whether output goes to a character device, where colors may be shown, and not to a file or a pipe.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Program is one call of the program with everything that it needs of its process.
type Program struct {
	Args           []string
	Dir            string // the working directory, an absolute path
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Color          bool // Stderr shows colours
}

// Run runs the command that the arguments name and returns the exit code.
func (p Program) Run() int {
	a := &app{Program: p}
	root := a.root()
	err := root.Execute()
	switch {
	case err == nil:
		return exitYes
	case errors.Is(err, errNo):
		return exitNo
	case errors.Is(err, errUnreadable):
		return exitCouldNot
	}
	fmt.Fprintln(p.Stderr, diag.Safe("berth: "+strings.TrimRight(err.Error(), "\n")))
	return exitCouldNot
}

// What a command returns when everything has been said already.
var (
	errNo         = errors.New("refused")
	errUnreadable = errors.New("unreadable")
)

// app is what the commands share.
type app struct {
	Program
	format  string
	workers int
	limits  source.Limits

	// together holds diagnostics back, so that those of several projects are one report.
	together bool
	held     []diag.Diagnostic
}

// root is the command line as a whole: the flags of all commands, and the commands. Cobra prints no errors itself, since they
// are printed in the format that --format asks for.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:               "berth",
		Short:             "Run specifications and hardware profiles in, Kubernetes manifests out",
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
	}
	root.SetArgs(a.Args)
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetVersionTemplate("berth {{.Version}}\n")
	root.PersistentFlags().StringVar(&a.format, "format", string(diag.Text), "how mistakes are shown: "+diag.OneOf(diag.Formats()))
	root.PersistentFlags().Var(evaluation{&a.limits}, "evaluation", "what all CUE and Jsonnet of a build may take together, such as time=60s,memory=2Gi,output=128Mi")
	var folder string
	root.PersistentFlags().StringVarP(&folder, "directory", "C", "", "run as if started in this `folder`")
	// Before any command: a wrong --format must not be found only when there is a mistake to print.
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if err := oneOf("--format", a.format, diag.Formats()); err != nil {
			return err
		}
		return a.enter(folder)
	}
	for _, command := range commands {
		root.AddCommand(command(a))
	}
	a.complete(root)
	return root
}

// enter makes a folder the working directory, as git's -C does.
func (a *app) enter(folder string) error {
	if folder == "" {
		return nil
	}
	dir := a.absolute(folder)
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return fmt.Errorf("-C %s: there is no such folder", folder)
	}
	a.Dir = dir
	return nil
}

// flagError adds the flag that was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	if best, ok := diag.Nearest(unknown.GetSpecifiedName(), known); ok {
		return fmt.Errorf("%w; did you mean --%s?", err, best)
	}
	return fmt.Errorf("%w; see `%s --help`", err, cmd.CommandPath())
}

// oneOf refuses a flag's value that is none of the choices.
func oneOf(flag, value string, choices []string) error {
	for _, c := range choices {
		if value == c {
			return nil
		}
	}
	message := fmt.Sprintf("%s %s: it has to be %s", flag, value, diag.OneOf(choices))
	if best, ok := diag.Nearest(value, choices); ok {
		message += "; did you mean " + best + "?"
	}
	return errors.New(message)
}
