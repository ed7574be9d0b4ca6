package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"berth/schema"
)

// The rooms of the house and what they must not know, even through others.
var walls = []struct {
	room      string
	forbidden []string
}{
	{"berth/schema", []string{"cuelang.org/", "k8s.io/", "sigs.k8s.io/"}},
	{"berth/internal/diag", []string{"cuelang.org/", "k8s.io/", "berth/schema", "berth/internal/source"}},
	{"berth/internal/source", []string{"k8s.io/", "berth/schema", "berth/compiler"}},
	{"berth/compiler", []string{"k8s.io/", "sigs.k8s.io/kustomize", "berth/renderers", "berth/internal/files"}},
	{"berth/renderers", []string{"cuelang.org/", "berth/internal/source", "berth/compiler"}},
	{"berth/internal/yamlprint", []string{"cuelang.org/", "berth/schema", "berth/renderers", "berth/internal/source"}},
	{"berth/internal/layouts", []string{"cuelang.org/", "berth/compiler", "berth/internal/source"}},
	{"berth/internal/rules", []string{"cuelang.org/", "berth/schema", "berth/compiler", "berth/renderers", "berth/internal/source"}},
	{"berth/internal/schedule", []string{"cuelang.org/", "k8s.io/", "berth/schema", "berth/internal/source"}},
	{"berth/internal/fit", []string{"cuelang.org/", "berth/compiler", "berth/renderers"}},
	{"berth/internal/kueue", []string{"berth/schema", "berth/compiler", "berth/renderers"}},
	{"berth/internal/files", []string{"cuelang.org/", "k8s.io/", "berth/schema"}},
	{"berth/internal/revision", []string{"berth/", "cuelang.org/", "k8s.io/"}},
	{"berth/profiles", []string{"berth/", "cuelang.org/", "k8s.io/"}},
}

// doors are what a room may know all the same, with all that is in it, and the one package through which it does.
var doors = map[string]struct{ through, to string }{
	"berth/compiler": {"berth/internal/quantity", "k8s.io/apimachinery/pkg/api/resource"},
}

func TestWalls(t *testing.T) {
	for _, w := range walls {
		beyond := map[string]bool{}
		if door := doors[w.room]; door.to != "" {
			for _, dep := range list(t, "-deps", door.to) {
				beyond[dep] = true
			}
			for _, imported := range list(t, "-f", `{{join .Imports "\n"}}`, w.room) {
				if beyond[imported] && strings.Contains(imported, ".") {
					t.Errorf("%s imports %s, and not through %s", w.room, imported, door.through)
				}
			}
		}
		for _, dep := range list(t, "-deps", w.room) {
			if dep == w.room || beyond[dep] {
				continue
			}
			for _, f := range w.forbidden {
				if strings.HasPrefix(dep, f) {
					t.Errorf("%s imports %s", w.room, dep)
				}
			}
		}
	}
}

// list is what `go list` says.
func list(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.Fields(string(out))
}

// TestChoices: the schema's choices are compared by their constants, so that a renamed one does not compile.
func TestChoices(t *testing.T) {
	choices := map[string][]string{
		"Action": schema.TypeAction.Enum, "RunPolicy": schema.TypeRunPolicy.Enum, "GitOps": schema.TypeGitOps.Enum,
		"HookPhase": schema.TypeHookPhase.Enum, "PodSecurity": schema.TypePodSecurity.Enum, "Security": schema.TypeSecurity.Enum,
		"Strategy": schema.TypeStrategy.Enum, "Spot": schema.TypeSpot.Enum, "Sharing": schema.TypeSharing.Enum,
		"Backend": schema.TypeBackend.Enum, "VolumeType": schema.TypeVolumeType.Enum, "Layout": schema.TypeLayout.Enum,
	}
	compared := 0
	for _, path := range goFiles(t, "compiler", "renderers", "internal") {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			field, others := comparison(n)
			if choices[field] == nil {
				return true
			}
			compared++
			for _, o := range others {
				lit, ok := o.(*ast.BasicLit)
				if ok && slices.Contains(choices[field], strings.Trim(lit.Value, `"`)) {
					t.Errorf("%s: .%s is compared with %s: use the constant of package schema", path, field, lit.Value)
				}
			}
			return true
		})
	}
	if compared < 20 {
		t.Errorf("only %d comparisons were found", compared)
	}
}

// comparison is the selected field of `x.Field == y` or of `switch x.Field`, with what it is compared to.
func comparison(n ast.Node) (field string, others []ast.Expr) {
	var left ast.Expr
	switch x := n.(type) {
	case *ast.BinaryExpr:
		if x.Op == token.EQL || x.Op == token.NEQ {
			left, others = x.X, []ast.Expr{x.Y}
		}
	case *ast.SwitchStmt:
		left = x.Tag
		for _, c := range x.Body.List {
			others = append(others, c.(*ast.CaseClause).List...)
		}
	}
	if s, ok := left.(*ast.SelectorExpr); ok {
		return s.Sel.Name, others
	}
	return "", nil
}

// goFiles are the Go files below the folders that are neither tests nor generated.
func goFiles(t *testing.T, folders ...string) []string {
	t.Helper()
	var paths []string
	for _, dir := range folders {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if filepath.Ext(path) == ".go" && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_gen.go") {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// TestNoMapDecidesAnOrder refuses the loop over a map that is written where it is looped over: what is said first, or alone,
// would change from run to run. Write a slice.
func TestNoMapDecidesAnOrder(t *testing.T) {
	loop := regexp.MustCompile(`range map\[`)
	for _, room := range []string{"compiler", "renderers", "internal/workspace", "internal/rules", "internal/review", "internal/fit"} {
		files, err := filepath.Glob(filepath.Join(filepath.FromSlash(room), "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", room, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if loop.Match(text) {
				t.Errorf("%s loops over a map in no order", file)
			}
		}
	}
}
