package yamlprint_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"berth/internal/yamlprint"

	"github.com/google/go-cmp/cmp"
	yamlv2 "go.yaml.in/yaml/v2"
	yamlv3 "go.yaml.in/yaml/v3"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	sigs "sigs.k8s.io/yaml"
)

// nasty are texts that some YAML reader takes for something else when they stand in the wrong quotes.
var nasty = append(strings.Fields(`
	y Y n N yes Yes YES no No NO on On ON off Off OFF true True TRUE false False FALSE tRuE null Null NULL nUlL ~ nil None
	0 1 -1 +1 00 012 0120 0o17 0O17 0o8 08 09 0x1f 0X1F 0xdead_beef 0x 0b101 0B1 0b2 1_000 _1 1_ 1,000 1:30 190:20 12:30:45 1:60
	-1:30 1:30.5 1. .5 1.5 -.5 +.5 1.5.2 10.0.0.1 1e3 1E3 1e+3 1e-3 1.0e3 1.5e+3 1e400 .e3 e3 1e 0e0 9007199254740993
	18446744073709551616 123456789012345678901234567890 .inf .Inf .INF -.inf +.inf .nan .NaN .NAN inf nan Infinity -inf
	2001-01-01 2001-1-1 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z 20010101 12h 1d 10Gi 500m 1k 1Ei 12e
	= << < <<< > | |- >- ! !! !tag !!str & &a * *a ? ?a - -- --- ---a -a -1a . .. ... ...a : :a a: :: a:b @ @a % %a `+"` `a"+`
	# #a a#b , ,a a,b [ [] [a] ] { {} {a} } {{x}} " ' "" '' "a" 'a' a"b a'b \ \n C:\x '" /* */ // $ $$ ${X} $(X) (x) __proto__ constructor
`), []string{
	"", " ", "  ", " a", "a ", "a  b", "a: b", "a : b", "a :", "a #b", "a # b", "# a", "- a", "? a", ": a", "-  a", "& a", "* a",
	"key: value", "[a, b]", "{a: b}", "{\"a\": \"it's\"}", "!!binary aGk=", "%YAML 1.2", "--- a", "... a", "---\na", "...\n",
	"a\n---\nb", "a\n...\nb\n", "2001-12-14 21:59:43.10 -5", "0 0 * * *", "*/5 * * * *", "12 30", "1 000",
	"\n", "\n\n", "\n\n\n", "a\n", "a\n\n", "a\n\n\n", "\na", "\n\na\n", "a\nb", "a\nb\n", "a\n\nb", "a\n \nb", "a \nb", "a\t\nb", "a\n b\n  c\n",
	" a\nb", "\ta\nb", "a\n\tb\n", "a\n\t\tb\n\nc", "#!/bin/sh\nset -e\n# no\necho \"$X\" 'y'\n", "# a\nb\n", "- a\n- b\n", "a: b\nc: d\n", "a\n# b\n", "|\na\n", "a\n- b",
	"a\n\n ", "a\n\n\t", "\"a\nb\"", "'a\nb'", "a\\\nb", "a\n'", "a\n\"\\", "1\n2\n", "a:\nb:\n", "%a\nb\n", "...\na\n",
	"a\tb", "\t", "\ta", "a\t", "a\t#b", "a:\tb", "-\ta", "?\ta", "\r", "a\rb", "a\r\nb", "\r\n", "a\n\rb", "a\r\n",
	"\x00", "a\x00b", "\x01", "\a\b\v\f", "\x1b[31m", "\x1f", "\x7f", "a\x7f\nb", "\u0080", "\u0085", "a\u0085b", "a\n\u0085b", "\u009f", "\u00a0", "\u00a0a\u00a0",
	"\u00ad", "\u061c", "\u1680", "\u180e", "\u2000", "\u200b", "\u200f", "\u2028", "a\u2028b", "a\n\u2028b\n", "\u2029", "\u202e", "\u202f", "\u205f", "\u2060", "\u2066", "\u3000a\u3000",
	"\ufeff", "\ufeffa", "a\ufeff", "a\n\ufeffb", "\ufff0", "\ufffb", "\ufffc", "\ufffd", "\ufffe", "\uffff", "\ue000", "\ud7ff", "\uf8ff",
	"\U0001F6A2", "🚢: a", "a 🚢", "\U0001fffe", "\U000e0041", "\U000f0000", "\U0010fffd", "\U0010ffff", "\u0301a", "é", "日本", "日本: 語", "日本\n語\n", "İ", "ſ", "K", "ｙ", "１",
	strings.Repeat("a", 200), strings.Repeat("a b ", 100) + "c", strings.Repeat("long line ", 50) + "\nx\n", strings.Repeat("k", 1025), strings.Repeat("é ", 600) + "x", strings.Repeat("\x01", 300),
}...)

// randomText makes a text of the pieces that matter to a YAML reader.
func randomText(r *rand.Rand) string {
	pieces := []string{" ", " ", "  ", "\n", "\n", "\t", "\r", ":", "#", "-", "?", "a", "b", "1", "0", "_", ".", ",", "e", "x", "o", "y", "N",
		"'", `"`, `\`, "{", "}", "[", "]", "&", "*", "!", "|", ">", "%", "@", "`", "<<", "=", "~", "/", "+", "T", "Z", "null", "true",
		"---", "...", "é", "日", "🚢", "\u0085", "\u2028", "\ufeff", "\u00a0", "\x00", "\x7f", "\ufffd"}
	var b strings.Builder
	for range r.IntN(8) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

// settings puts s wherever a text may stand, the tree with it and the same tree as a reader should give it back.
func settings(s string) []any {
	return []any{
		s,
		map[string]any{"v": s},
		map[string]any{s: "k"},
		[]any{s},
		[]any{[]any{s, s}},
		map[string]any{s: []any{s}},
		[]any{map[string]any{s: s, s + "x": map[string]any{s: s}}},
		map[string]any{"a": map[string]any{"b": []any{map[string]any{"c": s, "d": s}, s}, "z": s}},
	}
}

// readers are the Go libraries that Kubernetes and its tools read YAML with.
var readers = map[string]func(text []byte) (any, error){
	"sigs.k8s.io/yaml": func(text []byte) (v any, err error) { return v, sigs.UnmarshalStrict(text, &v) },
	"yaml/v2": func(text []byte) (any, error) {
		var v any
		err := yamlv2.UnmarshalStrict(text, &v)
		return textKeys(v), err
	},
	"yaml/v3": func(text []byte) (v any, err error) { return v, yamlv3.Unmarshal(text, &v) },
	"kyaml": func(text []byte) (v any, err error) {
		node, err := kyaml.Parse(string(text))
		if err != nil {
			return nil, err
		}
		return v, node.YNode().Decode(&v)
	},
}

// textKeys turns yaml/v2's maps into JSON's, leaving a key that is no text as a difference that shows.
func textKeys(v any) any {
	switch v := v.(type) {
	case map[any]any:
		m := make(map[string]any, len(v))
		for key, value := range v {
			text, ok := key.(string)
			if !ok {
				text = fmt.Sprintf("%T %v", key, key)
			}
			m[text] = textKeys(value)
		}
		return m
	case []any:
		for i := range v {
			v[i] = textKeys(v[i])
		}
	}
	return v
}

func checkReaders(t testing.TB, tree any) {
	t.Helper()
	text := []byte(mustPrint(t, tree))
	checkLines(t, text)
	for name, read := range readers {
		got, err := read(text)
		if err != nil {
			t.Errorf("%s refuses %#v printed as\n%s\n%v", name, tree, text, err)
		} else if diff := cmp.Diff(tree, got); diff != "" {
			t.Errorf("%s reads something else (-want +got):\n%s\nfrom\n%s", name, diff, text)
		}
	}
}

// checkLines holds what every text keeps: one line feed at the end of the document or more of a block that has them,
// no other line ends, no space at the end of a line.
func checkLines(t testing.TB, text []byte) {
	t.Helper()
	if !bytes.HasSuffix(text, []byte("\n")) || bytes.ContainsRune(text, '\r') || bytes.Contains(text, []byte(" \n")) {
		t.Errorf("line ends of %q", text)
	}
}

func TestPrintReaders(t *testing.T) {
	for _, s := range nasty {
		for _, tree := range settings(s) {
			checkReaders(t, tree)
		}
	}
}

func TestPrintReadersRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		trees := settings(randomText(r))
		checkReaders(t, trees[r.IntN(len(trees))])
	}
}

// TestPrintWithComments proves that comments change nothing of what is read.
func TestPrintWithComments(t *testing.T) {
	for _, s := range nasty {
		for _, tree := range settings(s) {
			checkCommented(t, tree)
		}
	}
}

// TestPrintOtherReaders asks the readers that are not Go: PyYAML (both of its loaders) and js-yaml.
func TestPrintOtherReaders(t *testing.T) {
	var cases []any
	r := rand.New(rand.NewPCG(3, 4))
	texts := nasty
	for range 2000 {
		texts = append(texts, randomText(r))
	}
	for _, s := range texts {
		for _, tree := range settings(s) {
			cases = append(cases, map[string]any{"yaml": mustPrint(t, tree), "want": tree})
		}
	}
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("PyYAML", func(t *testing.T) { checkForeign(t, input, "import yaml", "python3", "-c", pyYAML) })
	t.Run("js-yaml", func(t *testing.T) { checkForeign(t, input, "require('js-yaml')", "node", "-e", jsYAML) })
}

// checkForeign gives the cases to another language's reader, which prints those that it reads differently.
func checkForeign(t *testing.T, input []byte, needs, program, flag, script string) {
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("no %s here", program)
	}
	if out, err := exec.Command(program, flag, needs).CombinedOutput(); err != nil {
		t.Skipf("%s cannot %s (for node, NODE_PATH may say where): %s", program, needs, bytes.TrimSpace(out)[:min(80, len(bytes.TrimSpace(out)))])
	}
	command := exec.Command(program, flag, script)
	command.Stdin = bytes.NewReader(input)
	out, err := command.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%.4000s", err, out)
	}
}

const pyYAML = `
import json, sys, yaml
loaders = [yaml.SafeLoader] + ([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])
for case in json.load(sys.stdin):
    for loader in loaders:
        try:
            got = yaml.load(case["yaml"], loader)
        except Exception as e:
            got = e
        if got != case["want"]:
            print(loader.__name__, repr(case["yaml"]), "gives", repr(got))
`

const jsYAML = `
const yaml = require("js-yaml"), same = require("util").isDeepStrictEqual
for (const c of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
  let got
  try { got = yaml.load(c.yaml) } catch (e) { got = String(e) }
  if (!same(got, c.want)) console.log(JSON.stringify(c.yaml), "gives", JSON.stringify(got))
}
`

func FuzzPrint(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, byte(0))
	}
	f.Fuzz(func(t *testing.T, s string, setting byte) {
		s = strings.ToValidUTF8(s, "\ufffd")
		trees := settings(s)
		tree := trees[int(setting)%len(trees)]
		checkReaders(t, tree)
		checkCommented(t, tree)
	})
}

func checkCommented(t testing.TB, tree any) {
	t.Helper()
	text, err := yamlprint.AppendAnnotated(nil, tree, func(path string) string { return "from: here # " + path })
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range readers {
		if got, err := read(text); err != nil || !cmp.Equal(tree, got) {
			t.Errorf("%s reads %#v, error %v, from\n%s", name, got, err, text)
		}
	}
}
