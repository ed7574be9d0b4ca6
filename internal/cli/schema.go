package cli

import (
	"berth/schema"

	"github.com/spf13/cobra"
)

func schemaCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [run|profile|project]",
		Short: "Print the JSON Schema of a kind of document, for editors",
		Long: `Print the JSON Schema of a kind of document; without one, of a run. Editors with yaml-language-server take it by a
first line in the file:

  # yaml-language-server: $schema=berth-run.schema.json`,
		Example:   "  berth schema run > berth-run.schema.json",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: schema.Documents,
		RunE: func(_ *cobra.Command, args []string) error {
			kind := "run"
			if len(args) == 1 {
				kind = args[0]
			}
			if err := oneOf("schema", kind, schema.Documents); err != nil {
				return err
			}
			_, err := a.Stdout.Write(schema.JSONSchema(kind))
			return err
		},
	}
}
