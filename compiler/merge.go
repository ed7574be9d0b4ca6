package compiler

import (
	"slices"

	"berth/internal/quantity"
	"berth/internal/source"
	"berth/schema"
)

// Merging lays trees over one another. Trees are shared, so nothing is changed in place: a map that differs is a new
// map, and everything below that is the same stays the same node. The value that wins remembers the one that it beat.

// overlay lays a stronger spec over a weaker one: maps by key, keyed lists by key, other lists and values whole.
func overlay(base, over *source.Node) *source.Node { return overlayField(base, over, "") }

// overlayField is overlay of the values of one field; its name decides how lists and maps are merged, as a patch
// strategy does in Kubernetes.
func overlayField(base, over *source.Node, field string) *source.Node {
	switch {
	case base == nil || base == over:
		return over
	case over == nil:
		return base
	case base.Kind == source.Map && over.Kind == source.Map && field == "files":
		return overlayFiles(base, over)
	case base.Kind == source.Map && over.Kind == source.Map && !replacesWhole(base, over, field):
		return overlayMap(base, over)
	case base.Kind == source.List && over.Kind == source.List && schema.KeyedLists[field] != nil:
		return overlayItems(base, over, field, beats)
	}
	return beats(base, over)
}

// replacesWhole reports whether a map replaces another one as a whole: a health check or hook that says how to ask, since
// none may ask in two ways, a profile of the node's kernel, whose file belongs to its type, a strategy of another type, and
// a disruption that says its figure, which is the least or the most, never both.
func replacesWhole(base, n *source.Node, field string) bool {
	switch field {
	case "seccomp", "app_armor":
		return true
	case "strategy":
		return otherStrategy(base, n)
	case "disruption":
		return len(n.Fields) > 0
	case "readiness", "liveness", "startup", "post_start", "pre_stop":
		return slices.ContainsFunc(n.Fields, func(f source.Field) bool { return contains(waysOfAsking, f.Key) })
	}
	return false
}

// waysOfAsking are the ways in which a health check or a hook asks, of which it has one.
var waysOfAsking = []string{"http", "tcp", "grpc", "exec", "sleep_seconds"}

// otherStrategy reports whether a strategy is of another type than the one that it is laid over, whose figures then mean
// nothing.
func otherStrategy(base, over *source.Node) bool {
	was, is := base.Get("type"), over.Get("type")
	return is.Scalar() && (was == nil || was.Text != is.Text)
}

// beats is a copy of the stronger value that remembers the weaker one (Beat) and what it is a copy of (Of), by which a
// refusal of either is found again.
func beats(base, over *source.Node) *source.Node {
	winner := *over
	winner.Beat, winner.Of = base, over
	return &winner
}

// overlayMap merges key by key; the fields of the weaker map keep their order.
func overlayMap(base, over *source.Node) *source.Node {
	merged := *over
	merged.Fields = uniteFields(base.Fields, over.Fields, func(old, add source.Field) source.Field {
		add.Node = overlayField(old.Node, add.Node, add.Key)
		return add
	})
	return &merged
}

// uniteFields lays the fields of two mappings together, in their order: both decides a field that stands in each.
func uniteFields(base, more []source.Field, both func(old, add source.Field) source.Field) []source.Field {
	united := append(make([]source.Field, 0, len(base)+len(more)), base...)
	for _, f := range more {
		i := slices.IndexFunc(united, func(b source.Field) bool { return b.Key == f.Key })
		if i < 0 {
			united = append(united, f)
			continue
		}
		united[i] = both(united[i], f)
	}
	return united
}

// overlayItems unites two keyed lists: an item of a known key takes the old one's place, a new one comes last.
func overlayItems(base, over *source.Node, list string, both func(base, over *source.Node) *source.Node) *source.Node {
	merged := *over
	merged.Items = slices.Clone(base.Items)
	for _, item := range over.Items {
		key := itemKey(list, item)
		i := slices.IndexFunc(merged.Items, func(b *source.Node) bool { return itemKey(list, b) == key })
		if i < 0 {
			merged.Items = append(merged.Items, item)
			continue
		}
		merged.Items[i] = both(merged.Items[i], item)
	}
	return &merged
}

// relayer copies a tree into another layer.
func relayer(n *source.Node, layer source.Layer) *source.Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Layer = layer
	c.Fields = slices.Clone(n.Fields)
	for i := range c.Fields {
		c.Fields[i].Node = relayer(c.Fields[i].Node, layer)
	}
	c.Items = slices.Clone(n.Items)
	for i := range c.Items {
		c.Items[i] = relayer(c.Items[i], layer)
	}
	return &c
}

// sameValue compares two trees as what they mean: quantities as amounts, the rest as text.
func sameValue(a, b *source.Node, field string) bool {
	switch {
	case a.Scalar() && b.Scalar():
		return sameText(a.Text, b.Text, field)
	case a.Kind != b.Kind || len(a.Fields) != len(b.Fields) || len(a.Items) != len(b.Items):
		return false
	}
	for _, f := range a.Fields {
		other := b.Get(f.Key)
		if other == nil || !sameValue(f.Node, other, f.Key) {
			return false
		}
	}
	for i := range a.Items {
		if !sameValue(a.Items[i], b.Items[i], field) {
			return false
		}
	}
	return true
}

// amountFields are the fields whose texts are amounts.
var amountFields = []string{"requests", "limits", "size", "size_limit", "shm", "min", "max"}

// sameText compares as amounts only in fields that hold amounts: elsewhere 1000m and 1 are different texts.
func sameText(a, b, field string) bool {
	if a == b || !contains(amountFields, field) {
		return a == b
	}
	qa, okA := quantity.Parse(a)
	qb, okB := quantity.Parse(b)
	return okA && okB && qa.Cmp(qb) == 0
}

// newMap builds a map of the fields that have a value.
func newMap(fields ...source.Field) *source.Node {
	n := &source.Node{Kind: source.Map}
	for _, f := range fields {
		if f.Node != nil {
			n.Fields = append(n.Fields, f)
		}
	}
	return n
}

// without copies a map without some of its fields.
func without(n *source.Node, keys ...string) *source.Node {
	return mapFields(n, func(f source.Field) *source.Node {
		if contains(keys, f.Key) {
			return nil
		}
		return f.Node
	})
}
