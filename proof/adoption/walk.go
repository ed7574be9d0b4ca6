// Package adoption measures how a folder of manifests comes into Berth: what of it is built the same, what with named
// differences, and what not at all.
package adoption

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// document is one object of a file, as it is written.
type document struct {
	text  []byte
	value map[string]any
}

func (d document) kind() string { k, _ := d.value["kind"].(string); return k }

// placeholder marks an image that somebody has still to name.
var placeholder = regexp.MustCompile(`[A-Z].*/|\$|/[^:@]*[A-Z]`)

// hasPlaceholder reports whether an image of the object is none yet.
func (d document) hasPlaceholder() bool { return holdsImage(d.value, placeholder.MatchString) }

func holdsImage(v any, is func(string) bool) bool {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if image, ok := value.(string); ok && key == "image" && is(image) || holdsImage(value, is) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return holdsImage(item, is) })
	}
	return false
}

// isWorkload reports whether Berth makes runs of the object.
func (d document) isWorkload() bool {
	version, _ := d.value["apiVersion"].(string)
	return version == "batch/v1" && (d.kind() == "Job" || d.kind() == "CronJob") || version == "apps/v1" && d.kind() == "Deployment"
}

// folder is what stands in one folder: the documents of each file.
type folder struct {
	path  string
	names []string
	files map[string][]document
}

// template marks a text that some program turns into a manifest.
var template = regexp.MustCompile(`\{\{|\$\{|<[A-Z_a-z][-A-Z_a-z ]*>|^\s*#@`)

// read walks a folder and reads its plain YAML. Hidden folders are passed over, and so is what is no plain YAML.
func read(root string) ([]folder, error) {
	byPath := map[string]*folder{}
	var order []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if strings.HasPrefix(entry.Name(), ".") && path != root {
				return filepath.SkipDir
			}
			return nil
		}
		if ext := filepath.Ext(path); ext != ".yaml" && ext != ".yml" || !entry.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || template.Match(text) {
			return err
		}
		dir := filepath.Dir(path)
		if byPath[dir] == nil {
			byPath[dir], order = &folder{path: dir, files: map[string][]document{}}, append(order, dir)
		}
		f := byPath[dir]
		f.names = append(f.names, entry.Name())
		f.files[entry.Name()] = documents(text)
		return nil
	})
	var all []folder
	for _, dir := range order {
		all = append(all, *byPath[dir])
	}
	return all, err
}

var separator = regexp.MustCompile(`(?m)^---.*$`)

// documents are the objects of a file that can be read; a List gives its items.
func documents(text []byte) []document {
	var all []document
	for _, part := range separator.Split(string(text), -1) {
		var value map[string]any
		if yaml.Unmarshal([]byte(part), &value) != nil || value["kind"] == nil {
			continue
		}
		items, ok := value["items"].([]any)
		if !ok {
			all = append(all, document{[]byte(part), value})
			continue
		}
		for _, item := range items {
			if m, ok := item.(map[string]any); ok {
				text, _ := yaml.Marshal(m)
				all = append(all, document{text, m})
			}
		}
	}
	return all
}

// stream joins the documents of one file, and what is no workload of the files beside it.
func (f *folder) stream(name string, wanted func(document) bool) []byte {
	var parts [][]byte
	others := slices.DeleteFunc(slices.Clone(f.names), func(other string) bool { return other == name })
	for _, other := range append([]string{name}, others...) {
		for _, d := range f.files[other] {
			if wanted(d) && (other == name || !d.isWorkload()) {
				parts = append(parts, d.text)
			}
		}
	}
	return bytes.Join(parts, []byte("\n---\n"))
}
