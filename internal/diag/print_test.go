package diag

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the golden files anew")

// span is the range of the nth occurrence (from 1) of a token in a file.
func span(t testing.TB, f *File, token string, nth int) Span {
	t.Helper()
	at := -1
	for ; nth > 0; nth-- {
		next := strings.Index(string(f.Data[at+1:]), token)
		if next < 0 {
			t.Fatalf("%s has no %q", f.Name, token)
		}
		at += 1 + next
	}
	before := string(f.Data[:at])
	line := 1 + strings.Count(before, "\n")
	col := 1 + len([]rune(before[strings.LastIndex(before, "\n")+1:]))
	endLine, endCol := line+strings.Count(token, "\n"), col+len([]rune(token))
	if cut := strings.LastIndex(token, "\n"); cut >= 0 {
		endCol = 1 + len([]rune(token[cut+1:]))
	}
	return Span{f, int32(line), int32(col), int32(endLine), int32(endCol)}
}

func file(name, text string) *File { return &File{Name: name, Data: []byte(text)} }

// scenes are what the printers are shown; each gives one golden file a format.
func scenes(t testing.TB) map[string][]Diagnostic {
	run := file("runs/churn.yaml", "name: churn-train\naction: job\nimage: ghcr.io/acme/churn:1.4\nprofile: acme-a100\nnodeSelector: {disktype: ssd}\nresources: {gpu: 8, mem: {requests: 680Gi}}\nreplicas: 3\n")
	profile := file("profiles/a100.yaml", strings.Repeat("#\n", 130)+"spec:\n  bounds:\n    mem: {max: 640Gi}\n")
	renamed := Fix{Span: span(t, run, "nodeSelector", 1), Text: "node_selector", Certain: true}
	unicode := file("läufe/überblick.yaml", "envs:\n\t- {name:\tÜBUNG, value: \"日本語のテキスト\", vlaue: x}\n  - {name: e\u0301te\u0301, vlaue: 👩🏽‍🔬 y}\n")
	windows := file("win.yaml", "name: churn\r\nimage: 'a\r\naction: jbo\r\n")
	long := file("long.json", `{"name": "churn", "args": [`+strings.Repeat(`"--epochs", `, 40)+`"x"], "replicsa": 3, "volumes": [`+strings.Repeat(`{"volume_type": "empty_dir"}, `, 30)+`{}]}`)
	hostile := file("e\x1b[31mvil\n.yaml", "a: \x1b]0;title\x07 \u202e txet\x00 \xff\x9b\nb: ok\n")
	token := "ghp_" + strings.Repeat("a1B2", 9) // put together here, so that no scanner of secrets finds it in this file
	secret := file("secret.yaml", "envs:\n  - {name: DB_PASSWORD, value: hunter2, vlaue: 1}\n  - {name: 1BAD, value: "+token+"}\n  - name: KEY\n    value: |\n      -----BEGIN RSA PRIVATE KEY-----\n      MIIEpAIBAAKCAQEA7\n      -----END RSA PRIVATE KEY-----\n    vlaue: 2\n")
	jsonnet := &File{Name: "sweep.jsonnet", Data: []byte("[]")}

	return map[string][]Diagnostic{
		"none": nil,
		"plain": {
			{Code: UnknownField, Span: span(t, run, "nodeSelector", 1), Path: "spec.nodeSelector", Message: "there is no field `nodeSelector`", Hint: "it is called `node_selector`", Fix: &renamed},
			{Code: WrongAction, Span: span(t, run, "replicas", 1), Path: "spec.replicas", Message: "`replicas` belongs to deploy and serve, and this is a job", Hint: "remove it, or\nuse `parallelism`"},
			{Code: ProfileBounds, Span: span(t, run, "680Gi", 1), Path: "spec.resources.mem.requests", Message: "680Gi of mem is more than the profile acme-a100 allows",
				Notes: []Note{{span(t, profile, "640Gi", 1), "bounds.mem.max is 640Gi, set here"}, {Message: "a bound holds for the request and the limit"}, {Span{File: profile}, "the profile was read from here"}},
				Hint:  "ask for {requests: 640Gi} or less, or choose another profile"},
			{Code: Env, Severity: Warning, Span: span(t, run, "image", 1), Message: "an example of a warning"},
		},
		"places": {
			{Code: Output, Message: "the folder `out` belongs to someone else", Path: "", Hint: "name another with -o"},
			{Code: FileRead, Severity: Warning, Message: "nothing was read"},
			{Code: FileEmpty, Span: Span{File: file("empty.yaml", "")}, Message: "the file is empty"},
			{Code: WrongAction, Span: Span{File: jsonnet}, Path: "[3].spec.replicas", Message: "`replicas` (3) belongs to deploy and serve", Notes: []Note{{Message: "the value is computed"}}},
			{Code: FileRead, Span: Span{File: &File{Name: "gone.yaml"}, Line: 7, Col: 2}, Message: "a place in a file without text"},
			{Code: Syntax, Span: Span{run, 8, 1, 8, 1}, Message: "the end of the file"},
			{Code: Syntax, Span: Span{run, 99, 1, 99, 4}, Message: "a line that is not there"},
			{Code: Syntax, Span: Span{run, 2, 99, 2, 120}, Message: "a column that is not there"},
			{Code: Syntax, Span: Span{run, 2, 12, 0, 0}, Message: "behind the last character, without an end"},
		},
		"unicode": {
			{Code: UnknownField, Span: span(t, unicode, "vlaue", 1), Message: "there is no field `vlaue`"},
			{Code: BadName, Span: span(t, unicode, "ÜBUNG", 1), Message: "a name behind a tab"},
			{Code: WrongValue, Span: span(t, unicode, "日本語のテキスト", 1), Message: "wide characters"},
			{Code: BadName, Span: span(t, unicode, "e\u0301te\u0301", 1), Message: "combining characters"},
			{Code: WrongValue, Span: span(t, unicode, "👩🏽‍🔬 y", 1), Message: "an emoji of several characters"},
		},
		"lines": {
			{Code: Syntax, Span: span(t, windows, "'a\r\naction: jbo", 1), Message: "a range of several lines"},
			{Code: WrongValue, Span: span(t, windows, "jbo", 1), Message: "`jbo` is no action", Hint: "job", Fix: &Fix{Span: span(t, windows, "jbo", 1), Text: "job"}},
			{Code: UnknownField, Span: span(t, long, `"replicsa"`, 1), Message: "in the middle of a long line"},
			{Code: MissingField, Span: span(t, long, `{}`, 1), Message: "at the end of a long line"},
			{Code: WrongType, Span: span(t, long, `"churn"`, 1), Message: "at the beginning of a long line"},
			{Code: Volume, Span: span(t, long, string(long.Data[501:1200]), 1), Message: "most of a long line"},
		},
		"hostile": {
			{Code: FileEncoding, Span: Span{hostile, 1, 4, 1, 5}, Message: "an escape \x1b[2J\nforged.yaml:1:1: message [CODE]", Hint: "a\n\x1b[0mb", Notes: []Note{{Span{hostile, 2, 1, 2, 2}, "\u202enote\nrun.yaml:1:1: forged [x]"}}},
			{Code: FileEncoding, Span: Span{hostile, 1, 23, 1, 24}, Path: "a.\x1b%,:", Message: "100%: a, b::c \U000e0041"},
		},
		"secret": {
			{Code: Credential, Span: span(t, secret, "hunter2", 1), Message: "this looks like a password", Hint: "use `secrets`"},
			{Code: UnknownField, Span: span(t, secret, "vlaue", 1), Message: "there is no field `vlaue`"},
			{Code: BadName, Span: span(t, secret, "1BAD", 1), Message: "a neighbour said " + token + " aloud"},
			{Code: Syntax, Span: span(t, secret, "MIIE", 1), Message: "inside of a key"},
		},
	}
}

// looks are the ways in which every scene is printed.
var looks = []struct {
	extension string
	format    Format
	opts      Options
}{
	{"txt", Text, Options{}},
	{"narrow.txt", Text, Options{Width: 40, Max: 3}},
	{"ansi", Text, Options{Color: true}},
	{"json", JSON, Options{}},
	{"sarif", SARIF, Options{Version: "v1.2.3", Prefix: "deploy"}},
	{"github", GitHub, Options{Prefix: "deploy"}},
}

// pageText is a whole page in SARIF, which the golden files leave out: they are not about the pages' words.
var pageText = regexp.MustCompile(`(?m)("(?:text|markdown)": )"# .*"`)

func TestGolden(t *testing.T) {
	const folder = "testdata/golden"
	var known []string
	for name, ds := range scenes(t) {
		for _, look := range looks {
			path := filepath.Join(folder, name+"."+look.extension)
			known = append(known, path)
			var out bytes.Buffer
			if err := Print(&out, look.format, ds, look.opts); err != nil {
				t.Fatal(err)
			}
			got := pageText.ReplaceAllString(out.String(), `$1"(page)"`)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (-want +got):\n%s", path, d)
			}
		}
	}
	found, err := filepath.Glob(folder + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		if !slices.Contains(known, path) {
			t.Errorf("%s belongs to no test", path)
		}
	}
}

// TestHeads holds the promise by which scripts read the text: heads begin in the first column, nothing else does except
// the two last lines, and those are no heads.
func TestHeads(t *testing.T) {
	head := regexp.MustCompile(`^[^\s:][^:]*?(:\d+:\d+)?: .* \[[a-z-]+\]$`)
	for name, ds := range scenes(t) {
		var out bytes.Buffer
		if err := Print(&out, Text, ds, Options{Max: -1}); err != nil {
			t.Fatal(err)
		}
		heads := 0
		for line := range strings.Lines(out.String()) {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case line == "" || strings.HasPrefix(line, " "):
			case head.MatchString(line):
				heads++
			case strings.Contains(line, ": ") || !strings.Contains(line, "error") && !strings.Contains(line, "warning"):
				t.Errorf("%s: %q begins in the first column and is no head", name, line)
			}
			if line != strings.TrimRight(line, " ") {
				t.Errorf("%s: %q ends with blanks", name, line)
			}
		}
		if want := len(Sort(slices.Clone(ds))); heads != want {
			t.Errorf("%s: %d heads for %d diagnostics", name, heads, want)
		}
	}
}

// TestNothingSteersTheTerminal: whatever stands in files, names and messages, no format lets it through raw.
func TestNothingSteersTheTerminal(t *testing.T) {
	for name, ds := range scenes(t) {
		for _, look := range looks {
			if look.opts.Color {
				continue
			}
			var out bytes.Buffer
			if err := Print(&out, look.format, ds, look.opts); err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{"\x1b", "\x00", "\x07", "\u202e", "\u009b", "\U000e0041", "hunter2", "a1B2a1B2", "MIIEpAIB"} {
				if strings.Contains(out.String(), bad) {
					t.Errorf("%s.%s holds %q", name, look.extension, bad)
				}
			}
		}
	}
}

func TestSARIFSchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, ds := range scenes(t) {
		var out bytes.Buffer
		if err := Print(&out, SARIF, ds, Options{}); err != nil {
			t.Fatal(err)
		}
		log, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(log); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestJSONLines reads the format back: one object a line, and no text changed by its escapes.
func TestJSONLines(t *testing.T) {
	var out bytes.Buffer
	hostile := Diagnostic{Code: Syntax, Span: Span{File: &File{Name: "a\u009b\U000e0041<&>\u2028.yaml"}}, Message: "m"}
	if err := Print(&out, JSON, []Diagnostic{hostile}, Options{}); err != nil {
		t.Fatal(err)
	}
	var got struct{ File, Severity string }
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, out.Bytes())
	}
	if got.File != hostile.Span.File.Name || got.Severity != "error" || bytes.Count(out.Bytes(), []byte("\n")) != 1 {
		t.Errorf("read %+v back from %s", got, out.Bytes())
	}
}

func TestMax(t *testing.T) {
	f := file("a.yaml", strings.Repeat("a\n", 300))
	var ds []Diagnostic
	for i := range 150 {
		ds = append(ds, Diagnostic{Severity: Warning, Code: Env, Span: Span{f, int32(i + 1), 1, int32(i + 1), 2}, Message: "w"})
	}
	for i := range 60 {
		ds = append(ds, Diagnostic{Code: Env, Span: Span{f, int32(i + 200), 1, int32(i + 200), 2}, Message: "e"})
	}
	for _, c := range []struct {
		max, errors, warnings int
		more                  string
	}{{0, 60, 40, "and 110 more\n"}, {10, 10, 0, "and 200 more\n"}, {-1, 60, 150, ""}, {210, 60, 150, ""}} {
		var out bytes.Buffer
		if err := Print(&out, Text, ds, Options{Max: c.max}); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		warnings := strings.Count(text, ": warning: w [env]\n")
		errors := strings.Count(text, ": e [env]\n")
		if errors != c.errors || warnings != c.warnings || !strings.Contains(text, c.more) || c.more == "" && strings.Contains(text, "more\n") {
			t.Errorf("Max %d: %d errors and %d warnings shown", c.max, errors, warnings)
		}
		if !strings.HasSuffix(text, "\n60 errors and 150 warnings in 1 file\n") {
			t.Errorf("Max %d: the summary is %q", c.max, text[max(0, len(text)-60):])
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestPrintErrors(t *testing.T) {
	long := []Diagnostic{{Code: Env, Message: strings.Repeat("long ", 2000)}}
	for _, f := range Formats() {
		if err := Print(brokenWriter{}, Format(f), long, Options{}); err == nil || err.Error() != "broken pipe" {
			t.Errorf("%s: %v", f, err)
		}
	}
	err := Print(&bytes.Buffer{}, "xml", nil, Options{})
	if want := "there is no format `xml`: it is text, json, sarif or github"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestSort: the order of arrival does not show, and repetitions are dropped wherever they came from.
func TestSort(t *testing.T) {
	f, g := file("a", ""), file("b", "")
	ds := []Diagnostic{
		{Code: Env, Span: Span{File: g, Line: 1, Col: 1}, Message: "x"},
		{Code: Env, Span: Span{File: f, Line: 2, Col: 1}, Message: "y"},
		{Code: Env, Span: Span{File: f, Line: 2, Col: 1}, Message: "x"},
		{Code: Env, Span: Span{File: f, Line: 2, Col: 1}, Message: "y"},
		{Code: Env, Message: "nowhere"},
	}
	var got []string
	for _, d := range Sort(ds) {
		got = append(got, d.Span.name()+d.Message)
	}
	if want := []string{"nowhere", "ax", "ay", "bx"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !HasErrors(ds) || HasErrors([]Diagnostic{{Severity: Warning}}) || HasErrors(nil) {
		t.Error("an error is one that is no warning")
	}
}
