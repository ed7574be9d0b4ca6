package importer_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/source"
)

func TestRuns(t *testing.T) {
	each(t, "testdata/runs/*", func(t *testing.T, path string, file *diag.File) {
		golden(t, path, imported(importer.Runs([]*diag.File{file}, options)))
	})
}

// options are those of a folder without a project.
var options = importer.Options{Dir: "/nowhere"}

// imported is all that an import prints: the runs, the report and what was said of the file.
func imported(i *importer.Import) []byte {
	text := i.Text()
	if len(i.Runs) == 0 {
		text = nil
	}
	if report := i.Report.Text(); report != "" {
		text = append(append(text, "=====\n"...), report...)
	}
	return result(text, i.Diags)
}

// No comment of what became a run is lost.
func TestCommentsAreKept(t *testing.T) {
	each(t, "testdata/runs/comments*.yaml", func(t *testing.T, _ string, file *diag.File) {
		text := string(importer.Runs([]*diag.File{file}, options).Text())
		kept := 0
		for line := range strings.Lines(string(file.Data)) {
			_, comment, ok := strings.Cut(line, "#")
			if !ok || comment == " Settings.\n" { // which stays outside
				continue
			}
			if kept++; !strings.Contains(text, "#"+strings.TrimSuffix(comment, "\n")) {
				t.Errorf("#%s is lost in\n%s", comment, text)
			}
		}
		if kept < 10 {
			t.Errorf("only %d comments", kept)
		}
	})
}

// The calls of notebooks come in, in words that build: what they say otherwise is said at its line.
func TestTutorials(t *testing.T) {
	var files []*diag.File
	each(t, "testdata/tutorials/*", func(_ *testing.T, _ string, file *diag.File) { files = append(files, file) })
	o := options
	o.Image = "ghcr.io/acme/tutorial:1"
	i := importer.Runs(files, o)
	golden(t, "testdata/tutorials/all", imported(i))
	builds(t, i)
}

// Hostile sources end soon and without a crash.
func TestPythonIsBounded(t *testing.T) {
	bomb := "a = ['x']\n" + strings.Repeat("a = [a, a, a, a, a, a, a, a]\n", 40) + "f.run('job', command=a)\n"
	for name, src := range map[string]string{
		"bomb": bomb, "self": "a = [a, a]\nf.run(action=a)\n",
		"nesting": strings.Repeat("(", 1<<20), "calls": "x" + strings.Repeat(".run(", 10_000) + strings.Repeat(")", 10_000),
		"minus": "x = " + strings.Repeat("-", 60_000) + "1", "open text": "x = 'abc\nf.run('job')\n", "triple": `x = """` + strings.Repeat("y\n", 1000),
		"backslash": "f.run(\\", "lambdas": strings.Repeat("lambda x: ", 6_000) + "1",
	} {
		start := time.Now()
		file, diags := source.FromBytes("x.py", []byte(src))
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		importer.Runs([]*diag.File{file}, options)
		if d := time.Since(start); d > 30*time.Second {
			t.Errorf("%s took %s", name, d)
		}
	}
}

func FuzzRuns(f *testing.F) {
	f.Add("x.py", []byte("f = p.new_function(name='x', image='i')\nf.run('job', envs=[{'name': 'a', 'value': \"b\"}], **{'replicas': -3})\n"))
	f.Add("x.yaml", []byte("apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {template: {spec: {containers: [{name: a, image: i}]}}}\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		file, _ := source.FromBytes(name, data)
		if file == nil || !strings.HasSuffix(name, ".py") && !strings.HasSuffix(name, ".yaml") {
			return
		}
		first := importer.Runs([]*diag.File{file}, options)
		out := imported(first)
		if again := imported(importer.Runs([]*diag.File{file}, options)); !bytes.Equal(out, again) {
			t.Errorf("imported twice:\n%s\nand\n%s", out, again)
		}
		for _, d := range first.Diags {
			if d.Code == "" || d.Message == "" || int(d.Span.EndLine) > bytes.Count(file.Data, []byte("\n"))+1 {
				t.Errorf("nothing is said, or of no place: %+v", d)
			}
		}
		if len(first.Runs) > 0 {
			checkImported(t, first.Text())
		}
	})
}

// checkImported: whatever it was made of, what is written for the user is YAML that Berth reads, without a secret.
func checkImported(t *testing.T, out []byte) {
	t.Helper()
	if kind := diag.SecretKind(string(out)); kind != "" {
		t.Errorf("%s was imported", kind)
	}
	file, diags := source.FromBytes("imported.yaml", out)
	if file == nil {
		t.Fatalf("%v\n%s", diags, out)
	}
	if docs, diags := source.Load(file, source.Options{}); len(docs) == 0 || diag.HasErrors(diags) {
		t.Errorf("%v\n%s", diags, out)
	}
}
