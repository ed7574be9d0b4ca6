package cli

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
)

// version is what the Go toolchain recorded of this build: the module's version, or the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// versionCommand is berth version. Commit and date are left out where the program was built without them.
func versionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the program's version, commit and date",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text := "berth " + version()
			if commit, day := built(); commit != "" {
				text += fmt.Sprintf(" (commit %s of %s)", commit, day.Format(time.DateOnly))
			}
			_, err := fmt.Fprintln(a.Stdout, text)
			return err
		},
	}
}
