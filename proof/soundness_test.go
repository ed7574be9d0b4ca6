package proof

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"berth/proof/apivalid"
	"berth/proof/specs"
	"berth/schema"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/yaml"
)

// The environment variables of TestSoundness: PROOF=full makes ten times as many runs, PROOF_RUNS any number, and
// PROOF_SEED repeats a run of the test.
const (
	defaultRuns = 10_000
	fullRuns    = 100_000
	batchRuns   = 100
	workBatches = 200 // of one process, at most
)

// work is what one process does: batches of one seed, for one Kubernetes version.
type work struct {
	Seed       uint64
	Kubernetes string
	First, End uint64 // batches
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

// TestSoundness builds random runs in random projects, and asks the oracle about every object that comes out: what
// Berth accepts, the API server accepts, with the target version's own rules. It also shows that the runs reached every
// field of the schema, so that nothing goes untested.
func TestSoundness(t *testing.T) {
	if w := os.Getenv(workEnv); w != "" {
		soundnessWork(t, w)
		return
	}
	seed, runs := chosenSeed(t), chosenRuns(t)
	t.Logf("PROOF_SEED=%d, %d runs", seed, runs)
	total := runWork(t, seed, uint64(runs+batchRuns-1)/batchRuns)
	for _, example := range total.Violations {
		t.Errorf("PROOF_SEED=%d: %s", seed, example)
	}
	t.Logf("%d accepted, %d objects, %d projects refused", total.Accepted, total.Objects, total.Projects)
	for _, key := range slices.Sorted(maps.Keys(total.Refused)) {
		t.Logf("refused %6d %s: %s", total.Refused[key].Count, key, total.Refused[key].Example)
	}
	if total.Accepted < runs/3 {
		t.Errorf("only %d of %d runs were accepted: the generator has to know the rules", total.Accepted, runs)
	}
	undrawn := readUndrawn(t)
	for _, doc := range []*schema.Type{&schema.TypeRun, &schema.TypeProfile} {
		all := reach{}
		all.every(doc)
		missing := slices.DeleteFunc(all.without(total.Reached), func(id string) bool { return undrawn[id] })
		if len(missing) > 0 {
			t.Errorf("no accepted %s reached %v", doc.Name, missing)
		}
	}
	for id := range undrawn {
		if total.Reached[id] {
			t.Errorf("undrawn.txt lists %s, which is drawn", id)
		}
	}
}

// readUndrawn reads the fields that the generator does not draw yet: what is promised of them, nothing here proves.
func readUndrawn(t *testing.T) reach {
	t.Helper()
	text, err := os.ReadFile("undrawn.txt")
	if err != nil {
		t.Fatal(err)
	}
	undrawn := reach{}
	for id := range strings.FieldsSeq(string(text)) {
		undrawn[id] = true
	}
	return undrawn
}

func chosenSeed(t *testing.T) uint64 {
	t.Helper()
	seed, err := specs.Seed()
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

func chosenRuns(t *testing.T) int {
	t.Helper()
	if text := os.Getenv("PROOF_RUNS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if os.Getenv("PROOF") == "full" {
		return fullRuns
	}
	return defaultRuns
}

// runWork shares the batches out to processes of one version each, as a process can emulate only one.
func runWork(t *testing.T, seed, batches uint64) findings {
	t.Helper()
	binary, dir := berth(t), t.TempDir()
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	var lock sync.Mutex
	total := newFindings()
	for _, w := range shares(seed, batches) {
		w.Report = filepath.Join(dir, fmt.Sprint(w.First))
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

// spawn lets a process of this same test binary do the work.
func spawn(binary string, w work) (findings, error) {
	text, err := json.Marshal(w)
	if err != nil {
		return findings{}, err
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestSoundness$", "-test.timeout=0")
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

// soundnessWork is the other process.
func soundnessWork(t *testing.T, text string) {
	var w work
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		t.Fatal(err)
	}
	if err := apivalid.Emulate(w.Kubernetes); err != nil {
		t.Fatal(err)
	}
	found := newFindings()
	for part := w.First; part < w.End; part++ {
		dir := filepath.Join(scratch, "batch")
		if err := found.batch(berth(t), dir, w, part); err != nil {
			t.Fatalf("batch %d: %v", part, err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	report, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.Report, report, 0o600); err != nil {
		t.Fatal(err)
	}
}

// batch builds one random project in its environments and without them, and judges what comes out.
func (f *findings) batch(binary, dir string, w work, part uint64) error {
	g := specs.New(w.Seed, part)
	p := g.Project(w.Kubernetes, nil)
	runs := make([]specs.Object, batchRuns)
	for i := range runs {
		runs[i] = g.Run(fmt.Sprintf("r%d-%d", part, i))
	}
	b, err := newBatch(binary, dir, p, runs)
	if err != nil {
		return err
	}
	// The environments come first: a run that one of them refuses seldom has to be taken out again for the runs themselves.
	builds := [][]string{nil}
	if len(p.Environments) > 0 {
		builds = [][]string{p.Environments, nil}
	}
	for _, environments := range builds {
		stream, refused, err := b.settle(environments)
		for _, r := range refused {
			f.refuse(r.Code+" "+r.field(), tally{1, r.Message})
		}
		var whole errProject
		switch {
		case errors.As(err, &whole):
			f.Projects++
			f.refuse("project "+whole.Code+" "+whole.field(), tally{1, whole.Message})
		case err != nil:
			return err
		default:
			f.judge(b, stream, part, environments)
		}
	}
	for _, doc := range b.documents {
		f.Reached.mark(&schema.TypeProfile, doc)
	}
	for _, doc := range b.runs {
		f.Reached.mark(&schema.TypeRun, doc)
	}
	return nil
}

// values are the parts of the server's words that differ from one object to the next.
var values = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|[0-9]+`)

func (f *findings) judge(b *batch, stream []byte, part uint64, environments []string) {
	f.Accepted += len(b.runs) * max(1, len(environments))
	for _, text := range documents(stream) {
		f.Objects++
		doc, err := yaml.YAMLToJSONStrict(text)
		if err == nil {
			err = apivalid.CheckAll(doc)
		}
		if err == nil {
			continue
		}
		kind := values.ReplaceAllString(err.Error(), "…")
		if f.Violations[kind] == "" {
			f.Violations[kind] = fmt.Sprintf("batch %d, environments %q: %v\n%s\nof %s", part, environments, err, text, b.source(runOf(doc)))
		}
	}
}

// source is the file of the run of that name.
func (b *batch) source(name string) string {
	for file, run := range b.runs {
		if meta, ok := run["metadata"].(specs.Object); ok && meta["name"] == name {
			text, err := os.ReadFile(filepath.Join(b.dir, file))
			if err != nil {
				return err.Error()
			}
			return file + ":\n" + string(text)
		}
	}
	return "no run"
}
