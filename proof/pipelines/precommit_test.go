package pipelines

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"berth/proof/product"
	"sigs.k8s.io/yaml"
)

// hook is an entry of .pre-commit-hooks.yaml, or of the hooks of a repository's own configuration.
type hook struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	Description   string `json:"description"`
	Entry         string `json:"entry"`
	Language      string `json:"language"`
	AlwaysRun     bool   `json:"always_run"`
	PassFilenames bool   `json:"pass_filenames"`
	RequireSerial bool   `json:"require_serial"`
}

// declaredHook is the hook of that name as the product declares it, to be run with the binary at hand instead of one
// that pre-commit builds: that is all that `language: golang` adds.
func declaredHook(t *testing.T, id string) hook {
	t.Helper()
	root, err := product.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var hooks []hook
	if err := yaml.UnmarshalStrict(text, &hooks); err != nil {
		t.Fatal(err)
	}
	for _, h := range hooks {
		if h.ID == id {
			if h.Language != "golang" || h.PassFilenames || !h.AlwaysRun || !h.RequireSerial {
				t.Fatalf("%+v", h)
			}
			h.Language = "system"
			return h
		}
	}
	t.Fatalf("there is no hook %s", id)
	return hook{}
}

// installers install a hook into the repository in dir.
var installers = map[string]func(t *testing.T, dir string, h hook){"pre-commit": realPreCommit, "documented steps": documentedSteps}

// realPreCommit uses the program itself.
func realPreCommit(t *testing.T, dir string, h hook) {
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Skip("pre-commit is not installed")
	}
	config, err := yaml.Marshal(map[string]any{"repos": []any{map[string]any{"repo": "local", "hooks": []hook{h}}}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, ".pre-commit-config.yaml", string(config))
	shell(t, dir, "pre-commit install")
}

// documentedSteps does what pre-commit's documentation says of a hook that is always run and takes no file names: what
// is not staged is put aside, the entry runs, and the hook fails when it exits with anything but 0 or changed a file
// that git knows.
func documentedSteps(t *testing.T, dir string, h hook) {
	script := fmt.Sprintf(`#!/bin/sh
patch=$(mktemp)
git diff --ignore-submodules --binary >"$patch"
git checkout -q -- .
before=$(git diff --no-ext-diff --ignore-submodules)
%s
code=$?
[ "$before" = "$(git diff --no-ext-diff --ignore-submodules)" ] || code=1
[ ! -s "$patch" ] || git apply "$patch" || { git checkout -q -- . && git apply "$patch"; }
exit $code
`, h.Entry)
	write(t, dir, ".git/hooks/pre-commit", script)
	if err := os.Chmod(filepath.Join(dir, ".git/hooks/pre-commit"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// TestPreCommit commits to a repository with the hooks. A fresh tree passes; a stale one does not; the hook that builds
// fails once and passes when what it wrote is staged, also where that are new files alone.
func TestPreCommit(t *testing.T) {
	t.Setenv("PATH", filepath.Dir(buildBerth(t))+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("PRE_COMMIT_HOME", t.TempDir())
	for way, install := range installers {
		t.Run(way+", berth-check", func(t *testing.T) {
			dir := repository(t)
			install(t, dir, declaredHook(t, "berth-check"))
			stage(t, dir)
			commits(t, dir, true, "a fresh tree")
			edit(t, dir, "runs/train.yaml", "image: a:1", "image: a:2")
			stage(t, dir)
			commits(t, dir, false, "a stale tree")
			commits(t, dir, false, "a stale tree again, which nobody mended")
			shell(t, dir, "berth build && git add .")
			commits(t, dir, true, "the tree built")
			shell(t, dir, "git rm -q runs/other.yaml")
			commits(t, dir, false, "a run deleted, its files not")
		})
		t.Run(way+", berth-build", func(t *testing.T) {
			dir := repository(t)
			install(t, dir, declaredHook(t, "berth-build"))
			stage(t, dir)
			commits(t, dir, true, "a fresh tree")
			edit(t, dir, "runs/train.yaml", "image: a:1", "image: a:2")
			stage(t, dir)
			commits(t, dir, false, "files changed")
			stage(t, dir)
			commits(t, dir, true, "files changed, staged")
			write(t, dir, "runs/new.yaml", "action: job\nimage: b:1\n")
			stage(t, dir)
			commits(t, dir, false, "files new")
			stage(t, dir)
			commits(t, dir, true, "files new, staged")
			write(t, dir, "runs/new.yaml", "acton: job\nimage: b:1\n")
			stage(t, dir)
			commits(t, dir, false, "a mistake")
			stage(t, dir)
			commits(t, dir, false, "a mistake again")
		})
	}
}

// repository is a new repository with a project that is built and committed.
func repository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "berth.yaml", "apiVersion: berth/v1\nkind: Project\nmetadata: {name: fleet}\nspec: {namespace: ml}\n")
	write(t, dir, "runs/train.yaml", "action: job\nimage: a:1\n")
	write(t, dir, "runs/other.yaml", "action: job\nimage: a:1\n")
	shell(t, dir, "git init -q . && git config user.name test && git config user.email test@example.com && berth build && git add . && git commit -q -m begin")
	return dir
}

func stage(t *testing.T, dir string) {
	t.Helper()
	shell(t, dir, "git add --all .")
}

// commits tries a commit, with or without changes, and holds whether it has to succeed.
func commits(t *testing.T, dir string, want bool, what string) {
	t.Helper()
	cmd := exec.Command("git", "commit", "--allow-empty", "-m", what)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if (err == nil) != want {
		t.Errorf("%s: committed %v\n%s", what, err == nil, out)
	}
}

func shell(t *testing.T, dir, script string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func edit(t *testing.T, dir, name, from, to string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, name, strings.Replace(string(text), from, to, 1))
}
