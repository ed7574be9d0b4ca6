// Package template reads the platform's templates, a form in which profiles may be written.
package template

import (
	"fmt"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// otherSpellings are the templates' words for settings of a machine, where they are not the settings' own.
var otherSpellings = map[string]string{
	"nodeSelector": "node_selector", "runtimeClass": "runtime_class", "runtimeClassName": "runtime_class",
	"priorityClass": "priority_class", "priorityClassName": "priority_class", "imagePullPolicy": "image_pull_policy",
	"imagePullSecrets": "image_pull_secrets", "serviceAccount": "service_account", "serviceAccountName": "service_account",
	"runAsUser": "run_as_user", "runAsGroup": "run_as_group", "fsGroup": "fs_group",
}

// setting is a template's field as a profile calls it. What neither knows stays as it is, and the profile's own check
// refuses it by its place.
func setting(field string) string {
	if own, ok := otherSpellings[field]; ok {
		return own
	}
	return field
}

// Read reads the documents of one file as a template: one document with `id` and no `kind`, then optional base
// objects. It returns the Profile document that they mean, as a tree whose values stand where the template has them; ok
// is false when the file holds no template at all.
func Read(docs []source.Document) (profile *source.Node, ok bool, diags []diag.Diagnostic) {
	at := slices.IndexFunc(docs, isTemplate)
	if at < 0 {
		return nil, false, nil
	}
	root := docs[at].Root
	spec := []source.Field{field("require", required(root))}
	if about := description(root); about != nil {
		spec = append(spec, *about)
	}
	if resource := acceleratorOf(root.Get("resources")); resource != nil {
		spec = append(spec, field("accelerator", mapOf(root, source.Field{Key: "resource", Span: resource.Span, Node: name(*resource)})))
	}
	base, diags := baseObjects(docs, at)
	if len(base) > 0 {
		spec = append(spec, field("base", mapOf(root, base...)))
	}
	id := root.Field("id")
	return mapOf(root,
		field("apiVersion", text(root, "berth/v1")), field("kind", text(root, "Profile")),
		field("metadata", mapOf(root, source.Field{Key: "name", Span: id.Span, Node: id.Node})),
		field("spec", mapOf(root, spec...))), true, diags
}

// isTemplate reports whether a document has what every template has and no document of Berth's or of Kubernetes' has.
func isTemplate(d source.Document) bool {
	return d.Root.Get("id") != nil && d.Root.Get("kind") == nil && d.Root.Get("apiVersion") == nil
}

// description is the template's own, or else its display name.
func description(root *source.Node) *source.Field {
	for _, key := range []string{"description", "name"} {
		if f := root.Field(key); f != nil && f.Node.Kind != source.Null {
			return &source.Field{Key: "description", Span: f.Span, Node: f.Node}
		}
	}
	return nil
}

// required is every other field that is set, under the name that a profile gives it.
func required(root *source.Node) *source.Node {
	var fields []source.Field
	for _, f := range root.Fields {
		if f.Key == "id" || f.Key == "name" || f.Key == "description" || f.Node.Kind == source.Null {
			continue
		}
		f.Key = setting(f.Key)
		if f.Key == "labels" {
			f.Node = labels(f.Node)
		}
		fields = append(fields, f)
	}
	return mapOf(root, fields...)
}

// labels turns a list of {name, value} into a map.
func labels(n *source.Node) *source.Node {
	if n.Kind != source.List {
		return n
	}
	var fields []source.Field
	for _, item := range n.Items {
		key, value := item.Get("name"), item.Get("value")
		if key == nil {
			key = item.Get("key")
		}
		if !key.Scalar() || value == nil {
			return n
		}
		fields = append(fields, source.Field{Key: key.Text, Span: key.Span, Node: value})
	}
	return mapOf(n, fields...)
}

// baseObjects are the other documents of the template's file, by kind.
func baseObjects(docs []source.Document, template int) (base []source.Field, diags []diag.Diagnostic) {
	for i, d := range docs {
		kind := d.Root.Get("kind")
		switch {
		case i == template:
		case !kind.Scalar() || !slices.Contains(schema.TypeBaseKind.Enum, kind.Text):
			diags = append(diags, diag.Diagnostic{Code: diag.Document, Span: first(d.Root),
				Message: "this document can be no base object of the template above it",
				Hint:    "a template's file holds one document with `id`, then " + diag.OneOf(schema.TypeBaseKind.Enum)})
		case slices.ContainsFunc(base, func(f source.Field) bool { return f.Key == kind.Text }):
			diags = append(diags, diag.Diagnostic{Code: diag.Duplicate, Span: kind.Span,
				Message: fmt.Sprintf("the template has two base objects of kind %s", kind.Text), Hint: "keep one of them"})
		default:
			base = append(base, source.Field{Key: kind.Text, Span: kind.Span, Node: d.Root})
		}
	}
	return base, diags
}

// first is a document's first character, where the document as a whole is meant.
func first(n *source.Node) diag.Span {
	s := n.Span
	if s.Known() {
		s.EndLine, s.EndCol = s.Line, s.Col+1
	}
	return s
}

// The nodes that no file holds stand at the place of the map that they are made from.

// mapOf is a map in the place of another value; fields without a place of their own get its first character.
func mapOf(at *source.Node, fields ...source.Field) *source.Node {
	for i := range fields {
		if fields[i].Span.File == nil {
			fields[i].Span = first(at)
		}
	}
	return &source.Node{Kind: source.Map, Layer: at.Layer, Span: at.Span, Fields: fields}
}

// field is a field without a place, which [mapOf] gives it.
func field(key string, n *source.Node) source.Field { return source.Field{Key: key, Node: n} }

// text is a value that no file holds.
func text(at *source.Node, s string) *source.Node {
	return &source.Node{Kind: source.String, Layer: at.Layer, Quoted: true, Text: s, Span: first(at)}
}

// name is a field's key as a value.
func name(f source.Field) *source.Node {
	return &source.Node{Kind: source.String, Layer: f.Node.Layer, Quoted: true, Text: f.Key, Span: f.Span}
}
