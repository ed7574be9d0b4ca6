package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"berth/proof/product"
	"berth/proof/specs"

	"go.yaml.in/yaml/v2"
)

// binaryEnv names the product where it is built already: by the parent process, or by hand.
const binaryEnv = "PROOF_BERTH"

var scratch string // lives as long as the process

func TestMain(m *testing.M) { os.Exit(withScratch(m)) }

func withScratch(m *testing.M) int {
	dir, err := os.MkdirTemp("", "berth-proof")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratch = dir
	return m.Run()
}

// berthBinary builds the product once for all tests of the process.
var berthBinary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv(binaryEnv); path != "" {
		return path, nil
	}
	return product.Build(scratch)
})

func berth(t *testing.T) string {
	t.Helper()
	path, err := berthBinary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// batch is one random project on disk and its runs that have not been refused.
type batch struct {
	binary, dir string
	project     specs.Object            // nil once its run fields are out
	runs        map[string]specs.Object // by file name
	documents   map[string]specs.Object // the profiles, by file name
}

// refusal is a diagnostic, as Berth prints it in JSON.
type refusal struct {
	Code, Severity, File, Path, Message string
}

var indexes = regexp.MustCompile(`\[[^\]]*\]`)

// field is the refusal's field without list indexes and map keys.
func (r refusal) field() string { return indexes.ReplaceAllString(r.Path, "[]") }

// newBatch writes a project with n runs.
func newBatch(binary, dir string, p *specs.Project, runs []specs.Object) (*batch, error) {
	b := &batch{binary: binary, dir: dir, project: p.Document, runs: map[string]specs.Object{}, documents: map[string]specs.Object{}}
	if err := b.write("berth.yaml", p.Document); err != nil {
		return nil, err
	}
	for name, doc := range p.Documents {
		b.documents["profiles/"+name+".yaml"] = doc
	}
	for name, doc := range p.Set {
		b.documents["sets/"+p.ProfileSet+"/"+name+".yaml"] = doc
	}
	for i, run := range runs {
		// Every other file is JSON, so that both readers see every field.
		b.runs[fmt.Sprintf("runs/run-%04d.%s", i, []string{"yaml", "json"}[i%2])] = run
	}
	if err := b.writeBytes(specs.FileOfProject, []byte("a=1\n")); err != nil {
		return nil, err
	}
	for _, set := range []map[string]specs.Object{b.documents, b.runs} {
		for name, doc := range set {
			if err := b.write(name, doc); err != nil {
				return nil, err
			}
		}
	}
	if p.Policy != "" {
		return b, b.writeBytes("policies/policy.cue", []byte(p.Policy))
	}
	return b, nil
}

func (b *batch) write(name string, doc specs.Object) error {
	text, err := json.Marshal(doc)
	if filepath.Ext(name) == ".yaml" {
		text, err = yaml.Marshal(doc) // sigs.k8s.io/yaml would take the way round by JSON
	}
	if err != nil {
		return err
	}
	return b.writeBytes(name, text)
}

func (b *batch) writeBytes(name string, text []byte) error {
	path := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// settle builds the batch for some environments (none for the runs themselves) and takes out what is refused until the
// rest is built. It returns the stream, and every refusal on the way. One pass shows every mistake of a file, but a
// profile taken out refuses its runs in the next.
func (b *batch) settle(environments []string) (stream []byte, refused []refusal, err error) {
	args := []string{"build", "runs", "--format", "json"}
	if len(environments) > 0 {
		args = append(args, "--environment", strings.Join(environments, ","))
	}
	for range 10 {
		if len(b.runs) == 0 {
			return nil, refused, nil
		}
		res, err := product.Run(b.binary, b.dir, args...)
		if err != nil {
			return nil, refused, err
		}
		found, err := parseRefusals(res.Stderr)
		if err != nil {
			return nil, refused, fmt.Errorf("exit %d: %w", res.Exit, err)
		}
		switch {
		case res.Exit == 0 && len(found) == 0:
			return res.Stdout, refused, nil
		case res.Exit != 1 || len(found) == 0:
			return nil, refused, fmt.Errorf("exit %d with %d errors: %.2000s", res.Exit, len(found), res.Stderr)
		}
		refused = append(refused, found...)
		if err := b.remove(found); err != nil {
			return nil, refused, err
		}
	}
	return nil, refused, fmt.Errorf("refusals did not end: %v", refused[len(refused)-1])
}

// errProject says that the project itself was refused, which no run can be blamed for.
type errProject struct{ refusal }

func (e errProject) Error() string {
	return fmt.Sprintf("%s: %s %s: %s", e.File, e.Code, e.Path, e.Message)
}

// remove takes out every file that was refused. A combination of the project's own run fields with some profile can be
// blamed on neither: the first time, the project loses those fields; the second time, it is refused.
func (b *batch) remove(found []refusal) error {
	simplified := false
	for _, r := range found {
		name := filepath.ToSlash(r.File)
		if b.runs[name] == nil && b.documents[name] == nil {
			if !simplified && b.project == nil {
				return errProject{r}
			}
			if err := b.simplify(); err != nil {
				return err
			}
			simplified = true
			continue
		}
		delete(b.runs, name)
		delete(b.documents, name)
		if err := os.Remove(filepath.Join(b.dir, name)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// simplify takes the run fields out of the project and its environments.
func (b *batch) simplify() error {
	if b.project == nil {
		return nil
	}
	spec := b.project["spec"].(specs.Object)
	delete(spec, "defaults")
	environments, _ := spec["environments"].(specs.Object)
	for name, e := range environments {
		kept := specs.Object{}
		for _, field := range []string{"namespace", "cloud", "labels", "annotations", "queue", "priority", "kubernetes", "profile_set"} {
			if v, ok := e.(specs.Object)[field]; ok {
				kept[field] = v
			}
		}
		environments[name] = kept
	}
	project := b.project
	b.project = nil
	return b.write("berth.yaml", project)
}

// parseRefusals reads the errors among diagnostics printed as lines of JSON.
func parseRefusals(stderr []byte) ([]refusal, error) {
	var found []refusal
	for _, line := range bytes.Split(bytes.TrimSpace(stderr), []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		var r refusal
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("not a diagnostic: %.500s", line)
		}
		if r.Severity == "error" {
			found = append(found, r)
		}
	}
	return found, nil
}

// runOf is the run that an object was made from.
func runOf(doc []byte) string {
	var o struct {
		Metadata struct {
			Labels map[string]string `json:"labels"`
		} `json:"metadata"`
	}
	if json.Unmarshal(doc, &o) != nil {
		return ""
	}
	return strings.Clone(o.Metadata.Labels["berth/run"])
}
