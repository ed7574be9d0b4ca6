package yamlprint_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"berth/internal/yamlprint"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// TestPrintGolden holds the look of whole objects. UPDATE_GOLDEN=1 writes what is printed now, for review.
func TestPrintGolden(t *testing.T) {
	var documents []string
	for _, object := range sampleObjects() {
		documents = append(documents, mustPrint(t, object))
	}
	got := strings.Join(documents, "---\n")
	golden := filepath.Join("testdata", "print", "objects.yaml")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("printed objects differ from %s (-want +got):\n%s", golden, diff)
	}
}

func mustPrint(t testing.TB, v any) string {
	t.Helper()
	text, err := yamlprint.Append(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type embedded struct {
	Inner string `json:"inner"`
	Both  string `json:"both"`
}

type tagged struct {
	embedded `json:",inline"`
	Both     string            `json:"both"`
	Untagged int               //
	Skipped  string            `json:"-"`
	Empty    string            `json:"empty,omitempty"`
	Zero     int               `json:"zero,omitzero"`
	Required string            `json:"required"`
	List     []string          `json:"list"`
	None     []string          `json:"none,omitempty"`
	Pointer  *int32            `json:"pointer,omitempty"`
	Sub      struct{ X []int } `json:"sub"`
	Object   *struct{}         `json:"object,omitempty"`
	Bytes    []byte            `json:"bytes,omitempty"`
	Any      any               `json:"any,omitempty"`
	hidden   int               //lint:ignore U1000 the printer has to pass over it
}

func TestPrintValues(t *testing.T) {
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"scalars": {[]any{nil, true, 1, int8(-1), uint64(math.MaxUint64), "a"},
			"- null\n- true\n- 1\n- -1\n- 18446744073709551615\n- a\n"},
		"floats": {[]any{1.0, 0.5, 1e21, -1e-7, float32(0.1), json.Number("1E5"), json.Number("9007199254740993")},
			"- 1\n- 0.5\n- 1.0e+21\n- -1.0e-7\n- 0.1\n- 1.0e+5\n- 9007199254740993\n"},
		"empty list and map": {map[string]any{"a": []int{}, "b": map[string]string{}}, "a: []\nb: {}\n"},
		"lists in lists":     {[][]string{{"a", "b"}, {}, {"c"}}, "- - a\n  - b\n- []\n- - c\n"},
		"maps in lists": {[]map[string]any{{"a": 1, "b": []int{2}}, {}},
			"- a: 1\n  b:\n  - 2\n- {}\n"},
		"struct tags": {tagged{
			embedded: embedded{"in", "lost"}, Both: "won", List: []string{}, Pointer: new(int32(0)), Object: &struct{}{},
			Bytes: []byte("\x00\xff"), Any: map[string]any{"k": nil},
		}, "inner: in\nboth: won\nUntagged: 0\nrequired: \"\"\nlist: []\npointer: 0\nobject: {}\nbytes: AP8=\nany:\n  k: null\n"},
		"nil list is not written": {tagged{}, "inner: \"\"\nboth: \"\"\nUntagged: 0\nrequired: \"\"\n"},
		"text document":           {"a: b", "\"a: b\"\n"},
		"block document":          {"a\nb\n", "|\n  a\n  b\n"},
		"block ends":              {[]string{"a\nb", "a\nb\n", "a\n\n\n"}, "- |-\n  a\n  b\n- |\n  a\n  b\n- |+\n  a\n\n\n"},
		"block in nested list":    {map[string]any{"k": [][]string{{"a\nb\n"}}}, "k:\n- - |\n    a\n    b\n"},
		"int or string":           {[]intstr.IntOrString{intstr.FromInt32(0), intstr.FromString("80")}, "- 0\n- \"80\"\n"},
		"quantities": {corev1.ResourceList{"cpu": resource.MustParse("0.5"), "memory": resource.MustParse("1024Mi"), "x": {}},
			"cpu: 500m\nmemory: 1Gi\nx: \"0\"\n"},
		"time":    {metav1.NewTime(time.Unix(0, 0)), "\"1970-01-01T00:00:00Z\"\n"},
		"raw":     {runtime.RawExtension{Raw: []byte(`{"b":[1,{"a":1.50}],"a":"on"}`)}, "a: \"on\"\nb:\n- 1\n- a: 1.50\n"},
		"pointer": {new(new("x")), "x\n"},
		"env values": {[]corev1.EnvVar{{Name: "A"}, {Name: "B", ValueFrom: &corev1.EnvVarSource{}}},
			"- name: A\n  value: \"\"\n- name: B\n  valueFrom: {}\n"},
		"divisor unset and zero": {[]corev1.ResourceFieldSelector{{Resource: "a"}, {Resource: "b", Divisor: resource.MustParse("0")}},
			"- resource: a\n- resource: b\n  divisor: \"0\"\n"},
		"no status": {batchv1.Job{Status: batchv1.JobStatus{Active: 1}, Spec: batchv1.JobSpec{Suspend: new(false)}},
			"spec:\n  suspend: false\n"},
		"no empty strategy": {appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: new(int32(0))}}, "spec:\n  replicas: 0\n"},
		"empty resources": {corev1.Container{Name: "a", Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{}}},
			"name: a\n"},
		"long key": {map[string]any{strings.Repeat("k", 1001): []string{"v"}},
			"? " + strings.Repeat("k", 1001) + "\n:\n- v\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mustPrint(t, test.value)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPrintStrings(t *testing.T) {
	for text, want := range map[string]string{
		"":                       `""`,
		"ghcr.io/acme/churn:1.4": "ghcr.io/acme/churn:1.4",
		"/data":                  "/data",
		"--lr=0.1":               "--lr=0.1",
		"a b":                    "a b",
		"$(HOME)/x":              "$(HOME)/x",
		"it's":                   "it's",
		"500m":                   "500m",
		"1.4":                    `"1.4"`,
		"0 0 * * *":              `"0 0 * * *"`,
		"NO":                     `"NO"`,
		"01h":                    "01h",
		"1:30":                   `"1:30"`,
		"2001-01-01":             `"2001-01-01"`,
		"0xBEEF":                 `"0xBEEF"`,
		"10.0.0.1":               `"10.0.0.1"`,
		"<<":                     `"<<"`,
		"---":                    `"---"`,
		"... x":                  `"... x"`,
		"- a":                    `"- a"`,
		"a: b":                   `"a: b"`,
		"a #b":                   `"a #b"`,
		"a#b:c":                  "a#b:c",
		"a:":                     `"a:"`,
		" a":                     `" a"`,
		"a ":                     `"a "`,
		`{"a": "b"}`:             `'{"a": "b"}'`,
		`{"a": "it's"}`:          `"{\"a\": \"it's\"}"`,
		`C:\x`:                   `C:\x`,
		"a\tb":                   `"a\tb"`,
		"a\r\nb":                 `"a\r\nb"`,
		"a \nb":                  `"a \nb"`,
		"\na":                    `"\na"`,
		"\x00\x1b\x7f\u0085":     `"\u0000\u001B\u007F\u0085"`,
		"\u2028\ufeff\u202e":     `"\u2028\uFEFF\u202E"`,
		"é 日本 🚢":                 "é 日本 🚢",
		"\U000e0041":             `"\U000E0041"`,
		"a\u00a0b":               `"a\u00A0b"`,
	} {
		if got := strings.TrimSuffix(mustPrint(t, text), "\n"); got != want {
			t.Errorf("%q is printed as %s, want %s", text, got, want)
		}
	}
}

func TestPrintRefuses(t *testing.T) {
	self := map[string]any{}
	self["a"] = []any{self}
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"nothing":       {nil, "nothing to print"},
		"nil pointer":   {(*batchv1.Job)(nil), "nothing to print"},
		"bad UTF-8":     {map[string]any{"a": []string{"ok", "\xff"}}, "a[1]: the text is not valid UTF-8"},
		"bad UTF-8 key": {map[string]string{"\xff": ""}, `["\xff"]: the text is not valid UTF-8`},
		"field path": {corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Image: "\xff"}}}},
			"spec.containers[0].image: the text is not valid UTF-8"},
		"not finite":   {[]float64{math.NaN()}, "[0]: the number has no finite decimal form"},
		"not a number": {json.Number("x"), "the number has no finite decimal form"},
		"too large":    {json.Number("1e400"), "the number has no finite decimal form"},
		"function":     {map[string]any{"f": func() {}}, "f: a value of type func() has no YAML form"},
		"number keys":  {map[int]string{1: ""}, "a value of type map[int]string has no YAML form"},
		"number in quotes": {struct {
			A int64 `json:",string"`
		}{}, "A: field struct { A int64 \"json:\\\",string\\\"\" }.A is a number in quotes"},
		"broken marshaler": {[]any{failing{}}, "[0]: it failed"},
		"endless":          {self, "nested more than 1000 levels deep"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := yamlprint.Append([]byte("before"), test.value)
			if err == nil || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if string(got) != "before" {
				t.Errorf("what stood before became %q", got)
			}
		})
	}
}

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, errors.New("it failed") }

func TestPrintComments(t *testing.T) {
	value := map[string]any{
		"args":   []any{"x", "a\nb\n", map[string]any{"k": 1}},
		"labels": map[string]string{"a.b/c": "", "plain": "v"},
		"none":   map[string]any{},
	}
	got, err := yamlprint.AppendAnnotated(nil, value, func(path string) string {
		if path == "none" {
			return "two\nlines\u2028"
		}
		return path
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `args: # args
- x # args[0]
- | # args[1]
  a
  b
- k: 1 # args[2].k
labels: # labels
  a.b/c: "" # labels["a.b/c"]
  plain: v # labels.plain
none: {} # two lines` + " \n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPrintWritesOnce(t *testing.T) {
	var w countingWriter
	if err := yamlprint.Print(&w, sampleCronJob()); err != nil || w.calls != 1 {
		t.Errorf("%d writes, error %v", w.calls, err)
	}
	if err := yamlprint.Print(&w, "\xff"); err == nil || w.calls != 1 {
		t.Errorf("%d writes, error %v, want no write and an error", w.calls, err)
	}
}

type countingWriter struct{ calls int }

func (w *countingWriter) Write(b []byte) (int, error) { w.calls++; return len(b), nil }
