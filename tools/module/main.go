// Command module gives Berth's module another path, the one that it is published under: `go -C tools run ./module
// example.com/acme/berth` changes the modules, the imports and nothing else. A name such as berth/v1 or the label berth/run
// is no path of a module and stays.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "go -C tools run ./module PATH: name the module's new path, such as github.com/acme/berth")
		os.Exit(2)
	}
	if err := rename("..", os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// rename gives the module in a folder, and those below it, another path.
func rename(root, path string) error {
	if err := module.CheckPath(path); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	r := renaming{old: modfile.ModulePath(text), new: path}
	return filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "node_modules", "testdata"}, entry.Name()):
			return filepath.SkipDir
		case entry.Name() == "go.mod":
			return rewrite(file, r.modules)
		case filepath.Ext(file) == ".go":
			return rewrite(file, r.imports)
		}
		return nil
	})
}

// rewrite changes a file in its place, where there is something to change.
func rewrite(file string, change func(name string, text []byte) ([]byte, error)) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	changed, err := change(file, text)
	if err != nil || bytes.Equal(text, changed) {
		return err
	}
	return os.WriteFile(file, changed, 0o666)
}

// renaming is a module's path and its new one.
type renaming struct{ old, new string }

// path is the new one of a path at or below the module's.
func (r renaming) path(path string) string {
	if rest, below := strings.CutPrefix(path, r.old); below && (rest == "" || rest[0] == '/') {
		return r.new + rest
	}
	return path
}

// modules renames what a go.mod is of, requires, replaces and runs as a tool.
func (r renaming) modules(name string, text []byte) ([]byte, error) {
	f, err := modfile.Parse(name, text, nil)
	if err != nil {
		return nil, err
	}
	if err := f.AddModuleStmt(r.path(f.Module.Mod.Path)); err != nil {
		return nil, err
	}
	for _, required := range slices.Clone(f.Require) {
		if old := required.Mod; r.path(old.Path) != old.Path {
			if err := f.DropRequire(old.Path); err != nil {
				return nil, err
			}
			f.AddNewRequire(r.path(old.Path), old.Version, required.Indirect)
		}
	}
	for _, replaced := range slices.Clone(f.Replace) {
		if old, to := replaced.Old, replaced.New; r.path(old.Path) != old.Path {
			if err := f.DropReplace(old.Path, old.Version); err != nil {
				return nil, err
			}
			if err := f.AddReplace(r.path(old.Path), old.Version, to.Path, to.Version); err != nil {
				return nil, err
			}
		}
	}
	f.Cleanup()
	f.SortBlocks()
	return f.Format()
}

// imports renames what a Go file imports, and the texts in the test of the walls, which are paths of packages.
func (r renaming) imports(name string, text []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var literals []*ast.BasicLit
	for _, spec := range file.Imports {
		literals = append(literals, spec.Path)
	}
	if filepath.Base(name) == "house_test.go" {
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && !slices.Contains(literals, lit) {
				literals = append(literals, lit)
			}
			return true
		})
	}
	slices.SortFunc(literals, func(a, b *ast.BasicLit) int { return int(b.Pos() - a.Pos()) }) // from the end, so that places stay
	for _, lit := range literals {
		path, err := strconv.Unquote(lit.Value)
		if err != nil || r.path(path) == path {
			continue
		}
		from, to := fset.Position(lit.Pos()).Offset, fset.Position(lit.End()).Offset
		text = slices.Concat(text[:from], []byte(strconv.Quote(r.path(path))), text[to:])
	}
	return format.Source(text) // which sorts the imports anew
}
