package source

import (
	"strings"
	"testing"

	"berth/internal/diag"
)

// TestManyDirectives: sixty thousand %TAG lines are refused before the library compares each with every other.
func TestManyDirectives(t *testing.T) {
	many := &diag.File{Name: "a.yaml", Data: []byte(strings.Repeat("%TAG !a! tag:a,2026:\n", 60_000) + "---\na: 1\n")}
	docs, diags := Load(many, Options{})
	if len(docs) != 0 || len(diags) != 1 || diags[0].Code != diag.FileTooLarge || diags[0].Span.Line != maxDirectives+1 {
		t.Errorf("%d documents, said: %v", len(docs), diags)
	}
	text := &diag.File{Name: "a.yaml", Data: []byte("a: |\n" + strings.Repeat("  %TAG is a word here\n", 200))}
	if docs, diags := Load(text, Options{}); len(docs) != 1 || diags != nil {
		t.Errorf("%d documents, said: %v", len(docs), diags)
	}
}
