package cli

import "github.com/spf13/cobra"

// commands are all commands in the order of help.
var commands = []func(*app) *cobra.Command{
	buildCommand,
	checkCommand,
	diffCommand,
	explainCommand,
	profilesCommand,
	policiesCommand,
	imagesCommand,
	importCommand,
	fixCommand,
	fnCommand,
	lspCommand,
	schemaCommand,
	initCommand,
	errorsCommand,
	manCommand,
	versionCommand,
}

// listing is a command that lists something, as text for people or as JSON for programs.
func listing(cmd *cobra.Command, list func(paths []string, output string) error) *cobra.Command {
	output := "text"
	cmd.Flags().StringVar(&output, "output", output, "text or json")
	cmd.RunE = func(_ *cobra.Command, paths []string) error {
		if err := oneOf("--output", output, []string{"text", "json"}); err != nil {
			return err
		}
		return list(paths, output)
	}
	return cmd
}
