package plane

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	randomEnv   = "PLANE_RANDOM" // how many random changes are made
	seedEnv     = "PLANE_SEED"   // another seed than 1
	perSequence = 5              // changes, each over the last
	patience    = 30             // designs that Berth refuses before a sequence gives up
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
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				makeSequence(t, p, berth, fmt.Sprintf("random-%d", i), rand.New(rand.NewPCG(seed, uint64(i))), table)
			})
		}
	})
	table.write(t)
}

// makeSequence makes changes that are drawn from r. A sequence ends at the first that is not as it was said, or is refused.
func makeSequence(t *testing.T, p *plane, berth, namespace string, r *rand.Rand, table *table) {
	t.Helper()
	skipWithoutTime(t)
	d, err := newDrive(p, berth, t.TempDir(), namespace, pick(r, slices.Sorted(maps.Keys(flavours))...))
	if err != nil {
		t.Fatal(err)
	}
	was := design{kind: pick(r, actions...), policy: "once", fields: map[string]string{}}
	for i := range perSequence + 1 {
		is, err := d.draw(r, was, i)
		if err != nil {
			t.Fatal(err)
		}
		o, err := d.take(context.Background())
		if err != nil {
			t.Fatalf("%s, step %d, %s: %v", d.flavour, i, is.spec(), err)
		}
		if i > 0 {
			table.add(fmt.Sprintf("%s (%d)", namespace, i), d.flavour, o)
		}
		if len(o.wrong) > 0 {
			t.Fatalf("%s, step %d:\n%s\n%s\n%s\n%s", d.flavour, i, was.spec(), is.spec(), strings.Join(o.wrong, "\n"), o.states)
		}
		if o.refused {
			return // what Git says now is not what the cluster has
		}
		was = is
	}
}

// draw writes what the run becomes: the first design that Berth builds.
func (d *drive) draw(r *rand.Rand, was design, step int) (design, error) {
	for range patience {
		is := was
		if step > 0 {
			is = was.changed(r)
		}
		err := d.write(is.spec())
		if err == nil || !errors.Is(err, errRefused) {
			return is, err
		}
	}
	return was, fmt.Errorf("Berth refuses each of %d changes of %s", patience, was.spec())
}

var actions = []string{"job", "cron", "deploy", "serve"}

// design is a run of which everything may be another one at the next step. Fields that the kind does not have are kept for
// when it is one that has.
type design struct {
	kind, policy string
	image        int
	gone, ends   bool
	environment  string
	fields       map[string]string
}

// changed is the design with one thing or several that are other ones.
func (d design) changed(r *rand.Rand) design {
	d.fields = maps.Clone(d.fields)
	if d.gone || r.IntN(12) == 0 {
		d.gone = !d.gone
	}
	for range 1 + r.IntN(3) {
		switch r.IntN(12) {
		case 0, 1:
			d.image = r.IntN(3)
		case 2:
			d.policy = pick(r, "once", "replace", "recreate", "template")
		case 3:
			d.kind = pick(r, actions...)
		case 4:
			d.ends = !d.ends
		case 5:
			d.environment = pick(r, "", dev, prod)
		default:
			f := pick(r, fieldsOf(d.kind)...)
			d.fields[f.name] = pick(r, append(slices.Clone(f.values), "")...)
		}
	}
	return d
}

// spec is the design as a run's specification; empty for none.
func (d design) spec() string {
	if d.gone {
		return d.environment
	}
	own := map[string]string{"image": fmt.Sprintf("acme/a:%d", d.image)}
	switch d.kind {
	case "cron":
		own["schedule"] = "0 0 1 1 *"
	case "job":
		if d.policy != "" {
			own["run_policy"] = d.policy
		}
	case "serve":
		own["service_ports"] = "[{port: 80}]"
	}
	for _, f := range fieldsOf(d.kind) {
		if value := d.fields[f.name]; value != "" {
			own[f.name] = value
		}
	}
	if d.ends && (d.kind == "job" || d.kind == "cron") && own["pod_labels"] == "" {
		own["pod_labels"] = "{plane/ends: succeeded}"
	}
	text := "action: " + strings.Replace(d.kind, "cron", "job", 1)
	for _, name := range slices.Sorted(maps.Keys(own)) {
		text += ", " + name + ": " + own[name]
	}
	return text + d.environment
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }
