package review

import (
	"fmt"
	"io"
	"strings"

	"github.com/clipperhouse/displaywidth"
	"github.com/mitchellh/go-wordwrap"
)

// width is the number of columns that texts are written for.
const width = 80

// palette holds the terminal's colours; all are empty where there is none.
type palette struct{ bold, dim, red, green, yellow, reset string }

// ansi are the escapes of a terminal: bold, dim, red, green, yellow, and back.
var ansi = palette{"\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"}

// text is the state of writing a report for a terminal.
type text struct {
	out strings.Builder
	palette
}

// WriteText writes a report for people, in 80 columns where the values allow it.
func WriteText(w io.Writer, r Report, colour bool) error {
	t := &text{}
	if colour {
		t.palette = ansi
	}
	t.report(r)
	_, err := io.WriteString(w, t.out.String())
	return err
}

// line writes one line, which the format does not end.
func (t *text) line(format string, args ...any) { fmt.Fprintf(&t.out, format+"\n", args...) }

// wrapped writes words after a label, the following lines two columns further in than the label.
func (t *text) wrapped(indent, label, words string) {
	hang := indent + "  "
	lines := wordwrap.WrapString(label+words, uint(width-len(hang)))
	t.line("%s", indent+strings.ReplaceAll(lines, "\n", "\n"+hang))
}

// report writes all of a report: what it is of, its groups, and the sums.
func (t *text) report(r Report) {
	t.line("%s%s → %s%s: %s", t.bold, r.Before, r.After, t.reset, summary(r))
	if len(r.Runs) > 1 {
		t.wrapped("  ", "", tallyText(r))
	}
	for _, note := range r.Notes {
		t.wrapped("  ", "note: ", note)
	}
	for _, g := range groups(r.Runs) {
		t.line("")
		t.group(g)
	}
	if rows := totalRows(r.Totals); len(rows) > 0 {
		t.line("")
		t.line("%sRequested at a time%s", t.bold, t.reset)
		for _, row := range rows {
			t.line("  %s", row)
		}
	}
	for _, c := range r.Costs {
		t.cost(c)
	}
	t.queues(r.Queues)
}

// cost writes what the change costs in one environment and currency.
func (t *text) cost(c Cost) {
	t.line("")
	t.line("%sCost%s, %s", t.bold, t.reset, c.Title())
	rows := [][]string{}
	for _, row := range c.Rows() {
		rows = append(rows, []string{row.What, row.Change()})
	}
	for _, line := range columns(rows) {
		t.line("  %s", line)
	}
	for _, note := range c.Notes() {
		t.wrapped("  ", "note: ", note)
	}
}

// summary counts the runs of a report.
func summary(r Report) string {
	differ, all := 0, len(r.Runs)+r.Same
	for _, i := range r.Runs {
		if i.Verdict != NoEffect {
			differ++
		}
	}
	switch {
	case differ == 0:
		return "no difference in " + count(int64(all), "run")
	case all == 1:
		return "1 run differs"
	case differ == all:
		return fmt.Sprintf("all %d runs differ", all)
	case differ == 1:
		return fmt.Sprintf("1 of %d runs differs", all)
	}
	return fmt.Sprintf("%d of %d runs differ", differ, all)
}

// tallyText counts the verdicts in one line. That something is refused comes last: it may be of any verdict.
func tallyText(r Report) string {
	var parts []string
	refusals := ""
	for _, t := range tallies(r) {
		if t.Word == refusedWord {
			refusals = fmt.Sprintf("; of %d something would be refused", t.Count)
			continue
		}
		parts = append(parts, fmt.Sprintf("%d\u00a0× %s", t.Count, t.Word))
	}
	return strings.Join(parts, " · ") + refusals
}

// title is a run's name with its environment and namespace.
func title(i Item) string {
	name := i.Name
	if i.Namespace != "" {
		name = i.Namespace + "/" + name
	}
	if i.RunAction != "" {
		name += " (" + i.RunAction + ")"
	}
	if i.Environment != "" {
		name += " in " + i.Environment
	}
	return name
}

// group writes runs that are told together, since the same happens to them for the same reason.
func (t *text) group(g *group) {
	t.line("%s%s%s: %s%s%s", t.bold, g.Title(), t.reset, t.colourOf(g.Verdict), g.Verdict, t.reset)
	if g.Many() {
		for _, name := range g.Names {
			t.line("    %s", name)
		}
	}
	t.wrapped("  ", "", g.Why)
	for _, message := range g.Messages {
		t.wrapped("  ", "", message)
	}
	for _, row := range columns(factRows(g.About)) {
		t.line("  %s", row)
	}
	for _, c := range g.Causes {
		t.wrapped("  ", "because of ", c.String())
	}
	for _, r := range g.Refused {
		t.out.WriteString(t.red)
		t.wrapped("  ", "refused: ", fmt.Sprintf("%s, %s: %s", r.Object, r.Path, r.Reason))
		t.out.WriteString(t.reset)
	}
	for _, n := range g.Notes {
		t.wrapped("  ", "note: ", n)
	}
	if len(g.Commands) > 0 {
		t.line("  %s:", g.Ends())
	}
	for _, command := range g.Commands {
		t.line("    %s", command)
	}
	for _, o := range g.Objects {
		t.object(g, o)
	}
}

// factRows are facts as the cells of a table.
func factRows(facts []Fact) [][]string {
	var rows [][]string
	for _, f := range facts {
		rows = append(rows, []string{f.Name, f.Value})
	}
	return rows
}

// at is a place behind a field; nothing for what no file says.
func at(p *Place) string {
	if p == nil {
		return ""
	}
	if p.File == "" {
		return " (" + p.Layer + ")"
	}
	return " at " + p.String()
}

// colourOf is the terminal's colour for a verdict.
func (t *text) colourOf(v Verdict) string {
	return map[string]string{toneBad: t.red, toneNew: t.yellow, toneCalm: t.green}[tone(v)]
}

// object writes the fields of an object that differ, each with who decided it.
func (t *text) object(g *group, o ObjectChange) {
	t.line("  %s", objectTitle(g, o))
	for _, f := range o.Fields {
		t.line("    %s", fieldTitle(f))
		t.value(t.red, "-", f.Before)
		t.value(t.green, "+", f.After)
		if p := placeOf(f); p != nil {
			t.line("        %s%s%s%s", t.dim, was(f), p, t.reset)
		}
	}
}

// objectTitle says what becomes of an object, with its names where it is that of one run.
func objectTitle(g *group, o ObjectChange) string {
	sign := "~"
	switch {
	case o.Before == "":
		sign = "+"
	case o.After == "":
		sign = "-"
	}
	name := g.Of(o)
	return sign + " " + o.Kind + also(name != "", " "+name) + also(o.Stays, " (leaves Git, stays in the cluster)")
}

// fieldTitle is the path of a change, with what of it changed.
func fieldTitle(c Change) string { return c.Path + also(c.Order, " (order)") }

// placeOf is the place that a change is to be looked for at: that of the new value, and of the old one where it is gone.
func placeOf(c Change) *Place {
	if c.After != nil {
		return c.Origin
	}
	return c.OldOrigin
}

// was marks the place of a value that is gone: it is one of the side before.
func was(c Change) string { return also(c.After == nil, "was ") }

// value writes one side of a change; nil for a side that has none.
func (t *text) value(colour, sign string, value *string) {
	if value != nil {
		t.line("      %s%s %s%s", colour, sign, *value, t.reset)
	}
}

// totalRows are the totals as aligned columns.
func totalRows(totals []Total) []string {
	rows := [][]string{}
	for _, total := range totals {
		where := totalTitle(total)
		for _, figure := range figures(total) {
			rows = append(rows, []string{where, figure.Name, figure.change()})
			where = ""
		}
	}
	return columns(rows)
}

// totalTitle says what is summed, as far as it is not all.
func totalTitle(t Total) string {
	parts := []string{}
	for _, p := range []struct{ what, name string }{{"", t.Environment}, {"namespace ", t.Namespace}, {"queue ", t.Queue}} {
		if p.name != "" {
			parts = append(parts, p.what+p.name)
		}
	}
	if len(parts) == 0 {
		return "all runs"
	}
	return strings.Join(parts, ", ")
}

// columns pads the cells of each row to the widest of their column.
func columns(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], displaywidth.String(cell))
		}
	}
	var lines []string
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell + strings.Repeat(" ", widths[i]-displaywidth.String(cell)+2))
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}
