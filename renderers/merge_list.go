package renderers

import (
	"errors"
	"slices"

	"berth/internal/diag"

	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// errNoMergeKey is said of an item that does not say which one it is.
var errNoMergeKey = errors.New("an item has no merge key")

// keyed is a list that is merged by what tells its items apart.
type keyed struct {
	mergeKey string // empty for a list of values, which tell themselves apart
	first    map[any]int
}

// key is what tells an item from others; nil for nothing.
func (k keyed) key(item any) any {
	t, isTree := item.(tree)
	switch {
	case isTree && k.mergeKey != "":
		return scalar(t[k.mergeKey])
	case k.mergeKey == "":
		return scalar(item)
	}
	return nil
}

// of is what tells an item from the others: the value of its merge key, or the item itself in a list of scalars. Nil
// for an item without one.
func (k keyed) of(n *node) any {
	if k.mergeKey != "" {
		if n = n.fields[k.mergeKey]; n == nil {
			return nil
		}
	}
	return scalar(n.value)
}

// scalar is a value that can be compared, nil for others.
func scalar(v any) any {
	if formOf(v) != isValue {
		return nil
	}
	return v
}

// items lays a list over another one by their merge key. The items of the patch keep their order, and so do the others; an
// item that stood before one of the patch stands before it still, and what is new comes first.
func (m *merge) items(n *node, patch []any, mergeKey string, meta strategicpatch.LookupPatchMeta, source string) error {
	k := keyed{mergeKey, make(map[any]int, len(n.items))}
	for i, item := range n.items {
		key := k.of(item)
		if key == nil {
			return errNoMergeKey
		}
		if _, twice := k.first[key]; !twice {
			k.first[key] = i
		}
	}
	order, merged, err := m.mergedItems(n, patch, k, meta, source)
	if err != nil {
		return err
	}
	items := interleaved(k, n.items, order, merged)
	// The same nodes in the same order: what changed within them is noted there.
	if slices.Equal(items, n.items) {
		return nil
	}
	m.certain = true
	old := n.items
	m.undo = append(m.undo, func() { n.items = old })
	n.items = items
	return nil
}

// mergedItems are the items that the patch names, by their key, and the keys in the patch's order.
func (m *merge) mergedItems(n *node, patch []any, k keyed, meta strategicpatch.LookupPatchMeta, source string) (order []any, merged map[any][]*node, err error) {
	merged = make(map[any][]*node, len(patch))
	for i, v := range patch {
		key, at := k.key(v), diag.At(source, i)
		if key == nil {
			return nil, nil, errNoMergeKey
		}
		known := merged[key]
		if known == nil {
			order = append(order, key)
			if j, ok := k.first[key]; ok {
				known = []*node{n.items[j]}
			}
		}
		if known == nil {
			known = []*node{grown(v, at, place{})}
		} else if t, ok := v.(tree); ok {
			if err := m.mapping(known[0], t, meta, at); err != nil {
				return nil, nil, err
			}
		}
		merged[key] = known
	}
	twins(n, k, merged)
	return order, merged, nil
}

// twins adds the further items of one key, which stay beside the first: ports of one number and two protocols.
func twins(n *node, k keyed, merged map[any][]*node) {
	if len(k.first) == len(n.items) || k.mergeKey == "" {
		return
	}
	for i, item := range n.items {
		key := k.of(item)
		if same := merged[key]; same != nil && k.first[key] != i {
			merged[key] = append(same, item)
		}
	}
}

// interleaved puts the items that a patch does not name among those that it does.
func interleaved(k keyed, old []*node, order []any, merged map[any][]*node) []*node {
	var left, right, items []*node
	for i, item := range old {
		if key := k.of(item); merged[key] == nil && (k.mergeKey != "" || k.first[key] == i) {
			left = append(left, item)
		}
	}
	if len(k.first) < len(old) { // twins stand beside one another
		slices.SortStableFunc(left, func(a, b *node) int { return k.first[k.of(a)] - k.first[k.of(b)] })
	}
	for _, key := range order {
		right = append(right, merged[key]...)
	}
	for len(left) > 0 && len(right) > 0 {
		before, stood := k.first[k.of(right[0])]
		if stood && k.first[k.of(left[0])] < before {
			items, left = append(items, left[0]), left[1:]
		} else {
			items, right = append(items, right[0]), right[1:]
		}
	}
	return slices.Concat(items, left, right)
}
