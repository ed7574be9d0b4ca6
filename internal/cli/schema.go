package cli

import (
	"errors"
	"slices"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/review"
	"berth/internal/workspace"
	"berth/schema"

	"github.com/spf13/cobra"
)

// schemas are the kinds of document that have a JSON Schema: what is written, and what is printed.
var schemas = append(slices.Clone(schema.Documents), "diff")

// schemaCommand is berth schema. Without a kind it prints the schema of a run.
func schemaCommand(a *app) *cobra.Command {
	var profiles, asCUE bool
	cmd := &cobra.Command{
		Use:   "schema [run|profile|project|diff]",
		Short: "Print the JSON Schema of a kind of document",
		Long: `Print the JSON Schema of a kind of document; without one, of a run. The one of diff describes what
berth diff --output json prints. Editors with yaml-language-server take it by a
first line in the file:

  # yaml-language-server: $schema=berth-run.schema.json

With --cue it is the schema itself, in CUE, with all kinds of document in their whole form:

  berth schema --cue > berth.cue && cue vet -d '#Run' berth.cue run.yaml

With --profiles a profile has to be one that the project here knows. ` + "`berth lsp`" + ` knows more than a schema can say.`,
		Example:   "  berth schema run > berth-run.schema.json\n  berth schema run --profiles > berth-run.schema.json",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: schemas,
		RunE: func(_ *cobra.Command, args []string) error {
			if asCUE {
				if len(args) > 0 {
					return errors.New("schema --cue is one file for all kinds of document: leave out " + args[0])
				}
				_, err := a.Stdout.Write(schema.CUE())
				return err
			}
			// The first argument, or run where there is none.
			return a.jsonSchema(append(args, "run")[0], profiles)
		},
	}
	cmd.Flags().BoolVar(&asCUE, "cue", false, "print the schema in CUE, for cue vet")
	cmd.Flags().BoolVar(&profiles, "profiles", false, "take the names of the project's profiles alone, and the catalog's")
	cmd.MarkFlagsMutuallyExclusive("cue", "profiles")
	return cmd
}

// jsonSchema prints one schema. With profiles, those that the project here knows are the only ones it accepts, which
// editors then complete; the schema of a diff is of what Berth prints, where no profile is chosen.
func (a *app) jsonSchema(kind string, profiles bool) error {
	if err := oneOf("schema", kind, schemas); err != nil {
		return err
	}
	if kind == "diff" {
		if profiles {
			return errors.New("--profiles is for the schemas of what is written: leave it out for diff")
		}
		_, err := a.Stdout.Write(review.JSONSchema)
		return err
	}
	var names []string
	if profiles {
		var err error
		if names, err = a.profileNames(); err != nil {
			return err
		}
	}
	_, err := a.Stdout.Write(schema.JSONSchema(kind, names...))
	return err
}

// profileNames are the profiles that a run of the project here may name.
func (a *app) profileNames() ([]string, error) {
	w, diags := workspace.Load(workspace.Request{Dir: a.Dir, ProfilesOnly: true})
	defer w.Close()
	if diag.HasErrors(diags) {
		return nil, a.reportOf(w, diags)
	}
	list, diags := compiler.ListProfiles(w.Options(""))
	if diag.HasErrors(diags) {
		return nil, a.report(diags)
	}
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Name
	}
	return names, nil
}
