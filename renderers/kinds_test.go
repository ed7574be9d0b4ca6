package renderers_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"berth/internal/plantest"
	"berth/internal/yamlprint"
	"berth/renderers"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// Every row has every part, and its parts agree.
func TestKinds(t *testing.T) {
	for _, k := range renderers.Kinds() {
		if empty := emptyParts(k); len(empty) > 0 {
			t.Errorf("the row of %s has no %s", k.Name, strings.Join(empty, ", "))
			continue
		}
		if got, err := renderers.KindOf(k.Name); err != nil || got != k {
			t.Errorf("KindOf(%q) is %v, %v", k.Name, got, err)
		}
		value := k.New()
		template, err := renderers.PodTemplate(value)
		if err != nil || (template != nil) != k.MakesPods() || k.MakesPods() != holdsPods(reflect.TypeOf(value)) {
			t.Errorf("%s: the pod template at %q is %v, %v", k.Name, k.PodAt, template, err)
		}
		for _, path := range slices.Concat(k.Live, []string{k.PodAt, k.LeaderAt, k.Makes.At, k.Selector, k.Queue}) {
			if !typeHasPath(reflect.TypeOf(value), path) {
				t.Errorf("%s has no field %s", k.Name, path)
			}
		}
		if (k.Makes.Kind == "") != (k.Makes.At == "") || k.Makes.Kind != "" && !known(k.Makes.Kind) {
			t.Errorf("%s makes %+v, which is no kind", k.Name, k.Makes)
		}
		if k.MakesPods() == (k.Change == renderers.Accessory) {
			t.Errorf("%s: what makes pods is no accessory, and nothing else is anything but one", k.Name)
		}
		if (k.Rollout != nil) != (k.Change == renderers.Rollout) {
			t.Errorf("%s: what rolls out says how, and nothing else does", k.Name)
		}
		if k.Refused("metadata.labels.team", value, value).Reason != "" {
			t.Errorf("%s: its labels cannot be changed", k.Name)
		}
		if (k.Starts != nil) != k.MakesPods() {
			t.Errorf("%s: what makes pods says which of them start together, and nothing else does", k.Name)
		}
		if k.MakesPods() && k.Pods(value) != 1 {
			t.Errorf("an empty %s has %d pods, and the API server would give it 1", k.Name, k.Pods(value))
		}
	}
}

// optional are the parts that most kinds do not need.
var optional = []string{"PodAt", "Base", "Makes", "Live", "seal", "ContentNamed", "Named", "Selector", "Queue", "Rollout", "Leader", "LeaderAt", "Services", "Starts"}

func emptyParts(k *renderers.Kind) []string {
	var empty []string
	v := reflect.ValueOf(*k)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; v.Field(i).IsZero() && !slices.Contains(optional, name) {
			empty = append(empty, name)
		}
	}
	return empty
}

func known(kind string) bool {
	_, err := renderers.KindOf(kind)
	return err == nil
}

// holdsPods reports whether objects of the type have a pod template somewhere.
func holdsPods(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return holdsPods(t.Elem())
	case reflect.Struct:
		if t == reflect.TypeFor[corev1.PodTemplateSpec]() {
			return true
		}
		return slices.ContainsFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
			return (strings.HasPrefix(t.PkgPath(), "k8s.io/api/") || strings.HasPrefix(t.PkgPath(), "sigs.k8s.io/")) && f.Type != t && holdsPods(f.Type)
		})
	}
	return false
}

// typeHasPath reports whether objects of a type may have a path, in which [*] is any item of a list.
func typeHasPath(t reflect.Type, path string) bool {
	for step := range strings.SplitSeq(path, ".") {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name, isItem := strings.CutSuffix(strings.ReplaceAll(step, "[0]", "[*]"), "[*]")
		field := slices.IndexFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
			json, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			return json == name
		})
		if name == "" {
			continue
		}
		if field < 0 {
			return false
		}
		if t = reflect.VisibleFields(t)[field].Type; isItem {
			t = t.Elem()
		}
	}
	return true
}

// The schema, which may not ask for the rows, names the same kinds.
func TestKindsOfTheSchema(t *testing.T) {
	all := renderers.KindNames(func(*renderers.Kind) bool { return true })
	var target []string
	for _, f := range schema.TypePatchTarget.Fields {
		if f.Name == "kind" {
			target = slices.Clone(f.Type.Enum)
		}
	}
	if want := slices.Sorted(slices.Values(all)); !slices.Equal(slices.Sorted(slices.Values(target)), want) {
		t.Errorf("#PatchTarget of schema/run.cue has the kinds %v, want %v", target, want)
	}
	bases := renderers.KindNames(func(k *renderers.Kind) bool { return k.Base })
	if got := schema.TypeBaseKind.Enum; !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(bases))) {
		t.Errorf("#BaseKind of schema/profile.cue has the kinds %v, want %v", got, bases)
	}
}

// Every kind is rendered by some case, under its own name and with its row's file.
func TestKindsAreRendered(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range plantest.Cases(t, "testdata/render") {
		objects, _ := renderers.Render(p)
		files := map[string]bool{}
		for _, o := range objects {
			k, err := renderers.KindOf(o.Kind)
			if err != nil {
				t.Fatal(err)
			}
			seen[o.Kind] = true
			if got, want := reflect.TypeOf(o.Value), reflect.TypeOf(k.New()); got != want {
				t.Errorf("%s %s is a %s, and its row has %s", p.Name, o.Kind, got, want)
			}
			if head, tail, _ := strings.Cut(k.File, "*"); !strings.HasPrefix(o.File, head) || !strings.HasSuffix(o.File, tail) || files[o.File] {
				t.Errorf("%s %s has the file %s, and its row says %s", p.Name, o.Kind, o.File, k.File)
			}
			files[o.File] = true
			if k.MakesPods() && !yamlprint.HasPath(o.Value, k.PodAt+".spec.containers[0].name") {
				t.Errorf("%s %s has no pod at %s", p.Name, o.Kind, k.PodAt)
			}
		}
	}
	for _, k := range renderers.Kinds() {
		if !seen[k.Name] {
			t.Errorf("no case of testdata/render has a %s", k.Name)
		}
	}
}

// A kind without a row is an error, never one that makes no pods.
func TestUnknownKind(t *testing.T) {
	if template, err := renderers.PodTemplate(&corev1.Pod{}); err == nil || template != nil {
		t.Errorf("the pod template of an unknown kind is %v, %v", template, err)
	}
	if _, err := renderers.KindOf("Pod"); err == nil || !strings.Contains(err.Error(), "CronJob") {
		t.Errorf("the error of an unknown kind does not name the known ones: %v", err)
	}
}
