package gates

import (
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
)

// kinds are the specifications of the objects that Berth writes.
var kinds = []any{
	batchv1.JobSpec{}, batchv1.CronJobSpec{}, appsv1.DeploymentSpec{}, corev1.ServiceSpec{}, corev1.PersistentVolumeClaimSpec{},
	resourcev1.ResourceClaimTemplateSpec{},
}

// Entry is a field or a value that not every release takes.
type Entry struct {
	ID    string
	Since int // minor version; 0 when none takes it unasked
}

// Late lists the fields and values of our kinds that came later than the kind itself, sorted. What is below such a
// field is not listed again.
func (x *Index) Late() []Entry {
	found := map[string]int{}
	seen := map[reflect.Type]bool{}
	for _, kind := range kinds {
		x.late(reflect.TypeOf(kind), found, seen)
	}
	var entries []Entry
	for _, id := range slices.Sorted(maps.Keys(found)) {
		entries = append(entries, Entry{id, found[id]})
	}
	return entries
}

func (x *Index) late(t reflect.Type, found map[string]int, seen map[reflect.Type]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if seen[t] || !ours(t) {
		return
	}
	seen[t] = true
	switch {
	case t == reflect.TypeFor[corev1.PodConditionType](): // anybody may add to them
		return
	case t.Kind() == reflect.String:
		x.lateValues(name(t), found)
		return
	case t.Kind() != reflect.Struct:
		return
	}
	for f := range t.Fields() {
		id, ok := fieldID(t, f)
		if !ok {
			x.late(f.Type, found, seen) // an embedded one
			continue
		}
		if since := x.Field(id); since != x.floor(id) {
			found[id] = since
			continue
		}
		x.late(f.Type, found, seen)
	}
}

func (x *Index) lateValues(kind string, found map[string]int) {
	for id := range x.releases[Newest].values {
		if since := x.Value(id); strings.HasPrefix(id, kind+"=") && since != x.floor(id) {
			found[id] = since
		}
	}
}

// floor is the first release that has the group and version of an id.
func (x *Index) floor(id string) int {
	group, _, _ := strings.Cut(id, ".")
	for minor := Oldest; minor < Newest; minor++ {
		for known := range x.releases[minor].fields {
			if strings.HasPrefix(known, group+".") {
				return minor
			}
		}
	}
	return Newest
}

// fieldID is the id of a field; there is none of an embedded struct, whose fields stand for themselves.
func fieldID(t reflect.Type, f reflect.StructField) (string, bool) {
	tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name(t) + "." + tag, tag != ""
}

// name is a type's, as in core/v1.PodSpec.
func name(t reflect.Type) string {
	group, version := path.Split(t.PkgPath())
	return path.Base(group) + "/" + version + "." + t.Name()
}

func ours(t reflect.Type) bool { return strings.HasPrefix(t.PkgPath(), "k8s.io/api/") }

// Unusable lists what an object of k8s.io/api has set and a release does not take.
func (x *Index) Unusable(object any, minor int) []string {
	var found []string
	each(reflect.ValueOf(object), func(id string, isField bool) {
		known, since := x.releases[Newest].values, x.Value
		if isField {
			known, since = x.releases[Newest].fields, x.Field
		}
		if _, ok := known[id]; ok && (since(id) == 0 || since(id) > minor) {
			found = append(found, id)
		}
	})
	slices.Sort(found)
	return slices.Compact(found)
}

// each visits the fields of an object that are set, and the texts of k8s.io/api's own types in them.
func each(v reflect.Value, visit func(id string, isField bool)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			each(v.Elem(), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			each(v.Index(i), visit)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			each(v.MapIndex(key), visit)
		}
	case reflect.String:
		if ours(v.Type()) {
			visit(name(v.Type())+"="+v.String(), false)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if id, ok := fieldID(v.Type(), v.Type().Field(i)); ok && ours(v.Type()) && !v.Field(i).IsZero() {
				visit(id, true)
			}
			each(v.Field(i), visit)
		}
	}
}
