package importer_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/source"
	"berth/internal/template"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares what was made of a file with the file beside it that ends in .golden.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	path += ".golden"
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s: %s", path, d)
	}
}

// each runs a test for every input file of a folder.
func each(t *testing.T, pattern string, test func(t *testing.T, path string, file *diag.File)) {
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no files, %v", pattern, err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, ".golden") {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			file, diags := source.Read(path, filepath.Base(path))
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			test(t, path, file)
		})
	}
}

// result is the text and, after it, what was said.
func result(text []byte, diags []diag.Diagnostic) []byte {
	var out bytes.Buffer
	out.Write(text)
	if len(diags) > 0 {
		out.WriteString("=====\n")
		_ = diag.Print(&out, diag.Text, diags, diag.Options{})
	}
	return out.Bytes()
}

func TestProfiles(t *testing.T) {
	each(t, "testdata/profiles/*", func(t *testing.T, path string, file *diag.File) {
		text, diags := importer.Profiles(file)
		golden(t, path, result(text, diags))
	})
}

// What is written of a template is what a template means when it is read as it is.
func TestTemplateTextIsTheTree(t *testing.T) {
	each(t, "testdata/profiles/template-*", func(t *testing.T, path string, file *diag.File) {
		docs, _ := source.Load(file, source.Options{})
		want, ok, diags := template.Read(docs)
		if !ok {
			t.Fatal("no template")
		}
		if diag.HasErrors(diags) {
			return
		}
		text, _ := importer.Profiles(file)
		written, more := source.FromBytes("written.yaml", text)
		if len(more) > 0 {
			t.Fatal(more)
		}
		again, more := source.Load(written, source.Options{})
		if len(more) > 0 || len(again) != 1 {
			t.Fatal(len(again), more)
		}
		if d := cmp.Diff(values(want), values(again[0].Root)); d != "" {
			t.Error(d)
		}
	})
}

// values is a tree without its places.
func values(n *source.Node) any {
	switch n.Kind {
	case source.Map:
		m := map[string]any{}
		for _, f := range n.Fields {
			m[f.Key] = values(f.Node)
		}
		return m
	case source.List:
		list := []any{}
		for _, item := range n.Items {
			list = append(list, values(item))
		}
		return list
	}
	return []any{n.Kind, n.Text}
}

// Values keep their places in the template, so that a message about the profile points into it.
func TestTemplateKeepsPlaces(t *testing.T) {
	file, _ := source.Read("testdata/profiles/template-base-job.yaml", "t.yaml")
	docs, _ := source.Load(file, source.Options{})
	profile, _, _ := template.Read(docs)
	for path, line := range map[string]int32{
		"metadata.name": 2, "spec.description": 3, "spec.require.resources.limits.memory": 6, "spec.require.runtime_class": 15,
		"spec.require.labels.team": 18, "spec.accelerator.resource": 6, "spec.base.Job.spec.template.spec.restartPolicy": 27,
	} {
		if _, n, ok := source.Find(profile, path); !ok || n.Span.Line != line {
			t.Errorf("%s: found %v in line %d, want %d", path, ok, n.Span.Line, line)
		}
	}
}

func TestOtherFilesAreNoTemplates(t *testing.T) {
	file, _ := source.FromBytes("run.yaml", []byte("name: x\naction: job\nimage: i\n"))
	docs, _ := source.Load(file, source.Options{})
	if _, ok, _ := template.Read(docs); ok {
		t.Error("a run was taken for a template")
	}
}
