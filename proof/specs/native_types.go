package specs

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// weight is about the root of the number of fields at and below a field, in eighths.
func (f typedField) weight() int {
	if f.cluster {
		return 1
	}
	return int(8 * math.Sqrt(float64(fieldCount(f.of, 0))))
}

func fieldCount(t reflect.Type, depth int) int {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || scalar(t) || depth > deepest {
		return 1
	}
	if known, ok := sizes.Load(t); ok {
		return known.(int)
	}
	total := 1
	for _, f := range fieldsOf(t) {
		total += fieldCount(f.of, depth+1)
	}
	sizes.Store(t, total)
	return total
}

func pointed(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// scalar reports whether a value of the type is no mapping and no list in JSON.
func scalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]())
	case reflect.Slice:
		return t.Elem().Kind() == reflect.Uint8
	case reflect.Map, reflect.Interface:
		return false
	}
	return true
}

func fieldsOf(t reflect.Type) []typedField {
	var fields []typedField
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type == reflect.TypeFor[metav1.TypeMeta](): // others write it
		case f.Anonymous && name == "":
			fields = append(fields, fieldsOf(pointed(f.Type))...)
		case name != "" && name != "-":
			fields = append(fields, typedField{
				name: name, of: f.Type, required: !strings.Contains(options, "omit"), cluster: slices.Contains(clusters, name),
				mergeKey: f.Tag.Get("patchMergeKey"),
			})
		}
	}
	return fields
}

// namesIn adds what the parts of a tree are called.
func namesIn(v any, names []string) []string {
	switch v := v.(type) {
	case Object:
		for _, key := range sortedKeys(v) {
			if text, ok := v[key].(string); ok && (key == "name" || key == "mountPath" || key == "topologyKey") && !slices.Contains(names, text) {
				names = append(names, text)
			}
			names = namesIn(v[key], names)
		}
	case []any:
		for _, item := range v {
			names = namesIn(item, names)
		}
	}
	return names
}
