package main

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// typ mirrors schema.Type, with references instead of pointers. One without a kind and reference was refused.
// Exported names are those of schema.Type. Ref is the name of a definition, whose variable the written type points to.
type typ struct {
	Name, Doc, Says, Kind, ref string
	Enum, Or, Match, NotMatch  []string
	MinLen, MaxLen             int
	Min, Max                   *int64
	Either                     []typ
	Key, Elem                  *typ
	Fields                     []field
}

// field mirrors schema.Field.
type field struct {
	name, doc string
	required  bool
	typ       typ
}

// refused reports whether the type is what [generator.refuse] returns, so that nothing more is said of it.
func (t typ) refused() bool { return t.Kind == "" && t.ref == "" }

// field is the field of that name, nil where the type has none; it points into the type.
func (t typ) field(name string) *field {
	for i := range t.Fields {
		if t.Fields[i].name == name {
			return &t.Fields[i]
		}
	}
	return nil
}

// refs are the definitions that a type's own variable points to.
func (t typ) refs() map[string]bool {
	all := map[string]bool{}
	if t.ref != "" {
		all[t.ref] = true
	}
	inner := t.Either
	for _, p := range []*typ{t.Key, t.Elem} {
		if p != nil {
			inner = append(inner, *p)
		}
	}
	for _, f := range t.Fields {
		inner = append(inner, f.typ)
	}
	for _, i := range inner {
		maps.Copy(all, i.refs())
	}
	return all
}

// expr reads an expression. A reference to a definition stays one.
func (g *generator) expr(e ast.Expr) typ {
	switch x := e.(type) {
	case *ast.Ident:
		return g.ident(x)
	case *ast.BasicLit:
		if x.Kind == token.STRING && strings.HasPrefix(x.Value, `"`) {
			return typ{Kind: "TextKind", Enum: []string{g.text(x)}}
		}
		return g.refuse(x, "the literal %s is not understood: only strings are chosen from", x.Value)
	case *ast.UnaryExpr:
		return g.unary(x)
	case *ast.BinaryExpr:
		return g.binary(x)
	case *ast.CallExpr:
		return g.call(x)
	case *ast.ListLit:
		return g.list(x)
	case *ast.StructLit:
		return g.structure(x)
	case *ast.ParenExpr:
		return g.expr(x.X)
	}
	return g.refuse(e, "%s is not understood", words(e))
}

// basic are CUE's basic types that the schema uses.
var basic = map[string]string{"string": "TextKind", "int": "IntKind", "bool": "BoolKind", "_": "AnyKind"}

// ident reads a basic type or the name of a definition, which may stand below or in another file.
func (g *generator) ident(x *ast.Ident) typ {
	if kind, ok := basic[x.Name]; ok {
		return typ{Kind: kind}
	}
	name, ok := strings.CutPrefix(x.Name, "#")
	if ok && g.defs[name] != nil {
		return typ{ref: name}
	}
	return g.refuse(x, "%s is not understood: it is neither string, int, bool or _ nor a definition", x.Name)
}

// resolved reads an expression and copies what a reference refers to, so that constraints can be added to it.
func (g *generator) resolved(e ast.Expr) typ {
	return g.follow(e, g.expr(e))
}

// follow is a type with its reference followed; at is what needs it.
func (g *generator) follow(at ast.Node, t typ) typ {
	if t.ref == "" {
		return t
	}
	d := g.defs[t.ref]
	g.define(d, at)
	r := d.typ
	r.Name, r.Doc = "", ""
	return r
}

// unary reads a pattern or an inclusive bound.
func (g *generator) unary(x *ast.UnaryExpr) typ {
	switch x.Op {
	case token.MAT, token.NMAT:
		pattern, ok := x.X.(*ast.BasicLit)
		if !ok || pattern.Kind != token.STRING {
			return g.refuse(x, "a pattern has to be a literal")
		}
		text := g.text(pattern)
		if _, err := regexp.Compile(text); err != nil {
			return g.refuse(x, "%v", err)
		}
		if x.Op == token.MAT {
			return typ{Kind: "TextKind", Match: []string{text}}
		}
		return typ{Kind: "TextKind", NotMatch: []string{text}}
	case token.GEQ, token.LEQ:
		n, ok := integer(x.X)
		if !ok {
			return g.refuse(x, "a bound has to be a plain integer")
		}
		if x.Op == token.GEQ {
			return typ{Kind: "IntKind", Min: &n}
		}
		return typ{Kind: "IntKind", Max: &n}
	// CUE takes these for integers as well; the tables have one form for one bound.
	case token.GTR, token.LSS:
		return g.refuse(x, "an exclusive bound is not understood: write %v= and the next integer", x.Op)
	case token.MUL:
		return g.refuse(x, "a default is not understood here: the defaults are in compile.cue")
	}
	return g.refuse(x, "the operator %v is not understood", x.Op)
}

// integer reads a plain decimal literal, with or without a minus sign.
func integer(e ast.Expr) (int64, bool) {
	sign := ""
	if neg, ok := e.(*ast.UnaryExpr); ok && neg.Op == token.SUB {
		sign, e = "-", neg.X
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.INT {
		return 0, false
	}
	n, err := strconv.ParseInt(sign+lit.Value, 10, 64)
	return n, err == nil
}

// call reads strings.MinRunes and strings.MaxRunes, which count characters as Type.MinLen does.
func (g *generator) call(x *ast.CallExpr) typ {
	name := ""
	if sel, ok := x.Fun.(*ast.SelectorExpr); ok {
		if pkg, ok := sel.X.(*ast.Ident); ok {
			if fun, ok := sel.Sel.(*ast.Ident); ok {
				name = pkg.Name + "." + fun.Name
			}
		}
	}
	if name != "strings.MinRunes" && name != "strings.MaxRunes" {
		return g.refuse(x, "a call other than strings.MinRunes and strings.MaxRunes is not understood")
	}
	if len(x.Args) != 1 {
		return g.refuse(x, "%s takes one number", name)
	}
	n, ok := integer(x.Args[0])
	if !ok || n < 1 {
		return g.refuse(x, "%s takes a plain number of 1 or more", name)
	}
	if name == "strings.MinRunes" {
		return typ{Kind: "TextKind", MinLen: int(n)}
	}
	return typ{Kind: "TextKind", MaxLen: int(n)}
}

// list reads `[...T]`, the only list that the schema has.
func (g *generator) list(x *ast.ListLit) typ {
	if len(x.Elts) != 1 {
		return g.refuse(x, "a list is written [...T]")
	}
	e, ok := x.Elts[0].(*ast.Ellipsis)
	if !ok || e.Type == nil {
		return g.refuse(x, "a list is written [...T]")
	}
	elem := g.inline(x, g.expr(e.Type))
	return typ{Kind: "ListKind", Elem: &elem}
}

// text is the value of a string literal.
func (g *generator) text(l *ast.BasicLit) string {
	s, err := literal.Unquote(l.Value)
	if err != nil {
		g.refuse(l, "%v", err)
	}
	return s
}

// words is what a node of CUE is called in a message.
func words(n ast.Node) string {
	switch n.(type) {
	case *ast.Comprehension:
		return "a comprehension (if, for)"
	case *ast.LetClause:
		return "let"
	case *ast.Ellipsis:
		return "`...`"
	case *ast.Attribute:
		return "an attribute by itself"
	case *ast.EmbedDecl:
		return "a value without a name"
	case *ast.Interpolation:
		return "an interpolation"
	case *ast.Alias:
		return "an alias"
	case *ast.PostfixExpr:
		return "a postfix operator"
	case *ast.BottomLit:
		return "_|_"
	case *ast.SelectorExpr, *ast.IndexExpr, *ast.SliceExpr:
		return "a part of another value"
	}
	return fmt.Sprintf("%T", n)
}
