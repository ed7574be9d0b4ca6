package main

import (
	"reflect"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// structure reads a struct: its fields and embedded definitions, or `{...}`, or a map `{[Key]: Value}`.
func (g *generator) structure(s *ast.StructLit) typ {
	if len(s.Elts) == 1 {
		switch x := s.Elts[0].(type) {
		// `{...}` is Kubernetes' own or the user's, which the schema says nothing of.
		case *ast.Ellipsis:
			if x.Type == nil {
				return typ{Kind: "AnyKind"}
			}
		case *ast.Field:
			if pattern, ok := x.Label.(*ast.ListLit); ok {
				return g.mapping(x, pattern)
			}
		}
	}
	t := typ{Kind: "StructKind"}
	for _, d := range s.Elts {
		switch x := d.(type) {
		case *ast.CommentGroup:
		case *ast.EmbedDecl:
			g.embed(&t, x)
		case *ast.Field:
			if _, ok := x.Label.(*ast.ListLit); ok {
				g.refuse(x, "a pattern beside other fields is not understood")
				continue
			}
			g.add(&t, x, g.field(x))
		default:
			g.refuse(d, "%s is not understood in a struct", words(d))
		}
	}
	return t
}

// mapping reads a map `{[Key]: Value}`, the only pattern that the schema has.
func (g *generator) mapping(x *ast.Field, pattern *ast.ListLit) typ {
	switch {
	case x.Constraint != token.ILLEGAL:
		return g.refuse(x, "a pattern is neither optional nor required")
	case x.Alias != nil:
		return g.refuse(x, "an alias is not understood")
	}
	g.attributes(x)
	key, elem := g.inline(x, g.expr(pattern.Elts[0])), g.inline(x, g.expr(x.Value))
	if k := g.follow(x, key); !k.refused() && k.Kind != "TextKind" {
		return g.refuse(x, "the keys of a map are strings, not %s", kindName[k.Kind])
	}
	return typ{Kind: "MapKind", Key: &key, Elem: &elem}
}

// embed adds the fields of an embedded definition, as CUE does. A field may be narrowed later by being required: see
// [generator.add].
func (g *generator) embed(t *typ, x *ast.EmbedDecl) {
	id, ok := x.Expr.(*ast.Ident)
	if !ok {
		g.refuse(x, "%s is not understood here: a struct embeds definitions by name", words(x.Expr))
		return
	}
	r := g.resolved(id)
	if r.refused() {
		return
	}
	if r.Kind != "StructKind" {
		g.refuse(x, "%s is no struct", id.Name)
		return
	}
	for _, f := range r.Fields {
		g.add(t, x, f)
	}
}

// add appends a field, or makes an embedded one of the same name and type required.
func (g *generator) add(t *typ, at ast.Node, f field) {
	have := t.field(f.name)
	switch {
	case f.name == "":
	case have == nil:
		t.Fields = append(t.Fields, f)
	case !g.same(have.typ, f.typ):
		g.refuse(at, "%s has another type above: a field is narrowed by being required, and not otherwise", f.name)
	default:
		have.required = have.required || f.required
		if f.doc != "" {
			have.doc = f.doc
		}
	}
}

// same reports whether two types accept the same values.
func (g *generator) same(a, b typ) bool {
	return reflect.DeepEqual(a, b) || a.refused() || b.refused()
}

// field reads one field, with the attributes that a field may have. Regular fields are refused: each is optional (`?`)
// or required (`!`).
func (g *generator) field(x *ast.Field) field {
	name := g.label(x, false)
	if x.Constraint == token.ILLEGAL && name != "" {
		g.refuse(x, "%s is always there as it is written: write %s? or %s!", name, name, name)
	}
	a := g.attributes(x, "go", "says", "key")
	t := g.worded(x, g.expr(x.Value), a)
	if body, ok := a["key"]; ok {
		g.key(x, name, t, body)
	}
	g.lists.meet(x, name, t)
	return field{name: name, doc: doc(x), required: x.Constraint == token.NOT, typ: t}
}
