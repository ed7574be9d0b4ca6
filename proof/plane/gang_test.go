package plane

import (
	"context"
	"os"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// fourNodes is a gang, and everyMinute the same on a schedule.
const (
	fourNodes   = job + ", num_nodes: 4"
	everyMinute = fourNodes + ", schedule: '* * * * *'"
)

// TestGangs starts pods on several machines, which find the first of their own Job by its name.
func TestGangs(t *testing.T) {
	if os.Getenv(planeEnv) != "full" {
		t.Skip(planeEnv + " is not full")
	}
	p, berth := startForTest(t, false)
	for name, test := range map[string]func(*testing.T, *drive){
		"generations": generations, "ends": gangEnds, "schedule": scheduledGang,
	} {
		t.Run(name, func(t *testing.T) {
			d, err := newDrive(p, berth, t.TempDir(), "gang-"+name, "flux")
			if err != nil {
				t.Fatal(err)
			}
			test(t, d)
		})
	}
}

// generations lets another gang start beside one that runs.
func generations(t *testing.T, d *drive) {
	mustStep(t, d, fourNodes)
	d.meet(t, 1)
	mustStep(t, d, image2(fourNodes))
	d.meet(t, 2)
}

func gangEnds(t *testing.T, d *drive) {
	mustStep(t, d, fourNodes+ends)
	var jobs batchv1.JobList
	if err := d.any.List(context.Background(), &jobs, client.InNamespace(d.namespace)); err != nil {
		t.Fatal(err)
	}
	if len(jobs.Items) != 1 || jobs.Items[0].Status.Succeeded != 4 || jobs.Items[0].Status.CompletionTime == nil {
		t.Fatalf("the Job has not ended with four pods: %+v", jobs.Items)
	}
}

// scheduledGang has a Job by its schedule, and one beside it that is started by hand.
func scheduledGang(t *testing.T, d *drive) {
	mustStep(t, d, everyMinute)
	for deadline := time.Now().Add(impatience); ; time.Sleep(lookEvery) {
		v, err := d.look(context.Background(), d.namespace)
		if err != nil {
			t.Fatal(err)
		}
		if len(v.pods["a"]) == 4 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the schedule starts nothing")
		}
	}
	if _, err := d.settle(context.Background(), d.namespace); err != nil {
		t.Fatal(err)
	}
	d.meet(t, 1)
	if out, err := d.Kubectl("create", "job", "--from=cronjob/a", "by-hand", "-n", d.namespace); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := d.settle(context.Background(), d.namespace); err != nil {
		t.Fatal(err)
	}
	d.meet(t, 2)
}

func mustStep(t *testing.T, d *drive, run string) {
	t.Helper()
	o, err := d.step(context.Background(), run)
	if err != nil || len(o.wrong) > 0 {
		t.Fatalf("%s: %v %v", run, err, o.wrong)
	}
}

// meet holds that so many Jobs have four pods each, and that each pod's name for the first one leads to the first one of its
// own Job alone.
func (d *drive) meet(t *testing.T, jobs int) {
	t.Helper()
	all, err := d.meetings(context.Background(), d.namespace, "a", "MASTER_ADDR")
	if err != nil {
		t.Fatal(err)
	}
	first, size := map[string]string{}, map[string]int{}
	for _, m := range all {
		size[m.job]++
		if m.rank == "0" {
			first[m.job] = m.own
		}
	}
	if len(size) != jobs {
		t.Fatalf("%d Jobs have pods, not %d: %v", len(size), jobs, size)
	}
	for _, m := range all {
		if size[m.job] != 4 || len(m.addresses) != 1 || m.addresses[0] != first[m.job] || first[m.job] == "" {
			t.Errorf("%s of %s, one of %d, looks for %s and finds %v, not %q", m.pod, m.job, size[m.job], m.name, m.addresses, first[m.job])
		}
		t.Logf("%s: %s → %v", m.pod, m.name, m.addresses)
	}
}
