package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckPaths(t *testing.T) {
	for name, test := range map[string]struct {
		paths []string
		want  string
	}{
		"fine":               {[]string{"a", "b/C_d-e.1/f.yaml", "b/g", "console/comet", "com10/nulls.x", strings.Repeat("a", 255)}, ""},
		"empty":              {[]string{""}, `"", a path with an empty or hidden part`},
		"absolute":           {[]string{"/etc/passwd"}, "a path with an empty or hidden part"},
		"up":                 {[]string{"a/../../b"}, "a path with an empty or hidden part"},
		"dot":                {[]string{"./a"}, "a path with an empty or hidden part"},
		"double slash":       {[]string{"a//b"}, "a path with an empty or hidden part"},
		"folder":             {[]string{"a/"}, "a path with an empty or hidden part"},
		"Git's own":          {[]string{".git/config"}, "a path with an empty or hidden part"},
		"index":              {[]string{IndexName}, "a path with an empty or hidden part"},
		"backslash":          {[]string{`a\b`}, "with a character that is not allowed in file names everywhere"},
		"drive":              {[]string{"c:x"}, "with a character that is not allowed in file names everywhere"},
		"stream":             {[]string{"a:b"}, "with a character that is not allowed in file names everywhere"},
		"control":            {[]string{"a\nb"}, `"a\nb", with a character that is not allowed in file names everywhere`},
		"NUL byte":           {[]string{"a\x00"}, "with a character that is not allowed in file names everywhere"},
		"space at the end":   {[]string{"a "}, "with a character that is not allowed in file names everywhere"},
		"beyond ASCII":       {[]string{"é"}, "with a character that is not allowed in file names everywhere"},
		"dot at the end":     {[]string{"a."}, "with a name that ends in a dot"},
		"device":             {[]string{"x/NUL"}, "with a name that Windows keeps for a device"},
		"device with ending": {[]string{"com1.tar.gz"}, "with a name that Windows keeps for a device"},
		"long name":          {[]string{strings.Repeat("a", 256)}, "with a name longer than 255 characters"},
		"long path":          {[]string{strings.Repeat("a/", 600) + "b"}, "which is longer than 1024 characters"},
		"twice":              {[]string{"a/b", "a/b"}, "the build wants to write a/b and a/b, which are one file on some systems"},
		"case":               {[]string{"a/b", "a/B"}, "a/b and a/B, which are one file"},
		"case of a folder":   {[]string{"a/b", "A/c"}, "a and A/c, which are one file"},
		"file and folder":    {[]string{"a", "a/b"}, "a and a/b, which are one file"},
		"folder and file":    {[]string{"x/a/b", "x/A"}, "x/a and x/A, which are one file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			var want []File
			for _, path := range test.paths {
				want = append(want, File{Path: path})
			}
			_, problems, err := Write(dir, want, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := messages(problems); !strings.HasSuffix(got, test.want) && !strings.Contains(got, test.want) || got == "" != (test.want == "") {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if _, err := os.Stat(dir); err == nil && test.want != "" {
				t.Error("the refused build made its folder")
			}
			if _, compared, _ := Compare(dir, want, Options{}); messages(compared) != messages(problems) {
				t.Errorf("Compare says %q", messages(compared))
			}
		})
	}
}

// FuzzPath lets anything name a file: it is refused and nothing changes, or it is written below the folder and nowhere
// else, under that very name.
func FuzzPath(f *testing.F) {
	for _, path := range []string{"a/b.yaml", "..", "../outside/file", "a/../../b", "/etc/passwd", "up/x", "up", "file", "a//b", "a/./b", ".git/config",
		"aux.yaml", "COM1", "a.", "a ", "a\x00b", `a\b`, "c:x", "é", IndexName, strings.Repeat("a", 256), strings.Repeat("a/", 600) + "b"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		top := t.TempDir()
		dir := filepath.Join(top, "out")
		put(t, top, "outside/file", "precious")
		put(t, dir, "file", "theirs")
		link(t, filepath.Join(top, "outside"), dir, "up")
		before := snapshot(t, top, true)
		_, problems, err := Write(dir, []File{{path, []byte("mine")}}, Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		after := snapshot(t, top, true)
		if len(problems) > 0 {
			if !cmp.Equal(before, after) {
				t.Errorf("refused, and changed: %s", cmp.Diff(before, after))
			}
			return
		}
		if after["out/"+path] != "mine" {
			t.Errorf("%q was not written: %v", path, after)
		}
		for name, content := range before {
			if after[name] != content && name != "out/"+path {
				t.Errorf("%q changed %s to %q", path, name, after[name])
			}
		}
	})
}
