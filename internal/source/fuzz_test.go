package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"berth/internal/diag"

	"github.com/rogpeppe/go-internal/txtar"
)

// seed adds the golden inputs of a format.
func seed(f *testing.F, pattern string) {
	f.Helper()
	archives, _ := filepath.Glob("testdata/" + pattern)
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for i := 0; i < len(archive.Files); i += 2 {
			f.Add(archive.Files[i].Data)
		}
	}
}

// readable makes a file of fuzzed bytes, nil when they are no clean text.
func readable(t *testing.T, name string, data []byte) *diag.File {
	file, diags := FromBytes(name, data)
	checkPlaces(t, nil, diags)
	return file
}

// checkLoad makes sure of what holds for every file, and that loading again says the same.
func checkLoad(t *testing.T, file *diag.File, options Options) ([]Document, []diag.Diagnostic) {
	docs, diags := Load(file, options)
	checkPlaces(t, docs, diags)
	again, diagsAgain := Load(file, options)
	if outline(docs) != outline(again) || report(diags, "") != report(diagsAgain, "") {
		t.Error("loading twice gave two answers")
	}
	if len(docs) == 0 && len(diags) == 0 {
		t.Error("a file without documents was accepted")
	}
	return docs, diags
}

func FuzzYAML(f *testing.F) {
	seed(f, "yaml*.txtar")
	seed(f, "json.txtar")
	f.Fuzz(func(t *testing.T, data []byte) {
		if file := readable(t, "a.yaml", data); file != nil {
			checkLoad(t, file, Options{})
		}
	})
}

// FuzzJSON holds the loader to the standard library's verdict, and to the YAML loader's tree: what both read, they have
// to read alike.
func FuzzJSON(f *testing.F) {
	seed(f, "json.txtar")
	f.Fuzz(func(t *testing.T, data []byte) {
		file := readable(t, "a.json", data)
		if file == nil {
			return
		}
		docs, diags := checkLoad(t, file, Options{})
		broken := len(docs) == 0 && diag.HasErrors(diags) && diags[len(diags)-1].Code == diag.Syntax
		deep := len(diags) > 0 && diags[len(diags)-1].Code == diag.FileTooLarge
		if len(bytes.TrimSpace(file.Data)) > 0 && !deep && broken == json.Valid(file.Data) {
			t.Errorf("valid JSON: %v, but: %s", !broken, report(diags, "a.json"))
		}
		other, diagsOther := Load(&diag.File{Name: "a.yaml", Data: file.Data}, Options{})
		if len(diags) > 0 || len(diagsOther) > 0 {
			return
		}
		for _, d := range append(docs, other...) {
			unplace(d.Root)
		}
		if outline(docs) != outline(other) {
			t.Errorf("as JSON:\n%s\nas YAML:\n%s", outline(docs), outline(other))
		}
	})
}

// fuzzLimits end what a fuzzed program may do before it hurts.
var fuzzLimits = Limits{Workers: 1, Deadline: 2 * time.Second, Time: -1, Output: 1 << 50, Memory: 256 << 20}

// fuzzProgram holds what a program gives to its invariants. The child goes first, since it survives what a program does;
// what it answers by itself is evaluated again here, where the fuzzer sees which code runs: two processes, one answer.
func fuzzProgram(t *testing.T, e *Evaluator, req *request) {
	here := req.File
	resp, trouble := e.ask(req)
	if trouble != "" {
		return // a limit, which TestBombs looks at
	}
	again := (&server{}).answer(req)
	checkAnswer(t, &here, resp)
	checkAnswer(t, &here, again)
	if have, want := wireText(again), wireText(resp); have != want {
		t.Errorf("the child says:\n%s\nand here:\n%s", want, have)
	}
}

// wireText is an answer as text.
func wireText(r *response) string {
	text := report(r.Diagnostics, "") + judgement(r.Verdicts) + fmt.Sprint(r.Met)
	if r.Root != nil {
		text += outline([]Document{{Root: r.Root}})
	}
	return text
}

// checkAnswer ties an answer to its file, as the parent does, and makes sure that it shows nothing from outside.
func checkAnswer(t *testing.T, file *diag.File, r *response) {
	tie(r, file)
	var docs []Document
	if r.Root != nil {
		docs = []Document{{File: file, Root: r.Root}}
	}
	checkPlaces(t, docs, r.Diagnostics)
	for _, v := range r.Verdicts {
		for _, x := range v.Violations {
			checkSpan(t, newText(file), x.Rule)
		}
	}
	if text := wireText(r); strings.Contains(text, canary) {
		t.Errorf("a file outside of the project was read:\n%s", text)
	}
}

func FuzzCUE(f *testing.F) {
	seed(f, "cue*.txtar")
	evaluator := NewEvaluator(fuzzLimits)
	f.Cleanup(evaluator.Close)
	f.Fuzz(func(t *testing.T, data []byte) {
		if file := readable(t, "a.cue", data); file != nil {
			for _, constraints := range []bool{false, true} {
				fuzzProgram(t, evaluator, &request{Operation: evaluateCUE, File: *file, Constraints: constraints})
			}
		}
	})
}

// FuzzJsonnet evaluates beside files that may be imported, and links and files that may not.
func FuzzJsonnet(f *testing.F) {
	seed(f, "jsonnet.txtar")
	root := jsonnetProject(f)
	evaluator := NewEvaluator(fuzzLimits)
	f.Cleanup(evaluator.Close)
	f.Fuzz(func(t *testing.T, data []byte) {
		if file := readable(t, "a.jsonnet", data); file != nil {
			fuzzProgram(t, evaluator, &request{Operation: evaluateJsonnet, File: *file, Root: root, Path: "runs/a.jsonnet"})
		}
	})
}

// FuzzPolicy holds a run to any policy.
func FuzzPolicy(f *testing.F) {
	seed(f, "cue*.txtar")
	for _, policy := range []string{"spec: image: =~\"^ghcr\" & !~\":latest$\"\n", "spec: replicas: *1 | <=8\n", "spec: queue!: string\n",
		"import \"list\"\n\nspec: envs: list.MaxItems(1)\n", "spec: {[!~\"^(image|action)$\"]: error(\"not here\")}\n", "#S: {action: _}\nspec: #S\n",
		"if spec.action == \"serve\" {spec: replicas: <=3}\n", "spec: action: string\nspec: resources: [string]: requests: <=2\n"} {
		f.Add([]byte(policy))
	}
	run := []byte(`{"apiVersion":"berth/v1","kind":"Run","metadata":{"name":"churn"},"spec":{"action":"serve","image":"docker.io/x:latest",
		"replicas":12,"resources":{"gpu":{"requests":3}},"envs":[{"name":"A","value":"b"},{"name":"B","value":"c"}]}}`)
	evaluator := NewEvaluator(fuzzLimits)
	f.Cleanup(evaluator.Close)
	f.Fuzz(func(t *testing.T, data []byte) {
		if file := readable(t, "a.cue", data); file != nil {
			fuzzProgram(t, evaluator, &request{Operation: judgeRuns, File: *file, Policies: []diag.File{*file}, Runs: [][]byte{run}})
		}
	})
}
