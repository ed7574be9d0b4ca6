package schema

import (
	"encoding/json"
	"slices"
	"strconv"
)

// object is a JSON object: encoding/json sorts its keys, so that the text is always the same.
type object = map[string]any

// Documents are the kinds of document that [JSONSchema] knows, in lower case.
var Documents = []string{"run", "profile", "project"}

// JSONSchema is the JSON Schema (draft 7, which editors know best) of a kind of document, with every shape that may be
// written. It is made of the tables, and these of the CUE files. Rules between fields are left to the compiler. The text
// is nil for a kind that is not in [Documents]. Where profiles are given, `profile` and `extends` have to name one of them.
func JSONSchema(kind string, profiles ...string) []byte {
	g := jsonSchema{definitions: object{}, profiles: profiles}
	var root object
	switch kind {
	case "run":
		root = g.run()
	case "profile":
		root = g.value(&TypeProfile)
	case "project":
		root = g.value(&TypeProject)
	default:
		return nil
	}
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["title"] = "Berth " + kind
	root["definitions"] = g.definitions
	text, _ := json.MarshalIndent(root, "", "  ") // maps, slices and scalars alone
	return append(text, '\n')
}

// jsonSchema collects the definitions that a schema refers to.
type jsonSchema struct {
	definitions object
	profiles    []string
}

// run is a run with its envelope or without, or a list of them.
func (g *jsonSchema) run() object {
	g.definitions["EnvelopedRun"] = g.fields("A run.", []Field{
		*TypeRun.Field("apiVersion"), *TypeRun.Field("kind"), *TypeRun.Field("metadata"),
		{Name: "spec", Doc: TypeRun.Field("spec").Doc, Required: true, Type: &Type{}},
	})
	enveloped := g.definitions["EnvelopedRun"].(object)["properties"].(object)
	enveloped["spec"] = g.byAction("Spec", nil)
	bareFields := slices.Clone(TypeMetadata.Fields)
	for i := range bareFields {
		bareFields[i].Required = false // a bare run is called after its file
	}
	g.definitions["BareRun"] = g.byAction("Bare", bareFields)
	g.definitions["Run"] = object{
		"if":   object{"anyOf": []any{object{"required": []string{"kind"}}, object{"required": []string{"apiVersion"}}}},
		"then": reference("EnvelopedRun"), "else": reference("BareRun"),
	}
	list := object{"type": "array", "items": reference("Run")}
	return object{"if": object{"type": "array"}, "then": list, "else": reference("Run"), "defaultSnippets": runSnippets}
}

// runSnippets are what editors offer in an empty file: a run in both forms.
var runSnippets = []any{
	object{"label": "run", "description": "a run's fields alone", "body": object{"name": "${1:train}", "action": "${2|job,serve,deploy|}", "image": "${3:ghcr.io/acme/train:1.0}"}},
	object{"label": "run with kind", "description": "a run in the form of Kubernetes' objects", "body": object{
		"apiVersion": "berth/v1", "kind": "Run", "metadata": object{"name": "${1:train}"},
		"spec": object{"action": "${2|job,serve,deploy|}", "image": "${3:ghcr.io/acme/train:1.0}"}}},
}

// byAction is the specification of a run, whose action decides which other fields there are.
func (g *jsonSchema) byAction(prefix string, beside []Field) object {
	var actions []string
	var cases []any
	for _, a := range ActionSpecs {
		name := prefix + "-" + a.Action
		fields := append(slices.Clone(beside), a.Type.Fields...)
		for i := range fields {
			if f := TypeRunSpec.Field(fields[i].Name); f != nil {
				fields[i].Doc = f.Doc
			}
		}
		g.definitions[name] = g.fields("The fields of action "+a.Action+".", fields)
		cases = append(cases, object{
			"if":   object{"properties": object{"action": object{"const": a.Action}}, "required": []string{"action"}},
			"then": reference(name),
		})
		actions = append(actions, a.Action)
	}
	action := object{"enum": actions, "description": TypeRunSpec.Field("action").Doc}
	return object{"type": "object", "properties": object{"action": action}, "required": []string{"action"}, "allOf": cases}
}

// reference points to a definition of the same document.
func reference(name string) object { return object{"$ref": "#/definitions/" + name} }

// value is what may stand where a value of the type is meant.
func (g *jsonSchema) value(t *Type) object {
	switch t.Kind {
	case TextKind:
		return text(t)
	case IntKind:
		return integer(t)
	case BoolKind:
		return object{"type": "boolean"}
	case ListKind:
		return object{"type": "array", "items": g.value(t.Elem)}
	case MapKind:
		return object{"type": "object", "propertyNames": key(t.Key), "additionalProperties": g.value(t.Elem)}
	case StructKind:
		return g.structure(t)
	}
	return object{}
}

// structure refers to the definition of a struct, and makes it where there is none yet.
func (g *jsonSchema) structure(t *Type) object {
	if t.Name == "" {
		return g.fields(t.Doc, t.Fields)
	}
	if _, ok := g.definitions[t.Name]; !ok {
		g.definitions[t.Name] = nil // types may hold themselves
		g.definitions[t.Name] = g.fields(t.Doc, t.Fields)
	}
	return reference(t.Name)
}

// fields is an object with these fields and no other, as the compiler refuses unknown ones.
func (g *jsonSchema) fields(doc string, fields []Field) object {
	properties, required := object{}, []string{}
	for _, f := range fields {
		properties[f.Name] = described(g.shapes(f), f.Doc)
		if f.Required {
			required = append(required, f.Name)
		}
	}
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	if doc != "" {
		o["description"] = doc
	}
	return o
}

// described adds a description; beside a reference, draft 7 would not see it.
func described(o object, doc string) object {
	if doc == "" {
		return o
	}
	if _, ok := o["$ref"]; ok {
		o = object{"allOf": []any{o}}
	}
	o["description"] = doc
	return o
}

// text is what may stand for a text: a string, and where the text of a number or of true and false would do, these
// without quotes as well.
func text(t *Type) object {
	if t.Name == TypeQuantity.Name {
		return object{"type": scalars(t), "pattern": t.Match[0], "patternErrorMessage": "it has to be " + t.Says}
	}
	if len(t.Either) > 0 {
		return alternatives(t)
	}
	o := key(t)
	o["type"] = scalars(t)
	return o
}

// alternatives are what may stand for a value of two kinds; a number may be in quotes as well.
func alternatives(t *Type) object {
	var shapes []object
	for _, a := range t.Either {
		if a.Kind == IntKind {
			shapes = append(shapes, integer(a), object{"type": "string", "pattern": "^-?[0-9]+$"})
			continue
		}
		shapes = append(shapes, text(a))
	}
	return either(shapes...)
}

// scalars are the types of JSON whose text a type takes.
func scalars(t *Type) []string {
	kinds := []string{"string"}
	switch {
	case t.AcceptsText("1.5"), slices.ContainsFunc(t.Enum, isNumber):
		kinds = append(kinds, "number")
	case t.AcceptsText("1"):
		kinds = append(kinds, "integer")
	}
	if t.AcceptsText("true") {
		kinds = append(kinds, "boolean")
	}
	return kinds
}

// isNumber reports whether YAML or JSON could read a choice as a number when it stands without quotes.
func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// spellings are the texts to choose from, those of numbers without quotes as well.
func spellings(enum []string) []any {
	var all []any
	for _, s := range enum {
		all = append(all, s)
		if isNumber(s) {
			all = append(all, json.Number(s))
		}
	}
	return all
}

// key is the text of a field's name, which JSON has in quotes only.
func key(t *Type) object {
	o := object{"type": "string"}
	if t.MinLen > 0 {
		o["minLength"] = t.MinLen
	}
	if t.MaxLen > 0 {
		o["maxLength"] = t.MaxLen
	}
	var all []any
	for _, p := range t.Match {
		all = append(all, object{"pattern": p})
	}
	for _, p := range t.NotMatch {
		all = append(all, object{"not": object{"type": "string", "pattern": p}})
	}
	if choices := choices(t); choices != nil {
		all = append(all, choices)
	}
	switch {
	case len(all) == 1 && len(t.Enum) > 0 && len(t.Or) == 0:
		o["enum"] = spellings(t.Enum)
	case len(all) > 0:
		o["allOf"] = all
	}
	if t.Says != "" {
		o["patternErrorMessage"] = "it has to be " + t.Says // VS Code shows it
	}
	return o
}

// choices accepts the texts of an enumeration and those that match one of its patterns; nil where the type has neither.
func choices(t *Type) object {
	if len(t.Enum) == 0 && len(t.Or) == 0 {
		return nil
	}
	any := []any{}
	if len(t.Enum) > 0 {
		any = append(any, object{"enum": spellings(t.Enum)})
	}
	for _, p := range t.Or {
		any = append(any, object{"pattern": p})
	}
	return object{"anyOf": any}
}

// integer is a whole number within the type's limits.
func integer(t *Type) object {
	o := object{"type": "integer"}
	if t.Min != nil {
		o["minimum"] = *t.Min
	}
	if t.Max != nil {
		o["maximum"] = *t.Max
	}
	return o
}
