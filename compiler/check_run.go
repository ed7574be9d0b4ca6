package compiler

import (
	"fmt"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// volumeType refuses an unknown type of volume first: what its spec may hold is then unknown as well.
func (c *checker) volumeType(n *source.Node, path string) {
	kind, spec := n.Get("volume_type"), n.Get("spec")
	if kind.Scalar() && schema.TypeVolumeType.AcceptsText(kind.Text) || spec == nil {
		return
	}
	c.mark(spec)
}

// volumeSpec refuses what a volume's spec holds that its volume_type has no use for, and what it lacks.
func (c *checker) volumeSpec(n *source.Node, path string) {
	kind, spec := n.Get("volume_type"), n.Field("spec")
	// Without a type that is known nothing can be said of the spec.
	if kind == nil || c.bad[kind] || spec != nil && spec.Node.Kind != source.Map || spec == nil && besideSpec(n) {
		return
	}
	own := schema.TypeVolumeSpecs.Field(kind.Text).Type
	at, where := start(n.Span), path
	var fields []source.Field
	if spec != nil {
		at, where, fields = spec.Span, diag.Join(path, "spec"), spec.Node.Fields
	}
	c.volumeFields(fields, own, kind.Text, where, at)
	if kind.Text == "persistent_volume_claim" {
		c.claimOrSize(fields, where, at)
	}
}

// volumeFields holds the fields of a volume's spec, or of an item in it, against what a volume of that type has there.
func (c *checker) volumeFields(fields []source.Field, own *schema.Type, kind, where string, at diag.Span) {
	for i := range fields {
		f := &fields[i]
		switch known := own.Field(f.Key); {
		case known == nil && (schema.TypeVolumeSpec.Field(f.Key) != nil || schema.TypeVolumeItem.Field(f.Key) != nil):
			c.notOfVolume(f, own, kind, where)
		case known != nil && known.Type.Kind == schema.ListKind && f.Node.Kind == source.List:
			for j, item := range f.Node.Items {
				if item.Kind == source.Map && !c.bad[item] {
					c.volumeFields(item.Fields, known.Type.Elem, kind, diag.At(diag.Join(where, f.Key), j), start(item.Span))
				}
			}
		}
	}
	for i := range own.Fields {
		f := &own.Fields[i]
		if f.Required && !slices.ContainsFunc(fields, func(have source.Field) bool { return have.Key == f.Name }) && !c.misspelt(fields) {
			c.missing(&schema.Field{Name: f.Name, Doc: volumeDoc(f.Name), Type: f.Type}, where, at)
		}
	}
}

// notOfVolume refuses a field that another type of volume has, and says which types those are.
func (c *checker) notOfVolume(f *source.Field, own *schema.Type, kind, where string) {
	if c.bad[f.Node] {
		return
	}
	c.mark(f.Node)
	d := diag.Diagnostic{
		Code: diag.Volume, Span: f.Span, Path: diag.Join(where, f.Key),
		Message: fmt.Sprintf("%s does not belong to a volume of type %s", f.Key, kind),
		Hint:    "its fields are " + diag.AllOf(own.Names()),
	}
	if types := volumeTypesWith(f.Key); len(types) > 0 {
		d.Hint += fmt.Sprintf("; %s belongs to %s", f.Key, diag.OneOf(types))
	}
	c.add(d)
}

// volumeDoc is what the schema says of a field of a volume's spec or of an item in it.
func volumeDoc(name string) string {
	for _, t := range []*schema.Type{&schema.TypeVolumeSpec, &schema.TypeVolumeItem} {
		if f := t.Field(name); f != nil {
			return f.Doc
		}
	}
	return ""
}

// besideSpec reports whether a volume has fields of its spec beside it, which was said then.
func besideSpec(volume *source.Node) bool {
	return slices.ContainsFunc(volume.Fields, func(f source.Field) bool {
		return schema.TypeVolume.Field(f.Key) == nil && schema.TypeVolumeSpec.Field(f.Key) != nil
	})
}

// misspelt reports whether one of the fields was refused already and may have been meant for one that is missing.
func (c *checker) misspelt(fields []source.Field) bool {
	return slices.ContainsFunc(fields, func(f source.Field) bool {
		return c.bad[f.Node] && schema.TypeVolumeSpec.Field(f.Key) == nil && schema.TypeVolumeItem.Field(f.Key) == nil
	})
}

// claimOrSize: a claim either exists, or is emitted with a size.
func (c *checker) claimOrSize(fields []source.Field, path string, at diag.Span) {
	spec := &source.Node{Kind: source.Map, Fields: fields}
	claim, size := spec.Field("claim_name"), spec.Field("size")
	d := diag.Diagnostic{Code: diag.Volume, Path: path}
	switch {
	case claim == nil && size == nil && !c.misspelt(fields):
		d.Span = at
		d.Message = path + " needs claim_name or size"
		d.Hint = "claim_name: <name> mounts a claim that exists; size: 10Gi makes Berth emit one"
		c.add(d)
	case claim != nil && size != nil:
		// The later one is refused, as with every duplicate.
		second, first := size, claim
		if size.Span.Line < claim.Span.Line || size.Span.Line == claim.Span.Line && size.Span.Col < claim.Span.Col {
			second, first = claim, size
		}
		d.Span, d.Path = second.Span, diag.Join(path, second.Key)
		d.Message = "a volume has claim_name or size, never both"
		d.Notes = []diag.Note{{Span: first.Span, Message: first.Key + " stands here"}}
		d.Hint = "claim_name mounts a claim that exists; size makes Berth emit one, named <run>-<volume>"
		c.add(d)
	case claim != nil:
		for _, name := range []string{"storage_class", "access_mode"} {
			if f := spec.Field(name); f != nil {
				c.add(diag.Diagnostic{
					Code: diag.Volume, Span: f.Span, Path: diag.Join(path, name),
					Message: name + " says how a claim is made, and claim_name mounts one that exists",
					Hint:    "remove " + name + ", or write size instead of claim_name",
				})
			}
		}
	}
}

// volumeTypesWith are the types of volume whose spec has a field.
func volumeTypesWith(field string) []string {
	var types []string
	for i := range schema.TypeVolumeSpecs.Fields {
		if f := &schema.TypeVolumeSpecs.Fields[i]; f.Type.Field(field) != nil {
			types = append(types, f.Name)
		}
	}
	return types
}

// actionFields refuses fields of a run that belong to another action than its own.
func (c *checker) actionFields(spec *source.Node, action, path string) {
	if spec == nil {
		return
	}
	for i := range spec.Fields {
		f := &spec.Fields[i]
		actions := schema.FieldActions(f.Key)
		if schema.TypeRunFields.Field(f.Key) == nil || actions == nil || contains(actions, action) {
			continue
		}
		c.mark(f.Node)
		c.add(diag.Diagnostic{
			Code: diag.WrongAction, Span: f.Span, Path: diag.Join(path, f.Key),
			Message: fmt.Sprintf("%s belongs to action %s, and this run's action is %s", f.Key, diag.OneOf(actions), action),
			Hint:    fmt.Sprintf("remove %s, or write action: %s", f.Key, diag.OneOf(actions)),
		})
	}
}

// itemKey is the identity of an item of a keyed list, and in words.
func itemKey(list string, item *source.Node) string {
	key := ""
	for _, field := range schema.KeyedLists[list] {
		text := field.Default
		if v := item.Get(field.Name); v.Scalar() {
			text = v.Text
		}
		// NUL stands in no text, so that the parts of two keys never run together.
		key += text + "\x00"
	}
	return key
}

// freely are the fields below which Kubernetes' own forms stand, or another run's fields.
var freely = []string{"patches", "environments", "affinity"}

// duplicates refuses the second of two items of one name in a keyed list, here and below.
func (c *checker) duplicates(spec *source.Node, path string) {
	if spec == nil || c.bad[spec] {
		return
	}
	for i := range spec.Fields {
		f := &spec.Fields[i]
		if contains(freely, f.Key) {
			continue
		}
		at := f.Below(path)
		if schema.KeyedLists[f.Key] != nil && f.Node.Kind == source.List {
			c.duplicateItems(f.Node, f.Key, at)
		}
		for j, item := range f.Node.Items {
			c.duplicates(item, diag.At(at, j))
		}
		c.duplicates(f.Node, at)
	}
}

// duplicateItems finds items of one identity in one list ([itemKey]). Layers are merged by that key, and Kubernetes
// merges most of these lists so as well: the second item would win without a word, or be refused there.
func (c *checker) duplicateItems(list *source.Node, name, path string) {
	seen := map[string]*source.Node{}
	for i, item := range list.Items {
		if item.Kind != source.Map || c.bad[item] {
			continue
		}
		key := itemKey(name, item)
		if first := seen[key]; first != nil {
			c.duplicate(item, first, name, diag.At(path, i))
			continue
		}
		seen[key] = item
	}
}

// duplicate refuses the later item at its name, where it has one, and points at the first. The item is marked, so that
// no rule speaks of it again.
func (c *checker) duplicate(item, first *source.Node, list, path string) {
	name := schema.KeyedLists[list][0].Name
	at, before := head(item), head(first)
	what := "this item"
	if v := item.Get(name); v.Scalar() {
		at, what = v.Span, name+" "+diag.Quote(v.Text)
		path = diag.Join(path, name)
	}
	if v := first.Get(name); v.Scalar() {
		before = v.Span
	}
	c.mark(item)
	c.add(diag.Diagnostic{
		Code: diag.Duplicate, Span: at, Path: path,
		Message: fmt.Sprintf("%s stands twice in %s", what, list),
		Notes:   []diag.Note{{Span: before, Message: "the first stands here"}},
		Hint:    "remove one of the two",
	})
}
