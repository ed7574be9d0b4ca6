package source

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the loaders say into the golden files")

// TestGolden reads every file in testdata and compares the tree and the diagnostics with what stands beside it.
func TestGolden(t *testing.T) {
	evaluator := NewEvaluator(Limits{Workers: 1})
	defer evaluator.Close()
	project := jsonnetProject(t)
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, path := range archives {
		options := Options{Evaluator: evaluator, Constraints: strings.Contains(path, "constraints"), Root: project}
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(archive.Files); i += 2 {
			in, want := archive.Files[i], &archive.Files[i+1]
			t.Run(in.Name, func(t *testing.T) {
				if options.Path = ""; strings.HasSuffix(in.Name, ".jsonnet") {
					options.Path = filepath.Join(project, "runs", in.Name)
				}
				docs, diags := load(t, in.Name, string(in.Data), options)
				checkPlaces(t, docs, diags)
				have := outline(docs) + report(diags, in.Name)
				if *update {
					want.Data = []byte(have)
				} else if have != string(want.Data) {
					t.Errorf("in:\n%s\nhave:\n%s\nwant:\n%s", in.Data, have, want.Data)
				}
			})
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// canary stands in a file that no program may read.
const canary = "canary-outside-of-the-project"

// jsonnetProject is a folder with libraries to import, a file with the canary beside it, and links to that.
func jsonnetProject(t testing.TB) string {
	t.Helper()
	top := t.TempDir()
	project := filepath.Join(top, "project")
	for name, content := range map[string]string{
		"secret.txt":                     canary,
		"project/lib/base.libsonnet":     "{ action: 'job', image: 'x' }",
		"project/lib/text.txt":           "some text\n",
		"project/lib/broken.libsonnet":   "{\n  action: 'job'\n  image: 'x',\n}",
		"project/lib/failing.libsonnet":  "{\n  action: 'è', image: error 'no image',\n}",
		"project/lib/bidi.libsonnet":     "{ image: 'x\u202ey' }",
		"project/runs/other/x.libsonnet": "{}",
	} {
		path := filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"link.txt":   "../../secret.txt",
		"up":         "../..",
		"inside.txt": "text.txt",
	} {
		if err := os.Symlink(target, filepath.Join(project, "lib", link)); err != nil {
			t.Fatal(err)
		}
	}
	return project
}
