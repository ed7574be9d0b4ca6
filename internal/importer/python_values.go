package importer

import (
	"strconv"
	"strings"

	"go.starlark.net/syntax"
	"go.yaml.in/yaml/v3"
)

// Names that are used again and again could make values without end: maxDepth bounds how deep they are nested, maxValues
// how many there are in one file.
const (
	maxDepth  = 30
	maxValues = 100_000
)

// value is an expression's value, nil for None; ok is false when it cannot be known without running the program.
func (p *python) value(e syntax.Expr, depth int) (n *yaml.Node, ok bool) {
	// Both bounds are for hostile programs, whose values refer to one another.
	if p.left--; depth > maxDepth || p.left < 0 {
		return nil, false
	}
	switch e := p.resolve(e).(type) {
	case *syntax.Literal:
		return literalNode(e)
	case *syntax.Ident:
		switch e.Name {
		case "True", "False":
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(e.Name == "True")}, true
		}
		return nil, e.Name == "None"
	case *syntax.ParenExpr:
		return p.value(e.X, depth+1)
	case *syntax.ListExpr:
		return p.items(e.List, depth)
	case *syntax.TupleExpr:
		return p.items(e.List, depth)
	case *syntax.DictExpr:
		return p.entries(e.List, depth)
	case *syntax.CallExpr:
		return p.dict(e, depth)
	case *syntax.BinaryExpr:
		return p.sum(e, depth)
	case *syntax.UnaryExpr:
		if n, ok := p.value(e.X, depth+1); ok && e.Op == syntax.MINUS && n != nil && n.Tag != "!!str" {
			n.Value = "-" + n.Value
			return n, true
		}
	}
	return nil, false
}

// literalNode is a literal of Python in YAML. Numbers keep their spelling, so that 1e3 or 1_000 are judged where the field is;
// bytes are false, for no field of a run takes them.
func literalNode(e *syntax.Literal) (*yaml.Node, bool) {
	switch e.Token {
	case syntax.STRING:
		return plain(e.Value.(string)), true
	case syntax.INT:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: e.Raw}, true
	case syntax.FLOAT:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: e.Raw}, true
	}
	return nil, false
}

// sum joins two texts.
func (p *python) sum(e *syntax.BinaryExpr, depth int) (*yaml.Node, bool) {
	a, okA := p.value(e.X, depth+1)
	b, okB := p.value(e.Y, depth+1)
	if e.Op != syntax.PLUS || !okA || !okB || a == nil || b == nil || a.Tag != "!!str" || b.Tag != "!!str" {
		return nil, false
	}
	return plain(a.Value + b.Value), true
}

// literal is the text of an expression that is one.
func literal(e syntax.Expr) (string, bool) {
	if l, ok := e.(*syntax.Literal); ok && l.Token == syntax.STRING {
		return l.Value.(string), true
	}
	return "", false
}

// items is a list or tuple. One item that is no literal, or None, makes the whole list unknown: a list with a gap would be
// another list.
func (p *python) items(list []syntax.Expr, depth int) (*yaml.Node, bool) {
	n := sequence()
	for _, e := range list {
		item, ok := p.value(e, depth+1)
		if !ok || item == nil {
			return nil, false
		}
		n.Content = append(n.Content, item)
	}
	return short(n), true
}

// entries is a dictionary, in the order it is written in. Keys have to be literal strings; a key that is written twice
// has its last value, as in Python.
func (p *python) entries(list []syntax.Expr, depth int) (*yaml.Node, bool) {
	o := newObject()
	for _, e := range list {
		entry := e.(*syntax.DictEntry)
		key, isText := literal(entry.Key)
		value, ok := p.value(entry.Value, depth+1)
		if !isText || !ok {
			return nil, false
		}
		o.set(key, value)
	}
	return short(o.Node), true
}

// dict is the value of dict(key=value).
func (p *python) dict(call *syntax.CallExpr, depth int) (*yaml.Node, bool) {
	if name, ok := call.Fn.(*syntax.Ident); !ok || name.Name != "dict" {
		return nil, false
	}
	o := newObject()
	for _, arg := range call.Args {
		key, value, ok := keyword(arg)
		if !ok {
			return nil, false
		}
		n, ok := p.value(value, depth+1)
		if !ok {
			return nil, false
		}
		o.set(key, n)
	}
	return short(o.Node), true
}

// short writes a map or list of scalars on one line, unless one of them has several lines itself.
func short(n *yaml.Node) *yaml.Node {
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode || strings.Contains(c.Value, "\n") {
			return n
		}
	}
	return line(n)
}
