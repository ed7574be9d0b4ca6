package importer

import (
	"fmt"
	"strconv"

	"berth/internal/source"

	"go.yaml.in/yaml/v3"
)

// dict is an object that is taken apart. Its values are dicts, lists, texts, ints, floats and booleans.
type dict map[string]any

func dictOf(n *source.Node) dict {
	d, _ := valueOf(n).(dict)
	return d
}

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
	case source.Int:
		if i, err := strconv.Atoi(n.Text); err == nil {
			return i
		}
	case source.Bool:
		return n.Text == "true"
	case source.Float:
		if f, err := strconv.ParseFloat(n.Text, 64); err == nil {
			return f
		}
	}
	return n.Text
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

// set puts a dict at a place whose parents are there; an empty one is left out.
func (d dict) set(value dict, place ...string) {
	if parent, ok := d.at(place[:len(place)-1]...).(dict); ok && len(value) > 0 {
		parent[place[len(place)-1]] = value
	}
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

func patchFor(kind string, patch dict) *yaml.Node {
	return newObject().put("target", line(newObject().text("kind", kind).Node)).put("patch", encoded(patch)).Node
}
