package apivalid

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// checkDropped refuses an object of which the server would store less than was sent: a field of a feature that the
// release has not, or has not turned on, vanishes without a word.
func checkDropped(doc []byte, res Result) error {
	versioned, err := legacyscheme.Scheme.ConvertToVersion(res.Object, res.GVK.GroupVersion())
	if err != nil {
		return err
	}
	stored, err := runtime.DefaultUnstructuredConverter.ToUnstructured(versioned)
	if err != nil {
		return err
	}
	var sent map[string]any
	if err := json.Unmarshal(doc, &sent); err != nil {
		return err
	}
	if lost := missing(sent, stored, ""); len(lost) > 0 {
		return fmt.Errorf("the server drops or changes %v", lost)
	}
	return nil
}

// missing lists the paths of what was sent and is not stored. Empty values may go, and
// nulls be filled: they say what silence says.
func missing(sent, stored any, path string) []string {
	switch s := sent.(type) {
	case nil:
		return nil
	case map[string]any:
		return missingFields(s, stored, path)
	case []any:
		list, _ := stored.([]any)
		if len(list) != len(s) {
			return []string{path}
		}
		var lost []string
		for i := range s {
			lost = append(lost, missing(s[i], list[i], fmt.Sprintf("%s[%d]", path, i))...)
		}
		return lost
	}
	if !sameScalar(sent, stored) {
		return []string{path}
	}
	return nil
}

func missingFields(sent map[string]any, stored any, path string) []string {
	object, _ := stored.(map[string]any)
	var lost []string
	for name, v := range sent {
		if kept, ok := object[name]; ok {
			lost = append(lost, missing(v, kept, path+"."+name)...)
		} else if !isEmpty(v) {
			lost = append(lost, path+"."+name)
		}
	}
	slices.Sort(lost)
	return lost
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return v == nil || reflect.ValueOf(v).IsZero()
}

// sameScalar knows that a number may come back as another Go type and a quantity in another notation.
func sameScalar(sent, stored any) bool {
	a, b := fmt.Sprint(sent), fmt.Sprint(stored)
	if f, ok := sent.(float64); ok {
		if n, ok := stored.(int64); ok {
			return f == float64(n)
		}
	}
	if a == b {
		return true
	}
	x, err1 := resource.ParseQuantity(a)
	y, err2 := resource.ParseQuantity(b)
	return err1 == nil && err2 == nil && x.Cmp(y) == 0
}
