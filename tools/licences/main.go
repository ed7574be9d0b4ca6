// Command licences lists the modules that are linked into Berth with their licences, told from their texts. It fails on
// a licence that is not among those that may be passed on with Berth under the Apache License, and on a module without
// one. With -texts it prints the texts themselves, for whoever hands on a binary.
package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	classifier "github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"
)

// allowed are the licences that ask for no more than their text, or for their own files' source.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"}

// platforms are those that Berth is built for: each links other packages.
var platforms = []string{"linux", "darwin", "windows"}

// licenceFile is how a file with a licence is called.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense|notice|patents)([-._].*)?$`)

// ofDocuments is the licence of a module's documents, which are no part of a program.
var ofDocuments = regexp.MustCompile(`(?i)[.]docs$`)

// besides are the files that accompany a licence.
var besides = regexp.MustCompile(`(?i)^(notice|patents)`)

// module is a module that is linked, with the folders of its packages that are.
type module struct {
	path, version, dir string
	folders            map[string]bool
}

func main() {
	texts := flag.Bool("texts", false, "print the texts of the licences")
	flag.Parse()
	if err := run(os.Stdout, *texts); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, texts bool) error {
	modules, err := linked("..")
	if err != nil {
		return err
	}
	known, err := assets.DefaultClassifier()
	if err != nil {
		return err
	}
	var out strings.Builder
	if !texts {
		out.WriteString("# Licences\n\nThe modules that are linked into Berth, on any system, and their licences as told from their texts. `go generate` in\n" +
			"`tools` writes this page; `go run ./licences -texts` there prints the texts, which go with every binary.\n\n| module | version | licence |\n|---|---|---|\n")
	}
	for _, m := range modules {
		files, err := m.licences()
		if err != nil {
			return err
		}
		names, err := classify(known, m, files)
		if err != nil {
			return err
		}
		if texts {
			writeTexts(&out, m, files)
			continue
		}
		fmt.Fprintf(&out, "| %s | %s | %s |\n", m.path, m.version, strings.Join(names, ", "))
	}
	_, err = io.WriteString(w, out.String())
	return err
}

// linked lists the modules whose packages the program in dir is made of.
func linked(dir string) ([]*module, error) {
	found := map[string]*module{}
	for _, system := range platforms {
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}", ".")
		list.Dir, list.Stderr = dir, os.Stderr
		list.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=-mod=readonly")
		text, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			part := strings.Split(strings.TrimSpace(line), "\t")
			if len(part) != 4 {
				continue
			}
			m := found[part[0]]
			if m == nil {
				m = &module{part[0], part[1], part[2], map[string]bool{}}
				found[m.path] = m
			}
			for at := part[3]; len(at) >= len(m.dir) && !m.folders[at]; at = filepath.Dir(at) {
				m.folders[at] = true
			}
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b *module) int { return cmp.Compare(a.path, b.path) }), nil
}

// licences reads the files that hold licences, in the module's own folder and those of the packages that are linked.
func (m *module) licences() (map[string][]byte, error) {
	files := map[string][]byte{}
	for folder := range m.folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.Type().IsRegular() || !licenceFile.MatchString(e.Name()) || ofDocuments.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
				continue
			}
			path := filepath.Join(folder, e.Name())
			if files[path], err = os.ReadFile(path); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// classify names the licences in the files of a module, each once, and refuses those that are not allowed.
func classify(known *classifier.Classifier, m *module, files map[string][]byte) ([]string, error) {
	names := map[string]bool{}
	for path, text := range files {
		told := false
		for _, match := range known.Match(text).Matches {
			if match.MatchType == "License" && match.Confidence > 0.9 {
				names[match.Name], told = true, true
			}
		}
		if !told && !besides.MatchString(filepath.Base(path)) {
			return nil, fmt.Errorf("the licence in %s is not known: read it", path)
		}
	}
	sorted := slices.Sorted(maps.Keys(names))
	if len(sorted) == 0 {
		return nil, fmt.Errorf("no licence is known of %s %s: read its files", m.path, m.version)
	}
	for _, name := range sorted {
		if !slices.Contains(allowed, name) {
			return nil, fmt.Errorf("%s %s has the licence %s, which is not among %s", m.path, m.version, name, strings.Join(allowed, ", "))
		}
	}
	return sorted, nil
}

func writeTexts(out *strings.Builder, m *module, files map[string][]byte) {
	for _, path := range slices.Sorted(maps.Keys(files)) {
		name, err := filepath.Rel(m.dir, path)
		if err != nil {
			name = path
		}
		fmt.Fprintf(out, "==== %s %s: %s\n\n%s\n\n", m.path, m.version, filepath.ToSlash(name), bytes.TrimSpace(files[path]))
	}
}
