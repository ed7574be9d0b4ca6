// Package importer reads what exists elsewhere: hardware profiles of other systems, the nodes of a cluster, finished
// Kubernetes objects and calls of a Python SDK. Runs that it makes are built in memory, and what is built is compared with
// what was read.
package importer

import (
	"bytes"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"

	"go.yaml.in/yaml/v3"
)

// What is written is built as YAML nodes, for the sake of comments and of short maps on one line.

// object is a map that is being written; its fields keep the order in which they were put.
type object struct{ *yaml.Node }

// newObject is an empty mapping.
func newObject() object { return object{&yaml.Node{Kind: yaml.MappingNode}} }

// put adds a field; a value of nil, or with nothing in it, is left out.
func (o object) put(key string, value *yaml.Node) object {
	if value != nil && (value.Kind == yaml.ScalarNode || len(value.Content) > 0) {
		o.Content = append(o.Content, plain(key), value)
	}
	return o
}

// set is put for what Python says, where the last of several entries of one key holds; nil is Python's None.
func (o object) set(key string, value *yaml.Node) {
	for i := 0; i < len(o.Content); i += 2 {
		if o.Content[i].Value == key {
			o.Content = slices.Delete(o.Content, i, i+2)
			break
		}
	}
	if value != nil {
		o.Content = append(o.Content, plain(key), value)
	}
}

// text puts a string, and leaves the field out where the string is empty. It gives the object, to go on with.
func (o object) text(key, value string) object {
	if value == "" {
		return o
	}
	return o.put(key, plain(value))
}

// get is the value of a key, nil where it is not there. Mappings are small, so that looking through them is cheap.
func (o object) get(key string) *yaml.Node {
	for i := 0; i < len(o.Content); i += 2 {
		if o.Content[i].Value == key {
			return o.Content[i+1]
		}
	}
	return nil
}

// line writes a map or list on one line.
func line(n *yaml.Node) *yaml.Node {
	n.Style = yaml.FlowStyle
	return n
}

// plain is a text; the writer quotes it where a reader would take it for something else.
func plain(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

// number is a whole number, as it is to be written.
func number(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: s} }

// sequence is a list in block style.
func sequence(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

// words is a list of strings.
func words(texts ...string) *yaml.Node {
	n := sequence()
	for _, t := range texts {
		n.Content = append(n.Content, plain(t))
	}
	return n
}

// copied is a value as it stands in a source, nil when there is none.
func copied(n *source.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	return layout{}.copied(n)
}

// scalarOf is a scalar as its source has it: a text stays a text, a number its own digits.
func scalarOf(n *source.Node) *yaml.Node {
	switch n.Kind {
	case source.String:
		return plain(n.Text)
	case source.Null:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: n.Text}
}

// document is the envelope of what is written.
func document(kind, name string, spec object) object {
	return newObject().text("apiVersion", "berth/v1").text("kind", kind).
		put("metadata", line(newObject().text("name", name).Node)).put("spec", spec.Node)
}

// withoutSecrets leaves out what looks like a secret. What is left is refused when it is built, so that nobody runs it
// without noticing.
func withoutSecrets(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = diag.Safe(n.HeadComment), diag.Safe(n.LineComment), diag.Safe(n.FootComment)
	if kind := diag.SecretKind(n.Value); kind != "" {
		*n = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null", LineComment: "# " + kind + " stood here: write it into a Secret, and name that"}
	}
	for _, child := range n.Content {
		withoutSecrets(child)
	}
}

// write prints documents, separated as a stream, without the secrets in them.
func write(documents []object) []byte {
	var out bytes.Buffer
	for i, d := range documents {
		if i > 0 {
			out.WriteString("---\n")
		}
		withoutSecrets(d.Node)
		encoder := yaml.NewEncoder(&out)
		encoder.SetIndent(2)
		_ = encoder.Encode(d.Node) // into memory, of nodes that were built well-formed
		_ = encoder.Close()
	}
	return out.Bytes()
}

// first is a document's first character, where the document as a whole is meant.
func first(n *source.Node) diag.Span {
	s := n.Span
	if s.Known() {
		s.EndLine, s.EndCol = s.Line, s.Col+1
	}
	return s
}
