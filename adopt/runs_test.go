package adopt_test

import (
	"strings"
	"testing"
	"time"

	"berth/adopt"
	"berth/diag"
	"berth/source"
)

func TestRuns(t *testing.T) {
	each(t, "testdata/runs/*", func(t *testing.T, path string, file *diag.File) {
		text, diags := adopt.Runs(file)
		golden(t, path, result(text, diags))
	})
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
		adopt.Runs(file)
		if d := time.Since(start); d > 30*time.Second {
			t.Errorf("%s took %s", name, d)
		}
	}
}

func FuzzRuns(f *testing.F) {
	f.Add("x.py", []byte("f = p.new_function(name='x', image='i')\nf.run('job', envs=[{'name': 'a', 'value': \"b\"}], **{'replicas': -3})\n"))
	f.Add("x.yaml", []byte("apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {template: {spec: {containers: [{name: a, image: i}]}}}\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if file, diags := source.FromBytes(name, data); file != nil && !diag.HasErrors(diags) && (strings.HasSuffix(name, ".py") || strings.HasSuffix(name, ".yaml")) {
			adopt.Runs(file)
		}
	})
}
