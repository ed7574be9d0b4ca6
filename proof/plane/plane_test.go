package plane

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"berth/proof/product"
)

const (
	planeEnv = "PLANE"       // quick for the dozen changes of .ci/run, full for all
	berthEnv = "PROOF_BERTH" // a binary to test instead of building one
	tableEnv = "PLANE_TABLE" // a file for the table, in Markdown

	// atOnce is how many changes are made at a time: nearly all of one is waiting.
	atOnce = "16"
	// lastStart is how long before the end of its time a test begins no more changes.
	lastStart = time.Minute
)

// TestMain lets more tests wait side by side than the machine has processors.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		if err := f.Value.Set(atOnce); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// TestChanges makes every change of the table on a control plane, and holds what was said of it against what happened.
func TestChanges(t *testing.T) {
	which := os.Getenv(planeEnv)
	if which != "quick" && which != "full" {
		t.Skip(planeEnv + " is neither quick nor full")
	}
	p, berth := startForTest(t, which == "full")
	table := &table{}
	t.Run("changes", func(t *testing.T) {
		n := 0
		for _, c := range changes {
			if which == "quick" && !c.quick {
				continue
			}
			for _, flavour := range flavoursOf(c.flavours, which) {
				n++
				namespace := fmt.Sprintf("change-%d", n)
				t.Run(c.name+"/"+flavour, func(t *testing.T) {
					t.Parallel()
					makeChange(t, p, berth, namespace, flavour, c, table)
				})
			}
		}
	})
	table.write(t)
}

// flavoursOf are the flavours of a change; the quick ones are made by Flux alone.
func flavoursOf(own []string, which string) []string {
	switch {
	case which == "quick":
		return []string{"flux"}
	case own != nil:
		return own
	}
	return []string{"flux", "argocd", "kubectl", "kubectl-client"}
}

func startForTest(t *testing.T, withArgoCD bool) (*plane, string) {
	t.Helper()
	berth := berthForTest(t)
	p, err := startPlane(t.TempDir(), withArgoCD)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	return p, berth
}

// berthForTest is the binary that is named, or one that is built.
func berthForTest(t *testing.T) string {
	t.Helper()
	berth := os.Getenv(berthEnv)
	if berth == "" {
		var err error
		if berth, err = product.Build(t.TempDir()); err != nil {
			t.Fatal(err)
		}
	}
	return berth
}

// skipWithoutTime leaves out what cannot come to its end in the time of all tests.
func skipWithoutTime(t *testing.T) {
	t.Helper()
	if deadline, set := t.Deadline(); set && time.Until(deadline) < lastStart {
		t.Skip("too little time is left")
	}
}

// makeChange makes one change, which may have several steps, and stops at the first that is not as it was said.
func makeChange(t *testing.T, p *plane, berth, namespace, flavour string, c change, table *table) {
	t.Helper()
	skipWithoutTime(t)
	d, err := newDrive(p, berth, t.TempDir(), namespace, flavour)
	if err != nil {
		t.Fatal(err)
	}
	for i, run := range c.steps {
		o, err := d.step(context.Background(), run)
		if err != nil {
			t.Fatalf("step %d, %s: %v", i, run, err)
		}
		if i > 0 && !strings.HasPrefix(run, scaleTo) {
			table.add(fmt.Sprintf("%s (%d)", c.name, i), flavour, o)
		}
		if len(o.wrong) > 0 {
			t.Fatalf("step %d, %s:\n%s\n%s", i, run, strings.Join(o.wrong, "\n"), o.states)
		}
	}
}

// table gathers what was said and what happened.
type table struct {
	sync.Mutex
	rows []string
}

func (t *table) add(change, flavour string, o outcome) {
	t.Lock()
	defer t.Unlock()
	agree := "yes"
	if len(o.wrong) > 0 {
		agree = "**no**"
	}
	t.rows = append(t.rows, fmt.Sprintf("| %s | %s | %s | %s | %s |", change, flavour, o.said, o.happened, agree))
}

// write writes the table as Markdown where it is asked for.
func (t *table) write(test *testing.T) {
	slices.Sort(t.rows)
	test.Logf("%d steps", len(t.rows))
	path := os.Getenv(tableEnv)
	if path == "" {
		return
	}
	head := "| change (step) | applied by | said | happened | equal |\n|---|---|---|---|---|\n"
	if err := os.WriteFile(path, []byte(head+strings.Join(t.rows, "\n")+"\n"), 0o666); err != nil {
		test.Fatal(err)
	}
}
