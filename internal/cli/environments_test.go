package cli_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"berth/internal/layouts"

	"github.com/google/go-cmp/cmp"
)

// TestEnvironmentsExample ties examples/environments to golden/environments, in each layout that writes files: the
// trees are written as `berth build -o` leaves them, index and all.
func TestEnvironmentsExample(t *testing.T) {
	example := filepath.Join("..", "..", "examples", "environments")
	for _, layout := range []string{layouts.FilesName, layouts.KustomizeName} {
		golden, err := filepath.Abs(filepath.Join("..", "..", "golden", "environments", layout))
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), layout)
		if *update {
			out = golden
		}
		dir := t.TempDir() // a repository of its own: controllers' paths begin at its root
		if err := errors.Join(os.CopyFS(dir, os.DirFS(example)), os.MkdirAll(out, 0o777)); err != nil {
			t.Fatal(err)
		}
		if r := run(dir, "build", "--layout", layout, "-o", out); r.exit != 0 {
			t.Fatalf("%s: exit %d\n%s", layout, r.exit, r.stderr)
		}
		if diff := cmp.Diff(contents(t, golden), contents(t, out)); diff != "" {
			t.Errorf("%s (-golden +built), go test ./cli -run Environments -update writes it:\n%s", layout, diff)
		}
	}
}
