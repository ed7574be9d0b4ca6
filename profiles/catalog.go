// Package profiles is the built-in catalog: one file for each machine, called by the profile's name.
package profiles

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

const extension = ".yaml"

//go:embed *.yaml
var files embed.FS

// Names lists the catalog's profiles, sorted.
func Names() []string {
	entries, _ := fs.ReadDir(files, ".") // an embedded folder is always there
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), extension)
	}
	slices.Sort(names) // files are sorted with their extension
	return names
}

// Read returns the file of the profile of that name; ok is false when the catalog has none.
func Read(name string) (file string, data []byte, ok bool) {
	file = name + extension
	data, err := files.ReadFile(file)
	return file, data, err == nil
}
