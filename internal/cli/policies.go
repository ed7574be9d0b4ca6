package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/workspace"

	"github.com/spf13/cobra"
)

// policiesCommand is berth policies. It takes no paths: policies hold for the project as a whole.
func policiesCommand(a *app) *cobra.Command {
	return listing(&cobra.Command{
		Use:   "policies",
		Short: "List the project's policies, with what each refuses now, and run their tests",
		Long: `List the project's policies with the fields that each speaks of and what it refuses now, in every environment, and
run their tests: the runs under pass in policies/limits_test.cue have to pass policies/limits.cue, those under fail may not.

The exit code is 1 when a test fails or a policy is wrong by itself. What a policy refuses is an error of the build.`,
		Example: "  berth policies\n  berth policies --output json",
		Args:    cobra.NoArgs,
	}, func(_ []string, output string) error { return a.policies(output) })
}

// policyReport is one policy in what `berth policies` prints.
type policyReport struct {
	File     string         `json:"file"`
	Severity string         `json:"severity"`
	Message  string         `json:"message,omitempty"`
	Link     string         `json:"link,omitempty"`
	Fields   []string       `json:"fields"`
	Tests    int            `json:"tests"`
	Refuses  []policyBreach `json:"refuses"`
}

// policyBreach is one thing that a policy has against a run, in all environments where it has it.
type policyBreach struct {
	File         string   `json:"file"`
	Line         int32    `json:"line"`
	Column       int32    `json:"column"`
	Message      string   `json:"message"`
	Environments []string `json:"environments"`
}

// policies runs the policies' tests and lists what each refuses. A project without a run is no mistake here: its
// policies may be written first.
func (a *app) policies(output string) error {
	w, diags := workspace.Load(workspace.Request{Limits: a.limits, Dir: a.Dir, Workers: a.workers})
	defer w.Close()
	if err := needsProject(w, nil); err != nil {
		return err
	}
	// A project without runs can have policies.
	diags = slices.DeleteFunc(diags, func(d diag.Diagnostic) bool { return d.Code == diag.NothingToDo })
	counts, tests := w.TestPolicies()
	refused := a.reportOf(w, append(diags, tests...))
	reports, results := policyReports(w, counts)
	if err := printPolicies(a.Stdout, reports, allowances(w, results), output); err != nil {
		return err
	}
	return refused
}

// policyReports asks the policies about every run in every environment.
func policyReports(w *workspace.Workspace, counts map[string]int) (reports []policyReport, results []*workspace.Result) {
	reports = make([]policyReport, len(w.Policies))
	for i, p := range w.Policies {
		reports[i] = policyReport{
			File: p.File.Name, Severity: p.Severity.String(), Message: p.Message, Link: p.Link,
			Fields: fieldsOf(p), Tests: counts[p.File.Name], Refuses: []policyBreach{},
		}
	}
	environments := w.Environments()
	if len(environments) == 0 {
		environments = []string{""}
	}
	for _, environment := range environments {
		result, found := w.Compile(environment)
		results = append(results, result)
		for _, d := range found {
			i := slices.IndexFunc(reports, func(r policyReport) bool { return d.Code == diag.Policy && isOf(d, r.File) })
			if i >= 0 {
				reports[i].Refuses = withBreach(reports[i].Refuses, d, environment)
			}
		}
	}
	return reports, results
}

// isOf reports whether a diagnostic is a breach of the policy in a file.
func isOf(d diag.Diagnostic, file string) bool {
	return slices.ContainsFunc(d.Notes, func(n diag.Note) bool { return n.Span.File != nil && n.Span.File.Name == file })
}

// withBreach adds a breach, or only the environment to one that is listed already at the same place with the same message.
// Environments is never nil, so that JSON has an empty list.
func withBreach(list []policyBreach, d diag.Diagnostic, environment string) []policyBreach {
	b := policyBreach{Line: d.Span.Line, Column: d.Span.Col, Message: d.Message, Environments: []string{}}
	if d.Span.File != nil {
		b.File = d.Span.File.Name
	}
	i := slices.IndexFunc(list, func(o policyBreach) bool {
		return o.File == b.File && o.Line == b.Line && o.Column == b.Column && o.Message == b.Message
	})
	if i < 0 {
		list, i = append(list, b), len(list)
	}
	if environment != "" {
		list[i].Environments = append(list[i].Environments, environment)
	}
	return list
}

// fieldsOf are the innermost fields that a policy speaks of, in order.
func fieldsOf(p *compiler.Policy) []string {
	fields := []string{}
	for i, m := range p.Mentions {
		outer := i+1 < len(p.Mentions) && len(p.Mentions[i+1].Path) > len(m.Path) && slices.Equal(p.Mentions[i+1].Path[:len(m.Path)], m.Path)
		if m.Path[0] == source.PolicyHeader || outer {
			continue
		}
		if field := strings.ReplaceAll(compiler.FieldPath(m.Path), `["[]"]`, "[]"); !slices.Contains(fields, field) {
			fields = append(fields, field)
		}
	}
	return fields
}

func printPolicies(w io.Writer, reports []policyReport, allowed []allowance, output string) error {
	if output == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(struct {
			FormatVersion int            `json:"format_version"`
			Policies      []policyReport `json:"policies"`
			Credentials   []allowance    `json:"credentials"`
		}{1, reports, allowed})
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "POLICY\tSPEAKS OF\tSEVERITY\tTESTS\tREFUSES NOW")
	for _, r := range reports {
		refuses := "nothing"
		if n := len(r.Refuses); n > 0 {
			refuses = diag.Count(n, "value", "values")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", r.File, strings.Join(r.Fields, ", "), r.Severity, r.Tests, refuses)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if err := printBreaches(w, reports); err != nil {
		return err
	}
	return printAllowances(w, allowed)
}

// printBreaches writes what each policy refuses, as file:line:column that editors and terminals can open.
func printBreaches(w io.Writer, reports []policyReport) error {
	var out strings.Builder
	for _, r := range reports {
		if len(r.Refuses) == 0 {
			continue
		}
		fmt.Fprintf(&out, "\n%s:\n", r.File)
		for _, b := range r.Refuses {
			fmt.Fprintf(&out, "  %s:%d:%d: %s", b.File, b.Line, b.Column, diag.Safe(b.Message))
			if len(b.Environments) > 0 {
				fmt.Fprintf(&out, " (in %s)", diag.AllOf(b.Environments))
			}
			out.WriteByte('\n')
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}
