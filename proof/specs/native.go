package specs

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"sync"

	"berth/proof/gates"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Native draws objects of Kubernetes' own types and parts of them, from the Go types: every field that there is, with
// values that are right, nearly right and wrong.
type Native struct {
	*Gen
	// Directives says that a part is a strategic merge patch, which may also take things away.
	Directives bool
	// Names are what the parts of the object are called, so that what is drawn refers to them.
	Names []string
}

// words are the constants of a string type.
func words(t reflect.Type) []string {
	x, err := gates.Load()
	if err != nil {
		panic(err) // nothing can be drawn without
	}
	return x.Words(t)
}

// deepest is how many structs stand in one another in what is drawn.
const deepest = 7

// gone is what a change makes of a value that is to vanish.
type gone struct{}

// Changed is a copy of an object of the type of like, changed at one place or a few. What it is known by stays: no patch
// changes that. The object is the tree of its JSON.
func (n *Native) Changed(object Object, like any) Object {
	n.Names = namesIn(object, nil)
	changed := copyOf(object).(Object)
	for range pick(n.Gen, 1, 1, 1, 1, 2, 3) {
		n.change(changed, reflect.TypeOf(like), "")
	}
	metadata, ok := changed["metadata"].(Object)
	if !ok {
		metadata = Object{}
		changed["metadata"] = metadata
	}
	for _, key := range []string{"name", "namespace", "generateName"} {
		delete(metadata, key)
		if v, ok := object["metadata"].(Object)[key]; ok {
			metadata[key] = v
		}
	}
	return changed
}

// change makes another value of one at its place, or in it.
func (n *Native) change(v any, t reflect.Type, key string) any {
	t = pointed(t)
	if key != "" && n.chance(12) {
		return pick[any](n.Gen, gone{}, n.value(t, key, 0))
	}
	if scalar(t) {
		return n.value(t, key, 0)
	}
	switch t.Kind() {
	case reflect.Struct:
		if o, ok := v.(Object); ok {
			return n.changeStruct(o, t)
		}
	case reflect.Slice:
		if list, ok := v.([]any); ok && len(list) > 0 {
			return n.changeList(list, t, key)
		}
	case reflect.Map:
		if o, ok := v.(Object); ok {
			return n.changeMap(o, t, key)
		}
	}
	return n.value(t, key, 0)
}

func (n *Native) changeStruct(o Object, t reflect.Type) any {
	fields := fieldsOf(t)
	if len(o) > 0 && n.chance(55) {
		fields = slices.DeleteFunc(slices.Clone(fields), func(f typedField) bool { _, has := o[f.name]; return !has })
	}
	if len(fields) == 0 {
		return o
	}
	f := n.likely(fields)
	if old, has := o[f.name]; has {
		return put(o, f.name, n.change(old, f.of, f.name))
	}
	return put(o, f.name, n.value(f.of, f.name, 0))
}

func put(o Object, key string, v any) Object {
	if v == (gone{}) {
		delete(o, key)
	} else {
		o[key] = v
	}
	return o
}

func (n *Native) changeList(list []any, t reflect.Type, key string) any {
	i := n.rand.IntN(len(list))
	switch {
	case n.chance(15):
		return append(list, n.value(t.Elem(), key, 0))
	case n.chance(8):
		return append(list, copyOf(list[i]))
	case n.chance(8):
		return slices.Delete(list, i, i+1)
	}
	v := n.change(list[i], t.Elem(), key)
	if v == (gone{}) {
		return slices.Delete(list, i, i+1)
	}
	list[i] = v
	return list
}

func (n *Native) changeMap(o Object, t reflect.Type, key string) any {
	if len(o) == 0 || n.chance(50) {
		o[n.text(t.Key(), key+" key")] = n.value(t.Elem(), key+" value", 0)
		return o
	}
	at := pick(n.Gen, sortedKeys(o)...)
	return put(o, at, n.change(o[at], t.Elem(), key+" value"))
}

func copyOf(v any) (c any) {
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return v // which no tree of JSON comes to
	}
	return c
}

// value draws a value of a type, for the field called key.
func (n *Native) value(t reflect.Type, key string, depth int) any {
	t = pointed(t)
	if scalar(t) {
		return n.scalar(t, key)
	}
	switch t.Kind() {
	case reflect.Struct:
		return n.structure(t, depth)
	case reflect.Slice:
		list := []any{}
		for range pick(n.Gen, 0, 1, 1, 1, 1, 1, 2, 2) {
			list = append(list, n.value(t.Elem(), key, depth))
		}
		return list
	case reflect.Map:
		o := Object{}
		for range pick(n.Gen, 0, 1, 1, 1, 2) {
			o[n.text(t.Key(), key+" key")] = n.value(t.Elem(), key+" value", depth)
		}
		return o
	}
	return Object{} // a type of nothing that is known here
}

// structure has what a value of its type mostly has, and one or two of the other fields.
func (n *Native) structure(t reflect.Type, depth int) Object {
	o := Object{}
	if depth > deepest {
		return o
	}
	var others []typedField
	for _, f := range fieldsOf(t) {
		if f.required && n.chance(92) {
			o[f.name] = n.value(f.of, f.name, depth+1)
		} else {
			others = append(others, f)
		}
	}
	for range pick(n.Gen, 0, 1, 1, 1, 2) {
		if len(others) > 0 {
			f := n.likely(others)
			o[f.name] = n.value(f.of, f.name, depth+1)
		}
	}
	return o
}

// Part is a part of an object of the type of like: what stands at one place of it, or two.
func (n *Native) Part(like any) Object {
	o, _ := n.part(reflect.TypeOf(like), "", "", 0).(Object)
	return o
}

func (n *Native) part(t reflect.Type, key, mergeKey string, depth int) any {
	t = pointed(t)
	if n.Directives && depth > 1 && n.chance(3) {
		return nil // takes the field away
	}
	if scalar(t) || depth > 2 && n.chance(15) {
		return n.value(t, key, depth)
	}
	switch t.Kind() {
	case reflect.Struct:
		o := Object{}
		for range pick(n.Gen, 1, 1, 1, 2) {
			if fields := fieldsOf(t); len(fields) > 0 {
				f := n.likely(fields)
				o[f.name] = n.part(f.of, f.name, f.mergeKey, depth+1)
			}
		}
		return n.directed(o, depth)
	case reflect.Slice:
		item, isObject := n.part(t.Elem(), key, "", depth).(Object)
		if mergeKey == "" || !isObject {
			return n.value(t, key, depth)
		}
		if item[mergeKey] == nil || n.chance(50) {
			item[mergeKey] = n.mergeValue(t.Elem(), mergeKey)
		}
		return []any{item}
	}
	return n.value(t, key, depth)
}

// directed is a part of a patch, now and then with a directive.
func (n *Native) directed(o Object, depth int) Object {
	if n.Directives && depth > 2 && n.chance(3) {
		o["$patch"] = pick(n.Gen, "delete", "replace", "merge")
	}
	return o
}

// mergeValue is what tells an item of a list from others: mostly that of one that there is.
func (n *Native) mergeValue(t reflect.Type, key string) any {
	for _, f := range fieldsOf(pointed(t)) {
		if f.name == key && pointed(f.of).Kind() == reflect.String && n.chance(65) {
			return n.name()
		} else if f.name == key {
			return n.value(f.of, key, 0)
		}
	}
	return n.name()
}

// likely is one of the fields, by how much there is below each; what the cluster writes is seldom it.
func (n *Native) likely(fields []typedField) typedField {
	total := 0
	for _, f := range fields {
		total += f.weight()
	}
	at := n.rand.IntN(total)
	for _, f := range fields {
		if at -= f.weight(); at < 0 {
			return f
		}
	}
	return fields[0]
}

// sizes are the numbers of fields of types.
var sizes sync.Map

func (n *Native) scalar(t reflect.Type, key string) any {
	switch t {
	case reflect.TypeFor[resource.Quantity]():
		return pick(n.Gen, amounts...)
	case reflect.TypeFor[intstr.IntOrString]():
		return pick[any](n.Gen, 0, 1, 80, 8080, 65535, 65536, -1, "http", "25%", "100%", "101%", "0%", "-5%", "Upper", "1.5%", "", n.name())
	case reflect.TypeFor[metav1.Time](), reflect.TypeFor[metav1.MicroTime]():
		return "2026-11-23T00:00:00Z"
	case reflect.TypeFor[metav1.Duration]():
		return pick(n.Gen, "10s", "0s", "-1s", "1h30m")
	}
	switch t.Kind() {
	case reflect.String:
		return n.text(t, key)
	case reflect.Bool:
		return n.chance(60)
	case reflect.Slice:
		return base64.StdEncoding.EncodeToString([]byte(n.letters(5, lower, lower)))
	case reflect.Int, reflect.Int32, reflect.Int64:
		return pick(n.Gen, numbers...)
	}
	return Object{} // raw JSON
}

// typedField is a field of a struct by its name in JSON.
type typedField struct {
	name     string
	of       reflect.Type
	required bool // Kubernetes' types leave out nothing that has to be there
	cluster  bool // it is the cluster's to write
	mergeKey string
}

// clusters are the fields that the cluster writes.
var clusters = []string{
	"status", "uid", "resourceVersion", "generation", "selfLink", "creationTimestamp", "deletionTimestamp",
	"deletionGracePeriodSeconds", "managedFields", "ownerReferences", "generateName", "namespace",
}
