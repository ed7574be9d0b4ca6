package proof

import (
	"slices"

	"berth/schema"
)

// reach is a set of the schema's fields, as "Volume.sub_path": the definition and the name.
type reach map[string]bool

// mark adds every field of a document that stands in it.
func (r reach) mark(t *schema.Type, value any) {
	switch t.Kind {
	case schema.StructKind:
		o, _ := value.(map[string]any)
		for name, v := range o {
			if f := t.Field(name); f != nil {
				r[t.Name+"."+name] = true
				r.mark(f.Type, v)
			}
		}
	case schema.ListKind:
		list, _ := value.([]any)
		for _, v := range list {
			r.mark(t.Elem, v)
		}
	case schema.MapKind:
		o, _ := value.(map[string]any)
		for _, v := range o {
			r.mark(t.Elem, v)
		}
	}
}

// every adds every field that a document of the type may have.
func (r reach) every(t *schema.Type) {
	switch t.Kind {
	case schema.StructKind:
		for i := range t.Fields {
			id := t.Name + "." + t.Fields[i].Name
			if !r[id] {
				r[id] = true
				r.every(t.Fields[i].Type)
			}
		}
	case schema.ListKind, schema.MapKind:
		r.every(t.Elem)
	}
}

// without lists the fields that are in r and not in other.
func (r reach) without(other reach) []string {
	var missing []string
	for id := range r {
		if !other[id] {
			missing = append(missing, id)
		}
	}
	slices.Sort(missing)
	return missing
}
