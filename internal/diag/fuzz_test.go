package diag

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/clipperhouse/displaywidth"
)

// FuzzPrint points anywhere in anything. No format may fail or let a control character through, text keeps to its width
// and puts its marks inside, and what is JSON stays JSON.
func FuzzPrint(f *testing.F) {
	f.Add("run.yaml", []byte("a: 1\nb:\t日本\r\n"), int32(2), int32(4), int32(2), int32(6), "message", 80)
	f.Add("x\x1b\n", []byte("-----BEGIN PRIVATE KEY-----\n\xff\u202e👩🏽‍🔬"), int32(2), int32(1), int32(1), int32(-1), "a\nb %0A ghp_", 1)
	f.Add("", bytes.Repeat([]byte("é\u0301"), 3000), int32(1), int32(2000), int32(9), int32(1), "", 0)
	f.Fuzz(func(t *testing.T, name string, data []byte, line, col, endLine, endCol int32, text string, width int) {
		file := &File{Name: name, Data: data}
		s := Span{file, line, col, endLine, endCol}
		ds := []Diagnostic{
			{Code: Env, Span: s, Message: text, Path: text, Hint: text, Notes: []Note{{s, text}, {Span{}, text}}, Fix: &Fix{s, text, true}},
			{Code: Credential, Severity: Warning, Span: s, Message: text, Notes: []Note{{Span{file, line, col, line, endCol}, text}}},
		}
		for _, format := range Formats() {
			var out bytes.Buffer
			if err := Print(&out, Format(format), ds, Options{Width: width, Prefix: "a/b"}); err != nil {
				t.Fatal(err)
			}
			if i := strings.IndexFunc(out.String(), func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }); i >= 0 {
				t.Fatalf("%s lets %q through", format, out.String()[i])
			}
			if Format(format) == SARIF && !json.Valid(out.Bytes()) {
				t.Fatalf("no JSON: %s", out.Bytes())
			}
		}
		source := sourcesOf(ds)[file]
		if source == nil {
			return
		}
		columns := 20 + max(width, 0)%200
		if drawn, marks, ok := source.excerpt(s, columns); ok {
			if displaywidth.String(drawn) > columns || len(marks) > columns+1 || !strings.Contains(marks, "^") {
				t.Fatalf("%d columns: %q\n%q", columns, drawn, marks)
			}
		}
	})
}

// FuzzApply: whatever the spans are, the text outside of the fixes stays, and every diagnostic is mended or left.
func FuzzApply(f *testing.F) {
	f.Add([]byte("a: 1\r\nb: é\n"), int32(1), int32(1), int32(1), int32(2), int32(2), int32(4), int32(2), int32(5), "x\ny")
	f.Fuzz(func(t *testing.T, data []byte, l1, c1, m1, d1, l2, c2, m2, d2 int32, text string) {
		file := &File{Name: "a.yaml", Data: slices.Clone(data)}
		one, two := Span{file, l1, c1, m1, d1}, Span{file, l2, c2, m2, d2}
		ds := []Diagnostic{
			{Span: one, Fix: &Fix{one, text, true}},
			{Span: two, Fix: &Fix{two, "", true}},
			{Span: two, Fix: &Fix{two, text, false}},
		}
		fixed, mended, left := Apply(file, ds)
		if mended+len(left) != len(ds) {
			t.Fatalf("%d mended and %d left of %d", mended, len(left), len(ds))
		}
		if mended == 0 && !bytes.Equal(fixed, data) || !bytes.Equal(file.Data, data) {
			t.Fatal("the text changed without a fix")
		}
		if again, _, _ := Apply(file, ds); !bytes.Equal(fixed, again) {
			t.Fatal("twice the same is not the same")
		}
		Preview(file.Name, data, fixed)
	})
}

// FuzzNearest: what is found was known, and the nearest name is the first of the near ones.
func FuzzNearest(f *testing.F) {
	f.Add("nodeSelector", "node_selector replicas image")
	f.Add("é\xff", "e é ee")
	f.Fuzz(func(t *testing.T, word, names string) {
		known := strings.Fields(names)
		best, ok := Nearest(word, known)
		near := Nearby(word, known, 3)
		if ok && (len(near) == 0 || near[0] != best || !slices.Contains(known, best)) {
			t.Fatalf("Nearest %q, Nearby %q of %q", best, near, known)
		}
		if slices.Contains(known, word) && fold(word) != "" && len(word) <= maxNearest && !SameName(best, word) {
			t.Fatalf("%q is known, and %q is nearest", word, best)
		}
	})
}

// FuzzSecret puts a secret of each kind into every text that is printed. However the rest looks, and wherever an excerpt
// is cut, no format shows any part of it that would help to guess the rest.
func FuzzSecret(f *testing.F) {
	f.Add(byte(0), "token: ", "", int32(1), int32(2), int32(9), 80)
	f.Add(byte(1), strings.Repeat("x", 300), "\n", int32(1), int32(310), int32(330), 20)
	f.Add(byte(7), "a: \"\n", "日本\"", int32(2), int32(1), int32(1), 40)
	f.Fuzz(func(t *testing.T, kind byte, before, after string, line, col, endCol int32, width int) {
		secret := secretSamples[int(kind)%len(secretSamples)]
		if SecretKind(before+secret+after) == "" || SecretKind(before) != "" || SecretKind(after) != "" {
			return // the surroundings make it another text
		}
		text := before + secret + after
		file := &File{Name: "a.yaml", Data: []byte(text)}
		s := Span{file, line, col, line, endCol}
		ds := []Diagnostic{{Code: Env, Span: s, Message: text, Path: text, Hint: text, Notes: []Note{{s, text}}, Fix: &Fix{s, text, false}}}
		for _, format := range Formats() {
			var out bytes.Buffer
			if err := Print(&out, Format(format), ds, Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			for i := len(secret) - 12; i >= 12; i -= 3 {
				if part := secret[i : i+12]; strings.Contains(out.String(), part) && !strings.Contains(before+after, part) {
					t.Fatalf("%s shows %q of the secret:\n%s", format, part, out.String())
				}
			}
		}
	})
}

// secretSamples have one secret of each kind, put together here so that no scanner takes this file for a leak.
var secretSamples = []string{
	"gh" + "p_1234567890abcdefghijklmnopqrstuvwxyz",
	"github_" + "pat_1234567890abcdefghijklmnopqrstuvwxyz",
	"gl" + "pat-1234567890abcdefghijklmn",
	"h" + "f_1234567890abcdefghijklmnopqrstuvwxyz",
	"xo" + "xb-1234567890-abcdefghijklmnopqrst",
	"AI" + "za1234567890abcdefghijklmnopqrstuvwxyz-",
	"s" + "k-1234567890abcdefghijklmnopqrstuvwxyz",
	"-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA1234567890abcdefghijklmnopqrstuv\nqwertyuiopasdfghjkl\n-----END RSA PRIVATE KEY-----",
	"h" + "vs.1234567890abcdefghijklmnopqrstuvwxyz",
	"Account" + "Key=1234567890abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX==",
	"e" + "yJhbGciOiJIUzI1NiJ9.e" + "yJzdWIiOiIxMjM0NTY3ODkwIn0.1234567890abcdefghijklmnopq",
}
