package source

import (
	"fmt"
	"strconv"

	"berth/internal/diag"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
)

// maxValues bounds how many values a program may make: a hundred thousand is more than a file of the largest size holds
// in practice, and little enough to be handled.
const maxValues = 200_000

// cueReader turns a compiled file's value into our tree.
// Lost says that a limit was passed, which is told once; values and bytes are what has been read so far.
type cueReader struct {
	file        *cueFile
	constraints bool
	diags       []diag.Diagnostic
	lost        bool
	values      int
	bytes       int
}

// refuse adds a diagnostic, which makes the whole file count as refused.
func (r *cueReader) refuse(code diag.Code, span diag.Span, message, hint string) {
	r.diags = append(r.diags, diag.Diagnostic{Code: code, Span: span, Message: message, Hint: hint})
}

// node reads a value. The scope is the syntax that the value is made of, as far as that can be told.
func (r *cueReader) node(v cue.Value, scope cueScope, depth int) *Node {
	n := &Node{Span: r.valueSpan(v, scope)}
	if r.values++; depth > maxDepth || r.values > maxValues || r.bytes > MaxFileBytes {
		r.overflow(n, depth)
		return n
	}
	concrete, chosen := v.Default()
	switch {
	case r.constraints && r.isConstraint(v, chosen):
		r.constraint(n, v, scope, chosen, depth)
	case concrete.Err() != nil:
		r.diags = append(r.diags, r.file.explain(concrete.Err())...)
	case concrete.IncompleteKind() == cue.StructKind && concrete.IsConcrete():
		n.Kind = Map
		r.fields(n, concrete, scope, depth)
	case concrete.Kind() == cue.ListKind:
		n.Kind = List
		r.items(n, concrete, scope, depth)
	default:
		r.scalar(n, concrete)
	}
	return n
}

// isConstraint reports whether a value leaves a choice. A list that may grow and a struct that may are no choice.
func (r *cueReader) isConstraint(v cue.Value, chosen bool) bool {
	if v.Err() != nil || v.Kind() != cue.BottomKind {
		return false
	}
	return chosen || !v.IsConcrete()
}

// overflow says once that a value is too deep or the whole too large; what is left is passed over.
func (r *cueReader) overflow(n *Node, depth int) {
	if r.lost {
		return
	}
	r.lost = true
	if depth > maxDepth {
		r.diags = append(r.diags, tooDeep(n.Span))
		return
	}
	r.diags = append(r.diags, tooMuch(r.file.text.file))
}

// tooMuch is what is said of a program whose result is too large.
func tooMuch(file *diag.File) diag.Diagnostic {
	return diag.Diagnostic{Code: diag.Evaluation, Span: whole(file), Hint: "split it into several files",
		Message: fmt.Sprintf("the file evaluates to more than %d values or %d MiB of text", maxValues, MaxFileBytes>>20)}
}

// constraint keeps a value that leaves a choice as CUE's text; a marked default becomes its one item.
func (r *cueReader) constraint(n *Node, v cue.Value, scope cueScope, chosen bool, depth int) {
	n.Kind = Constraint
	n.Text = ruleText(v)
	r.bytes += len(n.Text)
	if d, ok := v.Default(); chosen && ok && d.Err() == nil {
		n.Items = []*Node{r.node(d, scope, depth+1)}
	}
}

// ruleText is a constraint as text that stands for itself: as it is written, unless it refers to other fields.
func ruleText(v cue.Value) string {
	var expr ast.Node = v.Syntax()
	if field, ok := v.Source().(*ast.Field); ok && !refers(field.Value) {
		expr = field.Value
	}
	if file, ok := expr.(*ast.File); ok { // with imports, which are inferred again where the text is read
		for _, d := range file.Decls {
			if embed, ok := d.(*ast.EmbedDecl); ok {
				expr = embed.Expr
			}
		}
	}
	text, err := format.Node(expr)
	if err != nil {
		return ""
	}
	return string(text)
}

// refers reports whether an expression refers to a field or a let clause of its file.
func refers(expr ast.Expr) (found bool) {
	ast.Walk(expr, func(n ast.Node) bool {
		if ident, ok := n.(*ast.Ident); ok {
			switch ident.Node.(type) {
			case nil, *ast.ImportSpec:
			default:
				found = true
			}
		}
		return !found
	}, nil)
	return found
}

// fields reads the fields of a struct, without hidden and optional ones and definitions, which CUE's iterator leaves
// out by itself.
func (r *cueReader) fields(n *Node, v cue.Value, scope cueScope, depth int) {
	fields, err := v.Fields()
	if err != nil {
		r.diags = append(r.diags, r.file.explain(err)...)
		return
	}
	for fields.Next() {
		key := fields.Selector().Unquoted()
		r.bytes += len(key)
		written := scope.fields(key)
		f := Field{Key: key, Node: r.node(fields.Value(), written.values(), depth+1)}
		f.Span = r.keySpan(fields.Value(), written, n.Span)
		if message := checkDecoded(key); message != "" {
			r.refuse(diag.FileEncoding, f.Span, message, "remove the escape")
		}
		n.Fields = append(n.Fields, f)
	}
}

// items reads the items of a list.
func (r *cueReader) items(n *Node, v cue.Value, scope cueScope, depth int) {
	items, err := v.List()
	if err != nil {
		r.diags = append(r.diags, r.file.explain(err)...)
		return
	}
	for i := 0; items.Next(); i++ {
		n.Items = append(n.Items, r.node(items.Value(), scope.item(i), depth+1))
	}
}

// scalar reads a concrete value; numbers take the form that JSON has for them. What has no value yet, and bytes, are
// refused.
func (r *cueReader) scalar(n *Node, v cue.Value) {
	switch v.Kind() {
	case cue.NullKind:
		n.Kind, n.Text = Null, "null"
	case cue.BoolKind:
		b, _ := v.Bool()
		n.Kind, n.Text = Bool, strconv.FormatBool(b)
	case cue.IntKind, cue.FloatKind:
		if n.Kind = Int; v.Kind() == cue.FloatKind {
			n.Kind = Float
		}
		text, err := v.MarshalJSON()
		if err != nil {
			r.refuse(diag.Evaluation, n.Span, "this number cannot be written out", "use a smaller one")
		}
		n.Text = canonical(n.Kind, string(text))
	case cue.StringKind:
		n.Kind, n.Quoted = String, true
		n.Text, _ = v.String()
		if message := checkDecoded(n.Text); message != "" {
			r.refuse(diag.FileEncoding, n.Span, message, "remove the escape")
		}
	case cue.BytesKind:
		r.refuse(diag.WrongType, n.Span, "this is a value of bytes, which no field takes", `write text: "…" instead of '…'`)
	default:
		r.refuse(diag.MissingField, n.Span, "this has no value yet: it only says what a value may be", "write a value; rules belong into a profile or a policy")
	}
	r.bytes += len(n.Text)
}

// valueSpan is where a value is written: what CUE itself names, if that is one place in the file, else what the scope
// knows.
func (r *cueReader) valueSpan(v cue.Value, scope cueScope) diag.Span {
	switch src := v.Source().(type) {
	case *ast.Field:
		if r.file.mine(src.Value.Pos()) {
			return r.file.span(src.Value)
		}
	case *ast.File:
		return r.fileSpan()
	case ast.Expr:
		if r.file.mine(src.Pos()) {
			return r.file.span(src)
		}
	}
	for _, written := range scope {
		if _, ok := written.(*ast.File); ok {
			return r.fileSpan()
		}
		if r.file.mine(written.Pos()) {
			return r.file.span(written)
		}
	}
	return whole(r.file.text.file)
}

// fileSpan is the range from the first declaration that is data to the end of the last.
func (r *cueReader) fileSpan() diag.Span {
	var first ast.Node
	for _, d := range r.file.syntax.Decls {
		switch d.(type) {
		case *ast.Package, *ast.ImportDecl, *ast.CommentGroup:
			continue
		}
		if first == nil {
			first = d
		}
	}
	if first == nil {
		return whole(r.file.text.file)
	}
	span := r.file.span(first)
	last := r.file.span(r.file.syntax.Decls[len(r.file.syntax.Decls)-1])
	span.EndLine, span.EndCol = last.EndLine, last.EndCol
	return span
}

// keySpan is where a field's name is written; without a place of its own it is the map's.
func (r *cueReader) keySpan(v cue.Value, written cueFields, parent diag.Span) diag.Span {
	if f, ok := v.Source().(*ast.Field); ok && r.file.mine(f.Label.Pos()) {
		return r.file.span(f.Label)
	}
	for _, f := range written {
		if r.file.mine(f.Label.Pos()) {
			return r.file.span(f.Label)
		}
	}
	return parent
}
