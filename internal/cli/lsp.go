package cli

import (
	"time"

	"berth/internal/lsp"

	"github.com/spf13/cobra"
)

// lspCommand is berth lsp. It takes no flags: editors send their settings by the protocol.
func lspCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "lsp",
		Short: "Serve an editor: mistakes while you type, completion, hover, and what a run becomes",
		Long: `Serve one editor on standard input and output, in the Language Server Protocol 3.17. Editors start this command
themselves: docs/editors.md has the lines to paste for VS Code, Neovim, Helix, JetBrains and Emacs.

What is said of a file is what ` + "`berth build`" + ` would say of it, with the text that the editor has. Nothing is written, and
nothing is fetched.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return lsp.Serve(a.Stdin, a.Stdout, lsp.Options{Version: version(), Now: time.Now})
		},
	}
}
