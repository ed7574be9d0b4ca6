package renderers

import (
	"encoding/json"
	"fmt"
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
// sourcePath in the plan, or the nearest place above it. The others were at another path before where the merge moved the
// items of a list.
type credit struct {
	origins map[string]string
	record  record // what is recorded of the merged object; nil where nobody asks
	before  record // what was recorded of it before
}

// value records the leaves at and below path, which was at another place before the merge.
func (c credit) value(path string, was place, before, after any, source any, sourcePath string) {
	switch after := after.(type) {
	case map[string]any:
		c.mapping(path, was, before, after, source, sourcePath)
	case []any:
		c.list(path, was, before, after, source, sourcePath)
	default:
		c.leaf(path, was, before != after, sourcePath)
	}
}

func (c credit) leaf(path string, was place, isNew bool, sourcePath string) {
	if isNew {
		c.origins[path] = sourcePath
	}
	if c.record == nil {
		return
	}
	if isNew {
		c.record[path] = origin{plan: sourcePath}
	} else if from, ok := c.before.at(was.path); ok {
		c.record[path] = from
	}
}

func (c credit) mapping(path string, was place, before any, after map[string]any, source any, sourcePath string) {
	old, existed := before.(map[string]any)
	if len(after) == 0 {
		c.leaf(path, was, !existed, sourcePath)
	}
	said, _ := source.(map[string]any)
	for key, value := range after {
		at := sourcePath
		if _, ok := said[key]; ok {
			at = diag.Join(sourcePath, key)
		}
		c.value(diag.Join(path, key), was.key(key), old[key], value, said[key], at)
	}
	for key := range old {
		if _, left := after[key]; left {
			continue
		}
		at := sourcePath
		if _, ok := said[key]; ok {
			at = diag.Join(sourcePath, key)
		}
		c.gone(diag.Join(path, key), at)
	}
}

// gone records who took away what was at a path: the object may lack it.
func (c credit) gone(path, sourcePath string) {
	c.origins[path] = sourcePath
	if c.record != nil {
		c.record[path] = origin{plan: sourcePath}
	}
}

func (c credit) list(path string, was place, before any, after []any, source any, sourcePath string) {
	old, existed := before.([]any)
	if len(after) == 0 {
		c.leaf(path, was, !existed, sourcePath)
	}
	said, _ := source.([]any)
	inSource, inOld, left := indexOf(said), indexOf(old), make([]bool, len(old))
	for i, value := range after {
		at, from := sourcePath, any(nil)
		if j := inSource.find(value, i); j >= 0 {
			at, from = diag.At(sourcePath, j), said[j]
		}
		var item any
		j := inOld.find(value, i)
		if j >= 0 {
			item, left[j] = old[j], true
		}
		c.value(diag.At(path, i), was.item(j), item, value, from, at)
	}
	for i, value := range old {
		if left[i] {
			continue
		}
		at := sourcePath
		if j := inSource.find(value, i); j >= 0 {
			at = diag.At(sourcePath, j)
		}
		c.gone(path, at)
	}
}

// index finds the items of a list by what tells them apart.
type index struct {
	list   []any
	places map[string]int
}

func indexOf(list []any) index {
	places := make(map[string]int, len(list))
	for i, item := range list {
		if key := identityOf(item); key != "" {
			if _, taken := places[key]; !taken {
				places[key] = i
			}
		}
	}
	return index{list, places}
}

// find is [Counterpart] for the i-th item of another list, which is its own counterpart where several are equal.
func (x index) find(value any, i int) int {
	if i < len(x.list) && reflect.DeepEqual(x.list[i], value) {
		return i
	}
	if j, ok := x.places[identityOf(value)]; ok {
		return j
	}
	return -1
}

// identityOf is what tells an item from others of its list.
func identityOf(item any) string {
	object, ok := item.(map[string]any)
	if !ok {
		return fmt.Sprint(item)
	}
	for _, key := range identities {
		if object[key] != nil {
			return key + "=" + fmt.Sprint(object[key])
		}
	}
	text, err := json.Marshal(object)
	if err != nil {
		return ""
	}
	return string(text)
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
