package proof

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"berth/proof/apivalid"
	"berth/proof/specs"
	"berth/schema"

	"sigs.k8s.io/yaml"
)

// The environment variables of TestSoundness: PROOF=full makes ten times as many runs, PROOF_RUNS any number, and
// PROOF_SEED repeats a run of the test.
const (
	defaultRuns = 10_000
	fullRuns    = 100_000
	batchRuns   = 100
)

// TestSoundness builds random runs in random projects, and asks the oracle about every object that comes out: what
// Berth accepts, the API server accepts, with the target version's own rules. It also shows that the runs reached every
// field of the schema, so that nothing goes untested.
func TestSoundness(t *testing.T) {
	if isWorker(t, func(f *findings, w work, part uint64) error {
		return f.batch(berth(t), filepath.Join(scratch, "batch"), w, part)
	}) {
		return
	}
	seed, runs := chosenSeed(t), chosenRuns(t)
	t.Logf("PROOF_SEED=%d, %d runs", seed, runs)
	total := runWork(t, "TestSoundness", seed, uint64(runs+batchRuns-1)/batchRuns)
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
	maps.DeleteFunc(undrawn, func(id string, _ bool) bool { return !total.Reached[id] })
	if len(undrawn) > 0 {
		t.Errorf("undrawn.txt lists what is drawn: %v", slices.Sorted(maps.Keys(undrawn)))
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

// batch builds one random project in its environments and without them, and judges what comes out.
func (f *findings) batch(binary, dir string, w work, part uint64) error {
	defer os.RemoveAll(dir)
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
	all := maps.Clone(b.runs)
	for _, environments := range builds {
		stream, refused, err := b.settle(environments)
		for _, r := range refused {
			f.refuse(r.Code+" "+r.field(), tally{1, r.Message})
			if r.Path == "" {
				f.placeless(r, part, environments, all[r.File])
			}
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

// placeless notes a refusal that no field is blamed for.
func (f *findings) placeless(r refusal, part uint64, environments []string, run specs.Object) {
	kind := "no place: " + r.Code + " " + values.ReplaceAllString(r.Message, "…")
	if text, err := yaml.Marshal(run); err == nil && f.Violations[kind] == "" {
		f.Violations[kind] = fmt.Sprintf("batch %d, environments %q: no field is blamed: %s: %s\nof %s:\n%s", part, environments, r.Code, r.Message, r.File, text)
	}
}

func (f *findings) judge(b *batch, stream []byte, part uint64, environments []string) {
	f.Accepted += len(b.runs) * max(1, len(environments))
	for _, text := range documents(stream) {
		f.Objects++
		doc, err := yaml.YAMLToJSONStrict(text)
		if err == nil && !isForeign(text) {
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
