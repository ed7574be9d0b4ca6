package compiler

import (
	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// lowerContainer lowers the fields of a container beside the run's own.
func (c *checker) lowerContainer(n *source.Node, path string, secretsFrom *source.Node) *source.Node {
	return mapFields(n, func(f source.Field) *source.Node {
		at := diag.Join(path, f.Key)
		if f.Key == "resources" {
			lowered := c.lowerResources(f.Node, at)
			c.noChoice(lowered, at)
			return lowered
		}
		return c.lowerContainerField(f, at, secretsFrom)
	})
}

// lowerContainerField lowers a field that every container has, the run's own as well.
func (c *checker) lowerContainerField(f source.Field, at string, secretsFrom *source.Node) *source.Node {
	switch f.Key {
	case "secrets":
		return c.lowerSecrets(f.Node, at, secretsFrom)
	case "config_maps":
		return mapItems(f.Node, func(i int, item *source.Node) *source.Node { return c.lowerName(item, diag.At(at, i)) })
	// A profile of the node's kernel is mostly its type alone.
	case "seccomp", "app_armor":
		return wrap(f.Node, "type")
	// Two levels down: the checks and hooks, and then their fields.
	case "probes", "lifecycle":
		return mapFields(f.Node, func(ask source.Field) *source.Node { return mapFields(ask.Node, lowerHeaders) })
	}
	return f.Node
}

// lowerName turns a bare name into {name}.
func (c *checker) lowerName(item *source.Node, path string) *source.Node {
	if !item.Scalar() {
		return item
	}
	lowered := wrap(item, "name")
	// The name is checked as it stands, so that the message speaks of no field that its author did not write.
	if c.value(item, &schema.TypeDNSSubdomain, path, item.Span); c.bad[item] {
		c.mark(lowered)
	}
	return lowered
}

// lowerHeaders turns a map of headers into a list of names and values.
func lowerHeaders(f source.Field) *source.Node {
	n := f.Node
	if f.Key != "headers" || n.Kind != source.Map {
		return n
	}
	lowered := &source.Node{Kind: source.List, Layer: n.Layer, Span: n.Span}
	for _, h := range n.Fields {
		name := &source.Node{Kind: source.String, Quoted: true, Text: h.Key, Layer: n.Layer, Span: h.Span}
		lowered.Items = append(lowered.Items, &source.Node{Kind: source.Map, Layer: n.Layer, Span: h.Span, Fields: []source.Field{
			{Key: "name", Span: h.Span, Node: name}, {Key: "value", Span: h.Span, Node: h.Node},
		}})
	}
	return lowered
}

// mapItems copies a list with its items replaced.
func mapItems(n *source.Node, replace func(i int, item *source.Node) *source.Node) *source.Node {
	if n.Kind != source.List {
		return n
	}
	lowered := *n
	lowered.Items = make([]*source.Node, len(n.Items))
	for i, item := range n.Items {
		lowered.Items[i] = replace(i, item)
	}
	return &lowered
}
