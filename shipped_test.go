package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// shipped are the files around the program that other programs read.
var shipped = []string{
	".goreleaser.yaml", ".golangci.yaml", "action.yml", ".pre-commit-hooks.yaml",
	".github/workflows/ci.yaml", ".github/workflows/proof.yaml", ".github/workflows/release.yaml",
	".github/ISSUE_TEMPLATE/bug.yaml", ".github/ISSUE_TEMPLATE/wish.yaml", ".github/ISSUE_TEMPLATE/config.yml",
}

func TestShippedFilesAreYAML(t *testing.T) {
	for _, path := range shipped {
		var any map[string]any
		text, err := os.ReadFile(path)
		if path == ".pre-commit-hooks.yaml" {
			text = []byte("hooks:\n" + regexp.MustCompile(`(?m)^`).ReplaceAllString(string(text), "  "))
		}
		if err == nil {
			err = yaml.UnmarshalStrict(text, &any)
		}
		if err != nil || len(any) == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
}

var named = regexp.MustCompile("(?:^|[\\s\"'(`=<])((?:\\.\\./)*(?:\\.ci|packaging|tools|docs|renovate|schema|proof|editors)/[A-Za-z0-9_./-]*[A-Za-z0-9])")

// TestShippedFilesNameWhatIsThere: what the files around the program call or link is in the repository.
func TestShippedFilesNameWhatIsThere(t *testing.T) {
	files := append([]string{"CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md", "flake.nix", "packaging/action.sh", "packaging/generate.sh",
		"packaging/Dockerfile", "packaging/homebrew/berth.rb"}, shipped...)
	generated := []string{"packaging/generated", "packaging/berth", "tools/berth"}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range named.FindAllStringSubmatch(string(text), -1) {
			name := match[1]
			if slices.ContainsFunc(generated, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
				continue
			}
			if _, err := os.Stat(name); err != nil {
				t.Errorf("%s names %s, which is not there", path, name)
			}
		}
	}
}

// bump is what a bot has to know of an image.
type bump struct{ Name, Tag, Digest string }

const digest = "sha256:4b825dc642cb6eb9a060e54bf8d69288fbee4904f8a1d0c1b7a4a1e8f0c0d1e2"

// TestRenovate holds the preset's expressions, which Renovate runs with the same engine as Go's, against files of all
// formats: each image is found with its name, tag and digest, and nothing else.
func TestRenovate(t *testing.T) {
	for _, c := range []struct {
		file, text string
		want       []bump
	}{
		{"runs/a.yaml", "name: a\nimage: ghcr.io/acme/churn:1.4\nsidecars:\n  - image: \"ghcr.io/acme/proxy:v2\" # a comment\n  - {name: x, image: localhost:5000/a/b_c:1.0-rc1}\n",
			[]bump{{"ghcr.io/acme/churn", "1.4", ""}, {"ghcr.io/acme/proxy", "v2", ""}, {"localhost:5000/a/b_c", "1.0-rc1", ""}}},
		{"team/runs/deep/a.yml", "spec: {action: job, image: 'python:3.14-slim'}\n", []bump{{"python", "3.14-slim", ""}}},
		{"runs/a.yaml", "image: ghcr.io/acme/churn:1.4@" + digest + "\nimage_pull_policy: Always\nimage_user: numeric\n", []bump{{"ghcr.io/acme/churn", "1.4", digest}}},
		{"runs/a.json", `{"name":"a","image":"ghcr.io/acme/churn:1.4","volumes":[{"spec":{"image": "ghcr.io/acme/model:3"}}]}`,
			[]bump{{"ghcr.io/acme/churn", "1.4", ""}, {"ghcr.io/acme/model", "3", ""}}},
		{"runs/a.cue", "image:  \"ghcr.io/acme/churn:1.4\"\nspec: image: \"ghcr.io/acme/etl:5.2\"\n", []bump{{"ghcr.io/acme/churn", "1.4", ""}, {"ghcr.io/acme/etl", "5.2", ""}}},
		{"runs/a.jsonnet", "{ name: 'a', image: 'ghcr.io/acme/churn:1.4', 'image': \"busybox:1\" }", []bump{{"ghcr.io/acme/churn", "1.4", ""}, {"busybox", "1", ""}}},
		{"runs/a.jsonnet", "{ image: 'ghcr.io/acme/' + name + ':1.4' }", nil}, // which no bot can know
		{"profiles/gpu.yaml", "spec: {default: {sidecars: [{name: dcgm, image: nvcr.io/nvidia/dcgm:4.4}]}}\n", []bump{{"nvcr.io/nvidia/dcgm", "4.4", ""}}},
		{"berth.yaml", "spec:\n  defaults:\n    init_containers: [{name: a, image: acme/wait:2}]\n", []bump{{"acme/wait", "2", ""}}},
		{"images.lock", "# held\nghcr.io/acme/churn:1.4 " + digest + "\n  python:3.14 \t" + digest + " # why\n", []bump{{"ghcr.io/acme/churn", "1.4", digest}, {"python", "3.14", digest}}},
		{"manifests/runs/a.yaml", "image: ghcr.io/acme/churn:1.4\n", nil},
		{"docs/a.yaml", "image: ghcr.io/acme/churn:1.4\n", nil},
	} {
		if got := bumps(t, c.file, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q gives %+v, want %+v", c.file, c.text, got, c.want)
		}
	}
}

// bumps are what the preset finds in a file.
func bumps(t *testing.T, file, content string) (found []bump) {
	t.Helper()
	var preset struct {
		IgnorePaths    []string `json:"ignorePaths"`
		CustomManagers []struct {
			ManagerFilePatterns, MatchStrings []string
		} `json:"customManagers"`
	}
	text, err := os.ReadFile("renovate/runs.json")
	if err == nil {
		err = json.Unmarshal(text, &preset)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, ignored := range preset.IgnorePaths {
		if strings.HasPrefix(file, strings.TrimSuffix(ignored, "**")) {
			return nil
		}
	}
	for _, m := range preset.CustomManagers {
		if !slices.ContainsFunc(m.ManagerFilePatterns, func(p string) bool { return regexp.MustCompile(strings.Trim(p, "/")).MatchString(file) }) {
			continue
		}
		for _, expression := range m.MatchStrings {
			e := regexp.MustCompile(expression)
			for _, match := range e.FindAllStringSubmatch(content, -1) {
				part := func(name string) string { return match[e.SubexpIndex(name)] }
				found = append(found, bump{part("depName"), part("currentValue"), part("currentDigest")})
			}
		}
	}
	return found
}

// TestActionSteps runs the steps of action.yml as a runner does: the program of the checkout is built and found, checks a
// project, and writes what merging would do into the summary.
func TestActionSteps(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	work, temp := t.TempDir(), t.TempDir()
	path, summary := filepath.Join(temp, "path"), filepath.Join(temp, "summary")
	environment := append(os.Environ(), "HOME_OF_ACTION="+home, "RUNNER_TEMP="+temp, "GITHUB_PATH="+path, "GITHUB_STEP_SUMMARY="+summary, "DIRECTORY=project", "GITHUB_BASE_REF=main", "VERSION=")
	do := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = work, environment
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	step := func(name string) string { return do(bash, filepath.Join(home, "packaging/action.sh"), name) }
	if said := step("install"); !strings.HasPrefix(said, "berth ") {
		t.Errorf("install says %q", said)
	}
	added, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	environment = append(environment, "PATH="+strings.TrimSpace(string(added))+string(os.PathListSeparator)+os.Getenv("PATH"))
	git := func(args ...string) {
		do("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"}, args...)...)
	}
	do(filepath.Join(strings.TrimSpace(string(added)), "berth"), "init", "project")
	do(filepath.Join(strings.TrimSpace(string(added)), "berth"), "-C", "project", "build")
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "before")
	git("update-ref", "refs/remotes/origin/main", "HEAD")
	step("check")
	run := filepath.Join(work, "project", "runs", "train.yaml")
	text, err := os.ReadFile(run)
	if err == nil {
		err = os.WriteFile(run, []byte(strings.Replace(string(text), "churn:1.4", "churn:1.5", 1)), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	step("diff")
	if said, err := os.ReadFile(summary); err != nil || !strings.Contains(string(said), "churn-train") {
		t.Errorf("the summary: %v\n%s", err, said)
	}
}
