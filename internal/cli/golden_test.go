package cli_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"berth/internal/cli"
	"berth/internal/diag"
	"berth/internal/kustomize"
	"berth/internal/source"
	"berth/schema"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == source.EvaluateCommand {
		os.Exit(source.ServeEvaluator(kustomize.Build))
	}
	testscript.Main(m, map[string]func(){"berth": func() { os.Exit(cli.Main()) }})
}

// result is what one call of the program gave.
type result struct {
	exit           int
	stdout, stderr string
}

func run(dir string, args ...string) result {
	var stdout, stderr bytes.Buffer
	p := cli.Program{Args: args, Dir: dir, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
	exit := p.Run()
	return result{exit, stdout.String(), stderr.String()}
}

// caseArgs are the arguments of `berth build` for a case: those in its file `args`, or the files called run*.
func caseArgs(t *testing.T, dir string) []string {
	t.Helper()
	if text, err := os.ReadFile(filepath.Join(dir, "args")); err == nil {
		return strings.Fields(string(text))
	}
	paths, err := filepath.Glob(filepath.Join(dir, "run*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s has neither a file args nor a file run*", dir)
	}
	for i := range paths {
		paths[i] = filepath.Base(paths[i])
	}
	return paths
}

// buildCase builds a case in a copy of its folder, which must stay as it was.
func buildCase(t *testing.T, fixture string) result {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "case")
	if err := os.CopyFS(dir, os.DirFS(fixture)); err != nil {
		t.Fatal(err)
	}
	r := run(dir, append([]string{"build"}, caseArgs(t, dir)...)...)
	if diff := cmp.Diff(contents(t, fixture), contents(t, dir)); diff != "" {
		t.Errorf("the build changed its folder:\n%s", diff)
	}
	return r
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestAccepted(t *testing.T) {
	golden(t, "accept", func(t *testing.T, fixture string) map[string]string {
		r := buildCase(t, fixture)
		if r.exit != 0 {
			t.Fatalf("exit %d\n%s", r.exit, r.stderr)
		}
		files := map[string]string{".yaml": r.stdout}
		if r.stderr != "" {
			files[".txt"] = r.stderr // warnings
		}
		return files
	})
}

func TestRefused(t *testing.T) {
	golden(t, "refuse", func(t *testing.T, fixture string) map[string]string {
		r := buildCase(t, fixture)
		if r.exit == 0 || r.stdout != "" {
			t.Fatalf("exit %d, and on standard output:\n%s", r.exit, r.stdout)
		}
		return map[string]string{".txt": fmt.Sprintf("exit %d\n%s", r.exit, r.stderr)}
	})
}

// extensions are those of golden files.
var extensions = []string{".yaml", ".txt", ".md", ".json"}

// golden runs every case of fixtures/KIND and compares what it gives with golden/KIND, file by file: a case without its
// golden files and a golden file without its case both fail.
func golden(t *testing.T, kind string, give func(t *testing.T, fixture string) map[string]string) {
	cases, err := filepath.Glob(filepath.Join("..", "..", "fixtures", kind, "*"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	stray := map[string]bool{}
	goldens, _ := filepath.Glob(filepath.Join("..", "..", "golden", kind, "*"))
	for _, path := range goldens {
		stray[path] = true
	}
	for _, fixture := range cases {
		base := filepath.Join("..", "..", "golden", kind, filepath.Base(fixture))
		for _, extension := range extensions {
			delete(stray, base+extension)
		}
		t.Run(filepath.Base(fixture), func(t *testing.T) {
			t.Parallel()
			compareGolden(t, base, give(t, fixture))
		})
	}
	for path := range stray {
		if *update {
			os.Remove(path)
			continue
		}
		t.Errorf("%s has no case", path)
	}
}

func compareGolden(t *testing.T, base string, files map[string]string) {
	t.Helper()
	for _, extension := range extensions {
		path, got := base+extension, files[extension]
		_, wanted := files[extension]
		want, err := os.ReadFile(path)
		switch {
		case *update && wanted:
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		case *update:
			os.Remove(path)
		case wanted != (err == nil):
			t.Errorf("%s: there %v, wanted %v (go test ./internal/cli -update writes it)\n%s", path, err == nil, wanted, got)
		case string(want) != got:
			t.Errorf("%s (-golden +now):\n%s", path, cmp.Diff(string(want), got))
		}
	}
}

// internals are words of CUE and Go, which no user should have to know.
var internals = regexp.MustCompile(`disjunction|out of bound|#Run|#Job|conflicting values|incomplete value|cannot unmarshal|%!|panic|goroutine`)

func TestNoInternalsInMessages(t *testing.T) {
	paths, _ := filepath.Glob("../../golden/*/*.txt")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if found := internals.Find(text); found != nil {
			t.Errorf("%s speaks of %q", path, found)
		}
	}
}

func TestEveryCodeHasAFixture(t *testing.T) {
	missing := map[diag.Code]bool{}
	for _, code := range diag.Codes() {
		wrong, _, _ := diag.Examples(code)
		missing[code] = !wrong.Illustration // what no input can provoke has none
	}
	maps.DeleteFunc(missing, func(_ diag.Code, provoked bool) bool { return !provoked })
	for code := range shownCodes(t) {
		delete(missing, code)
	}
	if len(missing) > 0 {
		t.Errorf("no refused fixture shows %v", slices.Sorted(maps.Keys(missing)))
	}
}

var shownCode = regexp.MustCompile(`(?m)^\S.* \[([a-z-]+)\]$`)

// shownCodes gives, for each code, the first message among the golden texts that carries it.
func shownCodes(t *testing.T) map[diag.Code]string {
	t.Helper()
	shown := map[diag.Code]string{}
	paths, _ := filepath.Glob("../../golden/*/*.txt")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		messages := string(text)
		if strings.HasPrefix(messages, "exit ") {
			_, messages, _ = strings.Cut(messages, "\n")
		}
		for message := range strings.SplitSeq(messages, "\n\n") {
			if match := shownCode.FindStringSubmatch(message); match != nil && shown[diag.Code(match[1])] == "" {
				shown[diag.Code(match[1])] = strings.TrimRight(message, "\n")
			}
		}
	}
	return shown
}

// TestEveryWarningCanBeAllowed: a warning that is shown can be said to be meant, and no code that is none of ours. A policy is
// not a run's to allow.
func TestEveryWarningCanBeAllowed(t *testing.T) {
	for code, said := range shownCodes(t) {
		if allowed := slices.Contains(schema.TypeLintCode.Enum, string(code)); !allowed && strings.Contains(said, ": warning: ") && code != diag.IdleAllowance && code != diag.Policy {
			t.Errorf("#LintCode in schema/run.cue lacks %s", code)
		}
	}
	for _, code := range schema.TypeLintCode.Enum {
		if !slices.Contains(diag.Codes(), diag.Code(code)) {
			t.Errorf("#LintCode has %s, which is no code", code)
		}
	}
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "../../fixtures/scripts", UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error { env.Setenv("HOME", env.WorkDir); return nil },
		Condition: func(condition string) (bool, error) {
			path, ok := strings.CutPrefix(condition, "exists:")
			if !ok {
				return false, fmt.Errorf("unknown condition %s", condition)
			}
			_, err := os.Stat(path)
			return err == nil, nil
		},
	})
}
