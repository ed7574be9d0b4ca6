package plane

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

const (
	randomEnv   = "PLANE_RANDOM" // how many random changes are made
	seedEnv     = "PLANE_SEED"   // another seed than 1
	perSequence = 5              // changes, each over the last
)

// TestRandomChanges makes random changes one over the other, so that what the cluster keeps of earlier ones counts.
func TestRandomChanges(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv(randomEnv))
	if n == 0 {
		t.Skip(randomEnv + " is not set")
	}
	seed := uint64(1)
	if text := os.Getenv(seedEnv); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%s=%d %s=%d", randomEnv, n, seedEnv, seed)
	p, berth := startForTest(t, true)
	table := &table{}
	t.Run("sequences", func(t *testing.T) {
		for i := range (n + perSequence - 1) / perSequence {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			flavour := []string{"flux", "argocd", "kubectl"}[r.IntN(3)]
			steps := sequence(r)
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				makeChange(t, p, berth, fmt.Sprintf("random-%d", i), flavour, change{name: fmt.Sprintf("random %d", i), steps: steps}, table)
			})
		}
	})
	table.write(t)
}

// design is a run of which everything may be another one at the next step.
type design struct {
	kind, policy                            string
	image, rerun, env, pods, tries, minutes int
	replicas, size, schedule                int
	recreate, headless, suspended           bool
	ends, files, autoscaled, budget         bool
}

// sequence is a run and what it becomes.
func sequence(r *rand.Rand) []string {
	d := design{kind: []string{"job", "cron", "deploy", "serve"}[r.IntN(4)], policy: "once", replicas: 1}
	steps := []string{d.spec()}
	for range perSequence {
		if r.IntN(10) == 0 {
			steps = append(steps, "")
			continue
		}
		for range 1 + r.IntN(2) {
			d.change(r)
		}
		steps = append(steps, d.spec())
	}
	return steps
}

// change changes one thing.
func (d *design) change(r *rand.Rand) {
	switch r.IntN(17) {
	case 0, 1:
		d.image = r.IntN(3)
	case 2, 3:
		d.policy = []string{"once", "replace", "recreate", "template"}[r.IntN(4)]
	case 4:
		d.env = r.IntN(3)
	case 5:
		d.rerun = r.IntN(3)
	case 6:
		d.pods = r.IntN(3)
	case 7:
		d.tries, d.minutes = r.IntN(3), r.IntN(3)
	case 8:
		d.replicas = r.IntN(4)
	case 9:
		d.size = r.IntN(3)
	case 10:
		d.recreate = !d.recreate
	case 11:
		d.headless = !d.headless
	case 12:
		d.suspended, d.schedule = r.IntN(2) == 0, r.IntN(2)
	case 13:
		d.kind = []string{"job", "cron", "deploy", "serve"}[r.IntN(4)]
	case 14:
		d.ends = !d.ends
	case 15:
		d.files = !d.files
	case 16:
		d.autoscaled, d.budget = r.IntN(2) == 0, r.IntN(2) == 0
	}
}

// spec is the design as a run's specification.
func (d *design) spec() string {
	fields := []string{fmt.Sprintf("image: acme/a:%d", d.image)}
	add := func(yes bool, form string, args ...any) {
		if yes {
			fields = append(fields, fmt.Sprintf(form, args...))
		}
	}
	add(d.env > 0, "envs: [{name: A, value: b%d}]", d.env)
	add(d.size > 0, "volumes: [{volume_type: persistent_volume_claim, name: d, mount_path: /d, spec: {size: %dGi}}]", d.size)
	add(d.files, "files: {/etc/a.txt: {text: a%d}}", d.env)
	switch d.kind {
	case "job", "cron":
		add(d.ends, "pod_labels: {plane/ends: succeeded}")
		add(true, "action: job")
		add(d.kind == "job", "run_policy: %s", d.policy)
		add(d.kind == "job" && d.policy != "template" && d.rerun > 0, "rerun: %d", d.rerun)
		add(d.pods > 0, "parallelism: %d, completions: %d", d.pods, d.pods)
		add(d.tries > 0, "backoff_limit: %d", d.tries)
		add(d.minutes > 0, "active_deadline_seconds: %d", d.minutes*3600)
		add(d.kind == "cron", "schedule: 0 0 %d 1 *, suspend: %t", 1+d.schedule, d.suspended)
	default:
		replicas := d.replicas
		if d.size > 0 {
			replicas = min(replicas, 1)
		}
		add(true, "action: %s", d.kind)
		scaled := d.autoscaled && d.size == 0
		add(!scaled, "replicas: %d", replicas)
		add(scaled, "autoscale: {max: 3, cpu: 80}, resources: {cpu: 1}")
		add(d.budget, "disruption: {max_unavailable: 1}")
		add(d.recreate, "strategy: recreate")
		add(d.kind == "serve", "service_ports: [{port: 80}], headless: %t", d.headless)
	}
	return strings.Join(fields, ", ")
}
