package main

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
)

// keyedLists are the lists whose items are told apart by some of their fields, by the name of the list: layers merge them
// item by item.
type keyedLists struct {
	order []string
	keys  map[string][]keyField
	met   []metList
}

// keyField is a field of an item's identity, and what it is where an item leaves it out.
type keyField struct{ name, value string }

// metList is a field of the schema that is a list of structs.
type metList struct {
	at   *ast.Field
	name string
}

// meet remembers a list, for [generator.checkLists].
func (l *keyedLists) meet(at *ast.Field, name string, t typ) {
	if t.Kind == "ListKind" {
		l.met = append(l.met, metList{at, name})
	}
}

// key reads `@key(field,other=Default)`.
func (g *generator) key(x *ast.Field, list string, t typ, body string) {
	if t.Kind != "ListKind" {
		g.refuse(x, "@key is for a list of structs")
		return
	}
	elem := g.follow(x, *t.Elem)
	var fields []keyField
	for part := range strings.SplitSeq(body, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if elem.field(name) == nil {
			g.refuse(x, "@key(%s): %q is no field of an item", body, name)
			return
		}
		fields = append(fields, keyField{name, value})
	}
	// Layers know a list by its name alone, so that every list of one name has one key.
	have, known := g.lists.keys[list]
	switch {
	case known && !slices.Equal(have, fields):
		g.refuse(x, "@key(%s): a list called %s has another key elsewhere", body, list)
	case !known:
		if g.lists.keys == nil {
			g.lists.keys = map[string][]keyField{}
		}
		g.lists.keys[list] = fields
		g.lists.order = append(g.lists.order, list)
	}
}

// checkLists refuses a list without a key where one of the same name has one: layers know a list by its name.
func (g *generator) checkLists() {
	for _, m := range g.lists.met {
		keyed := slices.ContainsFunc(m.at.Attrs, func(a *ast.Attribute) bool { name, _ := a.Split(); return name == "key" })
		if !keyed && g.lists.keys[m.name] != nil {
			g.refuse(m.at, "a list called %s has a @key elsewhere, and none here", m.name)
		}
	}
}
