package files

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"berth/internal/diag"

	"github.com/google/go-cmp/cmp"
)

func TestWriteFirst(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	want := wanted("prod/a/job.yaml", "job\n", "kustomization.yaml", "", "prod/a/kustomization.yaml", "k\n")
	status := write(t, dir, want)
	if diff := cmp.Diff(Status{Missing: []string{"kustomization.yaml", "prod/a/job.yaml", "prod/a/kustomization.yaml"}}, status); diff != "" {
		t.Error(diff)
	}
	found := snapshot(t, dir, true)
	if diff := cmp.Diff(map[string]string{
		"kustomization.yaml": "", "prod": "/", "prod/a": "/", "prod/a/job.yaml": "job\n", "prod/a/kustomization.yaml": "k\n",
		IndexName: `{
  "version": 1,
  "about": "Files that Berth wrote below this folder. It overwrites and removes these alone. Commit it with them.",
  "files": {
    "kustomization.yaml": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "prod/a/job.yaml": "` + digestOf([]byte("job\n")) + `",
    "prod/a/kustomization.yaml": "` + digestOf([]byte("k\n")) + `"
  }
}
`,
	}, found); diff != "" {
		t.Error(diff)
	}
}

// TestWriteTwice proves that what is right is not touched: neither the files nor the index nor their times.
func TestWriteTwice(t *testing.T) {
	dir, want := t.TempDir(), sampleTree(300)
	write(t, dir, want)
	for name := range stamps(t, dir) {
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	before := stamps(t, dir)
	slices.Reverse(want)
	for _, workers := range []int{1, 2, 8} {
		status, problems, err := Write(dir, want, Options{Workers: workers})
		if err != nil || len(problems) > 0 || !status.Clean() || len(status.Unchanged) != len(want) {
			t.Error(status.Written(), problems, err)
		}
	}
	for name, info := range stamps(t, dir) {
		if !os.SameFile(before[name], info) || !before[name].ModTime().Equal(info.ModTime()) {
			t.Errorf("%s was written again", name)
		}
	}
}

// TestWriteStates brings a tree with a file in every state to what is wanted.
func TestWriteStates(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, wanted("same.yaml", "1", "stale.yaml", "1", "edited.yaml", "1", "deleted.yaml", "1",
		"old/x/stray.yaml", "1", "old/stray.yaml", "1", "kept/stray.yaml", "1", "gone/stray.yaml", "1"))
	put(t, dir, "edited.yaml", "mine")
	put(t, dir, "old/stray.yaml", "mine")
	put(t, dir, "adopted.yaml", "as wanted")
	put(t, dir, "kept/foreign.txt", "mine")
	put(t, dir, "foreign/empty/x", "")
	for _, name := range []string{"foreign/empty/x", "deleted.yaml", "gone/stray.yaml"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	want := wanted("same.yaml", "1", "stale.yaml", "2", "edited.yaml", "2", "deleted.yaml", "1", "adopted.yaml", "as wanted", "new/n.yaml", "1")
	expected := Status{
		Missing: []string{"deleted.yaml", "new/n.yaml"}, Stale: []string{"stale.yaml"}, Edited: []string{"edited.yaml"},
		Stray: []string{"kept/stray.yaml", "old/x/stray.yaml"}, Unchanged: []string{"adopted.yaml", "same.yaml"},
	}
	before := snapshot(t, dir, true)
	compared, problems, err := Compare(dir, want, Options{})
	if diff := cmp.Diff(expected, compared); diff != "" || len(problems) > 0 || err != nil {
		t.Error(diff, problems, err)
	}
	if diff := cmp.Diff(before, snapshot(t, dir, true)); diff != "" {
		t.Errorf("Compare changed the tree: %s", diff)
	}
	written, warnings, err := Write(dir, want, Options{})
	if diff := cmp.Diff(expected, written); diff != "" || err != nil {
		t.Error(diff, err)
	}
	lost := filepath.ToSlash(dir) + "/edited.yaml: this file was changed by hand, and the build wrote it anew\n" +
		filepath.ToSlash(dir) + "/old/stray.yaml: the index names this file, and it is not as Berth writes it: it is left here"
	if messages(warnings) != lost || diag.HasErrors(warnings) {
		t.Errorf("warnings:\n%s", messages(warnings))
	}
	if diff := cmp.Diff(map[string]string{
		"same.yaml": "1", "stale.yaml": "2", "edited.yaml": "2", "deleted.yaml": "1", "adopted.yaml": "as wanted",
		"new": "/", "new/n.yaml": "1", "kept": "/", "kept/foreign.txt": "mine", "foreign": "/", "foreign/empty": "/", "old": "/", "old/stray.yaml": "mine",
	}, snapshot(t, dir, false)); diff != "" {
		t.Error(diff)
	}
	if status := write(t, dir, want); !status.Clean() {
		t.Error("not settled: " + status.Drift())
	}
}

// TestIndexAlone holds that a tree whose index does not fit is not clean, though every file is right.
func TestIndexAlone(t *testing.T) {
	dir, want := t.TempDir(), wanted("a.yaml", "1")
	put(t, dir, "a.yaml", "1")
	expect := func(expected Status) {
		t.Helper()
		status, problems, err := Compare(dir, want, Options{})
		if diff := cmp.Diff(expected, status); diff != "" || len(problems) > 0 || err != nil {
			t.Error(diff, problems, err)
		}
	}
	expect(Status{Missing: []string{IndexName}, Unchanged: []string{"a.yaml"}})
	write(t, dir, want)
	expect(Status{Unchanged: []string{"a.yaml"}})
	put(t, dir, IndexName, string(index{"gone.yaml": digestOf(nil)}.encode()))
	expect(Status{Stale: []string{IndexName}, Unchanged: []string{"a.yaml"}})
	write(t, dir, want)
	expect(Status{Unchanged: []string{"a.yaml"}})
}

func TestWriteNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	write(t, dir, nil)
	if _, err := os.Stat(dir); err == nil {
		t.Error("an empty tree made a folder")
	}
	write(t, dir, wanted("a/b.yaml", "1"))
	status := write(t, dir, nil)
	if found := snapshot(t, dir, true); len(found) > 0 || status.Written() != "wrote 0 files, removed 1" {
		t.Errorf("%s, left %v", status.Written(), found)
	}
	if status := write(t, dir, nil); !status.Clean() || len(snapshot(t, dir, true)) > 0 {
		t.Error(status.Drift())
	}
}

func TestCompareWithoutFolder(t *testing.T) {
	status, problems, err := Compare(filepath.Join(t.TempDir(), "out"), wanted("b", "", "a", ""), Options{})
	if diff := cmp.Diff(Status{Missing: []string{"a", "b"}}, status); diff != "" || len(problems) > 0 || err != nil {
		t.Error(diff, problems, err)
	}
}

// TestRefusals proves of each thing in the way that it is named and that nothing at all is changed.
func TestRefusals(t *testing.T) {
	const file, other = "a/b/file.yaml", "z/other.yaml"
	for name, test := range map[string]struct {
		arrange func(t *testing.T, dir, outside string)
		want    string
	}{
		"foreign file": {func(t *testing.T, dir, _ string) { put(t, dir, file, "mine") },
			"a/b/file.yaml: this file was not written by Berth, and the build would overwrite it"},
		"foreign file of the same size": {func(t *testing.T, dir, _ string) { put(t, dir, file, "NEW") },
			"a/b/file.yaml: this file was not written by Berth, and the build would overwrite it"},
		"foreign file that begins alike": {func(t *testing.T, dir, _ string) { put(t, dir, file, "new and more") },
			"a/b/file.yaml: this file was not written by Berth, and the build would overwrite it"},
		"folder": {func(t *testing.T, dir, _ string) { put(t, dir, file+"/x", "") },
			"a/b/file.yaml: this stands where the build makes a file"},
		"file for a folder": {func(t *testing.T, dir, _ string) { put(t, dir, "a", "mine") },
			"a: this stands where the build needs a folder"},
		"link to a foreign file": {func(t *testing.T, dir, outside string) {
			put(t, dir, "a/b/x", "")
			link(t, filepath.Join(outside, "file"), dir, file)
		}, "a/b/file.yaml: this is a symbolic link, and Berth writes through none"},
		"link to nowhere": {func(t *testing.T, dir, outside string) {
			put(t, dir, "a/b/x", "")
			link(t, "nowhere", dir, file)
		}, "a/b/file.yaml: this is a symbolic link, and Berth writes through none"},
		"link to a file of ours": {func(t *testing.T, dir, _ string) {
			put(t, dir, "a/b/x", "")
			link(t, "../../"+other, dir, file)
		}, "a/b/file.yaml: this is a symbolic link, and Berth writes through none"},
		"folder that is a link out": {func(t *testing.T, dir, outside string) { link(t, outside, dir, "a") },
			"a: this is a symbolic link, and Berth writes through none"},
		"folder that is a link inside": {func(t *testing.T, dir, _ string) {
			put(t, dir, "real/b/x", "")
			link(t, "real", dir, "a")
		}, "a: this is a symbolic link, and Berth writes through none"},
		"inner folder that is a link": {func(t *testing.T, dir, outside string) {
			put(t, dir, "a/x", "")
			link(t, outside, dir, "a/b")
		}, "a/b: this is a symbolic link, and Berth writes through none"},
		"another spelling": {func(t *testing.T, dir, _ string) {
			put(t, dir, "A/b/FILE.yaml", "1")
			put(t, dir, IndexName, string(index{"A/b/FILE.yaml": digestOf([]byte("1")), other: digestOf([]byte("old"))}.encode()))
		}, "A/b/FILE.yaml: an earlier build wrote this file, and on some systems it is the same as a/b/file.yaml"},
		"index that is a link": {func(t *testing.T, dir, outside string) {
			if err := os.Remove(filepath.Join(dir, IndexName)); err != nil {
				t.Fatal(err)
			}
			link(t, filepath.Join(outside, "file"), dir, IndexName)
		}, IndexName + ": the index of the files that Berth wrote cannot be used: it is not a regular file"},
		"index that is a folder": {func(t *testing.T, dir, _ string) {
			if err := os.Remove(filepath.Join(dir, IndexName)); err != nil {
				t.Fatal(err)
			}
			put(t, dir, IndexName+"/x", "")
		}, IndexName + ": the index of the files that Berth wrote cannot be used: it is not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			dir, outside := filepath.Join(top, "out"), filepath.Join(top, "outside")
			put(t, outside, "file", "precious")
			put(t, outside, "b/file.yaml", "precious")
			write(t, dir, wanted(other, "old", "stray.yaml", "old"))
			test.arrange(t, dir, outside)
			before := snapshot(t, top, true)
			_, compared, err := Compare(dir, wanted(file, "new", other, "new"), Options{})
			if err != nil {
				t.Error(err)
			}
			_, written, err := Write(dir, wanted(file, "new", other, "new"), Options{})
			if err != nil {
				t.Error(err)
			}
			want := filepath.ToSlash(dir) + "/" + test.want
			if got := messages(compared); got != want {
				t.Errorf("Compare says\n%s\nwant\n%s", got, want)
			}
			if got := messages(written); got != want {
				t.Errorf("Write says\n%s\nwant\n%s", got, want)
			}
			if diff := cmp.Diff(before, snapshot(t, top, true)); diff != "" {
				t.Errorf("the refusal changed something: %s", diff)
			}
		})
	}
}

// TestForeignStatus names what is in the way, once, and not every file that cannot be written because of it.
func TestForeignStatus(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "mine")
	put(t, dir, "d/f.yaml", "mine")
	status, problems, err := Compare(dir, wanted("a/b/1", "", "a/b/2", "", "a/3", "", "d/f.yaml", "", "new", ""), Options{})
	if diff := cmp.Diff(Status{Foreign: []string{"a", "d/f.yaml"}, Missing: []string{"new"}}, status); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if len(problems) != 2 {
		t.Errorf("problems\n%s", messages(problems))
	}
}

// TestForeignInStrayPlaces proves that what now stands where an earlier build wrote is not removed.
func TestForeignInStrayPlaces(t *testing.T) {
	top := t.TempDir()
	dir, outside := filepath.Join(top, "out"), filepath.Join(top, "outside")
	put(t, outside, "stray.yaml", "precious")
	write(t, dir, wanted("kept.yaml", "1", "link.yaml", "1", "folder.yaml", "1", "away/stray.yaml", "1", "cut/stray.yaml", "1"))
	for _, name := range []string{"link.yaml", "folder.yaml", "away", "cut"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link(t, filepath.Join(outside, "stray.yaml"), dir, "link.yaml")
	link(t, outside, dir, "away")
	put(t, dir, "folder.yaml/x", "mine")
	put(t, dir, "cut", "mine")
	before := snapshot(t, top, false)
	status := write(t, dir, wanted("kept.yaml", "1"))
	if diff := cmp.Diff(Status{Stale: []string{IndexName}, Unchanged: []string{"kept.yaml"}}, status); diff != "" {
		t.Error(diff)
	}
	after := snapshot(t, top, false)
	delete(before, "out/"+IndexName)
	delete(after, "out/"+IndexName)
	if !maps.Equal(before, after) {
		t.Error(cmp.Diff(before, after))
	}
}

// TestThroughLink holds that the output folder itself may be a link.
func TestThroughLink(t *testing.T) {
	top := t.TempDir()
	if err := os.Mkdir(filepath.Join(top, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	link(t, "real", top, "out")
	write(t, filepath.Join(top, "out"), wanted("a/b.yaml", "1"))
	if snapshot(t, top, false)["real/a/b.yaml"] != "1" {
		t.Error("not written")
	}
}

func TestOutputIsNoFolder(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "file", "")
	for _, out := range []string{"file", "file/below"} {
		_, _, err := Write(filepath.Join(dir, out), wanted("a", ""), Options{})
		if err == nil || !strings.Contains(err.Error(), filepath.ToSlash(filepath.Join(dir, out))) {
			t.Errorf("error %v", err)
		}
		if _, _, err := Compare(filepath.Join(dir, out), wanted("a", ""), Options{}); err == nil {
			t.Error("Compare accepts it")
		}
	}
}

func TestStatusTexts(t *testing.T) {
	two := []string{"a", "b"}
	for _, test := range []struct {
		status         Status
		written, drift string
	}{
		{Status{}, "wrote 0 files", "no files"},
		{Status{Missing: two[:1]}, "wrote 1 file", "1 missing"},
		{Status{Missing: two, Stale: two, Edited: two[:1], Stray: two, Unchanged: two},
			"wrote 5 files (1 of them changed by hand), 2 unchanged, removed 2",
			"2 missing, 2 stale, 1 changed by hand, 2 stray, 2 unchanged"},
		{Status{Foreign: two}, "wrote 0 files", "2 in the way"},
	} {
		if got := test.status.Written(); got != test.written {
			t.Errorf("Written is %q, want %q", got, test.written)
		}
		if got := test.status.Drift(); got != test.drift {
			t.Errorf("Drift is %q, want %q", got, test.drift)
		}
	}
}
