package source

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"berth/diag"

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
var fuzzLimits = Limits{Workers: 1, Deadline: 2 * time.Second, Memory: 256 << 20}

func FuzzCUE(f *testing.F) {
	seed(f, "cue*.txtar")
	evaluator := NewEvaluator(fuzzLimits)
	f.Cleanup(evaluator.Close)
	f.Fuzz(func(t *testing.T, data []byte) {
		if file := readable(t, "a.cue", data); file != nil {
			for _, constraints := range []bool{false, true} {
				docs, diags := Load(file, Options{Evaluator: evaluator, Constraints: constraints})
				checkPlaces(t, docs, diags)
			}
		}
	})
}

func FuzzJsonnet(f *testing.F) {
	seed(f, "jsonnet.txtar")
	evaluator := NewEvaluator(fuzzLimits)
	f.Cleanup(evaluator.Close)
	f.Fuzz(func(t *testing.T, data []byte) {
		if file := readable(t, "a.jsonnet", data); file != nil {
			docs, diags := Load(file, Options{Evaluator: evaluator, Root: t.TempDir()})
			checkPlaces(t, docs, diags)
		}
	})
}
