package renderers

import (
	"encoding/json"

	"berth/internal/diag"
)

// tree is an object, or a part of one, as JSON reads it: maps, lists, texts, numbers.
type tree = map[string]any

// treeOf turns a typed object, or what a user wrote, into a tree of its own.
func treeOf(value any) (tree, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var t tree
	return t, json.Unmarshal(text, &t)
}

// node is a part of an object while a base object and patches change it. It knows who brought it and where it stood before,
// so that a patch costs what it says, and not what the object has by now.
type node struct {
	form   form
	fields map[string]*node
	items  []*node
	value  any // as JSON reads it

	from string            // the place in the plan that brought it; empty where the run itself did
	was  place             // where it stood in the object that the run makes
	gone map[string]string // by key, the places in the plan that took keys of a mapping away; of items of a list under ""
}

// form is what a node is.
type form uint8

// A scalar or null, a JSON object, a JSON array.
const (
	isValue form = iota
	isMapping
	isList
)

// formOf is the form of a value as encoding/json gives it.
func formOf(v any) form {
	switch v.(type) {
	case map[string]any:
		return isMapping
	case []any:
		return isList
	}
	return isValue
}

// grown is a tree as nodes. Either from or was says where it comes from.
func grown(v any, from string, was place) *node {
	n := &node{form: formOf(v), from: from, was: was}
	switch v := v.(type) {
	case map[string]any:
		n.fields = make(map[string]*node, len(v))
		for key, value := range v {
			n.fields[key] = grown(value, under(from, key), was.key(key))
		}
	case []any:
		for i, item := range v {
			n.items = append(n.items, grown(item, itemOf(from, i), was.item(i)))
		}
	default:
		n.value = v
	}
	return n
}

// under is the place of a key below a place, and none below none.
func under(place, key string) string {
	if place == "" {
		return ""
	}
	return diag.Join(place, key)
}

// itemOf is [under] for an item of a list.
func itemOf(place string, i int) string {
	if place == "" {
		return ""
	}
	return diag.At(place, i)
}

// tree is the node as JSON reads it.
func (n *node) tree() any {
	switch {
	case n == nil:
		return nil
	case n.form == isMapping:
		t := make(tree, len(n.fields))
		for key, field := range n.fields {
			t[key] = field.tree()
		}
		return t
	case n.form == isList:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = item.tree()
		}
		return list
	}
	return n.value
}

// at is the node at a place below n, nil for none.
func (n *node) at(place []string) *node {
	for _, key := range place {
		if n == nil {
			return nil
		}
		n = n.fields[key]
	}
	return n
}

// credits says by path who brought the leaves of an object and who took away what it lacks, and, where somebody asks for
// origins, where each leaf comes from.
type credits struct {
	merged map[string]string
	record record // what is recorded of the object; nil where nobody asks
	before record // what was recorded of it when it was what the run makes
}

// node credits all that stands at n, and all that was taken away from it, below a path of the object. A mapping or list
// that is empty is a leaf of its own: someone may have emptied it.
func (c credits) node(path string, n *node) {
	for key, place := range n.gone {
		at := path
		if n.form == isMapping {
			at = diag.Join(path, key)
		}
		c.bring(at, place)
	}
	for key, field := range n.fields {
		c.node(diag.Join(path, key), field)
	}
	for i, item := range n.items {
		c.node(diag.At(path, i), item)
	}
	if len(n.fields)+len(n.items) == 0 {
		c.leaf(path, n)
	}
}

// leaf credits what a patch brought to the patch; what the run made keeps the origin that it had where it stood before
// the merge moved it.
func (c credits) leaf(path string, n *node) {
	if n.from != "" {
		c.bring(path, n.from)
	} else if c.record != nil {
		if from, ok := c.before.at(n.was.path); ok {
			c.record[path] = from
		}
	}
}

// bring says that what stands at a path, or what is missing there, comes from a place of the plan.
func (c credits) bring(path, place string) {
	c.merged[path] = place
	if c.record != nil {
		c.record[path] = origin{plan: place}
	}
}
