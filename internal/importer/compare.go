package importer

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"berth/internal/defaults"
	"berth/internal/diag"

	"k8s.io/apimachinery/pkg/runtime"
)

// difference is one place at which two objects differ, once the server has filled both.
type difference struct {
	path string // with the names of items in place of their indexes
	// oldAt and newAt are the paths with the indexes of each side.
	oldAt, newAt string
	// old and new are what stands there, nil for nothing.
	old, new any
}

// plainOf is an object as a tree of plain values, filled as the server fills it.
func plainOf(object any) map[string]any {
	if o, ok := object.(runtime.Object); ok {
		filled := o.DeepCopyObject()
		defaults.Fill(filled)
		object = filled
	}
	text, err := json.Marshal(object)
	tree := map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &tree)
	}
	if err != nil {
		return map[string]any{"object": err.Error()}
	}
	for _, meta := range [][]string{{}, {"spec", "template"}, {"spec", "jobTemplate"}, {"spec", "jobTemplate", "spec", "template"}} {
		if m, ok := reach(tree, append(meta, "metadata")...).(map[string]any); ok {
			delete(m, "creationTimestamp")
		}
	}
	delete(tree, "status")
	return tree
}

// reach is what stands at a place of a tree, nil for nothing.
func reach(v any, place ...string) any {
	for _, key := range place {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// compare lists where two objects differ.
func compare(old, new any) []difference {
	c := &comparison{}
	c.walk(difference{old: plainOf(old), new: plainOf(new)})
	return c.found
}

// comparison collects the differences of two objects, in the order of their paths.
type comparison struct{ found []difference }

// walk compares two values that stand at the same place. Mappings and lists are opened where both sides have one, or where
// the other side has nothing and saying each entry by itself reads better; everything else is a difference as a whole. An
// empty value against none is no difference where the API server reads the two alike.
func (c *comparison) walk(d difference) {
	oldMap, isOld := d.old.(map[string]any)
	newMap, isNew := d.new.(map[string]any)
	if (isOld || d.old == nil) && (isNew || d.new == nil) && (isOld && isNew || opened(d)) {
		c.maps(d, oldMap, newMap)
		return
	}
	oldList, isOld := d.old.([]any)
	newList, isNew := d.new.([]any)
	if (isOld || d.old == nil) && (isNew || d.new == nil) && (isOld || isNew) {
		c.lists(d, oldList, newList)
		return
	}
	if !reflect.DeepEqual(d.old, d.new) && !(empty(d.old) && empty(d.new) && meansNothing(d.path)) {
		c.found = append(c.found, d)
	}
}

// opened reports whether a map that one side alone has is compared entry by entry.
func opened(d difference) bool {
	for _, name := range []string{".metadata", ".labels", ".annotations", "securityContext", ".resources"} {
		if strings.HasSuffix("."+d.path, name) {
			return !empty(d.old) || !empty(d.new)
		}
	}
	return false
}

// meansNothing reports whether an empty map at a path says no more than none at all.
func meansNothing(path string) bool {
	return strings.HasSuffix(path, "securityContext") || strings.HasSuffix(path, "resources") || strings.HasSuffix(path, "metadata") || strings.HasSuffix(path, "strategy")
}

// empty reports whether a value is missing or a map without entries. An empty list is not: some fields mean something by it.
func empty(v any) bool {
	m, ok := v.(map[string]any)
	return v == nil || ok && len(m) == 0
}

// maps walks the keys of both sides in sorted order, so that the report is the same every time. Either map may be nil;
// a key that one side alone has is compared with nil.
func (c *comparison) maps(d difference, old, new map[string]any) {
	keys := maps.Clone(old)
	if keys == nil {
		keys = map[string]any{}
	}
	maps.Copy(keys, new)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		c.walk(difference{diag.Join(d.path, key), diag.Join(d.oldAt, key), diag.Join(d.newAt, key), old[key], new[key]})
	}
}

// itemKeys are the fields by which items of a list are told apart, by the list's name; others are told by their index.
var itemKeys = map[string][]string{
	"containers": {"name"}, "initContainers": {"name"}, "env": {"name"}, "volumes": {"name"}, "volumeMounts": {"mountPath"},
	"ports": {"containerPort", "port", "protocol"}, "imagePullSecrets": {"name"}, "hostAliases": {"ip"}, "httpHeaders": {"name"},
	"resourceClaims": {"name"}, "claims": {"name"}, "envFrom": {"configMapRef", "secretRef", "prefix"},
}

// keyOf names an item of a list.
func keyOf(list string, i int, item any) string {
	m, _ := item.(map[string]any)
	var parts []string
	for _, key := range itemKeys[list] {
		switch v := m[key].(type) {
		case map[string]any:
			parts = append(parts, fmt.Sprint(key, " ", v["name"]))
		case nil:
		default:
			if key != "protocol" || v != "TCP" {
				parts = append(parts, fmt.Sprint(v))
			}
		}
	}
	if len(parts) == 0 {
		return fmt.Sprint(i)
	}
	return strings.Join(parts, " ")
}

// lists compares two lists item by item, and then whether what depends on their order is in the same one.
func (c *comparison) lists(d difference, old, new []any) {
	name := d.path[strings.LastIndex(d.path, ".")+1:]
	of := map[string]*difference{}
	var order []string
	add := func(items []any, isNew bool) (keys []string) {
		for i, item := range items {
			key := keyOf(name, i, item)
			at := of[key]
			if at == nil {
				at = &difference{path: d.path + "[" + key + "]"}
				of[key], order = at, append(order, key)
			}
			switch {
			case isNew:
				// The later item of a name on the new side is what counts.
				at.newAt, at.new = diag.At(d.newAt, i), item
			case at.old != nil: // the last one of a name wins
				c.found = append(c.found, difference{path: at.path, oldAt: at.oldAt, old: at.old})
				fallthrough
			default:
				at.oldAt, at.old = diag.At(d.oldAt, i), item
			}
			keys = append(keys, key)
		}
		return keys
	}
	before, after := add(old, false), add(new, true)
	for _, key := range order {
		c.walk(*of[key])
	}
	// Items with names were compared by name; where their order has a meaning, it is a difference of its own.
	if b, a := ordering(name, before, old, after), ordering(name, after, new, before); !slices.Equal(b, a) {
		c.found = append(c.found, difference{d.path, d.oldAt, d.newAt, "order: " + strings.Join(b, ", "), "order: " + strings.Join(a, ", ")})
	}
}

// ordering is what matters of the order of a list, for the items that the other side has as well: containers start in their
// order, the first container is the one that is meant, later sources of variables win, and a variable may refer to earlier
// ones.
func ordering(name string, keys []string, items []any, others []string) []string {
	var common []string
	for _, key := range keys {
		if slices.Contains(others, key) {
			common = append(common, key)
		}
	}
	switch name {
	case "initContainers", "envFrom":
		return common
	case "containers":
		return common[:min(len(common), 1)]
	case "env":
		return references(items)
	}
	return nil
}

// references are the variables that a variable refers to with what stands before it, as `A sees B`.
func references(items []any) []string {
	var seen, found []string
	for _, item := range items {
		name, _ := reach(item, "name").(string)
		value, _ := reach(item, "value").(string)
		for _, part := range strings.Split(value, "$(")[1:] {
			if other, _, ok := strings.Cut(part, ")"); ok && slices.Contains(seen, other) {
				found = append(found, name+" sees "+other)
			}
		}
		seen = append(seen, name)
	}
	slices.Sort(found)
	return slices.Compact(found)
}
