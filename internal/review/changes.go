package review

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"

	"github.com/robfig/cron/v3"
	"k8s.io/apimachinery/pkg/api/resource"
)

// delta is a difference at a path: the path is that of the new tree, or of the old one where the field is gone.
type delta struct {
	path          string
	oldPath       string
	before, after any
	gone, fresh   bool
	order         bool // the items are the same, in another order: before and after are their keys
}

// listKeys are the fields by which Kubernetes tells the items of a list apart. A list of one of these names is compared
// by them, wherever they stand. That the order is another one is a difference of its own: a Deployment rolls out for it, and
// a Job cannot take it.
var listKeys = map[string][]string{
	"containers":       {"name"},
	"initContainers":   {"name"},
	"volumes":          {"name"},
	"volumeMounts":     {"mountPath"},
	"env":              {"name"},
	"ports":            {"port", "containerPort", "protocol"},
	"imagePullSecrets": {"name"},
	"items":            {"key", "path"},
}

// sets are the lists without a key whose items are told apart by all that they say.
var sets = map[string]bool{
	"tolerations": true, "accessModes": true, "nodeSelectorTerms": true, "matchExpressions": true, "matchFields": true,
	"values": true, "preferredDuringSchedulingIgnoredDuringExecution": true,
	"requiredDuringSchedulingIgnoredDuringExecution": true, "topologySpreadConstraints": true, "finalizers": true,
	"supplementalGroups": true, "onPodConditions": true, "namespaces": true, "matchLabelKeys": true,
	"mismatchLabelKeys": true,
}

// differ compares two trees as Kubernetes reads them. field is the key that the values stand under.
func differ(before, after any, field, oldPath, path string) []delta {
	switch b := before.(type) {
	case map[string]any:
		if a, ok := after.(map[string]any); ok {
			return differMaps(b, a, field, oldPath, path)
		}
	case []any:
		if a, ok := after.([]any); ok {
			return differLists(b, a, field, oldPath, path)
		}
	}
	if same(before, after, field) {
		return nil
	}
	return []delta{{path: path, oldPath: oldPath, before: before, after: after}}
}

// differMaps compares two mappings, key by key in order. What stands under requests, limits and overhead is compared as
// quantities. The two paths differ where an item of a list has moved.
func differMaps(before, after map[string]any, field, oldPath, path string) []delta {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(before)), maps.Keys(after))
	slices.Sort(keys)
	var found []delta
	for _, key := range slices.Compact(keys) {
		// The names of resources say nothing of how their values are compared; that they stand under requests or limits
		// does.
		inner := key
		if field == "requests" || field == "limits" || field == "overhead" {
			inner = inQuantities
		}
		b, had := before[key]
		a, has := after[key]
		at, oldAt := diag.Join(path, key), diag.Join(oldPath, key)
		switch {
		case had && has:
			found = append(found, differ(b, a, inner, oldAt, at)...)
		case had:
			found = append(found, removed(b, oldAt)...)
		default:
			found = append(found, added(a, at)...)
		}
	}
	return found
}

// removed and added give a mapping that is on one side alone leaf by leaf, since each leaf has its own origin.
func removed(value any, path string) []delta {
	if m, ok := value.(map[string]any); ok && len(m) > 0 {
		return differMaps(m, nil, "", path, path)
	}
	return []delta{{path: path, oldPath: path, before: value, gone: true}}
}

// added is what is new at a path, leaf by leaf; an empty mapping is a leaf.
func added(value any, path string) []delta {
	if m, ok := value.(map[string]any); ok && len(m) > 0 {
		return differMaps(nil, m, "", path, path)
	}
	return []delta{{path: path, oldPath: path, after: value, fresh: true}}
}

// differLists compares two lists: by the items' keys where Kubernetes has such, as sets, by their index where both have
// as many mappings, and as a whole otherwise.
func differLists(before, after []any, field, oldPath, path string) []delta {
	switch {
	case listKeys[field] != nil:
		return differByKey(before, after, oldPath, path, func(item any) string { return itemKey(item, listKeys[field]) })
	case sets[field]:
		return differByKey(before, after, oldPath, path, compact)
	case len(before) == len(after) && len(before) > 0 && isMap(before[0]):
		var found []delta
		for i := range before {
			found = append(found, differ(before[i], after[i], "", diag.At(oldPath, i), diag.At(path, i))...)
		}
		return found
	case reflect.DeepEqual(before, after):
		return nil
	}
	return []delta{{path: path, oldPath: oldPath, before: before, after: after}}
}

// isMap reports whether a value has fields.
func isMap(value any) bool { _, ok := value.(map[string]any); return ok }

// differByKey pairs items by their keys. An item on one side alone is one difference, another order of the others too.
func differByKey(before, after []any, oldPath, path string, key func(any) string) []delta {
	// Several items may have one key, as in a list that nobody merges by it: they are paired in their order.
	old := map[string][]int{}
	for i, item := range before {
		old[key(item)] = append(old[key(item)], i)
	}
	var found, fresh []delta
	var order []int
	for i, item := range after {
		at := old[key(item)]
		if len(at) == 0 {
			fresh = append(fresh, delta{path: diag.At(path, i), after: item, fresh: true})
			continue
		}
		old[key(item)], order = at[1:], append(order, at[0])
		found = append(found, differ(before[at[0]], item, "", diag.At(oldPath, at[0]), diag.At(path, i))...)
	}
	for i, item := range before {
		if slices.Contains(old[key(item)], i) {
			found = append(found, delta{path: diag.At(oldPath, i), oldPath: diag.At(oldPath, i), before: item, gone: true})
		}
	}
	// The items that both sides have stand in another order.
	if !slices.IsSorted(order) {
		found = append(found, delta{path: path, oldPath: oldPath, before: keys(before, key), after: keys(after, key), order: true})
	}
	return append(found, fresh...)
}

// itemKey is what tells an item of a list from the others: the values of the fields that it has of those named.
func itemKey(item any, fields []string) string {
	m, ok := item.(map[string]any)
	if !ok {
		return compact(item)
	}
	var parts []any
	for _, f := range fields {
		if v, ok := m[f]; ok {
			parts = append(parts, v)
		}
	}
	return compact(parts)
}

// keys are the keys of a list, as a text.
func keys(items []any, key func(any) string) string {
	all := make([]string, len(items))
	for i, item := range items {
		all[i] = strings.Trim(key(item), "[]\"")
	}
	return strings.Join(all, ", ")
}

// inQuantities stands for the key of an amount, whose spelling means nothing.
const inQuantities = "quantity"

// same reports whether two scalars mean the same: quantities and schedules may be written in several ways.
func same(before, after any, field string) bool {
	if reflect.DeepEqual(before, after) {
		return true
	}
	if field == "schedule" {
		return sameSchedule(before, after)
	}
	if field != inQuantities && field != "sizeLimit" && field != "divisor" {
		return false
	}
	b, okB := amount(before)
	a, okA := amount(after)
	return okA && okB && a.Cmp(b) == 0
}

// amount reads a quantity, which in a tree is a string or a number.
func amount(value any) (resource.Quantity, bool) {
	return quantity.Parse(strings.Trim(compact(value), `"`))
}

// sameSchedule reports whether two schedules mean the same times, as @daily and 0 0 * * * do.
func sameSchedule(before, after any) bool {
	b, errB := cron.ParseStandard(fmt.Sprint(before))
	a, errA := cron.ParseStandard(fmt.Sprint(after))
	return errA == nil && errB == nil && reflect.DeepEqual(a, b)
}
