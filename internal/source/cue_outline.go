package source

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// outlines answers a request in the child.
func (j *judge) outlines(req *request) *response {
	resp := &response{}
	for i := range req.Policies {
		p := j.policy(&req.Policies[i])
		o := Outline{Broken: p.diags != nil}
		if resp.Diagnostics = append(resp.Diagnostics, p.diags...); !o.Broken {
			reader := outliner{file: p.file}
			reader.declarations(p.file.syntax.Decls, nil)
			o.Mentions = reader.mentions
		}
		resp.Outlines = append(resp.Outlines, o)
	}
	return untie(resp)
}

// Bounds of an outline: definitions may refer to each other many times over.
const (
	maxMentions   = 10_000
	maxReferences = 20
)

// outliner reads the syntax of a policy. A constraint has no value that could be asked for its fields, and what stands
// below an `if` has none before there is a run; so the outline is that of the text.
type outliner struct {
	file       *cueFile
	mentions   []Mention
	references int // that are being followed
}

// declarations reads the fields below a path, those under an `if` as if it held: what a policy would ask of some runs
// has to be a field that a run can have.
func (o *outliner) declarations(decls []ast.Decl, path []string) {
	for _, d := range decls {
		switch d := d.(type) {
		case *ast.Field:
			o.field(d, path)
		case *ast.EmbedDecl:
			o.value(d.Expr, path, -1, true)
		case *ast.Comprehension:
			o.value(d.Value, path, -1, true)
		case *ast.Ellipsis:
			if d.Type != nil {
				o.value(d.Type, below(path, EachOf), -1, true)
			}
		}
	}
}

// below is a path that shares nothing with others.
func below(path []string, name string) []string { return append(path[:len(path):len(path)], name) }

// field mentions a field. Hidden fields and definitions are read where they are used.
func (o *outliner) field(f *ast.Field, path []string) {
	label := f.Label
	if alias, ok := label.(*ast.Alias); ok {
		label, _ = alias.Expr.(ast.Label)
	}
	if label == nil || len(o.mentions) >= maxMentions {
		return
	}
	name, isIdent, err := ast.LabelName(label)
	switch {
	case err != nil:
		name = EachOf
	case isIdent && isHidden(name):
		return
	}
	o.mentions = append(o.mentions, Mention{Path: below(path, name), Span: o.file.span(label)})
	o.value(f.Value, below(path, name), len(o.mentions)-1, true)
}

// value reads what a field's value says: equal, whether the value itself may stand there. The field is that of the mention
// at the index, none for less than 0.
func (o *outliner) value(expr ast.Expr, path []string, at int, equal bool) {
	switch x := expr.(type) {
	case *ast.StructLit:
		o.declarations(x.Elts, path)
	case *ast.ListLit:
		for _, item := range x.Elts {
			o.item(item, path)
		}
	case *ast.BinaryExpr:
		if x.Op == token.AND || x.Op == token.OR {
			o.value(x.X, path, at, equal)
			o.value(x.Y, path, at, equal)
		}
	// Behind an operator a literal is a bound; `*` only marks a default.
	case *ast.UnaryExpr:
		o.value(x.X, path, at, equal && x.Op == token.MUL)
	case *ast.ParenExpr:
		o.value(x.X, path, at, equal)
	case *ast.CallExpr:
		// The arguments of other calls, such as strings.MinRunes(3), are not values that the field may have.
		if fn, ok := x.Fun.(*ast.Ident); ok && (fn.Name == "close" || fn.Name == "and" || fn.Name == "or") {
			for _, arg := range x.Args {
				o.value(arg, path, at, equal)
			}
		}
	case *ast.Ident:
		o.reference(x, path, at, equal)
	case *ast.BasicLit:
		o.literal(x, at, equal)
	}
}

// item reads one item of a list: `...T` speaks of every further item, a comprehension of what it makes.
func (o *outliner) item(item ast.Expr, path []string) {
	switch x := item.(type) {
	case *ast.Ellipsis:
		if x.Type != nil {
			o.listed(x.Type, path)
		}
	case *ast.Comprehension:
		o.value(x.Value, path, -1, true)
	default:
		o.listed(item, path)
	}
}

// listed mentions an item, under [EachOf] whatever its index: what fields an item can have does not depend on it.
func (o *outliner) listed(item ast.Expr, path []string) {
	if len(o.mentions) >= maxMentions {
		return
	}
	o.mentions = append(o.mentions, Mention{Path: below(path, EachOf), Span: o.file.span(item)})
	o.value(item, below(path, EachOf), len(o.mentions)-1, true)
}

// reference follows the name of something else in the file.
func (o *outliner) reference(name *ast.Ident, path []string, at int, equal bool) {
	if o.references >= maxReferences {
		return
	}
	o.references++
	defer func() { o.references-- }()
	switch meant := name.Node.(type) {
	case *ast.Field:
		o.value(meant.Value, path, at, equal)
	case *ast.LetClause:
		o.value(meant.Expr, path, at, equal)
	case ast.Expr:
		if meant != ast.Expr(name) {
			o.value(meant, path, at, equal)
		}
	}
}

// literal adds a literal to the mention at the index, unless it stands at no field. Null is nothing that a field is
// compared with.
func (o *outliner) literal(lit *ast.BasicLit, at int, equal bool) {
	if at < 0 {
		return
	}
	l := Literal{Text: lit.Value, Span: o.file.span(lit), Equal: equal}
	switch lit.Kind {
	case token.STRING:
		text, err := literal.Unquote(lit.Value)
		if err != nil {
			return
		}
		l.Kind, l.Text = String, text
	case token.INT:
		l.Kind = Int
	case token.FLOAT:
		l.Kind = Float
	case token.TRUE, token.FALSE:
		l.Kind = Bool
	default:
		return
	}
	o.mentions[at].Literals = append(o.mentions[at].Literals, l)
}

// supplied lists what a run lacks and a policy would fill in: `run_as_non_root: true` wants the field to be there and to be
// true, which CUE alone takes for said. Marked defaults and what a policy keeps for itself want nothing.
func (f *cueFile) supplied(unified cue.Value, run map[string]any, path []string) (found []Violation) {
	fields, err := unified.Fields()
	if err != nil {
		return nil
	}
	for fields.Next() {
		name, value := fields.Selector().Unquoted(), fields.Value()
		if len(path) == 0 && name == PolicyHeader {
			continue
		}
		have, ok := run[name]
		inside, _ := have.(map[string]any)
		_, isDefault := value.Default()
		switch kind := value.IncompleteKind(); {
		case kind == cue.StructKind:
			found = append(found, f.supplied(value, inside, below(path, name))...)
		case !ok && kind != cue.ListKind && value.IsConcrete() && !isDefault:
			found = append(found, f.wanting(below(path, name)))
		}
	}
	return found
}

// wanting is a field that a policy wants and the run does not have.
func (f *cueFile) wanting(path []string) Violation {
	v := Violation{Kind: Missing, Path: path, Rule: whole(f.text.file)}
	if rule := f.writtenAt(path); rule != nil {
		v.Rule = f.span(rule)
		if text, err := format.Node(rule); err == nil {
			v.Expr = string(text)
		}
	}
	return v
}
