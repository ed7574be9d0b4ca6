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
	alike map[diag.Code]*alike
}

// alike are the mistakes of one code: how many there were, and where the last one that is told stands.
type alike struct{ count, last int }

// add takes a mistake, unless there were a hundred of its code: then it is counted. What can be mended in one way alone is
// always taken, so that `berth fix` finds it.
func (r *report) add(d diag.Diagnostic) {
	if d.Fix == nil || !d.Fix.Certain {
		if r.alike == nil {
			r.alike = map[diag.Code]*alike{}
		}
		a := r.alike[d.Code]
		if a == nil {
			a = &alike{}
			r.alike[d.Code] = a
		}
		if a.count++; a.count > diag.MostAlike {
			r.tellMore(a)
			return
		}
		a.last = len(r.diags)
	}
	r.diags = append(r.diags, diag.Bound(d))
}

// tellMore notes at the last mistake of a code how many more there were.
func (r *report) tellMore(a *alike) {
	d, more := &r.diags[a.last], a.count-diag.MostAlike
	// The note of the mistake before is replaced by one with the new number.
	if more > 1 {
		d.Notes = d.Notes[:len(d.Notes)-1]
	}
	d.Notes = append(d.Notes, diag.Note{Message: diag.More(more)})
}

// refuse adds an error about a value and marks the value as wrong.
func (r *report) refuse(n *source.Node, d diag.Diagnostic) {
	if d.Span.File == nil {
		d.Span = n.Span
	}
	r.mark(n)
	r.add(d)
}

// mark remembers a value as wrong without saying anything: it was said, or will be, in another way.
func (r *report) mark(n *source.Node) {
	if r.bad == nil {
		r.bad = map[*source.Node]bool{}
	}
	r.bad[n] = true
}

// isBad reports whether a value, or the one that it is a copy of, was refused.
func (r *report) isBad(n *source.Node) bool { return isBad(r.bad, n) }

// isBad looks at the value and at the one that it is a copy of; n may be nil.
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
