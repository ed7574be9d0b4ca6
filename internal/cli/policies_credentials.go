package cli

import (
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"

	"berth/internal/diag"
	"berth/internal/workspace"
)

// allowance is a value that looks like a credential and is said to be none, in what `berth policies` prints.
type allowance struct {
	File   string `json:"file"`
	Line   int32  `json:"line"`
	Run    string `json:"run,omitempty"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
	// Idle says that no such value stands there now.
	Idle bool `json:"idle,omitempty"`
}

// allowances are the project's, with whether they allow anything.
func allowances(w *workspace.Workspace, results []*workspace.Result) []allowance {
	took, all := workspace.AllowedCredentials(results), []allowance{}
	for i, a := range w.Project.CredentialAllowances() {
		all = append(all, allowance{File: a.Span.File.Name, Line: a.Span.Line, Run: a.Run, Field: a.Field, Reason: a.Reason, Idle: !took[i]})
	}
	return all
}

func printAllowances(w io.Writer, all []allowance) error {
	if len(all) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nNO CREDENTIAL\tIN\tALLOWS NOW\tREASON")
	for _, a := range all {
		now := "it"
		if a.Idle {
			now = "nothing"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", diag.Safe(a.Field), cmp.Or(a.Run, "the project or its profiles"), now, diag.Safe(a.Reason))
	}
	return table.Flush()
}
