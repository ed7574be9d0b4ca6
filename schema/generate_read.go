//go:build ignore

package main

import (
	"log"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// typ mirrors schema.Type, with references instead of pointers.
type typ struct {
	Name, Doc, Says, Kind, ref string
	Enum, Or, Match, NotMatch  []string
	MinLen, MaxLen             int
	Min, Max                   *string
	Key, Elem                  *typ
	Fields                     []field
}

type field struct {
	name, doc string
	required  bool
	typ       typ
}

func (g *generator) expr(e ast.Expr) typ {
	switch x := e.(type) {
	case *ast.Ident:
		switch x.Name {
		case "string":
			return typ{Kind: "TextKind"}
		case "int":
			return typ{Kind: "IntKind"}
		case "bool":
			return typ{Kind: "BoolKind"}
		case "_":
			return typ{Kind: "AnyKind"}
		}
		return typ{ref: strings.TrimPrefix(x.Name, "#")}
	case *ast.BasicLit:
		return typ{Kind: "TextKind", Enum: []string{unquote(x)}}
	case *ast.UnaryExpr:
		return unary(x)
	case *ast.BinaryExpr:
		return g.binary(x)
	case *ast.CallExpr:
		return call(x)
	case *ast.ListLit:
		elem := g.expr(x.Elts[0].(*ast.Ellipsis).Type)
		return typ{Kind: "ListKind", Elem: &elem}
	case *ast.StructLit:
		return g.structure(x)
	case *ast.ParenExpr:
		return g.expr(x.X)
	}
	log.Fatalf("%v: %T is not understood by the generator", e.Pos(), e)
	return typ{}
}

func unary(x *ast.UnaryExpr) typ {
	lit, ok := x.X.(*ast.BasicLit)
	if neg, is := x.X.(*ast.UnaryExpr); is && neg.Op == token.SUB {
		lit, ok = &ast.BasicLit{Kind: token.INT, Value: "-" + neg.X.(*ast.BasicLit).Value}, true
	}
	if !ok {
		log.Fatalf("%v: a bound has to be a literal", x.Pos())
	}
	switch x.Op {
	case token.MAT:
		return typ{Kind: "TextKind", Match: []string{unquote(lit)}}
	case token.NMAT:
		return typ{Kind: "TextKind", NotMatch: []string{unquote(lit)}}
	case token.GEQ:
		return typ{Kind: "IntKind", Min: &lit.Value}
	case token.LEQ:
		return typ{Kind: "IntKind", Max: &lit.Value}
	}
	log.Fatalf("%v: operator %v is not understood by the generator", x.Pos(), x.Op)
	return typ{}
}

func call(x *ast.CallExpr) typ {
	n, err := strconv.Atoi(x.Args[0].(*ast.BasicLit).Value)
	check(err)
	switch name := x.Fun.(*ast.SelectorExpr).Sel.(*ast.Ident).Name; name {
	case "MaxRunes":
		return typ{Kind: "TextKind", MaxLen: n}
	case "MinRunes":
		return typ{Kind: "TextKind", MinLen: n}
	default:
		log.Fatalf("%v: function %s is not understood by the generator", x.Pos(), name)
	}
	return typ{}
}

func (g *generator) binary(x *ast.BinaryExpr) typ {
	a, b := g.resolve(g.expr(x.X)), g.resolve(g.expr(x.Y))
	if x.Op == token.OR {
		// An alternative that is a pattern joins the enumeration as one more way to be right.
		return typ{Kind: a.Kind, Enum: append(a.Enum, b.Enum...), Or: append(append(a.Or, a.Match...), append(b.Or, b.Match...)...)}
	}
	a.Enum, a.Match, a.NotMatch = append(a.Enum, b.Enum...), append(a.Match, b.Match...), append(a.NotMatch, b.NotMatch...)
	a.MinLen, a.MaxLen = max(a.MinLen, b.MinLen), max(a.MaxLen, b.MaxLen)
	if b.Min != nil {
		a.Min = b.Min
	}
	if b.Max != nil {
		a.Max = b.Max
	}
	return a
}

// resolve copies what a reference refers to, so that further constraints can be added to it.
func (g *generator) resolve(t typ) typ {
	if t.ref == "" {
		return t
	}
	d := g.defs[t.ref]
	r := g.resolve(g.expr(d.field.Value))
	r.Says = says(d.field)
	return r
}

func (g *generator) structure(s *ast.StructLit) typ {
	t := typ{Kind: "StructKind"}
	for _, d := range s.Elts {
		switch x := d.(type) {
		case *ast.Ellipsis:
			return typ{Kind: "AnyKind"}
		case *ast.EmbedDecl:
			t.Fields = append(t.Fields, g.resolve(g.expr(x.Expr)).Fields...)
		case *ast.Field:
			if pattern, ok := x.Label.(*ast.ListLit); ok {
				key, elem := g.expr(pattern.Elts[0]), g.expr(x.Value)
				return typ{Kind: "MapKind", Key: &key, Elem: &elem}
			}
			t.add(g.field(x))
		}
	}
	return t
}

// add appends a field, or narrows an embedded one of the same name.
func (t *typ) add(f field) {
	for i := range t.Fields {
		if t.Fields[i].name == f.name {
			t.Fields[i].required = t.Fields[i].required || f.required
			if f.doc != "" {
				t.Fields[i].doc = f.doc
			}
			return
		}
	}
	t.Fields = append(t.Fields, f)
}

func (g *generator) field(x *ast.Field) field {
	name, _, err := ast.LabelName(x.Label)
	check(err)
	t := g.expr(x.Value)
	if s := says(x); s != "" {
		t.Says = s
	}
	return field{name: name, doc: doc(x), required: x.Constraint == token.NOT, typ: t}
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

func says(f *ast.Field) string {
	for _, a := range f.Attrs {
		if key, body := a.Split(); key == "says" {
			s, err := literal.Unquote(body)
			check(err)
			return s
		}
	}
	return ""
}

func unquote(l *ast.BasicLit) string {
	s, err := literal.Unquote(l.Value)
	check(err)
	return s
}
