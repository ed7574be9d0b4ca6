package layouts

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"berth/renderers"
)

// tree is a printed object as JSON reads it.
type tree = map[string]any

// operation is one step of a JSON patch (RFC 6902). Of kustomize's two kinds of patch it is the one that says exactly what it
// does: it can rename an object, keep the order of a list and take something away.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`

	// item names the item of a list that the path leads through by its index.
	item string
}

// operationsBetween lists the operations that turn one tree into another, few and small, in an order in which each finds the
// indexes as its path gives them.
func operationsBetween(from, to tree) []operation {
	var d differ
	d.mapping(pointer{}, from, to)
	return d.operations
}

// differ collects operations. They are right in this order alone: each is about the tree as the ones before left it.
type differ struct{ operations []operation }

// pointer is a place in a tree, and the nearest item of a list above it that has a name.
type pointer struct {
	path, item string
}

// key is the place under a key, escaped as a JSON pointer has it (RFC 6901): ~ is ~0, and / is ~1.
func (p pointer) key(key string) pointer {
	return pointer{p.path + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key), p.item}
}

// index is the place of the i-th item of a list; value is that item, whose name tells people which one it is.
func (p pointer) index(i int, value any) pointer {
	item := p.item
	if object, ok := value.(tree); ok {
		if name, ok := object["name"].(string); ok {
			item = name
		}
	}
	return pointer{p.path + "/" + strconv.Itoa(i), item}
}

// emit adds an operation; value is nil for one that removes.
func (d *differ) emit(op string, at pointer, value any) {
	d.operations = append(d.operations, operation{op, at.path, value, at.item})
}

// value compares two values at one place. Lists of scalars, and what has changed its form, are replaced as a whole.
func (d *differ) value(at pointer, from, to any) {
	switch to := to.(type) {
	case tree:
		if from, ok := from.(tree); ok {
			d.mapping(at, from, to)
			return
		}
	case []any:
		if from, ok := from.([]any); ok && !slices.ContainsFunc(to, isScalar) {
			d.list(at, from, to)
			return
		}
	}
	if !reflect.DeepEqual(from, to) {
		d.emit("replace", at, to)
	}
}

// isScalar reports whether an item of a list is none that can be compared field by field.
func isScalar(v any) bool {
	_, ok := v.(tree)
	return !ok
}

// mapping goes through the keys in order: first those that stay or go, then those that are new.
func (d *differ) mapping(at pointer, from, to tree) {
	for _, key := range slices.Sorted(maps.Keys(from)) {
		if value, ok := to[key]; ok {
			d.value(at.key(key), from[key], value)
		} else {
			d.emit("remove", at.key(key), nil)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(to)) {
		if _, ok := from[key]; !ok {
			d.emit("add", at.key(key), to[key])
		}
	}
}

// list compares what is between the common beginning and the common end, item by item, and then adds or removes the rest.
func (d *differ) list(at pointer, from, to []any) {
	first := 0
	for first < min(len(from), len(to)) && reflect.DeepEqual(from[first], to[first]) {
		first++
	}
	last := 0
	for last < min(len(from), len(to))-first && reflect.DeepEqual(from[len(from)-1-last], to[len(to)-1-last]) {
		last++
	}
	from, to = from[first:len(from)-last], to[first:len(to)-last]
	both := min(len(from), len(to))
	for i := range both {
		d.listItem(at.index(first+i, to[i]), from[i], to[i])
	}
	for i := len(from) - 1; i >= both; i-- {
		d.emit("remove", at.index(first+i, from[i]), nil)
	}
	for i := both; i < len(to); i++ {
		d.emit("add", at.index(first+i, to[i]), to[i])
	}
}

// listItem changes an item, or puts another one in its place.
func (d *differ) listItem(at pointer, from, to any) {
	if renderers.Counterpart([]any{from}, to) == 0 {
		d.value(at, from, to)
		return
	}
	d.emit("replace", at, to)
}
