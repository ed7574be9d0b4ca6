package importer

import (
	"fmt"
	"strings"
)

// Table is the report as a table of Markdown: what came in, what of it is otherwise, and what stayed outside.
func (r *Report) Table() string {
	var b strings.Builder
	b.WriteString("| object | run | as | named defaults | changed | left out | when it is applied |\n|---|---|---|---|---|---|---|\n")
	came := 0
	for _, o := range r.Objects {
		if o.Refused != "" {
			fmt.Fprintf(&b, "| %s %s (%s:%d) | – | stays outside | | | | %s |\n", cell(o.Kind), cell(o.Name), cell(o.File), o.Line, cell(o.Refused))
			continue
		}
		came++
		counts := map[string]int{}
		for _, d := range o.Differences {
			counts[d.Class]++
		}
		fmt.Fprintf(&b, "| %s %s (%s:%d) | %s | %s | %d | %d | %d | %s |\n", cell(o.Kind), cell(o.Name), cell(o.File), o.Line, cell(o.Run), o.As,
			counts[Added], counts[Changed], counts[LeftOut], cell(o.CutOver))
	}
	fmt.Fprintf(&b, "\n%d of %d objects came in.\n", came, len(r.Objects))
	return b.String()
}

// cell is a text in a table.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(text)
}
