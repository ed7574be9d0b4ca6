package gates

import (
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
)

// kinds are the specifications of the objects that Berth writes, or that a run may bring.
var kinds = []any{
	batchv1.JobSpec{}, batchv1.CronJobSpec{}, appsv1.DeploymentSpec{}, corev1.ServiceSpec{}, corev1.PersistentVolumeClaimSpec{},
	resourcev1.ResourceClaimTemplateSpec{}, autoscalingv2.HorizontalPodAutoscalerSpec{}, policyv1.PodDisruptionBudgetSpec{},
	networkingv1.IngressSpec{}, networkingv1.NetworkPolicySpec{},
}

// Entry is a field or a value that not every release takes.
type Entry struct {
	ID    string
	Since int // minor version; 0 when none takes it unasked
}

// Late lists the fields and values of our kinds that came later than the kind itself, sorted. Of what is below such a
// field, that is listed which came later still.
func (x *Index) Late() []Entry {
	w := walk{x, map[string]int{}, map[reflect.Type]int{}}
	for _, kind := range kinds {
		w.late(reflect.TypeOf(kind), 0)
	}
	var entries []Entry
	for _, id := range slices.Sorted(maps.Keys(w.found)) {
		entries = append(entries, Entry{id, w.found[id]})
	}
	return entries
}

// walk goes through types and collects what came late.
type walk struct {
	*Index
	found map[string]int
	seen  map[reflect.Type]int // with the release that they were seen below
}

// late goes through a type below a field that came with the release base, 0 for one that was there from the start.
func (w *walk) late(t reflect.Type, base int) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if before, again := w.seen[t]; again && before <= base || !ours(t) {
		return
	}
	w.seen[t] = base
	switch {
	case t == reflect.TypeFor[corev1.PodConditionType](): // anybody may add to them
		return
	case t.Kind() == reflect.String:
		for id := range w.releases[Newest].values {
			if strings.HasPrefix(id, name(t)+"=") {
				w.note(id, w.Value(id), base)
			}
		}
		return
	case t.Kind() != reflect.Struct:
		return
	}
	for f := range t.Fields() {
		id, ok := fieldID(t, f)
		if !ok {
			w.late(f.Type, base) // an embedded one
			continue
		}
		since := w.Field(id)
		w.note(id, since, base)
		if since != 0 {
			w.late(f.Type, max(base, w.lateness(id, since)))
		}
	}
}

// note lists a field or value unless it came with what it is below.
func (w *walk) note(id string, since, base int) {
	if since == 0 || w.lateness(id, since) > base {
		w.found[id] = since
	}
}

// lateness is 0 for what was there from the start.
func (w *walk) lateness(id string, since int) int {
	if since == w.floor(id) {
		return 0
	}
	return since
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
