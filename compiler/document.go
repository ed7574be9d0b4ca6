package compiler

import (
	"fmt"
	"path"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// The kinds of document.
const (
	kindRun     = "Run"
	kindProfile = "Profile"
	kindProject = "Project"
)

// kinds is every kind, in the order in which messages list them.
var kinds = []string{kindRun, kindProfile, kindProject}

// envelope is a document taken apart: metadata and spec, whichever form it was written in.
// Both maps are there even where the document has none; a bare run has its fields sorted into them. The kind is one of
// kinds.
type envelope struct {
	kind     string
	bare     bool
	metadata *source.Node // a map
	spec     *source.Node // a map
	specAt   diag.Span    // where a field that is missing in the spec is reported
	metaAt   diag.Span
	unnamed  bool // metadata is misspelt or no map, which was said
}

// path turns the place of a value in a plan into words: in a bare run there is no `spec`.
func (e *envelope) path(plan string) string {
	if e.bare {
		return strings.TrimPrefix(plan, "spec.")
	}
	if plan == "name" || plan == "namespace" || strings.HasPrefix(plan, "labels") || strings.HasPrefix(plan, "annotations") {
		return "metadata." + plan
	}
	return plan
}

// metadataPath is where the metadata stands for its author: a bare run has its name at the top.
func (e *envelope) metadataPath() string {
	if e.bare {
		return ""
	}
	return "metadata"
}

// specPath is the path of the spec for its author; empty in a bare run.
func (e *envelope) specPath() string {
	if e.bare {
		return ""
	}
	return "spec"
}

// maxValues bounds one run, profile or project. A cluster takes no object of more than 1.5 MiB, and what is compared
// item by item with all others would take minutes.
const maxValues = 20_000

// values counts the values in a tree, until there are more than the limit.
func values(n *source.Node, limit int) int {
	count := 1
	for i := 0; i < len(n.Fields) && count <= limit; i++ {
		count += values(n.Fields[i].Node, limit-count)
	}
	for i := 0; i < len(n.Items) && count <= limit; i++ {
		count += values(n.Items[i], limit-count)
	}
	return count
}

// open takes a document apart. It returns nil when the document is none of ours, which it then has said.
func (c *checker) open(doc source.Document) *envelope {
	root := doc.Root
	if root.Kind != source.Map {
		c.refuse(root, diag.Diagnostic{Code: diag.Document, Span: head(root),
			Message: fmt.Sprintf("a run is a map of fields, not %s", kindWords(root)),
			Hint:    "write name: …, action: job and image: …"})
		return nil
	}
	// Before anything is compared: all that follows may take time in proportion to pairs of values.
	if values(root, maxValues) > maxValues {
		c.refuse(root, diag.Diagnostic{Code: diag.FileTooLarge, Span: head(root),
			Message: fmt.Sprintf("this document has more than %d values", maxValues), Hint: "no object that a cluster takes needs that; divide it"})
		return nil
	}
	version, kind := root.Field("apiVersion"), root.Field("kind")
	if version == nil && kind == nil {
		return bareRun(root)
	}
	if !c.identity(root, version, kind) {
		return nil
	}
	e := &envelope{kind: kind.Node.Text, metadata: &source.Node{Kind: source.Map}, spec: &source.Node{Kind: source.Map}}
	// Until a part is found, what is missing in it is reported at the document's beginning.
	e.metaAt, e.specAt = start(root.Span), start(root.Span)
	e.unnamed = !c.part(root, "metadata", &e.metadata, &e.metaAt)
	if !c.part(root, "spec", &e.spec, &e.specAt) {
		return nil
	}
	return e
}

// part finds metadata or spec. It reports whether there is one to look into; when there is none, that was said.
func (c *checker) part(root *source.Node, name string, into **source.Node, at *diag.Span) bool {
	f := root.Field(name)
	switch {
	case f == nil && misspelt(root, name):
		return false
	case f == nil && name == "spec":
		c.add(diag.Diagnostic{Code: diag.MissingField, Span: *at, Path: name, Message: "spec is missing",
			Hint: "the fields beside apiVersion, kind and metadata stand under spec"})
		return false
	case f == nil:
		return true // its name is missed
	case f.Node.Kind == source.Map:
		*into, *at = f.Node, f.Span
	case f.Node.Kind == source.Null:
		*at = f.Span // empty: what is missing in it is said next
	default:
		c.wrongType(f.Node, name, "a map", "")
		return false
	}
	return true
}

// misspelt reports whether a field of the envelope was probably meant for another.
func misspelt(root *source.Node, name string) bool {
	for _, f := range root.Fields {
		if best, ok := diag.Nearest(f.Key, schema.TypeRun.Names()); ok && best == name {
			return true
		}
	}
	return false
}

// bareMetadata are the fields of a bare run that an enveloped one has under metadata.
var bareMetadata = []string{"name", "namespace", "labels", "annotations"}

// bareRun splits the fields of a bare run. A document with neither apiVersion nor kind is one.
func bareRun(root *source.Node) *envelope {
	e := &envelope{kind: kindRun, bare: true}
	e.metadata = &source.Node{Kind: source.Map, Layer: root.Layer, Span: root.Span}
	e.spec = &source.Node{Kind: source.Map, Layer: root.Layer, Span: root.Span}
	for _, f := range root.Fields {
		into := e.spec
		if contains(bareMetadata, f.Key) {
			into = e.metadata
		}
		into.Fields = append(into.Fields, f)
	}
	e.metaAt, e.specAt = start(root.Span), start(root.Span)
	return e
}

// identity checks apiVersion and kind, and the fields beside them.
func (c *checker) identity(root *source.Node, version, kind *source.Field) bool {
	ok := true
	refuse := func(span diag.Span, path, message, hint string, fix *diag.Fix) {
		ok = false
		c.add(diag.Diagnostic{Code: diag.Document, Span: span, Path: path, Message: message, Hint: hint, Fix: fix})
	}
	switch {
	case kind == nil:
		refuse(start(root.Span), "kind", "kind is missing", "write kind: "+diag.OneOf(kinds), nil)
	case !kind.Node.Scalar():
		refuse(head(kind.Node), "kind", "kind has to be "+diag.OneOf(kinds), "", nil)
	case !contains(kinds, kind.Node.Text):
		d := wrongChoice(kind.Node.Text, kind.Node.Span, "kind", kinds)
		// With an apiVersion of its own it is a manifest: importing it is the way, not another kind.
		if version != nil && version.Node.Scalar() && version.Node.Text != "berth/v1" {
			refuse(kind.Node.Span, "kind", fmt.Sprintf("%s is an object of Kubernetes, not a run", diag.Quote(kind.Node.Text)),
				"`berth import` writes a Run from one", nil)
			return false
		}
		refuse(d.Span, "kind", d.Message, d.Hint, d.Fix)
	}
	switch {
	case version == nil:
		refuse(start(root.Span), "apiVersion", "apiVersion is missing", "write apiVersion: berth/v1", nil)
	case !version.Node.Scalar() || version.Node.Text != "berth/v1":
		refuse(head(version.Node), "apiVersion", "apiVersion has to be berth/v1", "write berth/v1", replacement(version.Node.Span, "berth/v1", version.Node.Scalar()))
	}
	if ok {
		c.beside(root, kind.Node.Text)
	}
	return ok
}

// envelopes are the types of the whole documents, for what may stand beside kind.
var envelopes = map[string]*schema.Type{kindRun: &schema.TypeRun, kindProfile: &schema.TypeProfile, kindProject: &schema.TypeProject}

// beside refuses fields beside apiVersion, kind, metadata and spec.
func (c *checker) beside(root *source.Node, kind string) {
	for i := range root.Fields {
		f := &root.Fields[i]
		if envelopes[kind].Field(f.Key) != nil {
			continue
		}
		d := diag.Diagnostic{Code: diag.UnknownField, Span: f.Span, Path: f.Key}
		d.Message = fmt.Sprintf("%s does not stand beside kind", diag.Quote(f.Key))
		switch {
		case schema.TypeRunFields.Field(f.Key) != nil || schema.TypeProfileSpec.Field(f.Key) != nil || schema.TypeProjectSpec.Field(f.Key) != nil:
			d.Hint = "move it under spec"
		case contains(bareMetadata, f.Key):
			d.Hint = "move it under metadata"
		default:
			if best, ok := diag.Nearest(f.Key, envelopes[kind].Names()); ok {
				rename(&d, f, root, best, false)
			}
		}
		c.mark(f.Node)
		c.add(d)
	}
}

// runName is the name of a run: what it says, or for a single bare run the base name of its file.
func (c *checker) runName(e *envelope, doc source.Document, alone bool) *source.Node {
	if f := e.metadata.Field("name"); f != nil {
		return f.Node
	}
	if e.unnamed || misnamed(e.metadata) {
		return nil
	}
	if !e.bare || !alone {
		d := diag.Diagnostic{Code: diag.MissingField, Span: e.metaAt, Path: e.path("name"), Message: e.path("name") + " is missing"}
		d.Hint = "write name: <name>"
		if e.bare {
			d.Hint = "where a file holds several runs, each has to be named"
		}
		c.add(d)
		return nil
	}
	// A bare run alone in its file is called as the file is, without folder and extension.
	base := path.Base(doc.File.Name)
	base = strings.TrimSuffix(base, path.Ext(base))
	if !schema.TypeRunName.AcceptsText(base) {
		d := diag.Diagnostic{Code: diag.BadName, Span: e.metaAt, Path: "name"}
		d.Message = fmt.Sprintf("the run has no name, and its file's name %s is not one: it has to be %s", diag.Quote(base), schema.TypeRunName.Says)
		d.Hint = "write name: <name>"
		c.add(d)
		return nil
	}
	return &source.Node{Kind: source.String, Text: base, Layer: source.RunSpec, Span: diag.Span{File: doc.File}}
}

// misnamed reports whether the metadata has a field that was probably meant for the name.
func misnamed(metadata *source.Node) bool {
	for _, f := range metadata.Fields {
		if schema.TypeMetadata.Field(f.Key) == nil {
			if best, ok := diag.Nearest(f.Key, schema.TypeMetadata.Names()); ok && best == "name" {
				return true
			}
		}
	}
	return false
}
