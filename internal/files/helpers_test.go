package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/internal/diag"
)

// wanted turns path, content, path, content … into files.
func wanted(pairs ...string) []File {
	var want []File
	for i := 0; i < len(pairs); i += 2 {
		want = append(want, File{Path: pairs[i], Data: []byte(pairs[i+1])})
	}
	return want
}

// write is a Write that has to succeed in silence.
func write(t testing.TB, dir string, want []File) Status {
	t.Helper()
	status, problems, err := Write(dir, want, Options{})
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	return status
}

// put writes a file that is not Berth's, with the folders above it.
func put(t testing.TB, dir, path, content string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func link(t testing.TB, target, dir, path string) {
	t.Helper()
	if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(path))); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

// snapshot is everything below dir: the content of files, the targets of links, `/` for folders. The index's is left
// out unless withIndex.
func snapshot(t testing.TB, dir string, withIndex bool) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, item fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		switch {
		case item.IsDir():
			found[name] = "/"
		case item.Type()&fs.ModeSymlink != 0:
			found[name], err = os.Readlink(path)
		case name == AttributesName: // see TestLineEnds
		case name != IndexName || withIndex:
			var data []byte
			data, err = os.ReadFile(path)
			found[name] = string(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// stamps tells whether a file was written again, even with the same content.
func stamps(t testing.TB, dir string) map[string]fs.FileInfo {
	t.Helper()
	found := map[string]fs.FileInfo{}
	for name, content := range snapshot(t, dir, true) {
		if content == "/" {
			continue
		}
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		found[name] = info
	}
	return found
}

func messages(problems []diag.Diagnostic) string {
	var lines []string
	for _, d := range problems {
		lines = append(lines, d.Span.File.Name+": "+d.Message)
	}
	return strings.Join(lines, "\n")
}
