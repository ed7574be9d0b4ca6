package lsp

import (
	"slices"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// bareRun has the fields of a run without an envelope.
var bareRun = func() *schema.Type {
	t := schema.TypeRunSpec
	t.Fields = append(slices.Clone(t.Fields), schema.TypeMetadata.Fields...)
	return &t
}()

// documentType is what the schema says of a document.
func documentType(doc source.Document) *schema.Type {
	switch compiler.Kind(doc) {
	case "Project":
		return &schema.TypeProject
	case "Profile":
		return &schema.TypeProfile
	case "Template":
		return nil
	}
	if doc.Root.Get("kind") != nil || doc.Root.Get("apiVersion") != nil {
		return &schema.TypeRun
	}
	return bareRun
}

// place is a value's place as the schema sees it.
type place struct {
	owner *schema.Type  // the struct that the field is of, nil where there is none
	field *schema.Field // nil in lists and maps
	typ   *schema.Type  // nil where the schema says nothing
	spec  *source.Node  // the map of run fields that the place is in: the run's own, an environment's, a profile's default
}

// placeOf walks a path of a document through the schema.
func placeOf(doc source.Document, path string) place {
	p := place{typ: documentType(doc)}
	node := doc.Root
	for _, step := range diag.Split(path) {
		if p.typ == nil {
			return p
		}
		p.descend(step, node)
		node = child(node, step)
	}
	p.enter(node)
	return p
}

// descend goes one step down; node is the value that the step leads out of.
func (p *place) descend(step string, node *source.Node) {
	p.enter(node)
	t := p.typ
	p.owner, p.field, p.typ = nil, nil, nil
	switch {
	case t.Kind == schema.StructKind:
		if f := t.Field(step); f != nil {
			p.owner, p.field, p.typ = t, f, f.Type
		}
	case diag.Index(step) >= 0 && t.Kind == schema.ListKind:
		p.typ = t.Elem
	case t.Kind == schema.MapKind && t.Elem == &schema.TypeAmounts && slices.Contains(sides, step):
		p.typ = kubernetesAmounts
	case t.Kind == schema.MapKind:
		p.typ = t.Elem
	}
}

// sides are the two maps in which Kubernetes itself has resources.
var sides = []string{"requests", "limits"}

// kubernetesAmounts are amounts by the names of resources, as Kubernetes has them.
var kubernetesAmounts = &schema.Type{Kind: schema.MapKind, Key: &schema.TypeResourceName, Elem: &schema.TypeQuantity}

// enter remembers the map of run fields that a value is.
func (p *place) enter(node *source.Node) {
	if t := p.typ; t != nil && t.Kind == schema.StructKind && t.Field("resources") != nil && t.Field("volumes") != nil {
		p.spec = node
	}
}

// child is one step down from a node: an index of a list or a key of a map. It is nil where there is nothing; n may be nil.
func child(n *source.Node, step string) *source.Node {
	if i := diag.Index(step); i >= 0 && n != nil && n.Kind == source.List {
		if i < len(n.Items) {
			return n.Items[i]
		}
		return nil
	}
	return n.Get(step)
}

// specOf is the spec of a run, whichever form it has.
func specOf(doc source.Document) *source.Node {
	if documentType(doc) == bareRun {
		return doc.Root
	}
	return doc.Root.Get("spec")
}
