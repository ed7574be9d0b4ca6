package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"berth/internal/diag"

	"github.com/spf13/cobra"
)

// errorsCommand is berth errors; explain-error is another name of it. The code may be copied with the brackets around it.
func errorsCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "errors [CODE]",
		Aliases: []string{"explain-error"},
		Short:   "Explain the code of a mistake, with an example",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return codes(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listCodes()
			}
			return a.explainCode(strings.Trim(args[0], "[]"))
		},
	}
}

// codes are all codes of mistakes, in the order they are listed.
func codes() []string {
	var names []string
	for _, code := range diag.Codes() {
		names = append(names, string(code))
	}
	return names
}

// listCodes prints each code with its summary.
func (a *app) listCodes() error {
	table := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, code := range diag.Codes() {
		fmt.Fprintf(table, "%s\t%s\n", code, diag.Summary(code))
	}
	return table.Flush()
}

// explainCode prints a code's page. Codes are often copied with a typing mistake: the nearest is offered.
func (a *app) explainCode(code string) error {
	page, ok := diag.Page(diag.Code(code))
	if !ok {
		message := fmt.Sprintf("there is no code %s; `berth errors` lists them", diag.Quote(code))
		if best, ok := diag.Nearest(code, codes()); ok {
			message = fmt.Sprintf("there is no code %s; did you mean %s?", diag.Quote(code), best)
		}
		return fmt.Errorf("%s", message)
	}
	_, err := io.WriteString(a.Stdout, page)
	return err
}
