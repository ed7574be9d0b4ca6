package renderers

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/api/resource"
)

// InNumbers is an object as nested maps and lists, every quantity in it as number gives it. Of kinds of which Berth knows no
// fields, it is the object as it was written.
func InNumbers(value any, number func(text string) any) (tree any) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil // which no renderer gives
	}
	if json.Unmarshal(text, &tree) != nil {
		return nil
	}
	return inNumbers(tree, reflect.TypeOf(value), number)
}

// inNumbers walks a tree beside the Go type that it was printed from: only the type tells a quantity, which is a string
// in JSON, from any other string. The tree is changed in place; what has no type below it stays as it is.
func inNumbers(tree any, t reflect.Type, number func(text string) any) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := tree.(type) {
	case string:
		if t == reflect.TypeFor[resource.Quantity]() {
			return number(v)
		}
	case map[string]any:
		for key, item := range v {
			if below, ok := typeBelow(t, key); ok {
				v[key] = inNumbers(item, below, number)
			}
		}
	case []any:
		if t.Kind() == reflect.Slice {
			for i, item := range v {
				v[i] = inNumbers(item, t.Elem(), number)
			}
		}
	}
	return tree
}

// typeBelow is the type of what stands under a key of a struct or map.
func typeBelow(t reflect.Type, key string) (reflect.Type, bool) {
	switch t.Kind() {
	case reflect.Map:
		return t.Elem(), true
	case reflect.Struct:
		f, ok := fieldsOf(t)[key]
		return f.Type, ok
	}
	return nil, false
}

// KnownKinds are the names of all kinds that a plan may give objects of, in the order of the output.
func KnownKinds(declared map[string]string) []string {
	names := KindNames(func(*Kind) bool { return true })
	for _, name := range slices.Concat(extraNames(), projectNames(), kindsOf(declared)) {
		if _, err := KindOf(name); err != nil && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Unknown reports whether the last step of a path into an object of a kind is no field there, and lists the fields that are
// there instead. Each stands in a path for any item of a list, or any key. What Berth does not know is not unknown.
func Unknown(kind string, path []string, each string) (names []string, unknown bool) {
	t := typeOfKind(kind)
	for i, step := range path {
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		_, err := strconv.Atoi(step)
		item := step == each || err == nil
		switch {
		case t == nil, reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]()): // a quantity, a time
			return nil, false
		case t.Kind() == reflect.Slice && item:
			t = t.Elem()
			continue
		case t.Kind() == reflect.Struct && step == each:
			return nil, false
		}
		below, ok := typeBelow(t, step)
		if !ok && t.Kind() == reflect.Struct {
			names = sortedKeys(fieldsOf(t))
		}
		if !ok {
			return names, i == len(path)-1
		}
		t = below
	}
	return nil, false
}

// typeOfKind is the type of the objects of a kind, nil for one of which Berth knows no fields.
func typeOfKind(kind string) reflect.Type {
	if k, err := KindOf(kind); err == nil {
		return reflect.TypeOf(k.New())
	}
	for _, k := range extraKinds {
		if k.name == kind && k.make != nil {
			return reflect.TypeOf(k.make())
		}
	}
	return nil
}
