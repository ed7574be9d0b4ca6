package rules

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	jobset "sigs.k8s.io/jobset/api/jobset/v1alpha2"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// What is not measured is smaller than what it is said to take at most, whatever stands in an object.
func TestAtMost(t *testing.T) {
	random := filler{rand.New(rand.NewPCG(1, 2))}
	for _, kind := range []any{
		appsv1.Deployment{}, batchv1.Job{}, batchv1.CronJob{}, corev1.Service{}, corev1.PersistentVolumeClaim{}, corev1.ConfigMap{},
		corev1.Secret{}, corev1.ServiceAccount{}, autoscalingv2.HorizontalPodAutoscaler{}, policyv1.PodDisruptionBudget{},
		networkingv1.NetworkPolicy{}, networkingv1.Ingress{}, resourcev1.ResourceClaimTemplate{}, gatewayv1.HTTPRoute{},
		jobset.JobSet{}, lws.LeaderWorkerSet{},
	} {
		for range 20 {
			v := reflect.New(reflect.TypeOf(kind))
			random.fill(v.Elem(), 0)
			bound := atMost(v)
			size := 0
			if sized, ok := v.Interface().(interface{ Size() int }); ok {
				size = sized.Size()
			} else if text, err := json.Marshal(v.Interface()); err == nil {
				size = len(text)
			} else {
				t.Fatal(err)
			}
			if bound < size {
				t.Errorf("a %T takes %d bytes, and is said to take at most %d", kind, size, bound)
			}
		}
	}
}

// Looking whether an object may be too large takes no memory: every object of a build is looked at.
func TestAtMostTakesNoMemory(t *testing.T) {
	job := batchv1.Job{}
	job.Labels = map[string]string{"a": "b"}
	job.Spec.Template.Spec.Containers = []corev1.Container{{Name: "a", Env: []corev1.EnvVar{{Name: "A", Value: "b"}},
		Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"cpu": resource.MustParse("1")}}}}
	if n := testing.AllocsPerRun(100, func() { atMost(reflect.ValueOf(&job)) }); n > 0 {
		t.Errorf("it takes %v pieces of memory", n)
	}
}

// filler fills values with random ones of their type, texts of unprintable characters and extreme numbers among them.
type filler struct{ *rand.Rand }

func (r filler) fill(v reflect.Value, depth int) {
	switch v.Type() {
	case quantity:
		v.Set(reflect.ValueOf(resource.MustParse([]string{"123456789012345678n", "1", "9223372036854775807", "17Ei"}[r.IntN(4)])))
		return
	case reflect.TypeFor[metav1.FieldsV1](), reflect.TypeFor[intstr.Type](): // the server writes the one, of the other there are two
		return
	case moment:
		v.Set(reflect.ValueOf(metav1.NewTime(time.Unix(r.Int64N(1<<33), 0))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Repeat([]string{"a", "\x01", "\"", "日", "<"}[r.IntN(5)], r.IntN(40)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt([]int64{-1, 0, math.MinInt32, math.MaxInt32}[r.IntN(4)])
	case reflect.Uint8:
		v.SetUint(uint64(r.IntN(256)))
	case reflect.Pointer:
		if depth < 12 && r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			r.fill(v.Elem(), depth+1)
		}
	case reflect.Slice:
		if depth < 12 {
			v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
		}
		for i := range v.Len() {
			r.fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(3) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			r.fill(key, depth+1)
			r.fill(value, depth+1)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				r.fill(v.Field(i), depth+1)
			}
		}
	}
}
