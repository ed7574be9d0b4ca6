package compiler

import (
	"berth/internal/diag"
	"berth/internal/source"
)

// report collects diagnostics about one document and remembers which values are wrong, so that no later rule speaks of
// them again.
type report struct {
	diags []diag.Diagnostic
	bad   map[*source.Node]bool
}

func (r *report) add(d diag.Diagnostic) { r.diags = append(r.diags, d) }

// refuse adds an error about a value and marks the value as wrong.
func (r *report) refuse(n *source.Node, d diag.Diagnostic) {
	if d.Span.File == nil {
		d.Span = n.Span
	}
	r.mark(n)
	r.add(d)
}

func (r *report) mark(n *source.Node) {
	if r.bad == nil {
		r.bad = map[*source.Node]bool{}
	}
	r.bad[n] = true
}

// isBad reports whether a value, or the one that it is a copy of, was refused.
func (r *report) isBad(n *source.Node) bool { return isBad(r.bad, n) }

func isBad(bad map[*source.Node]bool, n *source.Node) bool {
	return bad[n] || n != nil && n.Of != nil && bad[n.Of]
}

// replacement suggests a text for a span, nil where the span is unknown, as in what Jsonnet computed.
func replacement(span diag.Span, text string, certain bool) *diag.Fix {
	if !span.Known() || text == "" {
		return nil
	}
	return &diag.Fix{Span: span, Text: text, Certain: certain}
}
