package cli

import (
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes man pages, for those who package the program.
func manCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the man pages of all commands into a folder",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := a.absolute(args[0])
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			_, day := built()
			return doc.GenManTree(root, &doc.GenManHeader{Title: "BERTH", Section: "1", Source: "berth " + version(), Manual: "Berth", Date: &day}, dir)
		},
	}
}

// built is the commit that the program was built of, and its date; nothing and the first day of 2026 where that is not
// known.
func built() (commit string, day time.Time) {
	day = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", day
	}
	for _, s := range info.Settings {
		switch at, err := time.Parse(time.RFC3339, s.Value); {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.time" && err == nil:
			day = at
		}
	}
	return commit, day
}
