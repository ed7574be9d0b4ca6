package proof

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"berth/proof/apivalid"
	"berth/proof/specs"

	"golang.org/x/sync/errgroup"
)

// workBatches is how many batches one process has at most.
const workBatches = 200

// work is what one process does: batches of one seed, for one Kubernetes version.
type work struct {
	Seed       uint64
	Kubernetes string
	First, End uint64 // batches
	Test       string // that does it
	Report     string // the file that the findings go to
}

const workEnv = "PROOF_WORK"

// findings are what came of a number of batches.
type findings struct {
	Accepted int // runs that were built, counted once for each environment
	Objects  int
	Projects int              // that were refused as a whole, for their environments or for the runs themselves
	Refused  map[string]tally // by code and field
	Reached  reach
	// Violations are examples of what Berth accepts and the API server refuses, by the server's words without values.
	Violations map[string]string
}

// tally counts one kind of refusal and keeps an example's words.
type tally struct {
	Count   int
	Example string
}

func (f *findings) refuse(key string, t tally) {
	t.Count += f.Refused[key].Count
	f.Refused[key] = t
}

func newFindings() findings {
	return findings{Refused: map[string]tally{}, Reached: reach{}, Violations: map[string]string{}}
}

func (f *findings) add(other findings) {
	f.Accepted += other.Accepted
	f.Objects += other.Objects
	f.Projects += other.Projects
	maps.Copy(f.Violations, other.Violations)
	for key, t := range other.Refused {
		f.refuse(key, t)
	}
	maps.Copy(f.Reached, other.Reached)
}

// runWork shares the batches out to processes of one version each, as a process can emulate only one.
func runWork(t *testing.T, test string, seed, batches uint64) findings {
	t.Helper()
	binary, dir := berth(t), t.TempDir()
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	var lock sync.Mutex
	total := newFindings()
	for _, w := range shares(seed, batches) {
		w.Test, w.Report = test, filepath.Join(dir, fmt.Sprint(w.First))
		group.Go(func() error {
			found, err := spawn(binary, w)
			if err != nil {
				return fmt.Errorf("PROOF_SEED=%d: Kubernetes %s: %w", seed, w.Kubernetes, err)
			}
			lock.Lock()
			defer lock.Unlock()
			total.add(found)
			t.Logf("batches %d to %d, Kubernetes %s: %d objects, %d kinds of violation", w.First, w.End-1, w.Kubernetes, found.Objects, len(found.Violations))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	return total
}

// shares cuts the batches into as many pieces for each version, at least one for each processor.
func shares(seed, batches uint64) []work {
	versions := uint64(len(specs.Versions))
	size := min(workBatches, max(1, batches/(versions*uint64(runtime.NumCPU()))))
	var all []work
	for first := uint64(0); first < batches; first += size {
		version := specs.Versions[uint64(len(all))%versions]
		all = append(all, work{Seed: seed, Kubernetes: version, First: first, End: min(first+size, batches)})
	}
	return all
}

// spawn lets a process of this same test binary do the work.
func spawn(binary string, w work) (findings, error) {
	text, err := json.Marshal(w)
	if err != nil {
		return findings{}, err
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+w.Test+"$", "-test.timeout=0")
	// As many processes as processors run at a time: each has one, and collects its garbage late.
	cmd.Env = append(os.Environ(), workEnv+"="+string(text), binaryEnv+"="+binary, "GOMAXPROCS=1", "GOGC=400")
	if out, err := cmd.CombinedOutput(); err != nil {
		return findings{}, fmt.Errorf("%w\n%s", err, out)
	}
	report, err := os.ReadFile(w.Report)
	if err != nil {
		return findings{}, err
	}
	var found findings
	return found, json.Unmarshal(report, &found)
}

// isWorker reports whether this process is one that does a share of a test's work, and does it then: each batch adds to
// the findings.
func isWorker(t *testing.T, batch func(f *findings, w work, part uint64) error) bool {
	t.Helper()
	text := os.Getenv(workEnv)
	if text == "" {
		return false
	}
	var w work
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		t.Fatal(err)
	}
	if err := apivalid.Emulate(w.Kubernetes); err != nil {
		t.Fatal(err)
	}
	found := newFindings()
	for part := w.First; part < w.End; part++ {
		if err := batch(&found, w, part); err != nil {
			t.Fatalf("batch %d: %v", part, err)
		}
	}
	report, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.Report, report, 0o600); err != nil {
		t.Fatal(err)
	}
	return true
}
