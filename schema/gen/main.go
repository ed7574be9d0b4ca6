// Command gen writes types_gen.go and tables_gen.go of the schema package from its CUE files. It runs in their folder, by
// `go generate ./schema`. The types come from CUE's own generator; the tables, constants and merge keys come from here.
//
// It knows the CUE that the schema needs, and refuses the rest at its line: CUE read as something else would let Go and
// CUE disagree about a run without a word.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

// main runs in the folder of the CUE files, as go generate does.
func main() {
	if err := generate("."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// generate makes everything in memory first, so that a refused file leaves the folder as it was.
func generate(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.cue"))
	if err != nil {
		return err
	}
	sort.Strings(paths)
	files, err := parse(paths)
	if err != nil {
		return err
	}
	var tables bytes.Buffer
	if err := writeTables(&tables, files); err != nil {
		return err
	}
	types, err := types(paths)
	if err != nil {
		return err
	}
	return commit(map[string][]byte{
		filepath.Join(dir, "types_gen.go"):  types,
		filepath.Join(dir, "tables_gen.go"): tables.Bytes(),
	})
}

// parse keeps the comments, which become the tables' documentation.
func parse(paths []string) ([]*ast.File, error) {
	var files []*ast.File
	for _, path := range paths {
		f, err := parser.ParseFile(path, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// named matches a named scalar of the generated types. Aliases keep the schema's words in the types without a
// conversion at every use.
var named = regexp.MustCompile(`(?m)^type (\w+) (string|int64|IntOrText)$`)

// types runs CUE's own generator of Go types, in the version that go.mod pins as a tool.
func types(paths []string) ([]byte, error) {
	cmd := exec.Command("go", append([]string{"tool", "cue", "exp", "gengotypes", "-o", "-"}, paths...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("cue exp gengotypes: %w", err)
	}
	return named.ReplaceAll(out, []byte("type $1 = $2")), nil
}

// commit writes every file beside its place before the first is renamed into it.
func commit(files map[string][]byte) error {
	for path, data := range files {
		if err := os.WriteFile(path+".new", data, 0o644); err != nil {
			return err
		}
	}
	for path := range files {
		if err := os.Rename(path+".new", path); err != nil {
			return err
		}
	}
	return nil
}
