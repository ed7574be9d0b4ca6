package files

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// sampleTree is what a project of that many runs makes: two objects and a list to a run, three environments.
func sampleTree(files int) []File {
	var tree []File
	for i := range files / 3 {
		folder := fmt.Sprintf("%s/run-%05d/", []string{"dev", "stage", "prod"}[i%3], i/3)
		for _, name := range []string{"job.yaml", "persistentvolumeclaim.yaml", "kustomization.yaml"} {
			text := fmt.Appendf(nil, "# %s%s\n", folder, name)
			tree = append(tree, File{Path: folder + name, Data: append(text, bytes.Repeat([]byte("key: value\n"), 120)...)})
		}
	}
	return tree
}

// BenchmarkReadOnly is the floor of the unchanged build: the files read by name, with nothing checked.
func BenchmarkReadOnly(b *testing.B) {
	dir, tree := b.TempDir(), sampleTree(9999)
	write(b, dir, tree)
	for b.Loop() {
		for _, f := range tree {
			if _, err := os.ReadFile(filepath.Join(dir, f.Path)); err != nil {
				b.Fatal(err)
			}
		}
	}
	perFile(b, len(tree))
}

func BenchmarkWriteUnchanged(b *testing.B) {
	dir, tree := b.TempDir(), sampleTree(9999)
	write(b, dir, tree)
	for b.Loop() {
		write(b, dir, tree)
	}
	perFile(b, len(tree))
}

func BenchmarkWriteChanged(b *testing.B) {
	dir, tree := b.TempDir(), sampleTree(999)
	for b.Loop() {
		for i := range tree {
			tree[i].Data[len(tree[i].Data)-2]++
		}
		write(b, dir, tree)
	}
	perFile(b, len(tree))
}

func BenchmarkWriteNew(b *testing.B) {
	dir, tree := b.TempDir(), sampleTree(999)
	for b.Loop() {
		write(b, dir, tree)
		b.StopTimer()
		write(b, dir, nil)
		b.StartTimer()
	}
	perFile(b, len(tree))
}

func BenchmarkCompare(b *testing.B) {
	dir, tree := b.TempDir(), sampleTree(9999)
	write(b, dir, tree)
	for b.Loop() {
		if status, _, err := Compare(dir, tree, Options{}); err != nil || !status.Clean() {
			b.Fatal(status.Drift(), err)
		}
	}
	perFile(b, len(tree))
}

func perFile(b *testing.B, files int) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*files), "µs/file")
}
