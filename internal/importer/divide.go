package importer

import (
	"slices"
	"strings"

	"berth/schema"

	"go.yaml.in/yaml/v3"
)

// divider divides what a run says in several environments into what holds for all and what each says otherwise. What is laid
// over a run only adds and replaces, so that the run says nothing that one of them does not have.
type divider struct {
	// coarse leaves lists and maps that differ to the environments as a whole.
	coarse bool
	// fixed has the run name a namespace, even where each environment has its own.
	fixed bool
}

// atomic are the maps that are replaced as a whole by what is laid over them (compiler's replacesWhole).
var atomic = []string{"files", "seccomp", "app_armor", "strategy", "disruption", "readiness", "liveness", "startup", "post_start", "pre_stop"}

// maps divides maps, each of which may be nil; base is nil where nothing holds for all.
func (d divider) maps(all []*yaml.Node) (base *yaml.Node, changes []*yaml.Node) {
	common, own := newObject(), make([]object, len(all))
	var keys []string
	for i, n := range all {
		own[i] = newObject()
		for k := 0; n != nil && k < len(n.Content); k += 2 {
			if key := n.Content[k].Value; !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	for _, key := range keys {
		values := make([]*yaml.Node, len(all))
		for i, n := range all {
			values[i] = object{orNone(n)}.get(key)
		}
		whole, differing := d.values(key, values)
		common.put(key, whole)
		for i, c := range differing {
			own[i].put(key, c)
		}
	}
	return orAbsent(common.Node, all), nodesIn(own, all)
}

// orAbsent is a map, with the style of what it was made of; nil when there is nothing in it.
func orAbsent(n *yaml.Node, like []*yaml.Node) *yaml.Node {
	if len(n.Content) == 0 {
		return nil
	}
	n.Style = like[0].Style
	return n
}

// nodesIn are the mappings that are left to each run after what is common was taken out, each in the style that it was
// written in. The node of a run that nothing is left to is nil; own and like are as long as one another.
func nodesIn(own []object, like []*yaml.Node) []*yaml.Node {
	nodes := make([]*yaml.Node, len(own))
	for i, o := range own {
		if len(o.Content) > 0 {
			nodes[i] = o.Node
			nodes[i].Style = like[i].Style
		}
	}
	return nodes
}

// values divides the values of one field.
func (d divider) values(key string, all []*yaml.Node) (base *yaml.Node, changes []*yaml.Node) {
	changes = make([]*yaml.Node, len(all))
	first, lacking := all[0], slices.Contains(all, nil)
	switch {
	case !lacking && !slices.ContainsFunc(all, func(n *yaml.Node) bool { return !sameNode(n, first) }):
		return first, changes
	case lacking, d.coarse && first.Kind != yaml.ScalarNode, key == "namespace" && !d.fixed:
		return nil, all
	case first.Kind == yaml.MappingNode && !slices.Contains(atomic, key) && ofKind(all, yaml.MappingNode):
		return d.maps(all)
	case first.Kind == yaml.SequenceNode && schema.KeyedLists[key] != nil && ofKind(all, yaml.SequenceNode):
		return keyedItems(key, all)
	}
	best, count := most(all)
	if count == 1 && !slices.Contains(always, key) {
		return nil, all // each says something else
	}
	base = best
	for i, n := range all {
		if !sameNode(n, base) {
			changes[i] = n
		}
	}
	return base, changes
}

// ofKind reports whether all nodes are of one kind; only then can what they have in common be taken out.
func ofKind(all []*yaml.Node, kind yaml.Kind) bool {
	return !slices.ContainsFunc(all, func(n *yaml.Node) bool { return n.Kind != kind })
}

// always are the fields without which a run is none, or another one.
var always = []string{"name", "action", "image", "schedule", "namespace"}

// most is the value that the most of them have, the first of several, and how many have it.
func most(all []*yaml.Node) (best *yaml.Node, count int) {
	for _, n := range all {
		same := 0
		for _, other := range all {
			if sameNode(n, other) {
				same++
			}
		}
		if same > count {
			best, count = n, same
		}
	}
	return best, count
}

// keyedItems divides a list whose items are told apart by a key: an item that stands in all is the run's, with the content
// that the most of them have.
func keyedItems(list string, all []*yaml.Node) (base *yaml.Node, changes []*yaml.Node) {
	common, own := sequence(), make([]*yaml.Node, len(all))
	for i := range all {
		own[i] = sequence()
		own[i].Style = all[i].Style
	}
	common.Style = all[0].Style
	var keys []string
	for _, n := range all {
		for _, item := range n.Content {
			if key := itemKeyOf(list, item); !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	for _, key := range keys {
		items := make([]*yaml.Node, len(all))
		for i, n := range all {
			if k := slices.IndexFunc(n.Content, func(item *yaml.Node) bool { return itemKeyOf(list, item) == key }); k >= 0 {
				items[i] = n.Content[k]
			}
		}
		var best *yaml.Node
		// Only what all lists have can stand in the base: an item cannot be taken away again by a change.
		if !slices.Contains(items, nil) {
			best, _ = most(items)
			common.Content = append(common.Content, best)
		}
		for i, item := range items {
			if item != nil && (best == nil || !sameNode(item, best)) {
				own[i].Content = append(own[i].Content, item)
			}
		}
	}
	if len(common.Content) == 0 {
		return nil, all
	}
	return common, own
}

// itemKeyOf is by what an item of a keyed list is known.
func itemKeyOf(list string, item *yaml.Node) string {
	if item.Kind == yaml.ScalarNode {
		return item.Value
	}
	var parts []string
	for _, field := range schema.KeyedLists[list] {
		value := field.Default
		if n := (object{item}).get(field.Name); n != nil {
			value = n.Value
		}
		parts = append(parts, value)
	}
	return strings.TrimRight(strings.Join(parts, "\x00"), "\x00")
}
