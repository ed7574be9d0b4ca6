package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/internal/diag"
)

// TestPagesHold runs the examples of every page: the wrong one is refused with the page's code, or warned of, the right
// one is neither.
func TestPagesHold(t *testing.T) {
	for _, code := range diag.Codes() {
		wrong, right, ok := diag.Examples(code)
		if !ok {
			t.Fatalf("%s has no page", code)
		}
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			r := runExample(t, wrong)
			said := ofCode(code, r.stderr)
			if warned := strings.Contains(said, " warning: "); !wrong.Illustration && (said == "" || (r.exit == 0) != warned) {
				t.Errorf("the wrong example: exit %d, and it does not say %s:\n%s", r.exit, code, r.stderr)
			}
			if r := runExample(t, right); r.exit != 0 || ofCode(code, r.stderr) != "" {
				t.Errorf("the right example: exit %d\n%s", r.exit, r.stderr)
			}
		})
	}
}

func runExample(t *testing.T, e diag.Example) result {
	t.Helper()
	dir := t.TempDir()
	for name, text := range e.Files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return run(dir, strings.Fields(e.Command)[1:]...)
}
