package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// packed packs a small program that says its arguments, for this platform and another one.
func packed(t *testing.T) (r release, here target) {
	t.Helper()
	for _, known := range targets {
		if known.os == runtime.GOOS && known.arch == runtime.GOARCH {
			here = known
		}
	}
	if here.os == "" || here.os == "windows" {
		t.Skip("no package of this platform can be tried with a shell")
	}
	binaries := t.TempDir()
	for folder, program := range map[string]string{"berth_" + here.os + "_" + here.arch + "_v1": "berth", "berth_windows_amd64_v1": "berth.exe"} {
		path := filepath.Join(binaries, folder, program)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\necho \"called with $*\"\nexit 3\n"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	r = release{name: "berth", version: "1.2.3", out: t.TempDir()}
	if err := r.pack(binaries); err != nil {
		t.Fatal(err)
	}
	again := release{name: "berth", version: "1.2.3", out: t.TempDir()}
	if err := again.pack(binaries); err != nil {
		t.Fatal(err)
	}
	sameFiles(t, r.out, again.out, 5)
	return r, here
}

func sameFiles(t *testing.T, one, two string, count int) {
	t.Helper()
	entries, err := os.ReadDir(one)
	if err != nil || len(entries) != count {
		t.Fatalf("%v: %d packages, want %d", err, len(entries), count)
	}
	for _, e := range entries {
		a, err := os.ReadFile(filepath.Join(one, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(filepath.Join(two, e.Name())); err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s has other bytes the second time: %v", e.Name(), err)
		}
	}
}

// called runs an installed program, which has to hand on its arguments and its exit code.
func called(t *testing.T, program string) {
	t.Helper()
	cmd := exec.Command(program, "build", "a b")
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() != 3 || string(out) != "called with build a b\n" {
		t.Errorf("%s: %v, %q", program, err, out)
	}
}

func command(t *testing.T, dir, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
}

// TestWheel installs the wheel with pip into an environment of its own, from the folder alone.
func TestWheel(t *testing.T) {
	r, _ := packed(t)
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import venv, ensurepip").Run() != nil {
		t.Skip("there is no Python with pip here")
	}
	env := filepath.Join(t.TempDir(), "env")
	command(t, r.out, python, "-m", "venv", env)
	command(t, r.out, filepath.Join(env, "bin", "pip"), "install", "--no-index", "--find-links", r.out, "--disable-pip-version-check", "berth==1.2.3")
	called(t, filepath.Join(env, "bin", "berth"))
}

// TestNPM installs the packages with npm, from the folder alone.
func TestNPM(t *testing.T) {
	r, here := packed(t)
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("there is no npm here")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"private": true}`), 0o666); err != nil {
		t.Fatal(err)
	}
	command(t, dir, npm, "install", "--offline", "--no-audit", "--no-fund", "--omit=optional",
		filepath.Join(r.out, "berth-1.2.3.tgz"), filepath.Join(r.out, r.platform(here)+"-1.2.3.tgz"))
	called(t, filepath.Join(dir, "node_modules", ".bin", "berth"))
}

func TestPackRefuses(t *testing.T) {
	for _, c := range []struct{ version, binaries, says string }{
		{"v1.2.3", t.TempDir(), "three numbers"}, {"1.2.3", t.TempDir(), "no binary"}, {"1.2.3", "", "-binaries"},
	} {
		err := release{name: "berth", version: c.version, out: t.TempDir()}.pack(c.binaries)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
