package gates

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/resource/resourceclaimtemplate"

	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/resource/install"
)

// minorEnv is the release that a process of this test emulates; it can emulate one alone.
const minorEnv = "GATES_MINOR"

// strategies are what the server does with new objects of our kinds.
var strategies = []struct {
	object   runtime.Object
	strategy rest.RESTCreateStrategy
}{
	{&batchv1.Job{}, job.Strategy}, {&batchv1.CronJob{}, cronjob.Strategy}, {&appsv1.Deployment{}, deployment.Strategy},
	{&corev1.Service{}, service.Strategy}, {&corev1.PersistentVolumeClaim{}, persistentvolumeclaim.Strategy},
	{&resourcev1.ResourceClaimTemplate{}, resourceclaimtemplate.NewStrategy(nil)},
}

// excused are fields that the server drops or changes for another reason than a gate of their own.
var excused = map[string]string{
	"core/v1.Container.restartPolicy":                 "init containers keep it; for others, the values are gated",
	"core/v1.EphemeralContainerCommon.restartPolicy":  "no template has ephemeral containers",
	"core/v1.PersistentVolumeClaimSpec.dataSource":    "the two sources are filled with what contradicts one another",
	"core/v1.PersistentVolumeClaimSpec.dataSourceRef": "the same",
	"core/v1.SecurityContext.procMount":               "its value Unmasked is gated",
	"core/v1.Volume.name":                             "a volume goes with its source",
}

// TestServer holds the definitions' comments to the server's own code: of an object in which every field is set, the
// server drops those whose gate is off.
func TestServer(t *testing.T) {
	if text := os.Getenv(minorEnv); text != "" {
		minor, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		judge(t, minor)
		return
	}
	for minor := Oldest; minor <= Newest; minor++ {
		cmd := exec.Command(os.Args[0], "-test.run=^TestServer$", "-test.v")
		cmd.Env = append(os.Environ(), minorEnv+"="+strconv.Itoa(minor))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("1.%d: %v\n%s", minor, err, out)
		}
	}
}

func judge(t *testing.T, minor int) {
	if err := utilfeature.DefaultMutableFeatureGate.SetEmulationVersion(version.MajorMinor(1, uint(minor))); err != nil {
		t.Fatal(err)
	}
	x := index(t)
	for _, s := range strategies {
		for _, id := range dropped(t, s.object, s.strategy) {
			if since := x.Field(id); since != 0 && since <= minor && excused[id] == "" {
				t.Errorf("1.%d drops %s of a %T, and its definition says that it is taken since 1.%d", minor, id, s.object, since)
			}
		}
	}
}

// dropped are the fields of the specification that were set before the server prepared an object and are not
// afterwards, without those below another one.
func dropped(t *testing.T, object runtime.Object, strategy rest.RESTCreateStrategy) []string {
	t.Helper()
	filled := object.DeepCopyObject()
	fill(reflect.ValueOf(filled).Elem())
	internal, err := legacyscheme.Scheme.ConvertToVersion(filled, runtime.InternalGroupVersioner)
	if err != nil {
		t.Fatal(err)
	}
	before, after := map[string]place{}, map[string]place{}
	places(reflect.ValueOf(versioned(t, internal, object)), "", before)
	strategy.PrepareForCreate(request.WithNamespace(context.Background(), "ml"), internal)
	places(reflect.ValueOf(versioned(t, internal, object)), "", after)
	lost := map[string]bool{}
	for path, was := range before {
		is, parentIs := after[path], after[parent(path)]
		if is.text != was.text && parentIs.text != "" && strings.HasPrefix(path, ".spec.") {
			lost[was.id] = true
		}
	}
	return slices.Sorted(maps.Keys(lost))
}

func versioned(t *testing.T, internal, like runtime.Object) runtime.Object {
	t.Helper()
	gvks, _, err := legacyscheme.Scheme.ObjectKinds(like)
	if err != nil {
		t.Fatal(err)
	}
	object, err := legacyscheme.Scheme.ConvertToVersion(internal.DeepCopyObject(), gvks[0].GroupVersion())
	if err != nil {
		t.Fatal(err)
	}
	return object
}

// place is a field that is set: its id, and its value where that is a scalar.
type place struct{ id, text string }

// places lists by path the fields of k8s.io/api that are set. The items of a list are told apart by their names.
func places(v reflect.Value, path string, found map[string]place) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			places(v.Elem(), path, found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			places(v.Index(i), path+itemName(v.Index(i)), found)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			places(v.MapIndex(key), path, found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			id, ok := fieldID(v.Type(), v.Type().Field(i))
			at := path
			if ok {
				at += id[strings.LastIndex(id, "."):]
			}
			if ok && ours(v.Type()) && !v.Field(i).IsZero() {
				found[at] = place{id, textOf(v.Field(i))}
			}
			places(v.Field(i), at, found)
		}
	}
}

// textOf is a scalar as text, and a word for all others.
func textOf(v reflect.Value) string {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Map, reflect.Interface:
		return "set"
	}
	return fmt.Sprint(v)
}

func itemName(item reflect.Value) string {
	if item.Kind() == reflect.Struct {
		if name := item.FieldByName("Name"); name.IsValid() {
			return "[" + name.String() + "]"
		}
	}
	return ""
}

// parent is the field above a path, that of a list for a field of an item.
func parent(place string) string {
	place = place[:strings.LastIndex(place, ".")]
	if i := strings.LastIndex(place, "["); i >= 0 && strings.HasSuffix(place, "]") {
		place = place[:i]
	}
	return place
}

// fill sets everything that can be set: no field is left empty, and no list or map either.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		fillList(v)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[resource.Quantity]() {
			v.Set(reflect.ValueOf(resource.MustParse("1")))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(1)
	}
}

// fillList makes a list of one item, but of volumes one for each kind: a gate takes away the whole volume.
func fillList(v reflect.Value) {
	if v.Type() != reflect.TypeFor[[]corev1.Volume]() {
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
		return
	}
	for i := range reflect.TypeFor[corev1.VolumeSource]().NumField() {
		volume := corev1.Volume{Name: strconv.Itoa(i)}
		fill(reflect.ValueOf(&volume.VolumeSource).Elem().Field(i))
		v.Set(reflect.Append(v, reflect.ValueOf(volume)))
	}
}
