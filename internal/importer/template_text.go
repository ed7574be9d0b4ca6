package importer

import (
	"bytes"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"

	"go.yaml.in/yaml/v3"
)

// templateText writes the profile that a template means, with the template's own comments and quotes.
func templateText(file *diag.File, profile *source.Node) []byte {
	var l layout
	if !strings.HasSuffix(file.Name, ".json") { // JSON has no comments, and its quotes mean nothing
		l = readLayout(file.Data)
	}
	metadata, spec := profile.Get("metadata"), profile.Get("spec")
	o := newObject()
	for _, key := range []string{"description", "require", "accelerator", "base"} {
		if f := spec.Field(key); f != nil {
			o.put(key, l.copied(f.Node))
		}
	}
	if a := o.get("accelerator"); a != nil {
		line(a)
	}
	d := document("Profile", metadata.Get("name").Text, o)
	d.Content[0].HeadComment = join(l.head, l.at(metadata.Field("name").Span, yaml.ScalarNode).HeadComment)
	return write([]object{d})
}

// join joins comments, each on lines of its own; empty ones leave no blank line at either end.
func join(comments ...string) string {
	return strings.Trim(strings.Join(comments, "\n"), "\n")
}

// place is where a node of a YAML file begins. A map in block form begins where its first key does.
type place struct {
	line, column int
	kind         yaml.Kind
}

// layout knows the comments and the style of a YAML file by place; the zero layout knows nothing.
type layout struct {
	nodes map[place]*yaml.Node
	head  string // the comment above the first document
}

// readLayout remembers how a file is written: its first comment, and each node by its place. What cannot be decoded ends the
// reading without an error, since the file has been loaded before and its mistakes are reported there.
func readLayout(data []byte) layout {
	l := layout{nodes: map[place]*yaml.Node{}}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for first := true; ; first = false {
		var doc yaml.Node
		if decoder.Decode(&doc) != nil {
			return l
		}
		if first {
			l.head = doc.HeadComment
		}
		l.add(&doc)
	}
}

// add notes a node and all below it. An alias is passed over: it stands at a place of its own, but the content is that of
// its anchor.
func (l layout) add(n *yaml.Node) {
	if n.Kind != yaml.AliasNode {
		l.nodes[place{n.Line, n.Column, n.Kind}] = n
	}
	for _, child := range n.Content {
		l.add(child)
	}
}

// at is the node of a kind that begins where the span does; an empty one when there is none.
func (l layout) at(s diag.Span, kind yaml.Kind) *yaml.Node {
	if n := l.nodes[place{int(s.Line), int(s.Col), kind}]; n != nil {
		return n
	}
	return &yaml.Node{}
}

// copied is a value as it stands in the file.
func (l layout) copied(n *source.Node) *yaml.Node {
	c := scalarOf(n)
	switch n.Kind {
	case source.Map:
		c = newObject().Node
		for _, f := range n.Fields {
			key := plain(f.Key)
			l.dress(key, f.Span)
			c.Content = append(c.Content, key, l.copied(f.Node))
		}
	case source.List:
		c = sequence()
		for _, item := range n.Items {
			c.Content = append(c.Content, l.copied(item))
		}
	}
	l.dress(c, n.Span)
	return c
}

// dress gives a node the comments and the style of the one in the file.
func (l layout) dress(n *yaml.Node, s diag.Span) {
	like := l.at(s, n.Kind)
	n.Style = like.Style &^ yaml.TaggedStyle
	n.HeadComment, n.LineComment, n.FootComment = like.HeadComment, like.LineComment, like.FootComment
}
