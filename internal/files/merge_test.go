package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// isOurs is a stand-in for what a layout says of its files.
func isOurs(_ string, data []byte) bool { return strings.HasPrefix(string(data), "ours") }

// TestNotProvablyOurs forges an index: what it names is removed only where content and digest are Berth's.
func TestNotProvablyOurs(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "README.md", "words")
	put(t, dir, "main.go", "package main")
	put(t, dir, "old.yaml", "ours, and as it was")
	put(t, dir, "edited.yaml", "ours, and changed since")
	put(t, dir, IndexName, string(index{
		"README.md": digestOf([]byte("words")), "main.go": strings.Repeat("0", 64),
		"old.yaml": digestOf([]byte("ours, and as it was")), "edited.yaml": strings.Repeat("1", 64),
	}.encode()))
	status, warnings, err := Write(dir, wanted("new.yaml", "ours"), Options{Ours: isOurs})
	if err != nil || len(status.Stray) != 1 || status.Stray[0] != "old.yaml" {
		t.Errorf("%v, %v, %v", status, warnings, err)
	}
	for _, name := range []string{"README.md", "main.go", "edited.yaml"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s is gone", name)
		}
		if !strings.Contains(messages(warnings), name+": the index names this file, and it is not as Berth writes it: it is left here") {
			t.Errorf("nothing is said of %s:\n%s", name, messages(warnings))
		}
	}
	if status, _, err := Write(dir, wanted("new.yaml", "ours"), Options{Ours: isOurs}); err != nil || !status.Clean() {
		t.Errorf("the next build finds %v, %v", status, err)
	}
}

// TestOverwritesItsOwn has the index name less than there is, as after a merge that took one side's.
func TestOverwritesItsOwn(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a.yaml", "ours, of another branch")
	put(t, dir, "b.yaml", "theirs")
	_, problems, err := Write(dir, wanted("a.yaml", "ours", "b.yaml", "ours"), Options{Ours: isOurs})
	if err != nil || !strings.Contains(messages(problems), "b.yaml: this file was not written by Berth") || strings.Contains(messages(problems), "a.yaml") {
		t.Errorf("%s, %v", messages(problems), err)
	}
	if _, problems, err = Write(dir, wanted("a.yaml", "ours"), Options{Ours: isOurs}); err != nil || len(problems) > 0 {
		t.Errorf("%s, %v", messages(problems), err)
	}
}

// TestMergedIndex reads indexes that Git made of two, and refuses what it did not.
func TestMergedIndex(t *testing.T) {
	one, two := digestOf([]byte("1")), digestOf([]byte("2"))
	text := string(index{"a.yaml": one, "k.yaml": one}.encode())
	line := func(name, digest string) string { return `    "` + name + `": "` + digest + `"` }
	conflict := strings.Replace(text, line("k.yaml", one)+"\n",
		"<<<<<<< HEAD\n"+line("b.yaml", one)+",\n"+line("k.yaml", one)+"\n||||||| base\n"+line("k.yaml", one)+"\n=======\n"+line("k.yaml", two)+"\n>>>>>>> other\n", 1)
	union := strings.Replace(text, line("k.yaml", one)+"\n", line("k.yaml", one)+"\n"+line("b.yaml", one)+",\n"+line("k.yaml", two)+"\n", 1)
	for name, text := range map[string]string{"conflict": conflict, "union": union, "CRLF": strings.ReplaceAll(conflict, "\n", "\r\n")} {
		x, err := decodeIndex(unixLines([]byte(text)))
		if err != nil || x["a.yaml"] != one || x["b.yaml"] != one || x["k.yaml"] != one+" "+two {
			t.Errorf("%s: %v, %v\n%s", name, x, err, text)
		}
	}
	for _, bad := range []string{
		strings.Replace(conflict, "b.yaml", "../b.yaml", 1), strings.Replace(conflict, "=======", "words", 1), conflict + "words\n",
		strings.Replace(conflict, one, "0", 1), "<<<<<<< HEAD\n=======\n>>>>>>> x\n",
	} {
		if x, err := decodeIndex([]byte(bad)); err == nil {
			t.Errorf("%v is read of:\n%s", x, bad)
		}
	}
}

// TestLineEnds takes a tree that Git for Windows checked out for what it is.
func TestLineEnds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	want := wanted("a.yaml", "x\ny\n", "b/c.yaml", "z\n")
	write(t, dir, want)
	if _, err := os.Stat(filepath.Join(dir, AttributesName)); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"a.yaml", "b/c.yaml", IndexName} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, dir, name, strings.ReplaceAll(string(data), "\n", "\r\n"))
	}
	if status, problems, err := Compare(dir, want, Options{}); err != nil || len(problems) > 0 || !status.Clean() {
		t.Errorf("%v, %v, %v", status, problems, err)
	}
	status, problems, err := Write(dir, wanted("b/c.yaml", "new\n"), Options{})
	if err != nil || len(problems) > 0 || len(status.Edited) > 0 || len(status.Stray) != 1 {
		t.Errorf("%v, %v, %v", status, problems, err)
	}
}

// TestTooManyFiles refuses a tree that nobody could take, before anything is written.
func TestTooManyFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	_, problems, err := Write(dir, make([]File, maxFiles+1), Options{})
	if err != nil || !strings.Contains(messages(problems), "the build wants to write 100001 files, and 100000 may be") {
		t.Errorf("%s, %v", messages(problems), err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made")
	}
}
