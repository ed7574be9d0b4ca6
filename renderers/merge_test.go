package renderers

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	"berth/internal/yamlprint"
)

// drawer draws objects and patches of a type: few names, so that they meet, and what Kubernetes merges in its own ways.
type drawer struct {
	*rand.Rand
	patch bool // nulls and directives may stand in it
}

func (d drawer) one(of ...any) any { return of[d.IntN(len(of))] }

func (d drawer) value(t reflect.Type, mergeKey string, depth int) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[resource.Quantity]():
		return d.one("1", "1000m", "2Gi", "0")
	case reflect.TypeFor[intstr.IntOrString]():
		return d.one(80.0, "http", "25%")
	case reflect.TypeFor[metav1.Time](), reflect.TypeFor[metav1.MicroTime](), reflect.TypeFor[metav1.FieldsV1]():
		return nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return d.structure(t, mergeKey, depth)
	case reflect.Map:
		m := tree{}
		for range d.IntN(3) {
			m[d.one("a", "b", "c").(string)] = d.value(t.Elem(), "", depth-1)
		}
		return m
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "YQ=="
		}
		var list []any = []any{}
		for range d.IntN(4) {
			list = append(list, d.item(t.Elem(), mergeKey, depth))
		}
		return list
	case reflect.String:
		return d.one("a", "b", "c", "")
	case reflect.Bool:
		return d.one(true, false)
	}
	return d.one(0.0, 1.0, 80.0)
}

func (d drawer) item(t reflect.Type, mergeKey string, depth int) any {
	v := d.value(t, mergeKey, depth-1)
	if item, ok := v.(tree); ok && mergeKey != "" && d.patch && d.IntN(12) == 0 {
		item["$patch"] = d.one("delete", "replace")
	}
	return v
}

func (d drawer) structure(t reflect.Type, mergeKey string, depth int) tree {
	fields, object := fieldsOf(t), tree{}
	names := sortedKeys(fields)
	for n := 1 + d.IntN(3); depth > 0 && n > 0 && len(names) > 0; n-- {
		d.field(object, names[d.IntN(len(names))], fields, depth)
	}
	for _, name := range []string{"spec", "jobTemplate", "template", "containers", "env", "ports", "volumes", "tolerations", "finalizers", "metadata"} {
		if _, ok := fields[name]; ok && depth > 0 && d.IntN(3) > 0 {
			d.field(object, name, fields, depth)
		}
	}
	if field, ok := fields[mergeKey]; ok {
		object[mergeKey] = d.value(field.Type, "", 1)
	}
	if d.patch && d.IntN(30) == 0 {
		object["$patch"] = d.one("replace", "delete", "merge")
	}
	if d.patch && d.IntN(30) == 0 {
		var keys []any
		for _, key := range sortedKeys(object) {
			keys = append(keys, key)
		}
		object["$retainKeys"] = append(keys, "name")
	}
	return object
}

func (d drawer) field(object tree, name string, fields map[string]shapeField, depth int) {
	field := fields[name]
	if d.patch && d.IntN(8) == 0 {
		object[name] = nil
		return
	}
	key := field.Tag.Get("patchMergeKey")
	v := d.value(field.Type, key, depth-1)
	if v == nil && !d.patch {
		return
	}
	object[name] = v
	if list, ok := v.([]any); ok && d.patch && d.IntN(12) == 0 && strings.Contains(field.Tag.Get("patchStrategy"), "merge") {
		object["$setElementOrder/"+name] = list
	}
}

// TestMergesAsTheLibrary holds our merge to the library's, over objects and rows of patches drawn from the whole types.
func TestMergesAsTheLibrary(t *testing.T) {
	const rows = 4000
	r := rand.New(rand.NewPCG(1, 1))
	merged := 0
	for _, like := range []kubeObject{&appsv1.Deployment{}, &batchv1.Job{}, &batchv1.CronJob{}, &corev1.Service{}, &corev1.PersistentVolumeClaim{}} {
		for row := range rows / 5 {
			d := drawer{Rand: r}
			object := reflect.New(reflect.TypeOf(like).Elem()).Interface().(kubeObject)
			if decode(d.structure(reflect.TypeOf(like).Elem(), "", 9), object) != nil {
				continue
			}
			m, err := newMerge(object, false)
			if err != nil {
				t.Fatal(err)
			}
			d.patch = true
			for range 1 + d.IntN(4) {
				patch := d.structure(reflect.TypeOf(like).Elem(), "", 9)
				want, errWant := byLibrary(m.root.tree().(tree), patch, like)
				m.begin()
				before := m.root.tree()
				errGot := m.mapping(m.root, runtime.DeepCopyJSON(patch), m.meta, "p")
				if (errWant == nil) != (errGot == nil) {
					t.Fatalf("row %d of %T: the library says %v, we say %v\nobject %v\npatch  %v", row, like, errWant, errGot, before, patch)
				}
				after := m.root.tree()
				if m.rollback(); cmp.Diff(before, m.root.tree()) != "" {
					t.Fatalf("row %d of %T: taking the patch back leaves %s", row, like, cmp.Diff(before, m.root.tree()))
				}
				if errWant != nil {
					break
				}
				got := reflect.New(reflect.TypeOf(like).Elem()).Interface().(kubeObject)
				if errTyped := decode(after, got); (errTyped == nil) != (want != nil) {
					t.Fatalf("row %d of %T: %v", row, like, errTyped)
				} else if want == nil {
					break
				}
				a, b := string(yamlprint.AppendCanonical(nil, want)), string(yamlprint.AppendCanonical(nil, got))
				if a != b {
					t.Fatalf("row %d of %T\nobject  %v\npatch   %v\nlibrary %s\nours    %s", row, like, before, patch, a, b)
				}
				_ = m.mapping(m.root, runtime.DeepCopyJSON(patch), m.meta, "p")
				merged++
			}
		}
	}
	if merged < rows/2 {
		t.Errorf("only %d patches could be merged", merged)
	}
}

// byLibrary is the library's result: nil where it is no object of the type.
func byLibrary(object, patch tree, like kubeObject) (kubeObject, error) {
	after, err := strategicpatch.StrategicMergeMapPatch(object, runtime.DeepCopyJSON(patch), like)
	if err != nil {
		return nil, err
	}
	typed := reflect.New(reflect.TypeOf(like).Elem()).Interface().(kubeObject)
	if decode(after, typed) != nil {
		return nil, nil
	}
	return typed, nil
}

func decode(v any, into any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
