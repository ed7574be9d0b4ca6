package main

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
	"unicode"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
)

// attributes are the bodies of a field's attributes by name. `@go` is for CUE's own generator; `@says("…")` words a rule,
// `@const(…)` asks for Go constants of a definition's choices, `@key(…)` says what tells the items of a list apart.
func (g *generator) attributes(f *ast.Field, known ...string) map[string]string {
	all := map[string]string{}
	for _, a := range f.Attrs {
		name, body := a.Split()
		if _, twice := all[name]; twice || !slices.Contains(known, name) {
			g.refuse(a, "@%s is not understood here", name)
			continue
		}
		all[name] = body
	}
	return all
}

// worded gives a type the wording of its field. A rule about strings that nothing words would end a message in the middle.
func (g *generator) worded(f *ast.Field, t typ, attributes map[string]string) typ {
	if body, ok := attributes["says"]; ok {
		s, err := literal.Unquote(body)
		if err != nil || s == "" {
			return g.refuse(f, "@says takes a string in quotes")
		}
		if t.ref != "" || t.Kind != "TextKind" {
			return g.refuse(f, "@says words a rule about strings, which stands beside it")
		}
		t.Says = s
	}
	if len(t.Either) > 0 && t.ref == "" && goType(attributes["go"]) != "IntOrText" {
		return g.refuse(f, "alternatives of two kinds are held as IntOrText: write @go(Name,type=IntOrText)")
	}
	return g.inWords(f, t)
}

// inline checks a type that has no name and no attributes of its own.
func (g *generator) inline(at ast.Node, t typ) typ {
	if len(t.Either) > 0 {
		return g.refuse(at, "alternatives of two kinds are not understood here: write a definition for them")
	}
	return g.inWords(at, t)
}

// inWords refuses a rule about strings without words: a message would say what is wrong and not what is right. A list
// of choices says itself.
func (g *generator) inWords(at ast.Node, t typ) typ {
	if t.Kind == "TextKind" && t.Says == "" && t.ruled() && len(t.Enum) == 0 {
		return g.refuse(at, "a rule about strings needs its words for messages: @says(\"…\")")
	}
	return t
}

// goType is the type in the body of an @go attribute, empty where it has none.
func goType(body string) string {
	for part := range strings.SplitSeq(body, ",") {
		if name, ok := strings.CutPrefix(part, "type="); ok {
			return name
		}
	}
	return ""
}

// enum is a definition whose choices become Go constants.
type enum struct {
	name, doc     string
	names, values []string
}

// enum reads `@const(value=Word,…)`: the constants are called after the definition and the value, or the word given.
func (g *generator) enum(d *definition, body string) {
	if len(d.typ.Enum) == 0 {
		g.refuse(d.field, "@const is for a choice of strings")
		return
	}
	renamed, ok := pairs(body)
	e := enum{name: d.name, doc: d.doc, values: d.typ.Enum}
	for _, v := range d.typ.Enum {
		word := camel(v)
		if w, given := renamed[v]; given {
			word = w
			delete(renamed, v)
		}
		if !token.IsIdentifier("C"+word) || word == "" || slices.Contains(e.names, d.name+word) {
			ok = false
		}
		e.names = append(e.names, d.name+word)
	}
	if !ok || len(renamed) > 0 {
		g.refuse(d.field, "@const(%s) gives no name of its own to each of %s", body, strings.Join(d.typ.Enum, ", "))
		return
	}
	g.enums = append(g.enums, e)
}

// pairs reads `a=b,c`; what has no '=' has an empty value.
func pairs(body string) (map[string]string, bool) {
	all := map[string]string{}
	if body == "" {
		return all, true
	}
	for part := range strings.SplitSeq(body, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := all[name]; twice || name == "" {
			return all, false
		}
		all[name] = value
	}
	return all, true
}

// camel is a value as a part of a Go name: `time_sliced` is TimeSliced.
func camel(value string) string {
	var b strings.Builder
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		fmt.Fprintf(&b, "%s%s", strings.ToUpper(part[:1]), part[1:])
	}
	return b.String()
}
