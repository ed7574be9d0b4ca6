//go:build unix

package files

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestModes holds that the umask has its say, as with everything that a user's programs write.
func TestModes(t *testing.T) {
	for umask, want := range map[int][2]os.FileMode{0o022: {0o644, 0o755}, 0o077: {0o600, 0o700}, 0: {0o644, 0o777}} {
		dir := filepath.Join(t.TempDir(), "out")
		old := syscall.Umask(umask)
		write(t, dir, wanted("a/b.yaml", "1"))
		syscall.Umask(old)
		for name, mode := range map[string]os.FileMode{"a/b.yaml": want[0], IndexName: want[0], "a": want[1], ".": want[1]} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != mode {
				t.Errorf("with umask %03o, %s has mode %v, want %v", umask, name, info.Mode().Perm(), mode)
			}
		}
	}
}

// TestReadOnly holds that a tree that may not be written is compared, and refused by Write with nothing changed.
func TestReadOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("the super-user may write everywhere")
	}
	dir := t.TempDir()
	write(t, dir, wanted("a/b.yaml", "1", "c.yaml", "1"))
	before := snapshot(t, dir, true)
	for _, folder := range []string{".", "a"} {
		path := filepath.Join(dir, folder)
		if err := os.Chmod(path, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(path, 0o755) })
	}
	want := wanted("a/b.yaml", "2", "c.yaml", "1")
	status, problems, err := Compare(dir, want, Options{})
	if diff := cmp.Diff(Status{Stale: []string{"a/b.yaml"}, Unchanged: []string{"c.yaml"}}, status); diff != "" || len(problems) > 0 || err != nil {
		t.Error(diff, problems, err)
	}
	_, _, err = Write(dir, want, Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "cannot write "+dir) || !strings.HasSuffix(err.Error(), ": permission denied") {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff(before, snapshot(t, dir, true)); diff != "" {
		t.Errorf("the tree changed: %s", diff)
	}
	if status := write(t, dir, wanted("a/b.yaml", "1", "c.yaml", "1")); !status.Clean() {
		t.Error("nothing to change, and yet " + status.Drift())
	}
}
