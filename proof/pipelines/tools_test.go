package pipelines

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"berth/proof/product"
)

var scratch string // lives as long as the process

func TestMain(m *testing.M) { os.Exit(withScratch(m)) }

func withScratch(m *testing.M) int {
	dir, err := os.MkdirTemp("", "berth-pipelines")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratch = dir
	return m.Run()
}

// The programs are built once for all tests.
var (
	builtBerth         = sync.OnceValues(func() (string, error) { return product.Build(scratch) })
	installedKustomize = sync.OnceValues(func() (string, error) { return InstallKustomize(scratch) })
)

func buildBerth(t *testing.T) string { return must(t, builtBerth) }

func installKustomize(t *testing.T) string { return must(t, installedKustomize) }

func must(t *testing.T, build func() (string, error)) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
