// Package plantest gives tests plans as the compiler would leave them, without compiling.
package plantest

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"berth/schema"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"
)

// Cases are the plans of all cases in a folder of archives, such as renderers/testdata/render.
func Cases(t testing.TB, folder string) []*schema.Plan {
	t.Helper()
	paths, _ := filepath.Glob(folder + "/*.txtar")
	var plans []*schema.Plan
	for _, path := range paths {
		plans = append(plans, Case(t, folder, strings.TrimSuffix(filepath.Base(path), ".txtar")))
	}
	return plans
}

// Case is the plan of one case.
func Case(t testing.TB, folder, name string) *schema.Plan {
	t.Helper()
	c, err := txtar.ParseFile(folder + "/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	return Plan(t, Section(c, "plan.yaml"))
}

// Plan reads a plan as the compiler would leave it: with the tool's defaults where it is silent.
func Plan(t testing.TB, text []byte) *schema.Plan {
	t.Helper()
	p := &schema.Plan{Target: schema.Target{GitOps: "none", Kubernetes: "1.37"}}
	if err := yaml.UnmarshalStrict(text, p, yaml.DisallowUnknownFields); err != nil {
		t.Fatal(err)
	}
	applyDefaults(t, p)
	return p
}

// applyDefaults is what the compiler does, for the fields of the plan's action alone.
func applyDefaults(t testing.TB, p *schema.Plan) {
	t.Helper()
	set := map[string]any{}
	text, err := json.Marshal(p.Spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	for _, d := range p.Defaults() {
		if _, ok := set[d.Field]; ok || !belongs(d.Field, p.Spec) {
			continue
		}
		switch d.Kind {
		case schema.IntKind:
			set[d.Field], _ = strconv.Atoi(d.Value)
		case schema.BoolKind:
			set[d.Field] = d.Value == "true"
		default:
			set[d.Field] = d.Value
		}
	}
	text, _ = json.Marshal(set)
	if err := json.Unmarshal(text, &p.Spec); err != nil {
		t.Fatal(err)
	}
}

func belongs(field string, spec schema.RunFields) bool {
	switch field {
	case "backoff_limit":
		return spec.Action == schema.ActionJob
	case "concurrency_policy":
		return spec.Schedule != ""
	case "run_policy":
		return spec.Action == schema.ActionJob && spec.Schedule == ""
	case "replicas":
		return spec.Action != schema.ActionJob
	case "service_type":
		return spec.Action == schema.ActionServe
	}
	return true
}

// Copy is a plan of its own.
func Copy(p *schema.Plan) *schema.Plan {
	text, _ := json.Marshal(p)
	out := &schema.Plan{}
	_ = json.Unmarshal(text, out)
	return out
}

// Section is the file of an archive that has the name, nil when there is none.
func Section(c *txtar.Archive, name string) []byte {
	for _, f := range c.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// Seed is SEED: a number, or `random` for one drawn anew. Without it the seed is 1.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(1)
	switch text := os.Getenv("SEED"); text {
	case "":
	case "random":
		seed = rand.Uint64()
	default:
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("SEED=%d", seed)
	return seed
}

// Known is a plan with a little of everything that is hashed.
const Known = `
name: churn-train
namespace: ml
labels: {team: growth}
annotations: {acme.io/owner: ana}
machine: {profile: a100, accelerator: {resource: nvidia.com/gpu}, node_labels: {disk: [ssd]}}
spec:
  action: job
  image: ghcr.io/acme/churn:1.4
  command: [python, train.py]
  envs: [{name: GREETING, value: "grüße\n\u2028"}, {name: EMPTY, value: ""}]
  resources: {cpu: {requests: 500m}, mem: {requests: 8Gi, limits: 16Gi}, gpu: {requests: "1", limits: "1"}}
  volumes: [{volume_type: empty_dir, name: tmp, mount_path: /tmp}, {volume_type: config_map, name: c, mount_path: /c, spec: {name: c, default_mode: 288}}]
  completion_mode: Indexed
  completions: 2
`
