package source

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// cueScope is the syntax that one value is made of: the file, or the expressions that stand for it, of which CUE
// unifies any number. It follows what is written in place and not references, which is enough to find where a user
// wrote a field that CUE itself has no single place for.
type cueScope []ast.Node

// cueFields are the fields of one name within a scope.
type cueFields []*ast.Field

// values are the expressions that the fields give their value.
func (fs cueFields) values() cueScope {
	scope := make(cueScope, len(fs))
	for i, f := range fs {
		scope[i] = f.Value
	}
	return scope
}

// fields are the regular fields of that name.
func (s cueScope) fields(name string) (found cueFields) {
	s.visit(func(n ast.Node) {
		f, ok := n.(*ast.Field)
		if !ok || f.Constraint == token.OPTION {
			return
		}
		if label, _, err := ast.LabelName(f.Label); err == nil && label == name {
			found = append(found, f)
		}
	})
	return found
}

// item are the expressions at an index of the lists in the scope.
func (s cueScope) item(index int) (found cueScope) {
	s.visit(func(n ast.Node) {
		list, ok := n.(*ast.ListLit)
		if !ok {
			return
		}
		for i, e := range list.Elts {
			switch e.(type) {
			case *ast.Comprehension, *ast.Ellipsis:
				return // from here on an index tells nothing
			}
			if i == index {
				found = append(found, e)
			}
		}
	})
	return found
}

// visit calls f for the fields and lists that the scope's expressions write in place.
func (s cueScope) visit(f func(ast.Node)) {
	for _, n := range s {
		visitCUE(n, f)
	}
}

// visitCUE descends through what is unified or chosen from in place, and stops at fields and lists.
func visitCUE(n ast.Node, f func(ast.Node)) {
	switch n := n.(type) {
	case *ast.File:
		for _, d := range n.Decls {
			visitCUE(d, f)
		}
	case *ast.StructLit:
		for _, d := range n.Elts {
			visitCUE(d, f)
		}
	case *ast.Field, *ast.ListLit:
		f(n)
	case *ast.EmbedDecl:
		visitCUE(n.Expr, f)
	case *ast.Comprehension:
		visitCUE(n.Value, f)
	case *ast.ParenExpr:
		visitCUE(n.X, f)
	case *ast.UnaryExpr:
		visitCUE(n.X, f)
	case *ast.BinaryExpr:
		visitCUE(n.X, f)
		visitCUE(n.Y, f)
	case *ast.CallExpr: // close({…}) and the like
		for _, a := range n.Args {
			visitCUE(a, f)
		}
	}
}
