package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// allowed is the line that a refusal gives to write into the project.
var allowed = regexp.MustCompile(`credentials: \{allow: \[(\{.*\})\]\}`)

// TestCredentialsAllowed follows the way out of every refused fixture about credentials word for word: the project with all
// of the lines refuses no credential any more, and none of the lines allows nothing.
func TestCredentialsAllowed(t *testing.T) {
	fixtures, err := filepath.Glob(filepath.Join("..", "..", "fixtures", "refuse", "*credential*"))
	if err != nil || len(fixtures) < 10 {
		t.Fatalf("only %d fixtures: %v", len(fixtures), err)
	}
	for _, fixture := range fixtures {
		t.Run(filepath.Base(fixture), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(fixture)); err != nil {
				t.Fatal(err)
			}
			refused := run(dir, append([]string{"build"}, caseArgs(t, dir)...)...)
			lines := allowed.FindAllStringSubmatch(refused.stderr, -1)
			if len(lines) == 0 {
				t.Fatalf("no way out:\n%s", refused.stderr)
			}
			allow(t, filepath.Join(dir, "berth.yaml"), lines)
			r := run(dir, append([]string{"build"}, caseArgs(t, dir)...)...)
			if strings.Contains(r.stderr, "[credential]") || strings.Contains(r.stderr, "[idle-allowance]") {
				t.Errorf("with the lines:\n%s", r.stderr)
			}
		})
	}
}

// allow writes the lines into a project's file, one that is there or a new one.
func allow(t *testing.T, path string, lines [][]string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		text = []byte("apiVersion: berth/v1\nkind: Project\nmetadata: {name: acme}\nspec: {}\n")
	}
	list := "\n  credentials:\n    allow:\n"
	for _, line := range lines {
		list += "      - " + line[1] + "\n"
	}
	spec := regexp.MustCompile(`(?m)^spec:(?: \{(.*)\})?$`)
	if !spec.Match(text) {
		t.Fatalf("no spec in\n%s", text)
	}
	text = spec.ReplaceAllFunc(text, func(found []byte) []byte {
		inline := string(spec.FindSubmatch(found)[1])
		if inline != "" {
			inline = "\n  " + inline // of one field
		}
		return []byte("spec:" + inline + list)
	})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
