package yamlprint_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"berth/internal/yamlprint"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/randfill"
	sigs "sigs.k8s.io/yaml"
)

// objectTypes are the kinds that Berth renders, with a few more to prove the printer general.
var objectTypes = map[string]any{
	"batch.v1.Job":                             batchv1.Job{},
	"batch.v1.CronJob":                         batchv1.CronJob{},
	"apps.v1.Deployment":                       appsv1.Deployment{},
	"core.v1.Service":                          corev1.Service{},
	"core.v1.PersistentVolumeClaim":            corev1.PersistentVolumeClaim{},
	"resource.k8s.io.v1.ResourceClaimTemplate": resourcev1.ResourceClaimTemplate{},

	"core.v1.ConfigMap":                corev1.ConfigMap{},
	"core.v1.Secret":                   corev1.Secret{},
	"core.v1.Pod":                      corev1.Pod{},
	"core.v1.Node":                     corev1.Node{},
	"resource.k8s.io.v1.ResourceSlice": resourcev1.ResourceSlice{},
	"core.v1.PersistentVolume":         corev1.PersistentVolume{},
	"resource.k8s.io.v1.DeviceClass":   resourcev1.DeviceClass{},
}

// TestPrintFilledObjects prints the objects with which Kubernetes proves its own encodings (every field is set) and
// reads them back strictly.
func TestPrintFilledObjects(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/api").Output()
	if err != nil {
		t.Skipf("cannot find k8s.io/api: %v", err)
	}
	files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "testdata", "HEAD", "*.json"))
	if len(files) == 0 {
		t.Skip("this k8s.io/api comes without its testdata")
	}
	typed := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		checkTree(t, data)
		if kind := objectTypes[strings.TrimSuffix(filepath.Base(file), ".json")]; kind != nil {
			object := reflect.New(reflect.TypeOf(kind)).Interface()
			if err := json.Unmarshal(data, object); err != nil {
				t.Fatal(err)
			}
			checkObject(t, object)
			typed++
		}
	}
	if want := len(objectTypes); typed != want {
		t.Errorf("%d kinds have a filled object, want %d", typed, want)
	}
}

// checkTree prints the object as a plain tree.
func checkTree(t *testing.T, data []byte) {
	t.Helper()
	var want, got any
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if err := sigs.UnmarshalStrict([]byte(mustPrint(t, want)), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func checkObject(t *testing.T, object any) {
	t.Helper()
	text := []byte(mustPrint(t, object))
	checkLines(t, text)
	got := reflect.New(reflect.TypeOf(object).Elem())
	if err := sigs.UnmarshalStrict(text, got.Interface()); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := reflect.ValueOf(object)
	if status := want.Elem().FieldByName("Status"); status.IsValid() {
		status.SetZero()
	}
	if diff := cmp.Diff(toJSON(t, object), toJSON(t, got.Interface())); diff != "" {
		t.Errorf("%T reads back differently (-want +got):\n%s", object, diff)
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPrintRandomObjects prints objects in which any field may be unset, zero or full of any text.
func TestPrintRandomObjects(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	filler := randfill.NewWithSeed(7).NilChance(0.4).NumElements(0, 3).MaxDepth(40).Funcs(
		func(s *string, _ randfill.Continue) {
			if *s = randomText(r); r.IntN(4) == 0 {
				*s = nasty[r.IntN(len(nasty))]
			}
		},
		func(q *resource.Quantity, _ randfill.Continue) {
			*q = *resource.NewMilliQuantity(r.Int64N(1e6)*int64(1+r.IntN(1e6)), resource.DecimalSI)
		},
		func(at *metav1.Time, _ randfill.Continue) { *at = metav1.NewTime(time.Unix(r.Int64N(1e10), 0)) },
		func(at *metav1.MicroTime, _ randfill.Continue) {
			*at = metav1.NewMicroTime(time.Unix(r.Int64N(1e10), 0))
		},
		func(raw *runtime.RawExtension, _ randfill.Continue) { raw.Raw = []byte(`{"kind":"on"}`) },
		func(raw *metav1.FieldsV1, _ randfill.Continue) { raw.SetRawString(`{"f:a":{".":{}}}`) },
	)
	for name, kind := range objectTypes {
		t.Run(name, func(t *testing.T) {
			for range 40 {
				object := reflect.New(reflect.TypeOf(kind)).Interface()
				filler.Fill(object)
				checkObject(t, object)
			}
		})
	}
}

// TestPrintTogether prints one object from several goroutines, as two layouts of one render do. It is for `go test -race`.
func TestPrintTogether(t *testing.T) {
	object := sampleCronJob()
	want := mustPrint(t, sampleCronJob())
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if got, err := yamlprint.Append(nil, object); err != nil || string(got) != want {
				t.Errorf("printed differently: %v", err)
			}
		})
	}
	group.Wait()
}
