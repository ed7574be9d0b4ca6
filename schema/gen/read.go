package main

import (
	"errors"
	"fmt"
	"go/token"
	"maps"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	cuetoken "cuelang.org/go/cue/token"
)

// definition is one `#Name: …` of the CUE files, with its value read.
// Field is where it stands, for messages.
type definition struct {
	name  string
	field *ast.Field
	doc   string
	typ   typ
	state state
}

// state is how far a definition is read: one may need another that stands below it.
type state uint8

const (
	// A definition that is met while it is being read is defined by itself.
	unread state = iota
	reading
	done
)

// generator reads CUE files into definitions and collects what it does not understand.
// Order has the names of the definitions as the files have them, by which everything is written.
type generator struct {
	defs     map[string]*definition
	order    []string
	defaults []value
	enums    []enum
	lists    keyedLists
	faults   []error
}

// value is one default of the tool.
type value struct{ field, text, kind, reason string }

// read reads the files of one package. Its errors are all that it refuses, in the order of the files.
func read(files []*ast.File) (*generator, error) {
	g := &generator{defs: map[string]*definition{}}
	var defaults []*ast.Field
	for _, f := range files {
		for _, d := range f.Decls {
			if field := g.topLevel(d); field != nil {
				defaults = append(defaults, field)
			}
		}
	}
	for _, name := range g.order {
		g.define(g.defs[name], g.defs[name].field)
	}
	for _, field := range defaults {
		g.readDefaults(field)
	}
	g.refuseCircles()
	g.checkLists()
	return g, errors.Join(g.faults...)
}

// topLevel takes one declaration of a file. It returns the field `defaults`, which is read after all definitions.
func (g *generator) topLevel(d ast.Decl) *ast.Field {
	switch x := d.(type) {
	case *ast.Package:
		if x.Name.Name != "schema" {
			g.refuse(x, "package %s: every file is of package schema", x.Name.Name)
		}
	case *ast.ImportDecl:
		for _, spec := range x.Specs {
			if spec.Path.Value != `"strings"` || spec.Name != nil {
				g.refuse(spec, "an import other than \"strings\" is not understood")
			}
		}
	case *ast.CommentGroup:
	case *ast.Field:
		return g.topField(x)
	default:
		g.refuse(d, "%s is not understood: a file holds definitions", words(d))
	}
	return nil
}

// topField takes a definition, or gives back `defaults`. The name of a definition becomes that of a Go type.
func (g *generator) topField(x *ast.Field) *ast.Field {
	name := g.label(x, true)
	switch {
	case name == "":
	case x.Constraint != cuetoken.ILLEGAL:
		g.refuse(x, "a definition is neither optional nor required")
	case name == "defaults":
		return x
	case !strings.HasPrefix(name, "#"):
		g.refuse(x, "%s is no definition: write #%s", name, name)
	case g.defs[name[1:]] != nil:
		g.refuse(x, "%s is defined at %v already", name, g.defs[name[1:]].field.Pos())
	case !token.IsExported(name[1:]):
		g.refuse(x, "%s begins with no capital letter, as the name of a Go type does", name)
	default:
		g.defs[name[1:]] = &definition{name: name[1:], field: x, doc: doc(x)}
		g.order = append(g.order, name[1:])
	}
	return nil
}

// define reads a definition where it is not read yet: its value, and the attributes that only a definition has. The node
// is what needs it.
func (g *generator) define(d *definition, at ast.Node) {
	if d.state == reading {
		g.refuse(at, "#%s is defined by itself", d.name)
	}
	if d.state != unread {
		return
	}
	d.state = reading
	defer func() { d.state = done }()
	a := g.attributes(d.field, "go", "says", "const")
	d.typ = g.worded(d.field, g.resolved(d.field.Value), a)
	d.typ.Name, d.typ.Doc = d.name, d.doc
	if body, ok := a["const"]; ok {
		g.enum(d, body)
	}
}

// readDefaults reads `defaults: {field: literal, …}`.
func (g *generator) readDefaults(x *ast.Field) {
	s, ok := x.Value.(*ast.StructLit)
	if !ok {
		g.refuse(x, "defaults is a struct of literals")
		return
	}
	for _, d := range s.Elts {
		f, ok := d.(*ast.Field)
		if !ok {
			g.refuse(d, "%s is not understood among the defaults", words(d))
			continue
		}
		g.readDefault(f)
	}
}

// readDefault reads one default; the comment above it is the reason that users are shown.
func (g *generator) readDefault(f *ast.Field) {
	name := g.label(f, false)
	lit, ok := f.Value.(*ast.BasicLit)
	if name == "" || !ok || f.Constraint != cuetoken.ILLEGAL || len(f.Attrs) > 0 {
		g.refuse(f, "a default is the name of a field and a literal")
		return
	}
	v := value{field: name, reason: doc(f)}
	switch lit.Kind {
	case cuetoken.STRING:
		v.kind, v.text = "TextKind", g.text(lit)
	case cuetoken.INT:
		v.kind, v.text = "IntKind", lit.Value
	case cuetoken.TRUE, cuetoken.FALSE:
		v.kind, v.text = "BoolKind", lit.Value
	default:
		g.refuse(lit, "a default is a string, an integer, true or false")
	}
	if fields := g.defs["RunFields"]; fields != nil && fields.typ.field(name) == nil {
		g.refuse(f, "%s is no field of #RunFields", name)
	}
	g.defaults = append(g.defaults, v)
}

// label is the name of a field; empty where it was refused. A definition's name keeps its '#'.
func (g *generator) label(x *ast.Field, definitions bool) string {
	if x.Alias != nil {
		return g.noLabel(x, "an alias is not understood")
	}
	switch l := x.Label.(type) {
	case *ast.Ident:
		if strings.HasPrefix(l.Name, "_") {
			return g.noLabel(x, "a hidden field is not understood")
		}
		if !definitions && strings.HasPrefix(l.Name, "#") {
			return g.noLabel(x, "a definition inside a struct is not understood: write it at the top of the file")
		}
		return l.Name
	case *ast.BasicLit:
		return g.text(l)
	case *ast.Alias:
		return g.noLabel(x, "an alias is not understood")
	}
	return g.noLabel(x, "a name that is computed, or a pattern here, is not understood")
}

// noLabel refuses a field for its name.
func (g *generator) noLabel(x *ast.Field, message string) string {
	g.refuse(x, "%s", message)
	return ""
}

// refuse records what is not understood, at its line, and returns the type of what was refused.
func (g *generator) refuse(n ast.Node, format string, args ...any) typ {
	g.faults = append(g.faults, fmt.Errorf("%v: %s", n.Pos(), fmt.Sprintf(format, args...)))
	return typ{}
}

// refuseCircles refuses a definition that holds itself, which Go's variables could not be initialised with.
func (g *generator) refuseCircles() {
	visited := map[string]bool{}
	var visit func(name string, above []string)
	visit = func(name string, above []string) {
		if slices.Contains(above, name) {
			g.refuse(g.defs[name].field, "#%s holds itself, by way of %s", name, strings.Join(append(above, name), ", "))
			return
		}
		if visited[name] {
			return
		}
		for _, ref := range slices.Sorted(maps.Keys(g.defs[name].typ.refs())) {
			visit(ref, append(slices.Clone(above), name))
		}
		visited[name] = true
	}
	for _, name := range g.order {
		visit(name, nil)
	}
}

// doc is the comment above a field, on one line.
func doc(f *ast.Field) string {
	var lines []string
	for _, c := range ast.Comments(f) {
		if c.Doc {
			lines = append(lines, strings.TrimSpace(c.Text()))
		}
	}
	return strings.Join(strings.Fields(strings.Join(lines, " ")), " ")
}
