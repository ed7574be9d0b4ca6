package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// published is where the test pretends that Berth is published.
var published = module.Version{Path: "example.com/acme/berth", Version: "v1.2.3"}

// TestPublished gives a copy of the repository another path, puts it as a module into a proxy in a folder, and installs the
// program from there as its users will: `go install PATH@VERSION`.
func TestPublished(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the program")
	}
	root := copyOfRepository(t)
	if err := rename(root, published.Path); err != nil {
		t.Fatal(err)
	}
	proxy, bin := publish(t, root), t.TempDir()
	install := exec.Command("go", "install", published.Path+"@"+published.Version)
	install.Dir = t.TempDir() // outside of any module
	install.Env = append(os.Environ(), "GOBIN="+bin, "GOPROXY=file://"+filepath.ToSlash(proxy)+","+settingOf(t, "GOPROXY"),
		"GONOSUMDB="+published.Path, "GONOPROXY=none", "GOPRIVATE=", "GOMODCACHE="+settingOf(t, "GOMODCACHE"), "GOFLAGS=-modcacherw", "CGO_ENABLED=0")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Cleanup(func() { forget(t) })
	if said := output(t, root, filepath.Join(bin, "berth"), "version"); said != "berth "+published.Version+"\n" {
		t.Errorf("the program calls itself %q", said)
	}
	if made := output(t, root, filepath.Join(bin, "berth"), "build", "examples/churn"); !strings.Contains(made, "\nkind: CronJob\n") {
		t.Errorf("the program builds\n%s", made)
	}
}

// copyOfRepository is what Git has of the repository, as it is in the working tree.
func copyOfRepository(t *testing.T) string {
	t.Helper()
	list, err := exec.Command("git", "-C", "../..", "ls-files", "-z").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		if strings.HasPrefix(name, "fixtures/") || strings.HasPrefix(name, "golden/") {
			continue // no part of the program
		}
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// publish lays a module out as a proxy does.
func publish(t *testing.T, root string) string {
	t.Helper()
	proxy := t.TempDir()
	at := filepath.Join(proxy, filepath.FromSlash(published.Path), "@v")
	if err := os.MkdirAll(at, 0o777); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	if err := zip.CreateFromDir(&packed, published, root); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		".zip": packed.Bytes(), ".mod": mod, ".info": []byte(`{"Version": "` + published.Version + `"}`),
	} {
		if err := os.WriteFile(filepath.Join(at, published.Version+name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(at, "list"), []byte(published.Version+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return proxy
}

// forget takes the module out of the cache, since the next test's is another one of the same name.
func forget(t *testing.T) {
	cache := settingOf(t, "GOMODCACHE")
	for _, path := range []string{published.Path + "@" + published.Version, "cache/download/" + published.Path} {
		if err := os.RemoveAll(filepath.Join(cache, filepath.FromSlash(path))); err != nil {
			t.Error(err)
		}
	}
}

func settingOf(t *testing.T, name string) string {
	t.Helper()
	return strings.TrimSpace(output(t, ".", "go", "env", name))
}

func output(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v", program, args, err)
	}
	return string(out)
}

// TestRenaming: what is a path of a module changes, and nothing that looks like one.
func TestRenaming(t *testing.T) {
	r := renaming{old: "berth", new: "example.com/b"}
	have, err := r.imports("x.go", []byte("package x\n\nimport (\n\t\"berth/schema\"\n\t\"berthing/x\"\n\n\t\"fmt\"\n)\n\n// Of berth/schema.\nvar label, version = \"berth/run\", fmt.Sprint(schema.V, x.V, \"berth/v1\")\n"))
	want := "package x\n\nimport (\n\t\"berthing/x\"\n\t\"example.com/b/schema\"\n\n\t\"fmt\"\n)\n\n// Of berth/schema.\nvar label, version = \"berth/run\", fmt.Sprint(schema.V, x.V, \"berth/v1\")\n"
	if err != nil || string(have) != want {
		t.Errorf("%v\n%s", err, have)
	}
	have, err = r.modules("go.mod", []byte("module berth/tools\n\ngo 1.26.0\n\nrequire (\n\tberth v0.0.0\n\tother.org/berth v1.0.0\n)\n\nreplace berth => ../\n"))
	want = "module example.com/b/tools\n\ngo 1.26.0\n\nrequire (\n\texample.com/b v0.0.0\n\tother.org/berth v1.0.0\n)\n\nreplace example.com/b => ../\n"
	if err != nil || string(have) != want {
		t.Errorf("%v\n%s", err, have)
	}
}
