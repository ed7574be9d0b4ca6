package renderers

import (
	"encoding/json"
	"reflect"

	"berth/internal/diag"

	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// tree is an object, or a part of one, as JSON reads it: maps, lists, texts, numbers.
type tree = map[string]any

// treeOf turns a typed object, or what a user wrote, into a tree of its own.
func treeOf(value any) (tree, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var t tree
	return t, json.Unmarshal(text, &t)
}

// strategicMerge lays a tree over another one as kubectl and the API server do it for objects of the type of like:
// mappings by key, lists by their merge key where they have one, and whole otherwise. Both trees are used up.
func strategicMerge[T kubeObject](under, over tree, like T) (T, tree, error) {
	merged, err := strategicpatch.StrategicMergeMapPatch(under, over, like)
	if err != nil {
		return like, nil, err
	}
	text, err := json.Marshal(merged)
	if err != nil {
		return like, nil, err
	}
	object := reflect.New(reflect.TypeOf(like).Elem()).Interface().(T)
	return object, merged, json.Unmarshal(text, object)
}

// credit records for each leaf of after that is not in before where it comes from: the place in source, which stands at
// sourcePath in the plan, or the nearest place above it.
type credit struct{ origins map[string]string }

func (c credit) value(path string, before, after any, source any, sourcePath string) {
	switch after := after.(type) {
	case map[string]any:
		c.mapping(path, before, after, source, sourcePath)
	case []any:
		c.list(path, before, after, source, sourcePath)
	default:
		if before != after {
			c.origins[path] = sourcePath
		}
	}
}

func (c credit) mapping(path string, before any, after map[string]any, source any, sourcePath string) {
	old, existed := before.(map[string]any)
	if len(after) == 0 && !existed {
		c.origins[path] = sourcePath
	}
	said, _ := source.(map[string]any)
	for key, value := range after {
		at := sourcePath
		if _, ok := said[key]; ok {
			at = diag.Join(sourcePath, key)
		}
		c.value(diag.Join(path, key), old[key], value, said[key], at)
	}
}

func (c credit) list(path string, before any, after []any, source any, sourcePath string) {
	old, existed := before.([]any)
	if len(after) == 0 && !existed {
		c.origins[path] = sourcePath
	}
	said, _ := source.([]any)
	for i, value := range after {
		at, from := sourcePath, any(nil)
		if j := Counterpart(said, value); j >= 0 {
			at, from = diag.At(sourcePath, j), said[j]
		}
		var was any
		if j := Counterpart(old, value); j >= 0 {
			was = old[j]
		}
		c.value(diag.At(path, i), was, value, from, at)
	}
}

// identities are the keys that tell the items of Kubernetes' lists apart.
var identities = []string{"name", "mountPath", "containerPort", "port", "key"}

// Counterpart finds the item of a list that is, or was, the given one; -1 when there is none.
func Counterpart(list []any, value any) int {
	object, _ := value.(map[string]any)
	for i, other := range list {
		if reflect.DeepEqual(other, value) {
			return i
		}
		candidate, _ := other.(map[string]any)
		for _, key := range identities {
			if object[key] != nil && candidate[key] != nil {
				if reflect.DeepEqual(object[key], candidate[key]) {
					return i
				}
				break
			}
		}
	}
	return -1
}
