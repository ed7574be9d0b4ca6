package files

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The tree before and after the build that is killed: files that come, go, change and stay, among a stranger's.
var (
	before = wanted("same.yaml", "1", "a/stale.yaml", "old", "b/stale.yaml", "old", "x/stray.yaml", "old", "x/y/stray.yaml", "old", "k/stray.yaml", "old")
	after  = wanted("same.yaml", "1", "a/stale.yaml", "new", "b/stale.yaml", "new", "a/new.yaml", "new", "n/m/new.yaml", "new", "n/new.yaml", "new")
)

const foreignFile = "k/foreign.txt"

// TestKilled kills a build after each of its changes, in a process of its own, and looks at what stands.
func TestKilled(t *testing.T) {
	for changes := 1; ; changes++ {
		dir := filepath.Join(t.TempDir(), "out")
		write(t, dir, before)
		put(t, dir, foreignFile, "mine")
		whole := buildAndDie(t, dir, changes)
		checkEachFileWhole(t, dir)
		checkRepair(t, dir, changes)
		if whole {
			if want := 2 + 5 + 3; changes != want+1 { // two indexes, the files written, the files removed
				t.Errorf("the build made %d changes, want %d", changes-1, want)
			}
			return
		}
	}
}

// buildAndDie writes the new tree in a process that ends itself after so many changes, and reports whether it came to
// its end before.
func buildAndDie(t *testing.T, dir string, changes int) bool {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^TestBuildAndDie$")
	command.Env = append(os.Environ(), "BERTH_TEST_DIR="+dir, "BERTH_TEST_CHANGES="+strconv.Itoa(changes))
	out, err := command.CombinedOutput()
	if err == nil {
		return true
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.Exited() && exit.ExitCode() != 9 {
		t.Fatalf("%v\n%s", err, out)
	}
	return false
}

// TestBuildAndDie is the process that buildAndDie starts.
func TestBuildAndDie(t *testing.T) {
	dir, left := os.Getenv("BERTH_TEST_DIR"), os.Getenv("BERTH_TEST_CHANGES")
	if dir == "" {
		t.Skip("only in a process of TestKilled")
	}
	changes, err := strconv.Atoi(left)
	if err != nil {
		t.Fatal(err)
	}
	_, problems, err := Write(dir, after, Options{Workers: 1, afterChange: func(string) {
		if changes--; changes == 0 {
			self, _ := os.FindProcess(os.Getpid())
			self.Kill()
			os.Exit(9)
		}
	}})
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
}

// checkEachFileWhole holds that every file is the old one or the new one, and that the index owns all but the stranger's.
func checkEachFileWhole(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, IndexName))
	if err != nil {
		t.Fatal(err)
	}
	known, err := decodeIndex(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for name, content := range snapshot(t, dir, false) {
		switch {
		case content == "/" || name == foreignFile:
		case !slices.ContainsFunc(append(before, after...), func(f File) bool { return f.Path == name && string(f.Data) == content }):
			t.Errorf("%s is neither old nor new: %q", name, content)
		case !strings.Contains(known[name], digestOf([]byte(content))):
			t.Errorf("the index does not know %s as it is", name)
		}
	}
}

// checkRepair holds that the next build finishes, without taking its own files for a stranger's or for changed by hand.
func checkRepair(t *testing.T, dir string, changes int) {
	t.Helper()
	status := write(t, dir, after)
	if len(status.Edited) > 0 {
		t.Errorf("after %d changes, takes for changed by hand: %v", changes, status.Edited)
	}
	want := map[string]string{"a": "/", "b": "/", "n": "/", "n/m": "/", "k": "/", foreignFile: "mine"}
	for _, f := range after {
		want[f.Path] = string(f.Data)
	}
	if diff := cmp.Diff(want, snapshot(t, dir, false)); diff != "" {
		t.Errorf("after %d changes: %s", changes, diff)
	}
	if status := write(t, dir, after); !status.Clean() {
		t.Errorf("after %d changes, not settled: %s", changes, status.Drift())
	}
}

// TestKilledTwice kills a build and then another one of other content: the index still knows what each file may be.
func TestKilledTwice(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	write(t, dir, before)
	put(t, dir, foreignFile, "mine")
	buildAndDie(t, dir, 3)
	between := wanted("same.yaml", "1", "a/stale.yaml", "other", "n/new.yaml", "other")
	_, _, err := Write(dir, between, Options{Workers: 1, afterChange: sabotage(t, filepath.Join(dir, "n"))})
	if err == nil {
		t.Fatal("the second build was to fail")
	}
	if err := os.RemoveAll(filepath.Join(dir, "n")); err != nil {
		t.Fatal(err)
	}
	checkRepair(t, dir, 3)
}

// sabotage puts a file where a folder will be needed, after the first change.
func sabotage(t *testing.T, path string) func(string) {
	return func(string) {
		if err := os.WriteFile(path, nil, 0o644); err != nil && !errors.Is(err, os.ErrExist) {
			t.Error(err)
		}
	}
}

// TestFailure holds that an error names the file as the user knows it, and that the next build finishes.
func TestFailure(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	write(t, dir, before)
	put(t, dir, foreignFile, "mine")
	_, _, err := Write(dir, after, Options{afterChange: sabotage(t, filepath.Join(dir, "n"))})
	if err == nil || !strings.HasPrefix(err.Error(), "cannot write "+filepath.ToSlash(dir)+"/n/") {
		t.Errorf("error %v", err)
	}
	checkEachFileWhole(t, withoutFile(t, dir, "n"))
	checkRepair(t, dir, 0)
}

func withoutFile(t *testing.T, dir, name string) string {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestReplaceFails holds that a file that cannot take its place leaves nothing.
func TestReplaceFails(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "folder/x", "")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := replace(root, "folder", []byte("1"), true); err == nil {
		t.Error("a file took the place of a folder")
	}
	if diff := cmp.Diff(map[string]string{"folder": "/", "folder/x": ""}, snapshot(t, dir, true)); diff != "" {
		t.Error(diff)
	}
}

// TestLeftovers holds that what a killed build left under a temporary name goes, and nothing that only looks like it.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, wanted("a/b.yaml", "1", "old/c.yaml", "1"))
	const leftover = temporaryPrefix + "0123456789abcdef"
	put(t, dir, leftover, "half a fi")
	put(t, dir, "a/"+leftover, "")
	put(t, dir, "old/"+leftover, "")
	put(t, dir, "a/"+temporaryPrefix+"notes", "mine")
	put(t, dir, "foreign/"+leftover, "mine")
	write(t, dir, wanted("a/b.yaml", "1"))
	if diff := cmp.Diff(map[string]string{
		"a": "/", "a/b.yaml": "1", "a/" + temporaryPrefix + "notes": "mine", "foreign": "/", "foreign/" + leftover: "mine",
	}, snapshot(t, dir, false)); diff != "" {
		t.Error(diff)
	}
}

// TestTwoBuilds runs builds of two trees into one folder at once: one of them is what stands in the end.
func TestTwoBuilds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	trees := [][]File{before, after}
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			if _, problems, err := Write(dir, trees[i%2], Options{}); err != nil || len(problems) > 0 {
				t.Error(problems, err)
			}
		})
	}
	group.Wait()
	var drift []string
	for _, tree := range trees {
		status, problems, err := Compare(dir, tree, Options{})
		if err != nil || len(problems) > 0 {
			t.Error(problems, err)
		}
		if status.Clean() {
			return
		}
		drift = append(drift, status.Drift())
	}
	t.Errorf("a mixture stands: %s", drift)
}

// TestManyFolders has more folders than a batch, so that several workers take part.
func TestManyFolders(t *testing.T) {
	trees := map[int]map[string]string{}
	for _, workers := range []int{1, 2, 8} {
		dir := t.TempDir()
		var want []File
		for i := range 5 * batch {
			want = append(want, File{Path: fmt.Sprintf("%d/%d/x.yaml", i%3, i), Data: []byte(strconv.Itoa(i))})
		}
		for _, tree := range [][]File{want, want[:3*batch], want} {
			if _, problems, err := Write(dir, tree, Options{Workers: workers}); err != nil || len(problems) > 0 {
				t.Fatal(problems, err)
			}
		}
		trees[workers] = snapshot(t, dir, true)
	}
	if !maps.Equal(trees[1], trees[2]) || !maps.Equal(trees[1], trees[8]) || len(trees[1]) != 10*batch+4 {
		t.Errorf("trees of %d, %d and %d entries differ", len(trees[1]), len(trees[2]), len(trees[8]))
	}
}
