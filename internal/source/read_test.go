package source

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"berth/internal/diag"
)

func TestRead(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct{ name, path, want string }{
		{"missing", filepath.Join(folder, "nope.yaml"), "- file-read: no such file\n"},
		{"folder", folder, "- file-read: this is a folder, not a file\n"},
		{"below a file", filepath.Join(write("file.yaml", ""), "x.yaml"), "- file-read: the file cannot be read: not a directory\n"},
		{"large", write("large.yaml", strings.Repeat("# filler\n", MaxFileBytes/8)), "- file-too-large: the file is larger than 4 MiB (split it into several files)\n"},
		{"good", write("good.yaml", "\xef\xbb\xbfname: churn\r\n"), ""},
	}
	if runtime.GOOS == "linux" {
		tests = append(tests, struct{ name, path, want string }{"device", "/dev/zero", "- file-read: this is a device, pipe or socket, not a file\n"})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, diags := Read(test.path, "shown.yaml")
			if have := report(diags, "shown.yaml"); have != test.want {
				t.Errorf("have %q, want %q", have, test.want)
			}
			if (file == nil) != (test.want != "") {
				t.Errorf("a file and a refusal exclude each other: %v", file)
			}
		})
	}
}

func TestCharacters(t *testing.T) {
	const hint = " (remove it, or retype the line)\n"
	tests := []struct{ name, content, want string }{
		{"clean", "a: \"è 日本 🎉\"\t# x\r\nb: 1\n", ""},
		{"byte order mark", "\xef\xbb\xbfa: 1\n", ""},
		{"byte order mark within", "a: 1\nb: x\ufeffy\n", "2:5-2:6 file-encoding: the text holds a byte order mark (U+FEFF), which cannot be seen" + hint},
		{"NUL", "a: 1\x00\n", "1:5-1:6 file-encoding: the text holds a NUL character (U+0000), which cannot be seen" + hint},
		{"escape", "è: \x1b[0m\n", "1:4-1:5 file-encoding: the text holds a control character (U+001B), which cannot be seen" + hint},
		{"delete", "a\x7f", "1:2-1:3 file-encoding: the text holds a control character (U+007F), which cannot be seen" + hint},
		{"next line", "a: \u0085", "1:4-1:5 file-encoding: the text holds a control character (U+0085), which cannot be seen" + hint},
		{"bidi", "a: 1\n# \u202e\n", "2:3-2:4 file-encoding: the text holds a character that changes the direction of text (U+202E), which cannot be seen" + hint},
		{"isolate", "\u2066", "1:1-1:2 file-encoding: the text holds a character that changes the direction of text (U+2066), which cannot be seen" + hint},
		{"zero width", "a\u200bb", "1:2-1:3 file-encoding: the text holds a zero-width character (U+200B), which cannot be seen" + hint},
		{"line separator", "a\u2028b", "1:2-1:3 file-encoding: the text holds an invisible line break (U+2028), which cannot be seen" + hint},
		{"no character", "a\uffffb", "1:2-1:3 file-encoding: the text holds a code that is no character (U+FFFF), which cannot be seen" + hint},
		{"carriage return", "a: 1\rb: 2\r\n", "1:5-1:6 file-encoding: a lone carriage return (U+000D) stands here, which some readers take for a line break and others do not (end lines with a line feed)\n"},
		{"not UTF-8", "a: \xff\xfe\xfd", "1:4-1:5 file-encoding: this is not UTF-8 text (save the file as UTF-8)\n"},
		{"surrogate", "a: \xed\xa0\x80", "1:4-1:5 file-encoding: this is not UTF-8 text (save the file as UTF-8)\n"},
		{"UTF-16", "\xff\xfea\x00:\x00", "- file-encoding: the file is UTF-16 text (save the file as UTF-8)\n"},
		{"tag", "a: x\U000e0041\n", "1:5-1:6 file-encoding: the text holds a tag character (U+E0041), which cannot be seen" + hint},
		{"invisible separator", "a\u2063b", "1:2-1:3 file-encoding: the text holds an invisible character (U+2063), which cannot be seen" + hint},
		{"soft hyphen", "a: x\u00ady", "1:5-1:6 file-encoding: the text holds an invisible character (U+00AD), which cannot be seen" + hint},
		{"Hangul filler", "a: \u3164", "1:4-1:5 file-encoding: the text holds an invisible character (U+3164), which cannot be seen" + hint},
		{"grapheme joiner", "a: x\u034f", "1:5-1:6 file-encoding: the text holds an invisible character (U+034F), which cannot be seen" + hint},
		{"unassigned ignorable", "a: x\U000e0fff", "1:5-1:6 file-encoding: the text holds an invisible character (U+E0FFF), which cannot be seen" + hint},
		{"variation selector", "a: x\ufe0f", "1:5-1:6 file-encoding: the text holds a variation selector (U+FE0F), which cannot be seen" + hint},
		{"supplementary selector", "a: x\U000e0100", "1:5-1:6 file-encoding: the text holds a variation selector (U+E0100), which cannot be seen" + hint},
		{"symbol in a comment", "# ⚠\ufe0f\na: 1 # ⚠\ufe0f\n\t// ⚠\ufe0f\n", ""},
		{"symbol after a quoted mark", "a: ' # ⚠\ufe0f'", "1:9-1:10 file-encoding: the text holds a variation selector (U+FE0F), which cannot be seen" + hint},
		{"symbol after no mark", "a: b#⚠\ufe0f", "1:7-1:8 file-encoding: the text holds a variation selector (U+FE0F), which cannot be seen" + hint},
		{"Arabic number sign", "a: \u0600\u0661", ""},
		{"several", "\u200b\n\u200c\n", "1:1-1:2 file-encoding: the text holds a zero-width character (U+200B), which cannot be seen" + hint + "2:1-2:2 file-encoding: the text holds a zero-width character (U+200C), which cannot be seen" + hint},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, diags := FromBytes("a.yaml", []byte(test.content))
			if have := report(diags, "a.yaml"); have != test.want {
				t.Errorf("have %q\nwant %q", have, test.want)
			}
		})
	}
	if _, diags := FromBytes("a.yaml", []byte(strings.Repeat("\x01", 100))); len(diags) != maxCharacterFindings {
		t.Errorf("%d findings for a file of garbage", len(diags))
	}
}

func TestExtensions(t *testing.T) {
	for name, want := range map[string]bool{"a.yaml": true, "b/a.YML": true, "a.json": true, "a.cue": true, "a.jsonnet": true,
		"a.libsonnet": false, "a.toml": false, "yaml": false, "Makefile": false} {
		if Supported(name) != want {
			t.Errorf("Supported(%q) is not %v", name, want)
		}
	}
	for name, want := range map[string]string{
		"a.toml":      "- file-read: the file's format is not known from its name (berth reads " + diag.AllOf(extensions()) + " files)\n",
		"a.libsonnet": "- file-read: a .libsonnet file is a library (import it from a .jsonnet file)\n",
	} {
		if _, diags := load(t, name, "a: 1", Options{}); report(diags, name) != want {
			t.Errorf("have %q", report(diags, name))
		}
	}
}

// TestLineEnds makes sure that a file with Windows line ends and a byte order mark gives the same tree and places.
func TestLineEnds(t *testing.T) {
	text := "name: churn\nargs:\n- a\n- \"b\"\nlast: {x: 1,\n  y: [2]}\ntext: |\n  one\n  two\n"
	plain, _ := load(t, "a.yaml", text, Options{})
	windows, diags := load(t, "a.yaml", "\xef\xbb\xbf"+strings.ReplaceAll(text, "\n", "\r\n"), Options{})
	if diags != nil || outline(plain) != outline(windows) {
		t.Errorf("have:\n%s%s\nwant:\n%s", outline(windows), report(diags, "a.yaml"), outline(plain))
	}
}

// TestFormatsAgree reads one run in every format and compares all but the places.
func TestFormatsAgree(t *testing.T) {
	evaluator := NewEvaluator(Limits{Workers: 1})
	defer evaluator.Close()
	var want string
	for _, file := range []struct{ name, content string }{
		{"a.json", `[{"a": "x", "b": 1, "c": -1.5, "d": true, "e": null, "f": [1, "é"], "g": {"h": {}, "i": []}}]`},
		{"a.yaml", "a: 'x'\nb: 1\nc: -1.5\nd: true\ne: null\nf: [1, \"é\"]\ng: {h: {}, i: []}\n"},
		{"a.cue", "a: \"x\", b: 1, c: -1.5\nd: true, e: null, f: [1, \"é\"]\ng: {h: {}, i: []}\n"},
		{"a.jsonnet", "{ a: 'x', b: 1, c: -1.5, d: true, e: null, f: [1, 'é'], g: { h: {}, i: [] } }"},
	} {
		docs, diags := load(t, file.name, file.content, Options{Evaluator: evaluator, Layer: RunSpec})
		if diags != nil {
			t.Fatal(report(diags, file.name))
		}
		checkOwners(t, docs[0].File, docs[0].Root)
		unplace(docs[0].Root)
		have := outline(docs)
		if want == "" {
			want = have
		}
		if have != want {
			t.Errorf("%s has:\n%s\nwant:\n%s", file.name, have, want)
		}
	}
}

// checkOwners makes sure that every node knows its file and layer.
func checkOwners(t *testing.T, file *diag.File, n *Node) {
	t.Helper()
	if n.Span.File != file || n.Layer != RunSpec {
		t.Errorf("%s: a node has the file %v and layer %d", file.Name, n.Span.File, n.Layer)
	}
	for _, f := range n.Fields {
		checkOwners(t, file, f.Node)
		if f.Span.File != file {
			t.Errorf("%s: the key %s has no file", file.Name, f.Key)
		}
	}
	for _, item := range n.Items {
		checkOwners(t, file, item)
	}
}

func TestTooManyDocuments(t *testing.T) {
	for name, content := range map[string]string{
		"a.yaml": strings.Repeat("--- a\n", maxDocuments+1),
		"b.yaml": strings.Repeat("- a\n", maxDocuments+1),
		"a.json": "[" + strings.Repeat("1,", maxDocuments) + "1]",
	} {
		docs, diags := load(t, name, content, Options{})
		if len(docs) != 0 || len(diags) != 1 || diags[0].Code != diag.FileTooLarge {
			t.Errorf("%s: %d documents, %s", name, len(docs), report(diags, name))
		}
	}
}
