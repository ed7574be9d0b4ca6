//go:build unix

package cli

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// mendable is a file with a text in a folder of its own.
func mendable(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.yaml")
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	return path
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFixLosesNoEdit: what was saved after the file was read stays, and nothing else is left behind.
func TestFixLosesNoEdit(t *testing.T) {
	path := mendable(t, "a: 1\nsaved: meanwhile\n")
	if err := replaceFile(path, []byte("a: 1\n"), []byte("a: 2\n")); !errors.Is(err, errChanged) {
		t.Errorf("said: %v", err)
	}
	if got := textOf(t, path); got != "a: 1\nsaved: meanwhile\n" {
		t.Errorf("the file has %q", got)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

func TestFixKeepsTheRest(t *testing.T) {
	path := mendable(t, "\xef\xbb\xbfa: 1\n")
	if err := replaceFile(path, []byte("a: 1\n"), []byte("a: 2\n")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o640 || textOf(t, path) != "\xef\xbb\xbfa: 2\n" {
		t.Errorf("mode %v, text %q, %v", info.Mode(), textOf(t, path), err)
	}
}

// TestFixKeepsNames: a file with two names has the new, shorter text under both.
func TestFixKeepsNames(t *testing.T) {
	path := mendable(t, "a: 1 # and more\n")
	other := filepath.Join(t.TempDir(), "other.yaml")
	if err := os.Link(path, other); err != nil {
		t.Skip(err)
	}
	if err := replaceFile(path, []byte("a: 1 # and more\n"), []byte("a: 2\n")); err != nil {
		t.Fatal(err)
	}
	if textOf(t, path) != "a: 2\n" || textOf(t, other) != "a: 2\n" {
		t.Errorf("the names have %q and %q", textOf(t, path), textOf(t, other))
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

func TestFixKeepsOwner(t *testing.T) {
	path := mendable(t, "a: 1\n")
	if err := os.Chown(path, 12345, 54321); err != nil {
		t.Skip("only root gives files away")
	}
	if err := replaceFile(path, []byte("a: 1\n"), []byte("a: 2\n")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if s := info.Sys().(*syscall.Stat_t); s.Uid != 12345 || s.Gid != 54321 || textOf(t, path) != "a: 2\n" {
		t.Errorf("owner %d:%d, text %q", s.Uid, s.Gid, textOf(t, path))
	}
}

func TestEvaluationFlag(t *testing.T) {
	a := &app{}
	f := evaluation{&a.limits}
	if err := f.Set("time=60s,memory=2Gi,output=128Mi"); err != nil || a.limits.Time.Seconds() != 60 || a.limits.Deadline.Seconds() != 10 || a.limits.Memory != 2<<30 || a.limits.Output != 128<<20 {
		t.Errorf("%+v, %v", a.limits, err)
	}
	if err := f.Set("time=2s"); err != nil || a.limits.Deadline.Seconds() != 2 {
		t.Errorf("%+v, %v", a.limits, err)
	}
	for _, wrong := range []string{"", "time", "time=5", "time=1ms", "time=-5s", "memory=1", "memory=2GB", "output=0", "cpu=1", "memory=999Ei"} {
		if f.Set(wrong) == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
