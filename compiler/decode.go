package compiler

import (
	"reflect"
	"strings"
	"sync"

	"berth/internal/source"
)

// decode fills a generated struct from a tree that the checker has seen. Values in bad are left out, so that rules can
// still speak of the rest.
// Bad are the values that were refused; nil where none was.
type decoder struct {
	bad map[*source.Node]bool
}

// fieldIndex caches the position of each field by its name in JSON, by struct type.
var fieldIndex sync.Map

// indexOf maps the JSON names of a struct's fields to their indexes. The generated types are few, so that the cache is
// small and never cleared.
func indexOf(t reflect.Type) map[string]int {
	if cached, ok := fieldIndex.Load(t); ok {
		return cached.(map[string]int)
	}
	index := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		index[name] = i
	}
	fieldIndex.Store(t, index)
	return index
}

// into sets v to what the tree says; n may be nil. What was refused, is null or is a constraint leaves v as it is, that
// is, at its zero value. The path is only asked for whether the field is a file mode ([plainInt]).
func (d decoder) into(n *source.Node, v reflect.Value, path string) {
	if n == nil || isBad(d.bad, n) || n.Kind == source.Null && v.Kind() != reflect.Interface || n.Kind == source.Constraint {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		d.into(n, v.Elem(), path)
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Map:
		d.mapping(n, v)
	case reflect.Slice:
		d.slice(n, v)
	case reflect.String:
		if n.Scalar() {
			v.SetString(n.Text)
		}
	case reflect.Int64:
		if i, ok := plainInt(n, path); ok {
			v.SetInt(i)
		}
	case reflect.Bool:
		v.SetBool(n.Kind == source.Bool && strings.EqualFold(n.Text, "true"))
	case reflect.Interface:
		if value := plain(n); value != nil {
			v.Set(reflect.ValueOf(value))
		}
	}
}

// structure sets the fields that the tree has and the struct knows. Unknown ones were refused by the checker.
func (d decoder) structure(n *source.Node, v reflect.Value) {
	if n.Kind != source.Map {
		return
	}
	index := indexOf(v.Type())
	for _, f := range n.Fields {
		if i, ok := index[f.Key]; ok {
			d.into(f.Node, v.Field(i), "."+f.Key)
		}
	}
}

// mapping adds to a map what the tree has. A value that was refused has no key either, so that rules do not take it for
// an empty one.
func (d decoder) mapping(n *source.Node, v reflect.Value) {
	if n.Kind != source.Map {
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMapWithSize(v.Type(), len(n.Fields)))
	}
	for _, f := range n.Fields {
		if isBad(d.bad, f.Node) {
			continue
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		d.into(f.Node, elem, "")
		v.SetMapIndex(reflect.ValueOf(f.Key), elem)
	}
}

// slice keeps the index of every item, so that paths into the struct are paths into the tree.
func (d decoder) slice(n *source.Node, v reflect.Value) {
	if n.Kind != source.List {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items)))
	for i, item := range n.Items {
		d.into(item, v.Index(i), "")
	}
}

// plain turns a tree into the values that encoding/json would give, for the inside of patches, where Berth has no types.
func plain(n *source.Node) any {
	switch n.Kind {
	case source.Map:
		m := make(map[string]any, len(n.Fields))
		for _, f := range n.Fields {
			m[f.Key] = plain(f.Node)
		}
		return m
	case source.List:
		l := make([]any, len(n.Items))
		for i, item := range n.Items {
			l[i] = plain(item)
		}
		return l
	case source.Bool:
		return strings.EqualFold(n.Text, "true")
	case source.Int:
		if i, ok := plainInt(n, ""); ok {
			return i
		}
	case source.Float:
		if f, ok := parseFloat(n.Text); ok {
			return f
		}
	case source.Null:
		return nil
	}
	return n.Text
}
