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
	if kind.Scalar() && diag.SameName(kind.Text, "host_path") {
		d := wrongChoice(kind.Text, kind.Span, diag.Join(path, "volume_type"), schema.TypeVolumeType.Enum)
		d.Hint = "no run may mount the files of its node; " + d.Hint
		c.refuse(kind, d)
	}
}

// volumeSpec refuses what a volume's spec holds that its volume_type has no use for, and what it lacks.
func (c *checker) volumeSpec(n *source.Node, path string) {
	kind, spec := n.Get("volume_type"), n.Field("spec")
	if kind == nil || c.bad[kind] || spec != nil && spec.Node.Kind != source.Map || spec == nil && besideSpec(n) {
		return
	}
	own := schema.TypeVolumeSpecs.Field(kind.Text).Type
	at, where := start(n.Span), path
	var fields []source.Field
	if spec != nil {
		at, where, fields = spec.Span, diag.Join(path, "spec"), spec.Node.Fields
	}
	for _, f := range fields {
		if own.Field(f.Key) == nil && schema.TypeVolumeSpec.Field(f.Key) != nil {
			c.mark(f.Node)
			c.add(diag.Diagnostic{
				Code: diag.Volume, Span: f.Span, Path: diag.Join(where, f.Key),
				Message: fmt.Sprintf("%s does not belong to a volume of type %s", f.Key, kind.Text),
				Hint:    fmt.Sprintf("its fields are %s; %s belongs to %s", diag.AllOf(own.Names()), f.Key, diag.OneOf(volumeTypesWith(f.Key))),
			})
		}
	}
	for i := range own.Fields {
		f := &own.Fields[i]
		if f.Required && (spec == nil || spec.Node.Field(f.Name) == nil) && !c.misspelt(fields, f.Name) {
			c.missing(&schema.Field{Name: f.Name, Doc: schema.TypeVolumeSpec.Field(f.Name).Doc, Type: f.Type}, where, at)
		}
	}
	if kind.Text == "persistent_volume_claim" {
		c.claimOrSize(fields, where, at)
	}
}

// besideSpec reports whether a volume has fields of its spec beside it, which was said then.
func besideSpec(volume *source.Node) bool {
	return slices.ContainsFunc(volume.Fields, func(f source.Field) bool {
		return schema.TypeVolume.Field(f.Key) == nil && schema.TypeVolumeSpec.Field(f.Key) != nil
	})
}

// misspelt reports whether one of the fields was refused already and may have been meant for a name.
func (c *checker) misspelt(fields []source.Field, name string) bool {
	for _, f := range fields {
		if c.bad[f.Node] && schema.TypeVolumeSpec.Field(f.Key) == nil {
			return true
		}
	}
	return false
}

// claimOrSize: a claim either exists, or is emitted with a size.
func (c *checker) claimOrSize(fields []source.Field, path string, at diag.Span) {
	spec := &source.Node{Kind: source.Map, Fields: fields}
	claim, size := spec.Field("claim_name"), spec.Field("size")
	d := diag.Diagnostic{Code: diag.Volume, Path: path}
	switch {
	case claim == nil && size == nil && !c.misspelt(fields, "claim_name"):
		d.Span = at
		d.Message = path + " needs claim_name or size"
		d.Hint = "claim_name: <name> mounts a claim that exists; size: 10Gi makes Berth emit one"
		c.add(d)
	case claim != nil && size != nil:
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
		key += text + "\x00"
	}
	return key
}

// duplicates refuses the second of two items of one name in a keyed list.
func (c *checker) duplicates(spec *source.Node, path string) {
	if spec == nil {
		return
	}
	for list := range schema.KeyedLists {
		node := spec.Get(list)
		if node == nil || node.Kind != source.List || len(node.Items) < 2 {
			continue
		}
		seen := map[string]*source.Node{}
		for i, item := range node.Items {
			if item.Kind != source.Map || c.bad[item] {
				continue
			}
			key := itemKey(list, item)
			if first := seen[key]; first != nil {
				c.duplicate(item, first, list, diag.At(diag.Join(path, list), i))
				continue
			}
			seen[key] = item
		}
	}
}

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
