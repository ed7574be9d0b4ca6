package cli_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/schema"

	"github.com/google/go-cmp/cmp"
)

// TestDocs holds the generated documents to what they are made of; -update writes them.
func TestDocs(t *testing.T) {
	shown := shownCodes(t)
	errors := diag.Reference(func(code diag.Code) string {
		message := shown[code]
		if wrong, _, _ := diag.Examples(code); !wrong.Illustration {
			message = ofCode(code, runExample(t, wrong).stderr)
		}
		if message == "" {
			return ""
		}
		return "```text\n" + message + "\n```\n"
	})
	for path, want := range map[string]string{"../../docs/errors.md": errors, "../../docs/fields.md": string(schema.Reference())} {
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(have)); diff != "" {
			t.Errorf("%s has drifted; go test ./cli -update writes it:\n%s", path, diff)
		}
	}
}

// ofCode is the first diagnostic of a code in what the program printed.
func ofCode(code diag.Code, printed string) string {
	for message := range strings.SplitSeq(printed, "\n\n") {
		if head, _, _ := strings.Cut(message, "\n"); strings.HasSuffix(head, "["+string(code)+"]") {
			return message
		}
	}
	return ""
}

// TestReadmeCommands runs the README's first command, and holds the README's project to what the program says of it.
func TestReadmeCommands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "\ngo run . build examples/churn\n") {
		t.Fatal("the README's first command is another one")
	}
	root, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	r := run(strings.TrimSuffix(strings.TrimSpace(string(root)), "/go.mod"), "build", "examples/churn")
	if r.exit != 0 {
		t.Fatalf("exit %d\n%s", r.exit, r.stderr)
	}
	for _, kind := range []string{"CronJob", "Deployment", "Service", "PersistentVolumeClaim"} {
		if !strings.Contains(r.stdout, "\nkind: "+kind+"\n") {
			t.Errorf("there is no %s in\n%s", kind, r.stdout)
		}
	}
}

// TestSecurityDocument makes sure that every test and fixture that docs/security.md names for a threat is there.
func TestSecurityDocument(t *testing.T) {
	document, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	threats := 0
	for line := range strings.Lines(string(document)) {
		columns := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| ") || len(columns) != 3 || columns[2] == "held by |\n" {
			continue
		}
		threats++
		names := heldBy.FindAllStringSubmatch(columns[2], -1)
		if len(names) == 0 {
			t.Errorf("nothing holds: %s", columns[0])
		}
		for _, n := range names {
			if !exists(t, n[1]) {
				t.Errorf("there is no %s, for: %s", n[1], columns[0])
			}
		}
	}
	if threats < 10 {
		t.Errorf("only %d threats were found", threats)
	}
}

var heldBy = regexp.MustCompile("`([^`]+)`")

// exists reports whether there is a test package.Name or a fixture kind/name.
func exists(t *testing.T, name string) bool {
	t.Helper()
	pkg, test, isTest := strings.Cut(name, ".")
	if !isTest {
		info, err := os.Stat(filepath.Join("../../fixtures", name))
		return err == nil && info.IsDir()
	}
	inside, _ := filepath.Glob(filepath.Join("..", pkg, "*_test.go"))
	atTop, err := filepath.Glob(filepath.Join("..", "..", pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	sources := append(inside, atTop...)
	for _, source := range sources {
		if text, err := os.ReadFile(source); err == nil && strings.Contains(string(text), "\nfunc "+test+"(") {
			return true
		}
	}
	return false
}

// yamlBlock is a YAML document that a page shows.
var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestQueuesDocument builds the project that docs/queues.md shows, which is refused in its words, and a run of one node less.
func TestQueuesDocument(t *testing.T) {
	document, err := os.ReadFile("../../docs/queues.md")
	if err != nil {
		t.Fatal(err)
	}
	files, said := blocks(string(document))
	dir := t.TempDir()
	write := func(name, text string) {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		write(name, text)
	}
	first, _, _ := strings.Cut(run(dir, "build", "run.yaml").stderr, "\n")
	if !strings.Contains(said, first+"\n") || first == "" {
		t.Errorf("docs/queues.md does not say: %s", first)
	}
	write("run.yaml", strings.Replace(files["run.yaml"], "num_nodes: 3", "num_nodes: 2", 1))
	if r := run(dir, "build", "run.yaml"); r.exit != 0 || r.stderr != "" {
		t.Errorf("exit %d, %s", r.exit, r.stderr)
	}
}

// TestMultiNodeDocument builds every run that docs/multi-node.md shows, alone.
func TestMultiNodeDocument(t *testing.T) {
	document, err := os.ReadFile("../../docs/multi-node.md")
	if err != nil {
		t.Fatal(err)
	}
	runs := yamlBlock.FindAllStringSubmatch(string(document), -1)
	if len(runs) < 5 {
		t.Fatalf("only %d runs were found", len(runs))
	}
	for _, text := range runs {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "run.yaml"), []byte(text[1]), 0o666); err != nil {
			t.Fatal(err)
		}
		if r := run(dir, "build", "run.yaml"); r.exit != 0 || r.stderr != "" {
			t.Errorf("exit %d, %s, of\n%s", r.exit, r.stderr, text[1])
		}
	}
}
