package layouts_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"berth/internal/layouts"
	"berth/internal/plantest"
	"berth/renderers"
	"berth/schema"
)

// For random runs and environments, the overlay builds into exactly what is rendered. OVERLAYS sets how many.
func TestRandomOverlays(t *testing.T) {
	count := 300
	if n, err := strconv.Atoi(os.Getenv("OVERLAYS")); err == nil {
		count = n
	}
	seed := plantest.Seed(t)
	random := rand.New(rand.NewPCG(seed, 0))
	cases := slices.DeleteFunc(plantest.Cases(t, "../../renderers/testdata/render"), func(p *schema.Plan) bool {
		_, problems := renderers.Render(p)
		return len(problems) > 0
	})
	for range count {
		units := []layouts.Unit{randomUnit(t, random, cases[random.IntN(len(cases))])}
		tree, problems := layouts.Kustomize(units, layouts.Delivery{})
		if len(problems) == 0 {
			continue
		}
		for _, f := range tree {
			t.Logf("%s\n%s", f.Path, f.Data)
		}
		direct, _ := layouts.Stream(units[0].Environments["prod"])
		t.Fatalf("seed %d: %s\n%s", seed, problems[0].Message, direct)
	}
}

// randomUnit is a plan with random changes, and an environment with a few more.
func randomUnit(t *testing.T, random *rand.Rand, p *schema.Plan) layouts.Unit {
	t.Helper()
	base := renderChanged(random, p, random.IntN(4))
	return layouts.Unit{
		Base: base, Environments: map[string][]renderers.Object{"prod": renderChanged(random, base[0].Plan, 1+random.IntN(6))},
	}
}

func renderChanged(random *rand.Rand, p *schema.Plan, changes int) []renderers.Object {
	changed := plantest.Copy(p)
	changed.Environment = "prod"
	for range changes {
		randomChanges[random.IntN(len(randomChanges))](random, changed)
	}
	objects, _ := renderers.Render(changed)
	return objects
}

// odd are texts that have gone wrong somewhere.
var odd = []string{
	"a", "yes", "1", "0x1", "null", "~", "# no comment", "two\nlines\n", "  indented", "${HOME}", "$$(X)", "a: b", "- x", "'", `"`, "\\", "\t",
	"grüße", "2026-01-01", "1e3", "{}", "[]", "", "a,b", "%", "@x", "trailing ", "line\r\nline", "\u2028", "!!str x", "&a", "*a", "|", ">",
}

func oddText(random *rand.Rand) string { return odd[random.IntN(len(odd))] }

// randomChanges are what an environment may change.
var randomChanges = []func(*rand.Rand, *schema.Plan){
	func(r *rand.Rand, p *schema.Plan) { p.Namespace = []string{"", "dev", "prod"}[r.IntN(3)] },
	func(r *rand.Rand, p *schema.Plan) { p.Spec.Image = "image:" + strconv.Itoa(r.IntN(9)) },
	func(r *rand.Rand, p *schema.Plan) { p.Spec.Args = []string{oddText(r), oddText(r)}[:r.IntN(3)] },
	func(r *rand.Rand, p *schema.Plan) { p.Spec.Replicas = schema.IntOrText(strconv.Itoa(r.IntN(3))) },
	func(r *rand.Rand, p *schema.Plan) { p.Spec.Rerun = new(int64(r.IntN(3))) },
	func(r *rand.Rand, p *schema.Plan) {
		p.Spec.RunPolicy = []string{"once", "replace", "recreate", "template"}[r.IntN(4)]
	},
	func(r *rand.Rand, p *schema.Plan) { p.Spec.Schedule = []string{"", "@daily", "0 0 * * *"}[r.IntN(3)] },
	func(r *rand.Rand, p *schema.Plan) { p.Spec.Security = []string{"baseline", "restricted"}[r.IntN(2)] },
	func(r *rand.Rand, p *schema.Plan) { p.Spec.Shm = []string{"", "1Gi", "2Gi"}[r.IntN(3)] },
	func(r *rand.Rand, p *schema.Plan) { p.Spec.ServiceName = []string{"", "other"}[r.IntN(2)] },
	func(r *rand.Rand, p *schema.Plan) { p.Target.GitOps = []string{"none", "flux", "argocd"}[r.IntN(3)] },
	func(r *rand.Rand, p *schema.Plan) { p.Spec.Queue = []string{"", "q1", "q2"}[r.IntN(3)] },
	func(r *rand.Rand, p *schema.Plan) { p.Spec.TerminationGracePeriodSeconds = new(r.Int64N(1 << 53)) },
	func(r *rand.Rand, p *schema.Plan) { setKey(r, &p.Labels, []string{"team", "a.b/c"}, "x") },
	func(r *rand.Rand, p *schema.Plan) { setKey(r, &p.Annotations, []string{"note", "a.b/c~d"}, oddText(r)) },
	func(r *rand.Rand, p *schema.Plan) { setKey(r, &p.Spec.NodeSelector, []string{"disk", "a.b/c"}, "yes") },
	func(r *rand.Rand, p *schema.Plan) {
		setKey(r, &p.Spec.Resources, []string{"cpu", "mem", "gpu"}, schema.Amounts{Requests: "2", Limits: "2"})
	},
	func(r *rand.Rand, p *schema.Plan) {
		p.Spec.Envs = changeList(r, p.Spec.Envs, func(name string) schema.Env { return schema.Env{Name: name, Value: new(oddText(r))} })
	},
	func(r *rand.Rand, p *schema.Plan) {
		p.Spec.Secrets = changeList(r, p.Spec.Secrets, func(name string) schema.SecretRef { return schema.SecretRef{Name: name, Key: name} })
	},
	func(r *rand.Rand, p *schema.Plan) {
		p.Spec.Tolerations = changeList(r, p.Spec.Tolerations, func(name string) schema.Toleration { return schema.Toleration{Key: name, Operator: "Exists"} })
	},
	func(r *rand.Rand, p *schema.Plan) {
		p.Spec.Volumes = changeList(r, p.Spec.Volumes, func(name string) schema.Volume {
			kind := []string{"persistent_volume_claim", "empty_dir", "ephemeral"}[r.IntN(3)]
			return schema.Volume{VolumeType: kind, Name: name, MountPath: "/" + name, Spec: schema.VolumeSpec{Size: "1Gi"}}
		})
	},
	func(r *rand.Rand, p *schema.Plan) {
		if p.Spec.Action == schema.ActionServe {
			p.Spec.ServicePorts = changeList(r, p.Spec.ServicePorts, func(name string) schema.ServicePort {
				return schema.ServicePort{Port: int64(1 + r.IntN(3)), Name: name, Protocol: []string{"TCP", "UDP"}[r.IntN(2)]}
			})
		}
	},
	func(r *rand.Rand, p *schema.Plan) {
		p.Machine = &schema.Machine{
			Profile: "other", NodeLabels: map[string][]string{"zone": []string{"a", "b"}[:1+r.IntN(2)]},
			Accelerator: &schema.Accelerator{Resource: "amd.com/gpu"}, Topology: &schema.Topology{Required: "rack"},
		}
	},
	func(_ *rand.Rand, p *schema.Plan) { p.Machine = nil },
	func(r *rand.Rand, p *schema.Plan) { p.Spec.Action = []string{"job", "deploy", "serve"}[r.IntN(3)] },
}

func setKey[V any](r *rand.Rand, m *map[string]V, keys []string, value V) {
	key := keys[r.IntN(len(keys))]
	if _, ok := (*m)[key]; ok && r.IntN(2) == 0 {
		delete(*m, key)
		return
	}
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}

// changeList takes an item out, puts one in, or changes the order.
func changeList[V any](r *rand.Rand, list []V, make func(name string) V) []V {
	switch at := r.IntN(len(list) + 1); {
	case len(list) > 0 && r.IntN(3) == 0:
		return slices.Delete(list, min(at, len(list)-1), min(at, len(list)-1)+1)
	case len(list) > 1 && r.IntN(3) == 0:
		list[0], list[len(list)-1] = list[len(list)-1], list[0]
		return list
	default:
		return slices.Insert(list, at, make("n"+strconv.Itoa(r.IntN(1000))))
	}
}
