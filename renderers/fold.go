package renderers

import (
	"encoding/json"
	"fmt"
	"reflect"

	"berth/internal/diag"
)

// fold is what a node becomes where a merge gave a tree: the leaves that are as they were keep their origin, the others
// come from the place in source, which stands at from in the plan, or the nearest place above it.
func (m *merge) fold(old *node, after, source any, from string) *node {
	switch after := after.(type) {
	case map[string]any:
		return m.foldMapping(old, after, source, from)
	case []any:
		return m.foldList(old, after, source, from)
	}
	if old != nil && old.form == isValue && old.value == after {
		return old
	}
	m.note(old, after)
	return &node{value: after, from: from}
}

// foldMapping is [merge.fold] of a mapping. old may be nil or of another form: then all of it is new. What the mapping
// lost is blamed on the place in source that names the key, or on source as a whole; what an earlier patch took away,
// and this one did not bring back, stays that one's.
func (m *merge) foldMapping(old *node, after tree, source any, from string) *node {
	n := &node{form: isMapping, from: from, fields: make(map[string]*node, len(after))}
	if old != nil && old.form == isMapping {
		// The mapping itself stays who it was; only what is below it may come from the patch.
		n.from, n.was, n.gone = "", old.was, nil
	} else {
		old = &node{}
		m.note(nil, after)
	}
	said, _ := source.(tree)
	at := func(key string) string {
		if _, ok := said[key]; ok {
			return diag.Join(from, key)
		}
		return from
	}
	for key, value := range after {
		n.fields[key] = m.fold(old.fields[key], value, said[key], at(key))
	}
	for key, was := range old.fields {
		if _, left := after[key]; !left {
			m.noteGone(was)
			n.took(key, at(key))
		}
	}
	for key, by := range old.gone {
		if _, now := n.gone[key]; !now {
			n.took(key, by)
		}
	}
	return n
}

// foldList is [merge.fold] of a list. Items are found again by what tells them apart, and by their index where nothing
// does. Any change of order or length is a change of meaning: Kubernetes keeps lists in order.
func (m *merge) foldList(old *node, after []any, source any, from string) *node {
	n := &node{form: isList, from: from}
	var before []any
	if old != nil && old.form == isList {
		n.from, n.was, n.gone = "", old.was, old.gone
		before = old.tree().([]any)
	}
	m.certain = m.certain || len(before) != len(after)
	// What the patch says of an item is found by the same identity, since a patch may list items in any order.
	said, _ := source.([]any)
	inSource, inOld, left := indexOf(said), indexOf(before), make([]bool, len(before))
	for i, value := range after {
		at, by := from, any(nil)
		if j := inSource.find(value, i); j >= 0 {
			at, by = diag.At(from, j), said[j]
		}
		var item *node
		j := inOld.find(value, i)
		if j >= 0 {
			item, left[j] = old.items[j], true
		}
		m.certain = m.certain || i != j
		n.items = append(n.items, m.fold(item, value, by, at))
	}
	// What is left of the old list was taken away: by the item of the patch that names it, or else by the patch.
	for i, value := range before {
		if left[i] {
			continue
		}
		at := from
		if j := inSource.find(value, i); j >= 0 {
			at = diag.At(from, j)
		}
		n.gone = map[string]string{"": at}
	}
	return n
}

// index finds the items of a list by what tells them apart.
type index struct {
	list   []any
	places map[string]int
}

// indexOf finds items by their identity. Of items that are alike the first counts; those without an identity are found
// by their place in the list.
func indexOf(list []any) index {
	places := make(map[string]int, len(list))
	for i, item := range list {
		if key := identityOf(item); key != "" {
			if _, taken := places[key]; !taken {
				places[key] = i
			}
		}
	}
	return index{list, places}
}

// find is [Counterpart] for the i-th item of another list, which is its own counterpart where several are equal.
func (x index) find(value any, i int) int {
	if i < len(x.list) && reflect.DeepEqual(x.list[i], value) {
		return i
	}
	if j, ok := x.places[identityOf(value)]; ok {
		return j
	}
	return -1
}

// identityOf is what tells an item from others of its list.
func identityOf(item any) string {
	object, ok := item.(map[string]any)
	if !ok {
		return fmt.Sprint(item)
	}
	for _, key := range identities {
		if object[key] != nil {
			return key + "=" + fmt.Sprint(object[key])
		}
	}
	text, err := json.Marshal(object)
	if err != nil {
		return ""
	}
	return string(text)
}

// identities are the keys that tell the items of Kubernetes' lists apart.
var identities = []string{"name", "mountPath", "containerPort", "port", "key"}

// Counterpart finds the item of a list that is, or was, the given one; -1 when there is none.
func Counterpart(list []any, value any) int {
	object, _ := value.(map[string]any)
	for i, other := range list {
		if reflect.DeepEqual(other, value) {
			return i
		}
		candidate, _ := other.(map[string]any)
		for _, key := range identities {
			if object[key] != nil && candidate[key] != nil {
				if reflect.DeepEqual(object[key], candidate[key]) {
					return i
				}
				break
			}
		}
	}
	return -1
}
