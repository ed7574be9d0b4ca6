package yamlprint

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"sync"

	"k8s.io/apimachinery/pkg/api/resource"
)

// AppendCanonical appends the one text of everything that means what obj means: JSON with sorted keys, in which 8Gi and
// 8192Mi are one number and every value that is as good as absent (an empty text, list or map, a zero that is not behind
// a pointer) is left out. It is hashed into names, so that it must not change with the version of k8s.io/api, of Go or of
// the printer: what it writes is decided by the values alone.
func AppendCanonical(dst []byte, obj any) []byte {
	v := reflect.ValueOf(obj)
	return canonicalizer{dst}.value(v, planOf(v.Type())).dst
}

// canonicalizer appends to dst; each of its methods returns it with what they wrote.
type canonicalizer struct{ dst []byte }

// value writes any value by its plan, which says how the printer would write its type.
func (c canonicalizer) value(v reflect.Value, p *plan) canonicalizer {
	if isNil(v) {
		return c.write("null")
	}
	switch p.form {
	case asPointer:
		return c.value(v.Elem(), p.elem())
	case asAny:
		return c.value(v.Elem(), planOf(v.Elem().Type()))
	case asStruct:
		return c.structure(v, p)
	case asList:
		return c.list(v, p.elem())
	case asMap, asTextMap:
		return c.mapping(v, p)
	case asQuantity:
		return c.quantity(v)
	case asJSON:
		return c.marshaled(v)
	}
	return c.scalar(v)
}

// write appends text that needs no escape.
func (c canonicalizer) write(text string) canonicalizer {
	c.dst = append(c.dst, text...)
	return c
}

// text writes a string in ASCII: which other characters Go escapes depends on its version of Unicode.
func (c canonicalizer) text(s string) canonicalizer {
	for i := range len(s) {
		if b := s[i]; b < ' ' || b > '~' || b == '"' || b == '\\' {
			c.dst = strconv.AppendQuoteToASCII(c.dst, s)
			return c
		}
	}
	c.dst = append(append(append(c.dst, '"'), s...), '"') // most strings need no escape
	return c
}

// structure writes the fields that say something, by the order of their names. A struct below that says nothing is
// taken back, with its key. A comma stands behind each field, the last as well: the text is hashed and never parsed.
func (c canonicalizer) structure(v reflect.Value, p *plan) canonicalizer {
	c = c.write("{")
	for _, f := range byName(p) {
		fv := fieldOf(v, f.index)
		if saysNothing(fv) {
			continue
		}
		mark := len(c.dst)
		c = c.write(f.quoted)
		start := len(c.dst)
		fp := f.plan()
		c = c.value(fv, fp)
		if fp.form == asStruct && string(c.dst[start:]) == "{}" {
			c.dst = c.dst[:mark]
			continue
		}
		c = c.write(",")
	}
	return c.write("}")
}

// saysNothing reports whether a field's value means what its absence means. A pointer to a zero means something.
func saysNothing(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice:
		return v.Len() == 0
	}
	return v.IsZero()
}

// list writes all items: an empty one has its place among the others.
func (c canonicalizer) list(v reflect.Value, elem *plan) canonicalizer {
	c = c.write("[")
	for i := range v.Len() {
		c = c.value(v.Index(i), elem).write(",")
	}
	return c.write("]")
}

// mapping writes all entries by the order of their keys, empty ones as well: in a map, a key alone may mean something.
func (c canonicalizer) mapping(v reflect.Value, p *plan) canonicalizer {
	elem := planOf(reflect.TypeFor[string]())
	if p.form == asMap {
		elem = p.elem()
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	c = c.write("{")
	for _, key := range keys {
		c = c.text(key.String()).write(":").value(v.MapIndex(key), elem).write(",")
	}
	return c.write("}")
}

// quantity writes the amount as a number of thousands: 8Gi and 8192Mi, 0.5 and 500m are the same to the cluster.
func (c canonicalizer) quantity(v reflect.Value) canonicalizer {
	q := v.Interface().(resource.Quantity)
	digits, exponent := q.AsCanonicalBytes(make([]byte, 0, 32))
	c.dst = append(append(c.dst, digits...), 'e')
	c.dst = strconv.AppendInt(c.dst, int64(exponent), 10)
	return c
}

// marshaled writes the types that have a JSON form of their own, such as IntOrString. Those of k8s.io/api never fail.
func (c canonicalizer) marshaled(v reflect.Value) canonicalizer {
	text, _ := addressable(v).Interface().(json.Marshaler).MarshalJSON()
	c.dst = append(c.dst, text...)
	return c
}

// scalar writes numbers as Go does in their shortest form. A []byte is a string here, and not base64.
func (c canonicalizer) scalar(v reflect.Value) canonicalizer {
	switch v.Kind() {
	case reflect.String:
		return c.text(v.String())
	case reflect.Bool:
		c.dst = strconv.AppendBool(c.dst, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		c.dst = strconv.AppendInt(c.dst, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		c.dst = strconv.AppendUint(c.dst, v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		c.dst = strconv.AppendFloat(c.dst, v.Float(), 'g', -1, 64)
	case reflect.Slice:
		c = c.text(string(v.Bytes()))
	}
	return c
}

// canonicalField is a field of a struct with its name as a key of JSON.
type canonicalField struct {
	*fieldPlan
	quoted string
}

// fieldsByName caches the fields of struct plans in the order of their names.
var fieldsByName sync.Map

// byName are a struct's fields in the order of their names, which the printer does not keep; made once for each type.
func byName(p *plan) []canonicalField {
	if cached, ok := fieldsByName.Load(p); ok {
		return cached.([]canonicalField)
	}
	fields := make([]canonicalField, len(p.fields))
	for i := range p.fields {
		fields[i] = canonicalField{&p.fields[i], strconv.QuoteToASCII(p.fields[i].name) + ":"}
	}
	slices.SortFunc(fields, func(a, b canonicalField) int { return cmp.Compare(a.name, b.name) })
	cached, _ := fieldsByName.LoadOrStore(p, fields)
	return cached.([]canonicalField)
}
