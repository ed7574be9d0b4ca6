package source

import (
	"fmt"

	"berth/internal/diag"

	"go.yaml.in/yaml/v3"
)

// maxExpansion bounds how many values the aliases of one document may stand for.
const maxExpansion = 10_000

// loadYAML parses each document of a stream by itself, so that a syntax error in one does not hide the others.
func loadYAML(file *diag.File, opts Options) (roots []*Node, diags []diag.Diagnostic) {
	t := newText(file)
	parts := splitYAML(t)
	if len(parts) > maxDocuments {
		at := parts[maxDocuments].from
		return nil, []diag.Diagnostic{tooManyDocuments(t.span(at, at+len("---")))}
	}
	if at := tooManyDirectives(t.data); at >= 0 {
		return nil, []diag.Diagnostic{{Code: diag.FileTooLarge, Span: t.span(at, at+len("%TAG")),
			Message: fmt.Sprintf("more than %d lines name tags with %%TAG", maxDirectives), Hint: "remove those that the document does not use"}}
	}
	// From here on the data may differ from the file's by one digit of a directive; the places stay the same.
	t.data = knownVersion(t.data, parts)
	r := yamlReader{text: t, layer: opts.Layer}
	for _, part := range parts {
		node, err := parseYAML(t.data[part.from:part.to])
		if err != nil {
			r.add(explainYAML(t, part, err))
			continue
		}
		if node == nil || isEmptyYAML(node) {
			continue
		}
		if root := r.document(node, part); root != nil {
			roots = append(roots, root)
		}
	}
	return roots, r.diags
}

// yamlReader turns parsed documents into our tree.
type yamlReader struct {
	text  *text
	layer Layer
	diags []diag.Diagnostic
	size  int // values in all, those that aliases stand for counted each time

	// Of the document being read:
	slab     []Node // one for each value
	name     Node   // of the field last read
	lines    int32  // in the file before it
	lost     bool   // what it says cannot be known
	depth    int
	anchors  map[*yaml.Node]*anchored
	expanded int // values that its aliases stood for so far
}

// document reads one document; nil means that it has to be left out, having been refused.
func (r *yamlReader) document(y *yaml.Node, part yamlPart) *Node {
	r.lines, r.lost, r.depth, r.anchors, r.expanded = part.line-1, false, 0, nil, 0
	r.slab = make([]Node, values(y))
	if root := r.node(y); !r.lost {
		return root
	}
	return nil
}

// anchored is a node that aliases may stand for.
type anchored struct {
	node *Node
	size int // values in it, itself included; 0 while it is still being read
}

// refuse adds a diagnostic; whether the document can still be read is the caller's to say ([yamlReader.lost]).
func (r *yamlReader) refuse(code diag.Code, span diag.Span, message, hint string) {
	r.add(diag.Diagnostic{Code: code, Span: span, Message: message, Hint: hint})
}

// add drops what goes beyond [maxFindings].
func (r *yamlReader) add(d diag.Diagnostic) {
	if len(r.diags) < maxFindings {
		r.diags = append(r.diags, d)
	}
}

// values counts the nodes that are made of a value.
func values(y *yaml.Node) int {
	n := 1
	for i, c := range y.Content {
		if y.Kind != yaml.MappingNode || i%2 == 1 || !isName(c) {
			n += values(c)
		}
	}
	return n
}

// isName reports whether the key of an entry is read for its text alone, so that no node is kept of it.
func isName(key *yaml.Node) bool { return key.Kind == yaml.ScalarNode && key.Anchor == "" }

// node takes the next node of the slab, which has exactly as many as [values] has counted: one allocation for a
// document instead of one for each value.
func (r *yamlReader) node(y *yaml.Node) *Node {
	n := &r.slab[0]
	r.slab = r.slab[1:]
	n.Layer = r.layer
	r.read(y, n)
	return n
}

// read fills a node from the parsed one: an alias is what it stands for, everything else is held to the depth that is
// allowed.
func (r *yamlReader) read(y *yaml.Node, n *Node) {
	if y.Kind == yaml.AliasNode {
		r.alias(y, n)
		return
	}
	r.size++
	if y.Anchor != "" {
		defer r.anchor(y, n)()
	}
	off, tag := r.content(y)
	if r.depth++; r.depth > maxDepth {
		if !r.lost {
			r.add(tooDeep(r.text.span(off, off+1)))
		}
		r.lost = true
	} else {
		r.value(y, n, off, tag)
	}
	r.depth--
}

// value reads a node by its kind. Off is where its own text begins, past anchor and tag; the tag is applied last, since
// it may change a scalar's kind.
func (r *yamlReader) value(y *yaml.Node, n *Node, off int, tag yamlTag) {
	switch y.Kind {
	case yaml.MappingNode:
		n.Kind = Map
		r.mapping(y, n, off)
	case yaml.SequenceNode:
		n.Kind = List
		r.sequence(y, n, off)
	default:
		r.scalar(y, n, off)
	}
	if tag.text != "" {
		r.tag(n, tag)
	}
}

// anchor makes a node known to the aliases that follow; the function that it returns is called when it has been read.
func (r *yamlReader) anchor(y *yaml.Node, n *Node) (done func()) {
	if r.anchors == nil {
		r.anchors = map[*yaml.Node]*anchored{}
	}
	a := &anchored{node: n}
	r.anchors[y] = a
	before := r.size - 1
	return func() { a.size = r.size - before }
}

// alias makes n the anchored value again. Its parts are shared and keep their own places; the value itself stands
// where the alias does.
func (r *yamlReader) alias(y *yaml.Node, n *Node) {
	off := r.start(y)
	span := r.text.span(off, off+1+len(y.Value))
	a := r.anchors[y.Alias]
	if a == nil || a.size == 0 {
		r.refuse(diag.Syntax, span, fmt.Sprintf("the alias `*%s` stands inside of the value that it repeats", y.Value), "write the value out")
		r.lost = true
		return
	}
	r.size += a.size
	r.expanded += a.size
	if r.expanded > maxExpansion && !r.lost {
		r.refuse(diag.FileTooLarge, span, "the aliases of this document stand for more than 10,000 values", "write out what you need, without anchors and aliases")
		r.lost = true
	}
	*n = *a.node
	n.Span = span
}

// sequence reads the items of a list in block or flow style.
func (r *yamlReader) sequence(y *yaml.Node, n *Node, off int) {
	end := off + 1
	if len(y.Content) > 0 {
		n.Items = make([]*Node, len(y.Content))
	}
	for i, c := range y.Content {
		n.Items[i] = r.node(c)
		end = r.endOf(n.Items[i])
	}
	r.close(y, n, off, end, '[', ']')
}

// mapping reads the entries of a map. Of a key that stands twice the first is kept, and the second is refused: YAML
// forbids it, and readers differ on which one counts.
func (r *yamlReader) mapping(y *yaml.Node, n *Node, off int) {
	end := off + 1
	if len(y.Content) > 0 {
		n.Fields = make([]Field, 0, len(y.Content)/2)
	}
	var seen map[string]int // only for large maps: looking through a small one is faster
	if len(y.Content) > 2*16 {
		seen = make(map[string]int, len(y.Content)/2)
	}
	for i := 0; i+1 < len(y.Content); i += 2 {
		f, ok := r.key(y.Content[i])
		f.Node = r.node(y.Content[i+1])
		end = max(end, r.endOf(f.Node))
		if !ok {
			continue
		}
		if first := find(n, f.Key, seen); first >= 0 {
			r.add(duplicateKey(f.Key, f.Span, n.Fields[first].Span))
			continue
		}
		if seen != nil {
			seen[f.Key] = len(n.Fields)
		}
		n.Fields = append(n.Fields, f)
	}
	r.close(y, n, off, end, '{', '}')
}

// find is the index of a field by its key, -1 where there is none; seen is nil for small maps.
func find(n *Node, key string, seen map[string]int) int {
	if seen != nil {
		if i, ok := seen[key]; ok {
			return i
		}
		return -1
	}
	for i := range n.Fields {
		if n.Fields[i].Key == key {
			return i
		}
	}
	return -1
}

// key reads the key of an entry; not ok means that the entry is to be left out, having been refused.
func (r *yamlReader) key(y *yaml.Node) (f Field, ok bool) {
	n := &r.name
	if isName(y) {
		*n = Node{}
		r.read(y, n)
	} else {
		n = r.node(y)
	}
	f = Field{Key: n.Text, Span: n.Span}
	switch {
	case n.Kind == List || n.Kind == Map:
		r.refuse(diag.Syntax, n.Span, "a list or map cannot be the name of a field",
			"a text that begins with `{` or `[` needs quotes; templates (`{{ … }}`) have to be rendered before")
		r.lost = true
		return f, false
	case f.Key == "<<" && y.Kind == yaml.ScalarNode && y.Style&^yaml.TaggedStyle == 0:
		r.refuse(diag.WrongValue, n.Span, "merge keys (`<<`) are not read, because YAML 1.2 has none and readers differ on them",
			"repeat the fields here, or put what runs share into a profile or into the project's defaults")
		r.lost = true
		return f, false
	}
	return f, true
}
