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
