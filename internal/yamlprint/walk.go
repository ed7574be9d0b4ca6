package yamlprint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"berth/internal/diag"
)

// place is what stands before a value on its line.
type place uint8

const (
	atStart   place = iota // nothing: the document's own value
	afterKey               // `key:`
	afterDash              // `-`
)

// value writes v and ends its last line. column is where the keys of v stand if it is an object.
func (p *printer) value(v reflect.Value, pl *plan, column int, at place) {
	// A value that contains itself would never end.
	if p.depth++; p.depth > maxDepth {
		p.fail(errDepth)
	}
	if p.err != nil {
		return
	}
	defer func() { p.depth-- }()
	if isNil(v) {
		p.word("null", at)
		return
	}
	switch pl.form {
	case asString:
		p.text(v.String(), column, at)
	case asPointer:
		p.value(v.Elem(), pl.elem(), column, at)
	case asAny:
		p.value(v.Elem(), planOf(v.Elem().Type()), column, at)
	case asList:
		p.list(v, pl.elem(), column, at)
	case asMap:
		p.object(v, pl.elem(), column, at)
	case asTextMap:
		p.texts(v.Interface().(map[string]string), column, at)
	case asStruct:
		if !p.structure(v, pl, column, at) {
			p.word("{}", at)
		}
	case asJSON:
		p.marshaled(v, column, at)
	default:
		p.scalar(v, pl, at)
	}
}

// isNil is reflect's IsNil, and false for kinds that cannot be nil, of which reflect panics.
func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice:
		return v.IsNil()
	}
	return false
}

// structure writes the fields of v that have something to say, and reports whether there was one.
func (p *printer) structure(v reflect.Value, pl *plan, column int, at place) bool {
	first := true
	for i := range pl.fields {
		f := &pl.fields[i]
		fv := fieldOf(v, f.index)
		if f.omits(v, fv) {
			continue
		}
		mark := len(p.dst)
		p.startEntry(column, at, first)
		p.dst = append(p.dst, f.key...)
		outer := p.enterKey(f.name)
		if fp := f.plan(); fp.form == asStruct {
			if !p.structure(fv, fp, column+2, afterKey) && p.err == nil {
				p.dst = p.dst[:mark] // what json would write as `{}` says nothing
				p.leave(outer)
				continue
			}
		} else {
			p.value(fv, fp, column+2, afterKey)
		}
		if p.err != nil {
			return true
		}
		p.leave(outer)
		first = false
	}
	return !first
}

// fieldOf is a field by its index, through embedded structs. None of them is a pointer here, which could be nil.
func fieldOf(v reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		v = v.Field(i)
	}
	return v
}

// omits reports whether the field with value v is left out.
func (f *fieldPlan) omits(owner, v reflect.Value) bool {
	if f.keep != nil && f.keep(owner) {
		return false
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return v.IsNil()
	case reflect.Map, reflect.Slice:
		return v.IsNil() || f.omitEmpty && v.Len() == 0
	case reflect.Struct:
		return v.IsZero()
	}
	return f.omitZero && v.IsZero()
}

// list writes the items at the column of the key that holds the list, as kubectl does.
func (p *printer) list(v reflect.Value, elem *plan, column int, at place) {
	if v.Len() == 0 {
		p.word("[]", at)
		return
	}
	if at == afterKey {
		column -= 2
	}
	for i := range v.Len() {
		p.startEntry(column, at, i == 0)
		p.dst = append(p.dst, '-')
		outer := p.enterItem(i)
		p.value(v.Index(i), elem, column+2, afterDash)
		if p.err != nil {
			return
		}
		p.leave(outer)
	}
}

// object writes a map, sorted by its keys.
func (p *printer) object(v reflect.Value, elem *plan, column int, at place) {
	if v.Len() == 0 {
		p.word("{}", at)
		return
	}
	type entry struct {
		key   string
		value reflect.Value
	}
	entries := make([]entry, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		entries = append(entries, entry{it.Key().String(), it.Value()})
	}
	// A map has no order of its own, and the output has to be the same every time.
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	for i, e := range entries {
		outer := p.startKey(e.key, column, at, i == 0)
		p.value(e.value, elem, column+2, afterKey)
		if p.err != nil {
			return
		}
		p.leave(outer)
	}
}

// texts is object for labels and annotations, which are many.
func (p *printer) texts(m map[string]string, column int, at place) {
	if len(m) == 0 {
		p.word("{}", at)
		return
	}
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys {
		outer := p.startKey(key, column, at, i == 0)
		p.text(m[key], column+2, afterKey)
		if p.err != nil {
			return
		}
		p.leave(outer)
	}
}

// startEntry moves to where an entry of an object or list begins. The first entry of one that stands in a list shares
// the line of its dash.
func (p *printer) startEntry(column int, at place, first bool) {
	switch {
	case first && at == afterDash:
		p.dst = append(p.dst, ' ')
		return
	case first && at == afterKey:
		p.endLine()
	}
	p.dst = appendIndent(p.dst, column)
}

// startKey begins the entry of a map, whose keys may be any text, and returns what leave wants back.
func (p *printer) startKey(key string, column int, at place, first bool) (outer int) {
	p.startEntry(column, at, first)
	outer = p.enterKey(key)
	p.checkText(key)
	start := len(p.dst)
	p.dst = appendKey(p.dst, key)
	if len(p.dst)-start > maxPlainKey {
		p.dst = explicitKey(p.dst, start, column)
	}
	return outer
}

// marshaled writes what MarshalJSON says of v.
func (p *printer) marshaled(v reflect.Value, column int, at place) {
	text, err := addressable(v).Interface().(json.Marshaler).MarshalJSON()
	if err != nil {
		p.fail(err)
		return
	}
	if plain, ok := unescaped(text); ok {
		p.value(reflect.ValueOf(plain), planOf(reflect.TypeFor[string]()), column, at)
		return
	}
	if len(text) > 0 && len(bytes.Trim(text, "0123456789")) == 0 {
		p.word(string(text), at) // as every port of a Service is
		return
	}
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		p.fail(fmt.Errorf("its JSON form is broken: %w", err))
		return
	}
	p.value(reflect.ValueOf(&tree).Elem(), planOf(reflect.TypeFor[any]()), column, at)
}

// unescaped is the string that a JSON text is, if it is one without escapes: every amount is, and decoding it costs more
// than printing it.
func unescaped(text []byte) (string, bool) {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return "", false
	}
	inner := text[1 : len(text)-1]
	special := func(c rune) bool { return c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' }
	return string(inner), bytes.IndexFunc(inner, special) < 0
}

// addressable returns a pointer to v, or to a copy where v has no address.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v.Addr()
	}
	fresh := reflect.New(v.Type())
	fresh.Elem().Set(v)
	return fresh
}

// enterKey and enterItem lengthen the path by one step, and return what leave wants back.
func (p *printer) enterKey(name string) (outer int) {
	outer = len(p.path)
	switch {
	case p.comment == nil:
	case !diag.PlainKey(name):
		p.path = append(strconv.AppendQuote(append(p.path, '['), name), ']')
	default:
		if outer > 0 {
			p.path = append(p.path, '.')
		}
		p.path = append(p.path, name...)
	}
	return outer
}

// enterItem extends the path by an index, and returns how long the path was, for leave. Without comments nobody asks
// for the path, and none is kept.
func (p *printer) enterItem(i int) (outer int) {
	outer = len(p.path)
	if p.comment != nil {
		p.path = append(strconv.AppendInt(append(p.path, '['), int64(i), 10), ']')
	}
	return outer
}

// leave ends what enterItem and its like began.
func (p *printer) leave(outer int) { p.path = p.path[:outer] }
