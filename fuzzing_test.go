package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestFuzzBuild runs OSS-Fuzz's build with a stub of its command: every fuzz target of the module is built, under a name of
// its own, but those that the script says it leaves out and why.
func TestFuzzBuild(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
	stubs := t.TempDir()
	log := filepath.Join(stubs, "log")
	for name, text := range map[string]string{"compile_native_go_fuzzer": "echo \"$@\" >>" + log, "go": "true"} {
		if err := os.WriteFile(filepath.Join(stubs, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("bash", "-eu", ".ci/oss-fuzz/build.sh")
	cmd.Env = append(os.Environ(), "PATH="+stubs+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	built, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(".ci/oss-fuzz/build.sh")
	if err != nil {
		t.Fatal(err)
	}
	left := strings.Fields(regexp.MustCompile(`children="([^"]*)"`).FindStringSubmatch(string(script))[1])
	var have, want []string
	for line := range strings.Lines(string(built)) {
		args := strings.Fields(line)
		if len(args) != 3 || args[2] != filepath.Base(args[0])+"_"+args[1] {
			t.Fatalf("the arguments %q are no package, target and name", args)
		}
		have = append(have, strings.TrimPrefix(args[0], "berth/")+"."+args[1])
	}
	for _, target := range fuzzTargets(t) {
		if i := slices.Index(left, filepath.Base(target)); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			want = append(want, target)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("built are\n%s\nand there are\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
	if len(left) > 0 {
		t.Errorf("left out is what is not there: %v", left)
	}
}

// fuzzTargets are all of the module, as <folder>.<target>.
func fuzzTargets(t *testing.T) []string {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func (Fuzz[A-Za-z]+)\(`)
	var found []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." {
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
				return fs.SkipDir
			}
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			found = append(found, filepath.ToSlash(filepath.Dir(path))+"."+m[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
