package apivalid

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

// checkDropped refuses an object of which the server would store less than was sent: a field of a feature that the
// release has not, or has not turned on, vanishes without a word.
func checkDropped(doc []byte, res Result) error {
	versioned, err := legacyscheme.Scheme.ConvertToVersion(res.Object, res.GVK.GroupVersion())
	if err != nil {
		return err
	}
	stored, err := value.NewValueReflect(versioned)
	if err != nil {
		return err
	}
	var sent map[string]any
	if err := json.Unmarshal(doc, &sent); err != nil {
		return err
	}
	if lost := missing(sent, stored); len(lost) > 0 {
		slices.Sort(lost)
		return fmt.Errorf("the server drops or changes %v", lost)
	}
	return nil
}

// missing lists the paths of what was sent and is not stored. Empty values may go, and nulls be filled: they say what
// silence says.
func missing(sent any, stored value.Value) []string {
	switch s := sent.(type) {
	case nil:
		return nil
	case map[string]any:
		return missingFields(s, stored)
	case []any:
		if length(stored) != len(s) {
			return []string{""}
		}
		var lost []string
		for i := range s {
			for _, path := range missing(s[i], stored.AsList().At(i)) {
				lost = append(lost, fmt.Sprintf("[%d]%s", i, path))
			}
		}
		return lost
	}
	if !sameScalar(sent, stored.Unstructured()) {
		return []string{""}
	}
	return nil
}

func missingFields(sent map[string]any, stored value.Value) []string {
	var lost []string
	for name, v := range sent {
		kept, ok := field(stored, name)
		switch {
		case name == "targetPort" && isEmpty(v), name == "stringData": // what silence says, and is filled; what becomes data
		case ok:
			for _, path := range missing(v, kept) {
				lost = append(lost, "."+name+path)
			}
		case !isEmpty(v):
			lost = append(lost, "."+name)
		}
	}
	return lost
}

func length(v value.Value) int {
	if !v.IsList() {
		return 0
	}
	return v.AsList().Length()
}

func field(object value.Value, name string) (value.Value, bool) {
	if !object.IsMap() {
		return nil, false
	}
	return object.AsMap().Get(name)
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
	if sent == stored {
		return true
	}
	if f, ok := sent.(float64); ok {
		if n, ok := stored.(int64); ok {
			return f == float64(n)
		}
	}
	a, b := fmt.Sprint(sent), fmt.Sprint(stored)
	if a == b {
		return true
	}
	x, err1 := resource.ParseQuantity(a)
	y, err2 := resource.ParseQuantity(b)
	return err1 == nil && err2 == nil && x.Cmp(y) == 0
}
