package main

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// binary reads `a & b` and `a | b`. Of &, only what narrows one scalar is understood; CUE would take more, and the
// tables could not say it.
func (g *generator) binary(x *ast.BinaryExpr) typ {
	if x.Op == token.OR {
		return g.or(x)
	}
	if x.Op != token.AND {
		return g.refuse(x, "the operator %v is not understood", x.Op)
	}
	a, b := g.resolved(x.X), g.resolved(x.Y)
	switch {
	case a.refused() || b.refused():
		return typ{}
	case a.Kind != b.Kind:
		return g.refuse(x, "& of %s and %s is never satisfied", kindName[a.Kind], kindName[b.Kind])
	case a.Kind != "TextKind" && a.Kind != "IntKind":
		return g.refuse(x, "& of %s is not understood: embed a struct, and write anything else once", kindName[a.Kind])
	case len(a.Either)+len(b.Either) > 0:
		return g.refuse(x, "& beside alternatives of two kinds is not understood: put it to the alternative that it is for")
	case a.chooses() && b.chooses():
		return g.refuse(x, "& of two choices is not understood: write the values that both accept")
	}
	return g.and(x, a, b)
}

// kindName is how a message calls a kind.
var kindName = map[string]string{
	"TextKind": "a string", "IntKind": "an integer", "BoolKind": "a boolean", "AnyKind": "anything",
	"ListKind": "a list", "MapKind": "a map", "StructKind": "a struct",
}

// chooses reports whether a type is a choice of literals and patterns.
func (t typ) chooses() bool { return len(t.Enum)+len(t.Or) > 0 }

// and is what both types accept. The words of one do not say the other's rule, so that only a type without a rule of its
// own leaves them.
func (g *generator) and(x ast.Expr, a, b typ) typ {
	switch {
	case b.ruled() && a.ruled():
		a.Says = ""
	case !a.ruled():
		a.Says = b.Says
	}
	a.Enum, a.Or = append(a.Enum, b.Enum...), append(a.Or, b.Or...)
	a.Match, a.NotMatch = append(a.Match, b.Match...), append(a.NotMatch, b.NotMatch...)
	a.MinLen = max(a.MinLen, b.MinLen)
	if a.MaxLen == 0 || b.MaxLen > 0 && b.MaxLen < a.MaxLen {
		a.MaxLen = b.MaxLen
	}
	if a.Min == nil || b.Min != nil && *b.Min > *a.Min {
		a.Min = b.Min
	}
	if a.Max == nil || b.Max != nil && *b.Max < *a.Max {
		a.Max = b.Max
	}
	if a.Min != nil && a.Max != nil && *a.Min > *a.Max || a.MaxLen > 0 && a.MinLen > a.MaxLen {
		return g.refuse(x, "no value lies within these bounds")
	}
	return a
}

// ruled reports whether a scalar is more than its kind.
func (t typ) ruled() bool {
	return t.chooses() || len(t.Match)+len(t.NotMatch)+len(t.Either) > 0 || t.MinLen > 0 || t.MaxLen > 0 || t.Min != nil || t.Max != nil
}

// or reads a disjunction: a choice of literals and patterns, or alternatives such as a number and a name.
func (g *generator) or(x *ast.BinaryExpr) typ {
	a, b := g.alternatives(x.X), g.alternatives(x.Y)
	if a == nil || b == nil {
		return typ{}
	}
	all := append(a, b...)
	choice := typ{Kind: "TextKind"}
	for _, t := range all {
		r := g.follow(x, t)
		if !r.joins() {
			return typ{Kind: "TextKind", Either: all}
		}
		// A pattern joins the enumeration as one more way to be right.
		choice.Enum, choice.Or = append(choice.Enum, r.Enum...), append(append(choice.Or, r.Or...), r.Match...)
	}
	return choice
}

// joins reports whether a type can be one value of an enumeration: literals, or one pattern and nothing else.
func (t typ) joins() bool {
	alone := len(t.NotMatch)+len(t.Either) == 0 && t.MinLen == 0 && t.MaxLen == 0
	return t.Kind == "TextKind" && alone && (t.chooses() && len(t.Match) == 0 || !t.chooses() && len(t.Match) == 1)
}

// alternatives reads one side of a disjunction; none where it was refused.
func (g *generator) alternatives(e ast.Expr) []typ {
	if p, ok := e.(*ast.ParenExpr); ok {
		return g.alternatives(p.X)
	}
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == token.OR {
		x, y := g.alternatives(b.X), g.alternatives(b.Y)
		if x == nil || y == nil {
			return nil
		}
		return append(x, y...)
	}
	t := g.expr(e)
	if t.refused() {
		return nil
	}
	if r := g.follow(e, t); r.refused() {
		return nil
	} else if r.Kind != "TextKind" && r.Kind != "IntKind" {
		g.refuse(e, "%s as an alternative is not understood: alternatives are strings and integers", kindName[r.Kind])
		return nil
	}
	return []typ{t}
}
