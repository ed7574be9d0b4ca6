package yamlprint

import (
	"cmp"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/api/resource"
)

// form is how values of a type are written.
type form uint8

// How a type is written: one of these for every Go type, found once. A type that is refused has a form too, since a
// value of it may never come.
const (
	asRefused form = iota
	asBool
	asInt
	asUint
	asFloat
	asNumber // json.Number
	asString
	asBytes    // base64
	asQuantity // resource.Quantity
	asJSON     // what MarshalJSON says
	asPointer
	asAny
	asList
	asMap
	asTextMap // map[string]string
	asStruct
)

// plan says how values of one type are written. Plans are made once for each type, when a value of it is written first:
// Kubernetes has many more types than any object uses.
type plan struct {
	form    form
	elem    func() *plan // of a pointer, list or map
	fields  []fieldPlan  // of a struct, in the order of writing
	refusal string       // why values of the type cannot be written
}

// fieldPlan is how one field of a struct is written. plan is a function because a type may contain itself.
type fieldPlan struct {
	name      string
	key       string // name as a YAML key, with its colon
	index     []int  // several for a field of an embedded struct
	plan      func() *plan
	omitEmpty bool                           // omitempty: an empty list or map is left out
	omitZero  bool                           // omitempty or omitzero: so is a zero scalar
	keep      func(owner reflect.Value) bool // nil, or whether an empty value is written
}

var plans sync.Map // reflect.Type → *plan

// planOf returns the plan of t.
func planOf(t reflect.Type) *plan {
	p, ok := plans.Load(t)
	if !ok {
		p, _ = plans.LoadOrStore(t, newPlan(t))
	}
	return p.(*plan)
}

// newPlan works out how a type is written; those below it are worked out when a value of them comes.
func newPlan(t reflect.Type) *plan {
	p := &plan{form: formOf(t)}
	switch p.form {
	case asPointer, asList, asMap:
		p.elem = planOnDemand(t.Elem())
	case asStruct:
		p.fill(t)
	case asRefused:
		p.refusal = fmt.Sprintf("a value of type %v has no YAML form", t)
	}
	return p
}

// planOnDemand finds the plan of t at the first call, so that a recursive type, such as JSONSchemaProps, has a plan at
// all.
func planOnDemand(t reflect.Type) func() *plan {
	return sync.OnceValue(func() *plan { return planOf(t) })
}

// The interfaces of types that write themselves.
var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// formOf looks for the types with a form of their own first. A pointer's methods count: values are written as if they
// could be addressed. A type that only marshals to text is refused.
func formOf(t reflect.Type) form {
	switch {
	case t == reflect.TypeFor[resource.Quantity]():
		return asQuantity
	case t == reflect.TypeFor[json.Number]():
		return asNumber
	case t.Kind() == reflect.Pointer:
		return asPointer
	case t.Kind() == reflect.Interface:
		return asAny
	case reflect.PointerTo(t).Implements(jsonMarshaler):
		return asJSON
	case reflect.PointerTo(t).Implements(textMarshaler):
		return asRefused
	}
	return formOfKind(t)
}

// formOfKind is the form of a type that is as its kind is. A []byte is base64, as in encoding/json.
func formOfKind(t reflect.Type) form {
	switch t.Kind() {
	case reflect.Bool:
		return asBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return asInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return asUint
	case reflect.Float32, reflect.Float64:
		return asFloat
	case reflect.String:
		return asString
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return asBytes
		}
		return asList
	case reflect.Map:
		return formOfMap(t)
	case reflect.Struct:
		return asStruct
	}
	return asRefused
}

// formOfMap takes maps with keys that are strings. That of strings to strings, such as labels, has a faster way.
func formOfMap(t reflect.Type) form {
	switch {
	case t == reflect.TypeFor[map[string]string]():
		return asTextMap
	case t.Key().Kind() == reflect.String:
		return asMap
	}
	return asRefused
}

// fill gives a struct's plan its fields, as encoding/json would name them, in the order in which people write them.
func (p *plan) fill(t reflect.Type) {
	byName := map[string]int{}
	for _, f := range collectFields(t, nil) {
		at, taken := byName[f.name]
		switch {
		case !taken:
			byName[f.name] = len(p.fields)
			p.fields = append(p.fields, f)
		case len(f.index) < len(p.fields[at].index): // as in Go, the outer field hides the embedded one
			p.fields[at] = f
		case len(f.index) == len(p.fields[at].index):
			*p = plan{refusal: fmt.Sprintf("type %v has two fields named %s", t, f.name)}
			return
		}
	}
	if isObject(t) {
		p.fields = slices.DeleteFunc(p.fields, func(f fieldPlan) bool { return f.name == "status" })
	}
}

// collectFields lists the fields of t and of the structs embedded in it, which keep an order of their own.
func collectFields(t reflect.Type, index []int) []fieldPlan {
	var fields []fieldPlan
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clone(index), i)
		tag := sf.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-" || !sf.IsExported() && !sf.Anonymous:
		case sf.Anonymous && name == "" && sf.Type.Kind() == reflect.Struct:
			fields = append(fields, collectFields(sf.Type, at)...)
		case sf.IsExported():
			fields = append(fields, newField(t, sf, cmp.Or(name, sf.Name), options, at))
		}
	}
	sortFields(fields, fieldOrder[t])
	return fields
}

// newField reads the options of a field's json tag. name is the one that the tag gives, index the way to the field from
// the struct. The option string would need quotes around a number, and is refused when a value comes.
func newField(owner reflect.Type, sf reflect.StructField, name, options string, index []int) fieldPlan {
	f := fieldPlan{
		name:  name,
		key:   string(appendKey(nil, name)),
		index: index,
		plan:  planOnDemand(sf.Type),
	}
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		// As encoding/json has it, omitempty leaves out zero scalars as well.
		case "omitempty":
			f.omitEmpty, f.omitZero = true, true
		case "omitzero":
			f.omitZero = true
		case "string":
			refused := &plan{refusal: fmt.Sprintf("field %v.%s is a number in quotes", owner, sf.Name)}
			f.plan = func() *plan { return refused }
		}
	}
	// In some places of Kubernetes' types an empty list means something else than none.
	if kept, ok := keptEmpty[owner]; ok && slices.Contains(strings.Fields(kept.fields), name) {
		f.keep = kept.when
	}
	return f
}

// sortFields puts the fields into the given order, see [fieldOrder].
func sortFields(fields []fieldPlan, order string) {
	names := strings.Fields(order)
	rest := slices.Index(names, "*")
	if rest < 0 {
		rest = len(names)
	}
	rank := func(f fieldPlan) int {
		if at := slices.Index(names, f.name); at >= 0 {
			return at
		}
		return rest
	}
	slices.SortStableFunc(fields, func(a, b fieldPlan) int { return cmp.Compare(rank(a), rank(b)) })
}
