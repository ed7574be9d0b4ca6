package renderers_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"berth/internal/plantest"
	"berth/internal/yamlprint"
	"berth/renderers"
	"berth/schema"
)

// Whatever a plan holds, rendering it, printing it and asking for origins never panics.
func TestRandomPlans(t *testing.T) {
	seed := plantest.Seed(t)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 1000 {
		p := &schema.Plan{}
		fillAtRandom(random, reflect.ValueOf(p).Elem(), 0)
		objects, _ := renderers.Render(p)
		for _, o := range objects {
			if _, err := yamlprint.Append(nil, o.Value); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			for _, path := range leaves(t, o.Value) {
				renderers.Origin(&o, path)
			}
		}
	}
}

// words are texts that mean something somewhere in a plan.
var words = []string{
	"", "job", "serve", "deploy", "a", "gpu", "nvidia.com/gpu", "mem", "1", "2", "1Gi", "0", "none", "flux", "argocd", "once", "recreate",
	"hook", "template", "@daily", "persistent_volume_claim", "secret", "image", "ephemeral", "empty_dir", "shm", "constrain", "prevent",
	"allow", "dra_claim", "In", "restricted", "limits.cpu", "Job", "Deployment", "${x}", "x y/z", "-1", "spec", "metadata", "containers",
}

func fillAtRandom(random *rand.Rand, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if depth < 2 || random.IntN(3) > 0 {
				fillAtRandom(random, v.Field(i), depth+1)
			}
		}
	case reflect.Pointer:
		if random.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fillAtRandom(random, v.Elem(), depth+1)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), random.IntN(3), 3))
		for i := range v.Len() {
			fillAtRandom(random, v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range random.IntN(3) {
			value := reflect.New(v.Type().Elem()).Elem()
			fillAtRandom(random, value, depth+1)
			v.SetMapIndex(reflect.ValueOf(anyWord(random)), value)
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(anyTree(random, depth)))
	case reflect.String:
		v.SetString(anyWord(random))
	case reflect.Int64:
		v.SetInt(random.Int64N(5) - 1)
	case reflect.Bool:
		v.SetBool(random.IntN(2) == 0)
	}
}

func anyWord(random *rand.Rand) string { return words[random.IntN(len(words))] }

// anyTree is what may stand in a patch: sometimes a part of an object.
func anyTree(random *rand.Rand, depth int) any {
	switch random.IntN(5 + min(depth, 5)) {
	case 0:
		return map[string]any{anyWord(random): anyTree(random, depth+1)}
	case 1:
		return map[string]any{"template": map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"name": "a", "env": anyTree(random, depth+1)}}}}}
	case 2:
		return []any{anyTree(random, depth+1), map[string]any{"name": anyWord(random), "value": "x"}}
	case 3:
		return map[string]any{"backoffLimit": 9, "replicas": random.IntN(3), "$patch": anyWord(random)}
	case 4:
		return random.Float64()
	}
	return anyWord(random)
}
