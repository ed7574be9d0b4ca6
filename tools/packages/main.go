// Command packages puts the binaries of a release into Python wheels and npm packages, so that pre-commit and others install
// Berth in seconds and compile nothing. The same binaries give the same bytes.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// target is a platform that a binary is for.
type target struct {
	os, arch string
	// python is the platform's tag of a wheel; node is what Node calls it.
	python, nodeOS, nodeArch string
}

var targets = []target{
	{"linux", "amd64", "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64", "linux", "x64"},
	{"linux", "arm64", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", "linux", "arm64"},
	{"darwin", "amd64", "macosx_12_0_x86_64", "darwin", "x64"},
	{"darwin", "arm64", "macosx_12_0_arm64", "darwin", "arm64"},
	{"windows", "amd64", "win_amd64", "win32", "x64"},
	{"windows", "arm64", "win_arm64", "win32", "arm64"},
}

// program is the name of the binary.
func (t target) program() string {
	if t.os == "windows" {
		return "berth.exe"
	}
	return "berth"
}

// release is what is packed.
type release struct{ name, version, out string }

func main() {
	r := release{}
	var binaries string
	flag.StringVar(&r.version, "version", "", "the release's `version`, without v")
	flag.StringVar(&r.name, "name", "berth", "the `name` of the packages")
	flag.StringVar(&binaries, "binaries", "", "the `folder` with the binaries, each in a folder named by its platform, as goreleaser has them")
	flag.StringVar(&r.out, "out", "", "the `folder` to write to")
	flag.Parse()
	if err := r.pack(binaries); err != nil {
		fmt.Fprintln(os.Stderr, "packages:", err)
		os.Exit(1)
	}
}

// released is how a version is written that Python, npm and Go read alike.
var released = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)

// pack writes a wheel and an npm package for each platform, and the npm package that chooses among them.
func (r release) pack(binaries string) error {
	switch {
	case !released.MatchString(r.version):
		return fmt.Errorf("-version %q: write three numbers, such as 1.2.3", r.version)
	case binaries == "" || r.out == "":
		return errors.New("name -binaries and -out")
	}
	if err := os.MkdirAll(r.out, 0o777); err != nil {
		return err
	}
	var packed []target
	for _, t := range targets {
		binary, err := find(binaries, t)
		if err != nil {
			return err
		}
		if binary == nil {
			continue
		}
		packed = append(packed, t)
		if err := errors.Join(r.wheel(t, binary), r.npm(t, binary)); err != nil {
			return err
		}
	}
	if len(packed) == 0 {
		return errors.New("there is no binary in " + binaries)
	}
	return r.chooser(packed)
}

// find reads the binary of a platform: berth_linux_amd64_v1/berth and the like. There may be none.
func find(folder string, t target) ([]byte, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*"+t.os+"_"+t.arch+"*", t.program()))
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	return os.ReadFile(paths[0])
}

// entry is a file of a package.
type entry struct {
	name       string
	text       []byte
	executable bool
}

func (e entry) mode() int64 {
	if e.executable {
		return 0o755
	}
	return 0o644
}

// sorted are the entries by their names, so that their order says nothing.
func sorted(entries []entry) []entry {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	return entries
}

// summary is what the packages are.
const summary = "Run specifications and hardware profiles in, Kubernetes manifests out"

// identifier is the name as file names have it.
func (r release) identifier() string { return strings.ReplaceAll(r.name, "-", "_") }
