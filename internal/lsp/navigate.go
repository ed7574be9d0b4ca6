package lsp

import (
	"context"
	"slices"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
)

// profileFields are the fields under which a profile's name stands.
var profileFields = []string{"profile", "extends", "use"}

// under is the field that a place is the value of; for an item of a list, the list's.
func (s spot) under() string {
	steps := diag.Split(s.path)
	for i := len(steps) - 1; i >= 0; i-- {
		if diag.Index(steps[i]) < 0 {
			return steps[i]
		}
	}
	return ""
}

// namesProfile reports whether the place is a profile's own name.
func (s spot) namesProfile() bool {
	return compiler.Kind(s.doc) == "Profile" && s.path == "metadata.name"
}

// mentions are those of the file's project, or of the file alone where it has none.
func (v *view) mentions(want func(mention) bool) []mention {
	if p := v.project(); p != nil && p.knows(v.path) {
		return p.mentions(want)
	}
	w := v.load()
	x := newIndexer(namesIn(w))
	x.workspace(w)
	return (&project{index: x.found}).mentions(want)
}

// locations are the places of mentions, never nil: an empty list tells the editor that there is none.
func (v *view) locations(found []mention) []location {
	locations := []location{}
	for _, m := range found {
		locations = append(locations, location{v.s.docs.uri(m.path), m.at})
	}
	return locations
}

// definition leads from a profile's name to the profile, from an amount to the profile's bound or default, and from an
// environment or a profile set to the project.
func (s *server) definition(_ context.Context, p positionParams) ([]location, error) {
	v, err := s.open(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	at, ok := v.spot(p.Position)
	if !ok || !v.ours() {
		return []location{}, nil
	}
	if field := at.under(); slices.Contains(profileFields, field) && at.node.Scalar() {
		return v.locations(v.mentions(func(m mention) bool { return m.field == declares && m.name == at.node.Text })), nil
	}
	if node := v.decider(at); node != nil {
		w := v.load()
		c := s.converter(namesIn(w))
		if l, ok := c.location(node.Span); ok {
			return []location{l}, nil
		}
	}
	return []location{}, nil
}

// decider is the value elsewhere that a place depends on, nil where there is none.
func (v *view) decider(at spot) *source.Node {
	steps := diag.Split(at.path)
	w := v.load()
	if i := slices.Index(steps, "resources"); i >= 0 && len(steps) > i+1 {
		return v.bound(at, steps[i+1])
	}
	if w.Project == nil {
		return nil
	}
	if i := slices.Index(steps, "environments"); at.onKey && i >= 0 && len(steps) == i+2 {
		return keyNode(w.Project.Tree.Get("environments"), steps[i+1])
	}
	if at.under() == "profile_set" {
		return keyNode(w.Project.Tree.Get("profile_sets"), at.node.Text)
	}
	return nil
}

// keyNode is a node in the place of a map's key.
func keyNode(n *source.Node, key string) *source.Node {
	f := n.Field(key)
	if f == nil {
		return nil
	}
	return &source.Node{Span: f.Span}
}

// bound is what the profile of a run says of a resource: its bound, else its amount for each GPU, else its default.
func (v *view) bound(at spot, resource string) *source.Node {
	name := specOf(at.doc).Get("profile")
	for _, p := range v.profiles() {
		if !name.Scalar() || p.Name != name.Text {
			continue
		}
		for _, n := range []*source.Node{p.Bounds.Get(resource), p.PerGPU.Get(resource), p.Default.Get("resources").Get(resource)} {
			if n != nil && n.Span.File != nil {
				return n
			}
		}
	}
	return nil
}

// references are the places where the name under the cursor stands: of a profile in runs, in environments and in profiles
// that extend it, of a claim, a queue, a service account in all runs.
func (s *server) references(_ context.Context, p referenceParams) ([]location, error) {
	v, err := s.open(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	at, ok := v.spot(p.Position)
	if !ok || !at.node.Scalar() || !v.ours() {
		return []location{}, nil
	}
	field := at.under()
	switch {
	case at.namesProfile(), slices.Contains(profileFields, field):
		return v.locations(v.mentions(func(m mention) bool {
			return m.name == at.node.Text && (slices.Contains(profileFields, m.field) || p.Context.IncludeDeclaration && m.field == declares)
		})), nil
	case mentioned[field]:
		return v.locations(v.mentions(func(m mention) bool { return m.name == at.node.Text && m.field == field })), nil
	}
	return []location{}, nil
}

// The kinds of symbol that are used.
const (
	documentKind = 5 // class
	fieldKind    = 8
	entryKind    = 7
)

// symbols outlines a file: its documents, and what stands in them to a depth that a list is read in.
func (s *server) symbols(_ context.Context, p documentParams) ([]documentSymbol, error) {
	v, err := s.open(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	symbols := []documentSymbol{}
	if !v.ours() {
		return symbols, nil
	}
	for _, doc := range v.docs {
		if doc.Root.Kind != source.Map || doc.Root.Span.Line < 1 {
			continue
		}
		kind := compiler.Kind(doc)
		if kind == "" {
			kind = "Run"
		}
		r := v.text.of(doc.Root.Span)
		symbol := documentSymbol{Name: nameIn(doc, v.path), Detail: kind, Kind: documentKind, Range: r, SelectionRange: r}
		symbol.Children = v.outline(doc.Root, outlineDepth)
		symbols = append(symbols, symbol)
	}
	return symbols, nil
}

// outlineDepth is how deep documents are outlined.
const outlineDepth = 4

// outline is the tree of symbols below a node, to a depth that keeps large files fast. An item of a list is a symbol only
// where it has a name to be shown by; its fields are not opened.
func (v *view) outline(n *source.Node, depth int) []documentSymbol {
	var children []documentSymbol
	if depth == 0 {
		return nil
	}
	for _, f := range n.Fields {
		if f.Span.Line < 1 {
			continue
		}
		key, value := v.text.of(f.Span), v.text.of(f.Node.Span)
		whole := textRange{key.Start, value.End}
		// A value without a place, or one that an alias has elsewhere: the key is all there is to show.
		if f.Node.Span.Line < 1 || before(whole.End, key.End) {
			whole = key
		}
		symbol := documentSymbol{Name: f.Key, Kind: fieldKind, Range: whole, SelectionRange: key, Children: v.outline(f.Node, depth-1)}
		if f.Node.Scalar() {
			symbol.Detail = diag.Safe(f.Node.Text)
		}
		if symbol.Name == "" {
			symbol.Name = `""` // a symbol has to have a name
		}
		children = append(children, symbol)
	}
	for _, item := range n.Items {
		if name := item.Get("name"); name.Scalar() && item.Span.Line > 0 && name.Text != "" {
			r := v.text.of(item.Span)
			children = append(children, documentSymbol{Name: name.Text, Kind: entryKind, Range: r, SelectionRange: r})
		}
	}
	return children
}

// nameIn is a document's name, or else the one that it gets.
func nameIn(doc source.Document, path string) string {
	for _, n := range []*source.Node{doc.Root.Get("metadata").Get("name"), doc.Root.Get("name")} {
		if n.Scalar() && n.Text != "" {
			return n.Text
		}
	}
	return baseName(path)
}
