package review

import (
	"io"

	"berth/internal/diag"
)

// WriteExplained writes origins for people.
func WriteExplained(w io.Writer, objects []Explained, colour bool) error {
	t := &text{}
	if colour {
		t.palette = ansi
	}
	for i, o := range objects {
		if i > 0 {
			t.line("")
		}
		t.line("%s%s%s", t.bold, explainedTitle(o), t.reset)
		for _, leaf := range o.Fields {
			t.leaf(leaf)
		}
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

// explainedTitle names an object by its kind, namespace and environment, as far as it has them.
func explainedTitle(o Explained) string {
	name := o.Name
	if o.Namespace != "" {
		name = o.Namespace + "/" + name
	}
	if o.Environment != "" {
		name += " in " + o.Environment
	}
	return o.Kind + " " + name
}

// leaf prints a value, who decided it, and whom it beat. Values are made safe for a terminal.
func (t *text) leaf(l Leaf) {
	t.line("  %s: %s", l.Path, diag.Safe(l.Value))
	if p := l.Origin; p != nil {
		t.line("      %s%s%s", t.dim, origin(*p), t.reset)
		if p.Reason != "" {
			t.wrapped("      ", "", p.Reason)
		}
	}
	for _, b := range l.Beat {
		t.line("      %sbeat %s%s%s", t.dim, diag.Safe(b.Value), at(&b.Place), t.reset)
	}
}

// origin is a place with its field.
func origin(p Place) string {
	if p.Field == "" || p.File == "" {
		return p.String()
	}
	return p.Field + " at " + p.String()
}
