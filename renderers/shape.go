package renderers

import (
	"encoding/json"
	"fmt"
	"math"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/schema"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// shape compares what a user wrote in Kubernetes' own form with the Go type that it has to become. The API server drops
// an unknown field with a warning at best, and the JSON decoder names neither the place nor the field that was meant.
type shape struct {
	code       diag.Code
	directives bool   // `$patch` and its like may stand here: it is a strategic-merge patch
	kubernetes string // the target
	problems   []diag.Problem
}

// shapeProblems lists what of value does not fit the type of obj; path is where value stands in the plan.
func (r *renderer) shapeProblems(code diag.Code, path string, value, obj any, directives bool) []diag.Problem {
	s := shape{code: code, directives: directives, kubernetes: r.plan.Target.Kubernetes}
	s.value(path, value, reflect.TypeOf(obj), "")
	return s.problems
}

// report adds a problem. atKey points at the field's key and not at its value; replace, where it is not empty, is the
// text that an editor may put there.
func (s *shape) report(path string, atKey bool, message, hint, replace string) {
	s.problems = append(s.problems, diag.Problem{
		Code: s.code, Path: path, AtKey: atKey, Message: message, Hint: hint, Replace: replace,
	})
}

// value checks v against t; mergeKey is what tells the items of a list apart, if they are merged.
func (s *shape) value(path string, v any, t reflect.Type, mergeKey string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case v == nil: // takes the field away
	case t == reflect.TypeFor[resource.Quantity]():
		s.quantity(path, v)
	case t == reflect.TypeFor[intstr.IntOrString]():
		s.expect(path, isText(v) || isWhole(v), "a number or a name")
	case t == reflect.TypeFor[metav1.Time]() || t == reflect.TypeFor[metav1.MicroTime]():
		s.expect(path, isText(v), "a time")
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]()):
	default:
		s.kind(path, v, t, mergeKey)
	}
}

// kind checks v against a type that is neither a pointer nor one of those with a form of their own in JSON. Numbers
// arrive in any of the forms that [integer] reads, and have to fit the type's size.
func (s *shape) kind(path string, v any, t reflect.Type, mergeKey string) {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		object, ok := v.(map[string]any)
		if s.expect(path, ok, "a mapping"); ok && t.Kind() == reflect.Struct {
			s.structure(path, object, t)
		} else if ok {
			s.mapping(path, object, t.Elem())
		}
	case reflect.Slice:
		s.slice(path, v, t, mergeKey)
	case reflect.String:
		text, ok := v.(string)
		s.expect(path, ok, "a text")
		s.known(path, false, typeName(t)+"="+text, path[strings.LastIndex(path, ".")+1:]+": "+text)
	case reflect.Bool:
		_, ok := v.(bool)
		s.expect(path, ok, "true or false")
	case reflect.Int, reflect.Int32, reflect.Int64:
		n, ok := integer(v)
		s.expect(path, ok, "a whole number")
		s.expect(path, !ok || !reflect.Zero(t).OverflowInt(n), "a smaller number")
	}
}

// expect reports a value of another JSON type than Kubernetes takes, unless ok; what is a noun with its article.
func (s *shape) expect(path string, ok bool, what string) {
	if !ok {
		s.report(path, false, "Kubernetes takes "+what+" here", "write "+what, "")
	}
}

// quantity takes a string or a bare number, as Kubernetes' decoder does: cpu: 2 and cpu: "2" are one quantity.
func (s *shape) quantity(path string, v any) {
	if _, ok := quantity.Parse(fmt.Sprint(v)); !ok {
		s.report(path, false, "this is no amount", "write a quantity such as 500m, 2, 64Gi or 10G", "")
	}
}

// structure checks the fields of a mapping against a struct, in the order of their names, so that the problems come in
// one order every time. In a patch, keys that begin with `$` are directives of the strategic merge and no fields.
func (s *shape) structure(path string, object map[string]any, t reflect.Type) {
	fields := fieldsOf(t)
	for _, key := range sortedKeys(object) {
		if s.directives && strings.HasPrefix(key, "$") {
			continue
		}
		field, ok := fields[key]
		if !ok {
			s.unknown(diag.Join(path, key), key, fields)
			continue
		}
		if s.known(diag.Join(path, key), true, field.id, key) {
			s.value(diag.Join(path, key), object[key], field.Type, field.Tag.Get("patchMergeKey"))
		}
	}
}

// known refuses a field or a value that the target Kubernetes is too old for.
func (s *shape) known(path string, atKey bool, id, what string) bool {
	first, late := since[id]
	if !late || first > 0 && first <= schema.Minor(s.kubernetes) {
		return true
	}
	p := diag.Problem{
		Code: diag.KubernetesOld, Path: path, AtKey: atKey,
		Message: fmt.Sprintf("%s needs Kubernetes 1.%d, and the target is %s", diag.Quote(what), first, s.kubernetes),
		Hint:    "raise kubernetes in the project, or take it out",
		Related: []diag.RelatedPath{diag.Setting("kubernetes")},
	}
	if first == 0 {
		p.Message = diag.Quote(what) + " is off in every Kubernetes that Berth knows, unless a feature gate turns it on"
		p.Hint, p.Related = "take it out: a cluster would drop it or refuse the object", nil
	}
	s.problems = append(s.problems, p)
	return false
}

// unknown refuses a field that the struct has not. It offers the nearest name, or all names where they are few.
func (s *shape) unknown(path, key string, fields map[string]shapeField) {
	names := sortedKeys(fields)
	message := "Kubernetes has no field " + diag.Quote(key) + " here"
	if best, ok := diag.Nearest(key, names); ok {
		s.report(path, true, message, "did you mean "+diag.Quote(best)+"?", best)
		return
	}
	hint := "look for it in the API reference of Kubernetes"
	if len(names) <= maxNames {
		hint = "the fields here are " + diag.AllOf(names)
	}
	s.report(path, true, message, hint, "")
}

// maxNames is how many names a hint may list before nobody reads them.
const maxNames = 12

// mapping checks what stands under the keys of a Go map, such as labels: any key is right there.
func (s *shape) mapping(path string, object map[string]any, elem reflect.Type) {
	for _, key := range sortedKeys(object) {
		if !s.directives || !strings.HasPrefix(key, "$") {
			s.value(diag.Join(path, key), object[key], elem, "")
		}
	}
}

// slice checks a list, item by item. Kubernetes writes a []byte as a string in base64. A null takes a field away, and
// cannot take away an item of a list.
func (s *shape) slice(path string, v any, t reflect.Type, mergeKey string) {
	if t.Elem().Kind() == reflect.Uint8 {
		s.expect(path, isText(v), "a text in base64")
		return
	}
	list, ok := v.([]any)
	s.expect(path, ok, "a list")
	for i, elem := range list {
		at := diag.At(path, i)
		s.value(at, elem, t.Elem(), "")
		if elem == nil {
			s.report(at, false, "an item of a list cannot be empty", "take the item out", "")
		}
		if object, ok := elem.(map[string]any); ok && s.directives && mergeKey != "" {
			s.mergeKey(at, object, mergeKey)
		}
	}
}

// mergeKey checks that an item says which item it is merged over.
func (s *shape) mergeKey(path string, object map[string]any, key string) {
	if object[key] == nil && object["$patch"] != "replace" {
		s.report(path, false, "this item does not say which one it changes or adds", "add its "+diag.Quote(key), "")
	}
}

// shapeField is a field of a struct with its key in the table of what came late.
type shapeField struct {
	reflect.StructField
	id string
}

// fieldsByType caches fieldsOf: a patch walks through the same few types for every run.
var fieldsByType sync.Map

// fieldsOf are the fields of a struct by their JSON names, those of embedded structs among them.
func fieldsOf(t reflect.Type) map[string]shapeField {
	if cached, ok := fieldsByType.Load(t); ok {
		return cached.(map[string]shapeField)
	}
	fields := map[string]shapeField{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" && f.IsExported() {
			owner := t
			if within := f.Index[:len(f.Index)-1]; len(within) > 0 {
				owner = t.FieldByIndex(within).Type
			}
			fields[name] = shapeField{f, typeName(owner) + "." + name}
		}
	}
	fieldsByType.Store(t, fields)
	return fields
}

// typeName is a type of Kubernetes' as in core/v1.PodSpec.
func typeName(t reflect.Type) string {
	group, version := path.Split(t.PkgPath())
	return path.Base(group) + "/" + version + "." + t.Name()
}

// isText reports whether v is a string of JSON.
func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

// isWhole reports whether v is a whole number in any form that a reader gives it.
func isWhole(v any) bool {
	_, ok := integer(v)
	return ok
}

// integer is a whole number in one of the forms in which readers of YAML, JSON and CUE give it.
func integer(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case float64:
		return int64(n), n == math.Trunc(n) && math.Abs(n) < 1<<53
	case json.Number:
		i, err := n.Int64()
		return i, err == nil
	}
	return 0, false
}

// sortedKeys are the keys of a map in an order of their own: whatever walks a map has to give the same output every
// time.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
