package diag

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCut(t *testing.T) {
	long := strings.Repeat("9", 4_000_000)
	for text, want := range map[string]string{
		"":                                    "",
		"short":                               "short",
		strings.Repeat("a b ", 100):           strings.Repeat("a b ", 100),
		"replicas cannot be " + long + ": no": "replicas cannot be " + long[:40] + "… (4000001 characters) no",
		"name `" + long + "`":                 "name `" + long[:39] + "…` (4000002 characters)",
		strings.Repeat("é", 120):              strings.Repeat("é", 120),
		strings.Repeat("é", 121):              strings.Repeat("é", 40) + "… (121 characters)",
	} {
		if got := Cut(text); got != want {
			t.Errorf("%.60q is cut to %.200q", text, got)
		}
	}
	if n := utf8.RuneCountInString(Cut(strings.Repeat("word ", 1_000_000))); n != longestText+1 {
		t.Errorf("a text of many words has %d characters", n)
	}
}

// TestNoLongTexts: whatever a diagnostic was made of, what is printed of it is short.
func TestNoLongTexts(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	file := &File{Name: "a.yaml", Data: []byte("a: " + long)}
	d := Diagnostic{Code: UnknownField, Span: Span{file, 1, 1, 1, 2}, Path: long, Message: long, Hint: long, Notes: []Note{{Message: long}}}
	for _, format := range Formats() {
		var b strings.Builder
		if err := Print(&b, Format(format), []Diagnostic{d}, Options{}); err != nil || b.Len() > 4096 {
			t.Errorf("%s: %d bytes, %v", format, b.Len(), err)
		}
	}
}
