package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Reference is the reference of every field that a run, a profile or a project may have, as Markdown. It is made of the
// tables, and these of the CUE files.
func Reference() []byte {
	r := referenceWriter{seen: map[string]bool{}}
	r.line("# Every field")
	r.line("")
	r.line("Made of the schema by `go test ./cli -update`; a test holds it to that. [Runs](#run) are what data scientists write,")
	r.line("[profiles](#profile) and [projects](#project) what platform engineers write. A field in bold has to be there.")
	for _, t := range []*Type{&TypeRun, &TypeProfile, &TypeProject} {
		r.structure(t)
		for len(r.queue) > 0 {
			next := r.queue[0]
			r.queue = r.queue[1:]
			r.structure(next)
		}
	}
	return []byte(r.text.String())
}

// referenceWriter writes each named struct once, in the order in which a reader meets it.
type referenceWriter struct {
	text  strings.Builder
	seen  map[string]bool
	queue []*Type
}

// line writes one line.
func (r *referenceWriter) line(s string) { r.text.WriteString(s + "\n") }

// structure writes the chapter of a struct, unless it is written already; the structs that its fields take are queued
// on the way.
func (r *referenceWriter) structure(t *Type) {
	if r.seen[t.Name] {
		return
	}
	r.seen[t.Name] = true
	fmt.Fprintf(&r.text, "\n## %s\n\n%s\n\n| field | accepts | meaning |\n|---|---|---|\n", t.Name, t.Doc)
	for _, f := range t.Fields {
		name := "`" + f.Name + "`"
		if f.Required {
			name = "**" + name + "**"
		}
		fmt.Fprintf(&r.text, "| %s | %s | %s |\n", name, cell(r.accepts(f.Type)), cell(meaning(t, f)))
	}
}

// meaning is the field's own doc, with the tool's default and the actions that it belongs to.
func meaning(t *Type, f Field) string {
	words := []string{f.Doc}
	if t.Name == TypeRunSpec.Name {
		if actions := FieldActions(f.Name); actions != nil && len(actions) < len(ActionSpecs) {
			words = append(words, "Only "+strings.Join(actions, ", ")+".")
		}
		for _, d := range Defaults {
			if d.Field == f.Name {
				words = append(words, "Default: `"+d.Value+"`.")
			}
		}
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// accepts words what a type takes, and remembers the structs that need a chapter.
func (r *referenceWriter) accepts(t *Type) string {
	switch t.Kind {
	case StructKind:
		if t.Name == "" {
			return "a map"
		}
		r.queue = append(r.queue, t)
		return fmt.Sprintf("[%s](#%s)", t.Name, strings.ToLower(t.Name))
	case ListKind:
		return "a list of " + r.accepts(t.Elem)
	case MapKind:
		return "a map to " + r.accepts(t.Elem)
	case IntKind:
		return number(t)
	case BoolKind:
		return "`true`, `false`"
	case TextKind:
		return words(t)
	}
	return "anything"
}

// number words the range of an integer. The largest number that Kubernetes takes is no limit that a reader needs.
func number(t *Type) string {
	const largest = 1<<31 - 1
	switch {
	case t.Min != nil && t.Max != nil && *t.Max < largest:
		return fmt.Sprintf("%d to %d", *t.Min, *t.Max)
	case t.Min != nil:
		return fmt.Sprintf("a whole number, %d or more", *t.Min)
	}
	return "a whole number"
}

// words lists the choices of a text, or else gives its rule.
func words(t *Type) string {
	switch {
	case len(t.Enum) > 0 && len(t.Or) == 0:
		quoted := slices.Clone(t.Enum)
		for i, e := range quoted {
			quoted[i] = "`" + e + "`"
		}
		return strings.Join(quoted, ", ")
	case t.Says != "":
		return t.Says
	}
	return "text"
}

// cell keeps a text inside its cell of a table.
func cell(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\n", " "), "|", "\\|") }
