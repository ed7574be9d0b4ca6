package schema

// shapes is what may stand in a field: what the schema says, and the shorter forms that are lowered to it. A form that
// the compiler learns has its line here.
func (g *jsonSchema) shapes(f Field) object {
	canonical := g.value(f.Type)
	switch t := f.Type; {
	case f.Name == "profile" && len(g.profiles) > 0:
		return object{"enum": g.profiles}
	case f.Name == "extends" && len(g.profiles) > 0:
		known := object{"enum": g.profiles}
		return either(known, object{"type": "array", "items": known})
	case f.Name == "resources" && t.Elem == &TypeAmounts:
		return g.resources(t)
	case f.Name == "node_selector":
		pair := object{"type": "object", "properties": object{"key": text(&TypeLabelKey), "value": text(&TypeLabelValue)},
			"required": []string{"key", "value"}, "additionalProperties": false}
		return either(canonical, object{"type": "array", "items": pair})
	case f.Name == "secrets" && t.Kind == ListKind:
		return object{"type": "array", "items": either(text(&Type{}), g.value(t.Elem))}
	case f.Name == "files" && t.Kind == MapKind:
		return object{"type": "object", "additionalProperties": either(g.value(t.Elem), text(&Type{}))}
	case f.Name == "config_maps" && t.Kind == ListKind:
		return object{"type": "array", "items": either(text(&TypeDNSSubdomain), g.value(t.Elem))}
	case f.Name == "headers" && t.Kind == ListKind:
		return either(canonical, object{"type": "object", "propertyNames": key(TypeHeader.Field("name").Type), "additionalProperties": text(&Type{})})
	case t == &TypeSeccomp, t == &TypeAppArmor:
		return either(canonical, text(t.Field("type").Type))
	case f.Name == "patch":
		return object{"type": "object"}
	case f.Name == "bounds" && t.Kind == MapKind:
		amount := text(&TypeQuantity)
		values := object{"type": "array", "items": amount}
		return object{"type": "object", "additionalProperties": either(g.value(t.Elem), values, amount)}
	case f.Name == "node_labels" || f.Name == "profile_sets":
		return object{"type": "object", "additionalProperties": either(g.value(t.Elem), g.value(t.Elem.Elem))}
	case f.Name == "extends" || f.Name == "runs" || f.Name == "profiles" || f.Name == "policies":
		return either(canonical, g.value(t.Elem))
	case f.Name == "strategy":
		return either(canonical, text(&TypeStrategyType))
	case f.Name == "output", f.Name == "secrets", f.Name == "deprecated":
		return either(canonical, text(&Type{}))
	}
	return canonical
}

// resources are written by resource, with amounts or with one amount, for GPUs with a choice, or in Kubernetes' own two
// maps.
func (g *jsonSchema) resources(t *Type) object {
	amount := g.value(&TypeQuantity)
	amounts := object{"type": "object", "additionalProperties": amount}
	kubernetes := object{"type": "object", "properties": object{"requests": amounts, "limits": amounts}, "additionalProperties": false}
	gpu := either(g.value(t.Elem), amount, text(&TypeGPUChoice))
	other := either(g.value(t.Elem), amount)
	named := object{"gpu": described(gpu, "GPUs, whole ones: a number, or a choice such as `A100:80GB:1..8`. The profile says which resource of the cluster is meant.")}
	for name, doc := range resourceDocs {
		named[name] = described(object{"anyOf": other["anyOf"]}, doc)
	}
	byResource := object{"type": "object", "propertyNames": text(t.Key), "properties": named, "additionalProperties": other}
	return either(byResource, kubernetes)
}

// resourceDocs say what the words for resources mean.
var resourceDocs = map[string]string{
	"cpu":  "Processor cores, as `2` or `500m`. One amount is the request.",
	"mem":  "Memory, as `16Gi`. One amount is the request.",
	"disk": "The node's own disk (ephemeral-storage), as `100Gi`. One amount is the request.",
}

// either accepts what one of the shapes accepts. It is anyOf and not oneOf: shapes may overlap, as a text and a choice
// do.
func either(shapes ...object) object {
	any := make([]any, len(shapes))
	for i, s := range shapes {
		any[i] = s
	}
	return object{"anyOf": any}
}
