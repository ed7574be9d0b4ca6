package importer

import (
	"fmt"
	"maps"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"

	"go.yaml.in/yaml/v3"
)

// dict is an object that is taken apart. Its values are dicts, lists, texts, ints, floats and booleans.
type dict map[string]any

// dictOf is a mapping as plain data, and nil for a node that is none.
func dictOf(n *source.Node) dict {
	d, _ := valueOf(n).(dict)
	return d
}

// valueOf is a node as plain data. Fields that are null are left out, as the API server drops them; an item of a list that
// is null stays, since leaving it out would move the others.
func valueOf(n *source.Node) any {
	switch n.Kind {
	case source.Map:
		d := dict{}
		for _, f := range n.Fields {
			if f.Node.Kind != source.Null {
				d[f.Key] = valueOf(f.Node)
			}
		}
		return d
	case source.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = valueOf(item)
		}
		return list
	}
	return scalarValue(n)
}

// at is what stands at a place, nil for nothing.
func (d dict) at(place ...string) any {
	for _, key := range place[:len(place)-1] {
		d, _ = d[key].(dict)
	}
	return d[place[len(place)-1]]
}

// take removes what stands at a place, and returns it.
func (d dict) take(place ...string) any {
	parent := d
	if len(place) > 1 {
		parent, _ = d.at(place[:len(place)-1]...).(dict)
	}
	last := place[len(place)-1]
	value := parent[last]
	delete(parent, last)
	return value
}

// takePath removes what stands at a path in the notation of [diag.Join].
func (d dict) takePath(path string) {
	steps := diag.Split(path)
	var v any = d
	for i, step := range steps {
		switch at := v.(type) {
		case dict:
			if i == len(steps)-1 {
				delete(at, step)
			}
			v = at[step]
		case []any:
			n := diag.Index(step)
			if n < 0 || n >= len(at) {
				return
			}
			v = at[n]
		default:
			return
		}
	}
}

// sub is the dict under a key, nil when there is none.
func (d dict) sub(key string) dict {
	s, _ := d[key].(dict)
	return s
}

// list is the list under a key, nil when there is none.
func (d dict) list(key string) []any {
	l, _ := d[key].([]any)
	return l
}

// cloned is a copy that may be taken apart.
func cloned(v any) any {
	switch v := v.(type) {
	case dict:
		c := make(dict, len(v))
		for key, value := range v {
			c[key] = cloned(value)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, item := range v {
			c[i] = cloned(item)
		}
		return c
	}
	return v
}

// text takes a scalar as text, empty when there is none.
func (d dict) text(place ...string) string {
	switch v := d.take(place...).(type) {
	case string:
		return v
	case int, float64, bool:
		return fmt.Sprint(v)
	}
	return ""
}

// put sets what stands at a place, and makes the dicts above it.
func (d dict) put(value any, place ...string) {
	for _, key := range place[:len(place)-1] {
		below, ok := d[key].(dict)
		if !ok {
			below = dict{}
			d[key] = below
		}
		d = below
	}
	d[place[len(place)-1]] = value
}

// prune drops the maps and lists that nothing is left in. What stands in a list is not touched: there, nothing may mean
// something, as in emptyDir: {}.
func (d dict) prune() {
	for key, value := range d {
		switch v := value.(type) {
		case dict:
			if v.prune(); len(v) == 0 {
				delete(d, key)
			}
		case []any:
			if len(v) == 0 {
				delete(d, key)
			}
		}
	}
}

// encoded is a value as YAML, with the keys of maps sorted.
func encoded(v any) *yaml.Node {
	if v == nil {
		return nil
	}
	n := &yaml.Node{}
	_ = n.Encode(v) // of plain values
	return n
}

// patchFor is an entry of a run's patches: a merge patch to the objects of one kind.
func patchFor(kind string, patch dict) *yaml.Node {
	return newObject().put("target", line(newObject().text("kind", kind).Node)).put("patch", encoded(patch)).Node
}

// mapping is a map of texts as YAML, by its sorted keys; nil when there is nothing in it.
func mapping(texts map[string]string) *yaml.Node {
	o := newObject()
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		o.put(key, plain(texts[key]))
	}
	return o.Node
}

// inline is a value with its innermost maps and lists on one line.
func inline(v any) *yaml.Node {
	if v == nil {
		return nil
	}
	return inlined(encoded(v))
}

// inlined puts every mapping and list below a node on one line where it is short enough, innermost first: whether the outer
// one fits depends on how the inner ones are written.
func inlined(n *yaml.Node) *yaml.Node {
	for _, c := range n.Content {
		inlined(c)
	}
	if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
		return short(n)
	}
	return n
}
