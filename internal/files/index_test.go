package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/internal/diag"

	"github.com/google/go-cmp/cmp"
)

func TestIndexRoundTrip(t *testing.T) {
	x := index{"a": digestOf(nil), "b/c.yaml": digestOf([]byte("1")) + " " + digestOf([]byte("2"))}
	got, err := decodeIndex(x.encode())
	if diff := cmp.Diff(x, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// hostileIndexes are texts that no Berth wrote, each with what is said of it.
func hostileIndexes() map[string]string {
	digest := digestOf(nil)
	entry := func(path, digest string) string { return `{"version":1,"files":{"` + path + `":"` + digest + `"}}` }
	return map[string]string{
		"":                                    "it is not what Berth wrote",
		"\x00\xff":                            "it is not what Berth wrote",
		"null":                                "it is not what Berth wrote",
		"[]":                                  "it is not what Berth wrote",
		"{}":                                  "it is not what Berth wrote",
		`{"version":1}`:                       "it is not what Berth wrote",
		`{"version":0,"files":{}}`:            "it is not what Berth wrote",
		`{"version":2,"files":{}}`:            "a newer Berth wrote it",
		`{"version":1,"files":{}} {}`:         "it is not what Berth wrote",
		"<<<<<<< HEAD\n" + entry("a", digest): "it is not what Berth wrote",
		`{"version":1,"files":{"a":1}}`:       "it is not what Berth wrote",
		entry("../outside/file", digest):      "it is not what Berth wrote",
		entry("a/../../outside/file", digest): "it is not what Berth wrote",
		entry("/etc/passwd", digest):          "it is not what Berth wrote",
		entry(".git/config", digest):          "it is not what Berth wrote",
		entry(`a\\b`, digest):                 "it is not what Berth wrote",
		entry(`a\u0000`, digest):              "it is not what Berth wrote",
		entry("a", ""):                        "it is not what Berth wrote",
		entry("a", strings.ToUpper(digest)):   "it is not what Berth wrote",
		entry("a", digest+"  "+digest):        "it is not what Berth wrote",
		strings.Repeat("[", 100_000):          "it is not what Berth wrote",
		strings.Repeat(" ", maxIndex+1):       "it is larger than 32 MiB",
	}
}

func TestHostileIndex(t *testing.T) {
	for text, want := range hostileIndexes() {
		top := t.TempDir()
		dir := filepath.Join(top, "out")
		put(t, top, "outside/file", "precious")
		put(t, dir, "a", "precious")
		put(t, dir, IndexName, text)
		before := snapshot(t, top, true)
		_, problems, err := Write(dir, wanted("b", "1"), Options{})
		if err != nil || !strings.HasSuffix(messages(problems), "cannot be used: "+want) {
			t.Errorf("of %.80q Write says %q, error %v", text, messages(problems), err)
		}
		if diff := cmp.Diff(before, snapshot(t, top, true)); diff != "" {
			t.Errorf("%.80q made a change: %s", text, diff)
		}
	}
}

// FuzzIndex puts any text for the index: what lies outside stays, and the build either refuses and changes nothing or
// makes the tree what is wanted.
func FuzzIndex(f *testing.F) {
	for text := range hostileIndexes() {
		if len(text) < 1<<20 {
			f.Add(text)
		}
	}
	f.Add(string(index{"a": digestOf(nil), "d/e": digestOf(nil)}.encode()))
	want := wanted("b", "1", "c/d", "2")
	f.Fuzz(func(t *testing.T, text string) {
		top := t.TempDir()
		dir := filepath.Join(top, "out")
		put(t, top, "file", "precious")
		put(t, dir, "a", "")
		link(t, top, dir, "up")
		put(t, dir, IndexName, text)
		before := snapshot(t, top, true)
		_, problems, err := Write(dir, want, Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		after := snapshot(t, top, true)
		refused := diag.HasErrors(problems) // a warning tells of a change by hand that is lost
		if refused && !cmp.Equal(before, after) {
			t.Errorf("refused, and changed: %s", cmp.Diff(before, after))
		}
		if after["file"] != "precious" || after["out/up"] != top {
			t.Errorf("something that is not Berth's was touched: %v", after)
		}
		if refused {
			return
		}
		if status, _, _ := Compare(dir, want, Options{}); !status.Clean() {
			t.Error(status.Drift())
		}
		if stat, err := os.Lstat(filepath.Join(dir, IndexName)); err != nil || !stat.Mode().IsRegular() {
			t.Error(stat, err)
		}
	})
}
