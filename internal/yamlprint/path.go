package yamlprint

import (
	"reflect"

	"berth/internal/diag"
)

// HasPath reports whether something stands at path in a typed object.
func HasPath(obj any, path string) bool {
	v := reflect.ValueOf(obj)
	for _, s := range diag.Split(path) {
		for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if !v.IsValid() {
			return false
		}
		v = stepInto(v, s)
	}
	return v.IsValid()
}

// stepInto is the field or item of v that a step of a path names, the zero Value when there is none.
func stepInto(v reflect.Value, s string) reflect.Value {
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range planOf(v.Type()).fields {
			if f.name == s {
				return fieldOf(v, f.index)
			}
		}
	case reflect.Map:
		return v.MapIndex(reflect.ValueOf(s).Convert(v.Type().Key()))
	case reflect.Slice:
		if i := diag.Index(s); i >= 0 && i < v.Len() {
			return v.Index(i)
		}
	}
	return reflect.Value{}
}
