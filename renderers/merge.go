package renderers

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// merge is an object that a base object and patches change, as kubectl and the API server do it: mappings by key, lists by
// their merge key where they have one, and whole otherwise.
//
// What a strategic merge patch means is Kubernetes' to say, and its library merges what stands under a base object and
// every mapping with a `$` directive. It sorts each list that it merges by looking for each item from the start, though:
// a thousand patches of one list took a minute. So plain patches are merged here, with an index for each list;
// TestMergesAsTheLibrary holds both to one result.
type merge struct {
	root *node
	like kubeObject
	meta strategicpatch.LookupPatchMeta

	// What the patch under way has done so far.
	undo     []func()
	certain  bool // it changed what the object means
	doubtful bool // it changed what may mean the same, such as 1 and 1000m
}

// newMerge begins with the object as the run makes it, which stays as it is. asked says that somebody wants the origins
// of its values: without it, no path is kept.
func newMerge(value kubeObject, asked bool) (*merge, error) {
	object, err := treeOf(value)
	if err != nil {
		return nil, err
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(value)
	return &merge{root: grown(object, "", place{asked: asked}), like: value, meta: meta}, err
}

// object is what the object has become.
func (m *merge) object() (kubeObject, error) {
	text, err := json.Marshal(m.root.tree())
	if err != nil {
		return nil, err
	}
	object := reflect.New(reflect.TypeOf(m.like).Elem()).Interface().(kubeObject)
	return object, json.Unmarshal(text, object)
}

// credit records of an object who brought its leaves.
func (m *merge) credit(o *Object, r record) {
	o.merged = map[string]string{}
	credits{o.merged, r, maps.Clone(r)}.node("", m.root)
}

// begin forgets what the patch before did; rollback takes back what was done since.
func (m *merge) begin() { m.undo, m.certain, m.doubtful = nil, false, false }

// rollback undoes the newest step first: each undo puts back what it found, which an earlier step may have put there.
func (m *merge) rollback() {
	for i := len(m.undo) - 1; i >= 0; i-- {
		m.undo[i]()
	}
	m.undo = nil
}

// mapping lays a patch over a mapping; source is its place in the plan.
func (m *merge) mapping(n *node, patch tree, meta strategicpatch.LookupPatchMeta, source string) error {
	for key := range patch {
		if strings.HasPrefix(key, "$") {
			return m.byLibrary(n, patch, meta, source)
		}
	}
	for _, key := range sortedKeys(patch) {
		if err := m.field(n, key, patch[key], meta, source); err != nil {
			return err
		}
	}
	return nil
}

// field lays one value of a patch over a field: null takes the field away, a value of another form takes its place, a
// mapping is merged unless its patch strategy is to replace it (patchStrategy:"replace" in k8s.io/api), and a scalar is
// replaced where it differs. source is the place in the plan of the mapping that the patch field stands in.
func (m *merge) field(n *node, key string, v any, meta strategicpatch.LookupPatchMeta, source string) error {
	at, old := diag.Join(source, key), n.fields[key]
	switch {
	case v == nil:
		m.remove(n, key, at)
	case old == nil || old.form != formOf(v):
		if v = withoutDirectives(v); v == nil {
			m.remove(n, key, at)
			return nil
		}
		m.note(nil, v)
		m.set(n, key, grown(v, at, place{}))
	case old.form == isMapping:
		below, how, err := meta.LookupPatchMetadataForStruct(key)
		if err != nil {
			return err
		}
		if slices.Contains(how.GetPatchStrategies(), "replace") {
			m.set(n, key, m.fold(old, v, v, at))
			return nil
		}
		return m.mapping(old, v.(tree), below, at)
	case old.form == isList:
		return m.list(n, key, v.([]any), meta, source)
	case old.value != v:
		m.note(old, v)
		m.set(n, key, &node{value: v, from: at})
	}
	return nil
}

// list lays a list over one that stands at a key of n.
func (m *merge) list(n *node, key string, patch []any, meta strategicpatch.LookupPatchMeta, source string) error {
	at, old := diag.Join(source, key), n.fields[key]
	below, how, err := meta.LookupPatchMetadataForSlice(key)
	if err != nil {
		return err
	}
	if !slices.Contains(how.GetPatchStrategies(), "merge") {
		m.set(n, key, m.fold(old, patch, patch, at))
		return nil
	}
	special := func(item any) bool { t, _ := item.(tree); return t["$patch"] != nil }
	if slices.ContainsFunc(patch, special) {
		return m.byLibrary(n, tree{key: patch}, meta, source)
	}
	return m.items(old, patch, how.GetPatchMergeKey(), below, at)
}

// byLibrary lays a patch with directives over a mapping.
func (m *merge) byLibrary(n *node, patch tree, meta strategicpatch.LookupPatchMeta, source string) error {
	after, err := strategicpatch.StrategicMergeMapPatchUsingLookupPatchMeta(n.tree().(tree), runtime.DeepCopyJSON(patch), meta)
	if err != nil {
		return err
	}
	m.become(n, m.fold(n, map[string]any(after), patch, source))
	return nil
}

// become puts a node in the place of another.
func (m *merge) become(n, other *node) {
	was := *n
	m.undo = append(m.undo, func() { *n = was })
	*n = *other
}

// set puts a value under a key, with an undo that also knows that nothing stood there.
func (m *merge) set(n *node, key string, value *node) {
	old, had := n.fields[key]
	m.undo = append(m.undo, func() {
		delete(n.fields, key)
		if had {
			n.fields[key] = old
		}
	})
	n.fields[key] = value // who took away what stood here is still to blame for what it lacks now
}

// remove takes a field away and keeps who did so, for whoever asks why the object lacks it. The map of those is copied
// before it is written to: an undo needs the old one.
func (m *merge) remove(n *node, key, source string) {
	old := n.fields[key]
	if old == nil {
		return
	}
	m.noteGone(old)
	before := n.gone
	m.undo = append(m.undo, func() { n.fields[key], n.gone = old, before })
	delete(n.fields, key)
	n.gone = maps.Clone(before)
	n.took(key, source)
}

// took records who took a key, or an item, away.
func (n *node) took(key, source string) {
	if n.gone == nil {
		n.gone = map[string]string{}
	}
	n.gone[key] = source
}

// note notes that a value takes the place of a node, nil for none.
func (m *merge) note(old *node, v any) {
	same := isZero(v)
	if old != nil {
		same = same && isZero(old.tree()) || old.form == isValue && sameQuantity(old.value, v)
	}
	m.certain, m.doubtful = m.certain || !same, m.doubtful || same
}

// noteGone notes that a node is taken away.
func (m *merge) noteGone(old *node) {
	same := isZero(old.tree())
	m.certain, m.doubtful = m.certain || !same, m.doubtful || same
}

// isZero reports whether a tree may be as good as absent.
func isZero(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, value := range v {
			if !isZero(value) {
				return false
			}
		}
		return true
	case []any:
		return len(v) == 0
	}
	return v == nil || v == "" || v == false || v == 0.0
}

// sameQuantity reports whether two scalars are one amount in two spellings, such as 1 and 1000m. What is no quantity is
// never the same.
func sameQuantity(a, b any) bool {
	x, okA := quantity.Parse(fmt.Sprint(a))
	y, okB := quantity.Parse(fmt.Sprint(b))
	return okA && okB && x.Cmp(y) == 0
}

// withoutDirectives is a new part of an object without what only says how to merge it, and without its nulls; nil where
// nothing is left.
func withoutDirectives(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v["$patch"] != nil {
			return nil
		}
		plain := tree{}
		for key, value := range v {
			if value = withoutDirectives(value); value != nil && !strings.HasPrefix(key, "$") {
				plain[key] = value
			}
		}
		return plain
	case []any:
		plain := []any{}
		for _, item := range v {
			if item = withoutDirectives(item); item != nil {
				plain = append(plain, item)
			}
		}
		return plain
	}
	return v
}
