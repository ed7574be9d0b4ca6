package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
)

// printProfiles prints one line for each profile.
func printProfiles(w io.Writer, list []*compiler.Profile) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tACCELERATOR\tMEMORY\tBOUNDS\tMACHINES\tQUEUE\tSOURCE")
	for _, p := range list {
		resource, memory := "", ""
		if a := p.Spec.Accelerator; a != nil {
			resource, memory = a.Resource, a.Memory
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Name, dash(resource), dash(memory), dash(bounds(p.Bounds)),
			dash(machines(p)), dash(p.Spec.Queue), p.Origin)
	}
	return table.Flush()
}

// dash stands for what is empty in a table: an empty cell would be hard to see.
func dash(s string) string { return cmp.Or(s, "-") }

// bounds words what a profile allows: "gpu 1–8, mem ≤640Gi".
func bounds(n *source.Node) string {
	if n == nil {
		return ""
	}
	var words []string
	for _, f := range n.Fields {
		words = append(words, f.Key+" "+bound(f.Node))
	}
	return strings.Join(words, ", ")
}

// bound is a bound as people read it: its values, one number, a range or one side of it.
func bound(n *source.Node) string {
	low, high, values := n.Get("min"), n.Get("max"), n.Get("values")
	switch {
	case values != nil:
		var accepted []string
		for _, v := range values.Items {
			accepted = append(accepted, v.Text)
		}
		return strings.Join(accepted, "|")
	case low.Scalar() && high.Scalar() && low.Text == high.Text:
		return low.Text
	case low.Scalar() && high.Scalar():
		return low.Text + "–" + high.Text
	case low.Scalar():
		return "≥" + low.Text
	case high.Scalar():
		return "≤" + high.Text
	}
	return n.Text // a constraint in CUE
}

// machines names up to three of the machines behind a profile.
func machines(p *compiler.Profile) string {
	var names []string
	for _, n := range p.Spec.Nodes {
		names = append(names, n.Name)
	}
	if len(names) > 3 {
		names = append(names[:3], fmt.Sprintf("and %d more", len(names)-3))
	}
	return strings.Join(names, ", ")
}

// showProfile prints each value of a profile with the place that it is written in.
func (a *app) showProfile(list []*compiler.Profile, name string) error {
	var known []string
	for _, p := range list {
		if p.Name == name {
			table := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
			printLeaves(table, "", p.Tree)
			return table.Flush()
		}
		known = append(known, p.Name)
	}
	if near := diag.Nearby(name, known, 3); len(near) > 0 {
		return fmt.Errorf("there is no profile %s; did you mean %s?", diag.Quote(name), diag.OneOf(near))
	}
	return fmt.Errorf("there is no profile %s; `berth profiles` lists them", diag.Quote(name))
}

// printLeaves writes each value below a node with its path and its place, one a line. Empty maps and lists count as values.
func printLeaves(w io.Writer, path string, n *source.Node) {
	switch {
	case n.Kind == source.Map && len(n.Fields) > 0:
		for _, f := range n.Fields {
			printLeaves(w, diag.Join(path, f.Key), f.Node)
		}
	case n.Kind == source.List && len(n.Items) > 0:
		for i, item := range n.Items {
			printLeaves(w, diag.At(path, i), item)
		}
	default:
		fmt.Fprintf(w, "%s\t%s\t%s\n", path, leaf(n), position(n.Span))
	}
}

// leaf is a value on one line: what would break the line, or act on a terminal, is shown by signs.
func leaf(n *source.Node) string {
	switch n.Kind {
	case source.Map:
		return "{}"
	case source.List:
		return "[]"
	case source.Null:
		return "null"
	}
	return diag.Safe(strings.ReplaceAll(n.Text, "\n", "⏎"))
}

// position is file:line, the file alone where the line is not known, and empty for what no file says.
func position(s diag.Span) string {
	switch {
	case s.File == nil:
		return ""
	case !s.Known():
		return s.File.Name
	}
	return fmt.Sprintf("%s:%d", s.File.Name, s.Line)
}
