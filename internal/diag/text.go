package diag

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// What holds where the options say nothing, and a width beyond which no terminal is believed.
	defaultMax   = 100 // diagnostics that people are shown at a time
	defaultWidth = 120 // columns of an excerpt
	maxWidth     = 500
)

// The styles of text on a terminal that shows colours (ECMA-48 SGR).
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	yellow = "1;33"
	green  = "1;32"
	cyan   = "1;36"
	blue   = "34"
)

// textPrinter writes the format `text`:
//
//	runs/churn.yaml:6:29: mem is 680Gi, more than profile a100 allows [profile-bounds]
//	   6 | resources: {mem: {requests: 680Gi}}
//	     |                             ^~~~~
//	  note: profiles/a100.yaml:14:16: bounds.mem.max is 640Gi, set here
//	  14 |     mem: {max: 640Gi}
//	     |                ^~~~~
//	  hint: ask for 640Gi or less
//
// Only the head of a diagnostic begins in the first column, so that editors and scripts find heads by their look alone.
// Width is the columns of an excerpt with its gutter; sources has every file that a diagnostic points into.
type textPrinter struct {
	w       io.Writer
	color   bool
	width   int
	sources map[*File]*source
	err     error // the first error of w
}

// printText writes for people. Width and Max take their defaults here.
func printText(w io.Writer, ds []Diagnostic, opts Options) error {
	width := min(opts.Width, maxWidth)
	if width <= 0 {
		width = defaultWidth
	}
	p := &textPrinter{w: w, color: opts.Color, width: width, sources: sourcesOf(ds)}
	some := firstOf(ds, opts.Max)
	for i, d := range some {
		if i > 0 {
			p.line("")
		}
		p.diagnostic(d)
	}
	if hidden := len(ds) - len(some); hidden > 0 {
		p.line("\nand " + strconv.Itoa(hidden) + " more")
	}
	if len(ds) > 0 {
		p.line("\n" + p.paint(bold, summary(ds)))
	}
	return p.err
}

// firstOf keeps the order and leaves out warnings before errors.
func firstOf(ds []Diagnostic, limit int) []Diagnostic {
	if limit == 0 {
		limit = defaultMax
	}
	if limit < 0 || len(ds) <= limit {
		return ds
	}
	errors, _ := tally(ds)
	roomForErrors := min(errors, limit)
	room := map[Severity]int{Error: roomForErrors, Warning: limit - roomForErrors}
	var kept []Diagnostic
	for _, d := range ds {
		if room[d.Severity] > 0 {
			room[d.Severity]--
			kept = append(kept, d)
		}
	}
	return kept
}

// line writes one line and keeps the first error; after one nothing more is written.
func (p *textPrinter) line(parts ...string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, strings.Join(parts, "")+"\n")
	}
}

// paint sets a style around a text where colours are on.
func (p *textPrinter) paint(style, text string) string {
	if !p.color || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// diagnostic writes head, excerpt, notes and hint. Where there is no line to show, the field's path is shown instead.
func (p *textPrinter) diagnostic(d Diagnostic) {
	place, style, severity := "berth", red, ""
	if d.Span.File != nil {
		place = where(d.Span)
	}
	if d.Severity == Warning {
		style, severity = yellow, p.paint(yellow, "warning:")+" "
	}
	gutter := gutterOf(d)
	p.line(p.paint(bold, place+":"), " ", severity, p.paint(bold, d.Message), " ", p.paint(dim, "["+string(d.Code)+"]"))
	if !p.excerpt(d.Span, gutter, style) && d.Path != "" {
		p.line("  ", p.paint(dim, "field: "), d.Path)
	}
	for _, n := range d.Notes {
		text := n.Message
		if n.Span.File != nil {
			text = where(n.Span) + ": " + text
		}
		p.remark("note: ", cyan, text)
		p.excerpt(n.Span, gutter, cyan)
	}
	p.remark("hint: ", green, d.Hint)
}

// remark writes a note or hint, whose further lines are indented as far as the first.
func (p *textPrinter) remark(label, style, text string) {
	if text != "" {
		indent := "\n  " + strings.Repeat(" ", len(label))
		p.line("  ", p.paint(style, label), strings.ReplaceAll(text, "\n", indent))
	}
}

// excerpt shows the line of a span with a mark under the span, if there is such a line.
func (p *textPrinter) excerpt(s Span, gutter int, style string) bool {
	if !s.Known() {
		return false
	}
	text, marks, ok := p.sources[s.File].excerpt(s, max(p.width-gutter-5, 20))
	if !ok {
		return false
	}
	blank, caret := marks[:strings.IndexByte(marks, '^')], strings.TrimLeft(marks, " ")
	p.line("  ", p.paint(blue, fmt.Sprintf("%*d |", gutter, s.Line)), strings.TrimRight(" "+text, " "))
	p.line("  ", p.paint(blue, strings.Repeat(" ", gutter)+" |"), " ", blank, p.paint(style, caret))
	return true
}

// gutterOf is the width of the largest line number of a diagnostic, so that all its excerpts stand in one column.
func gutterOf(d Diagnostic) int {
	last := d.Span.Line
	for _, n := range d.Notes {
		last = max(last, n.Span.Line)
	}
	return max(2, len(strconv.Itoa(int(last))))
}

// where words a place in a file as editors and terminals know it.
func where(s Span) string {
	name := oneLine(s.name())
	if !s.Known() {
		return name
	}
	return fmt.Sprintf("%s:%d:%d", name, s.Line, s.Col)
}

// summary is "3 errors and 1 warning in 2 files", without the colon that would make it look like a diagnostic.
func summary(ds []Diagnostic) string {
	errors, warnings := tally(ds)
	// By name: two parses of one file are one file to the reader.
	files, certain := map[string]bool{}, 0
	for _, d := range ds {
		if d.Span.File != nil {
			files[d.Span.File.Name] = true
		}
		if d.Fix != nil && d.Fix.Certain {
			certain++
		}
	}
	var counts []string
	if errors > 0 {
		counts = append(counts, Count(errors, "error", "errors"))
	}
	if warnings > 0 {
		counts = append(counts, Count(warnings, "warning", "warnings"))
	}
	text := AllOf(counts)
	if len(files) > 0 {
		text += " in " + Count(len(files), "file", "files")
	}
	if certain > 0 {
		text += fmt.Sprintf("; `berth fix --write` mends %d of them", certain)
	}
	return text
}

// tally counts errors and warnings.
func tally(ds []Diagnostic) (errors, warnings int) {
	for _, d := range ds {
		if d.Severity == Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}
