package cli_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// canary stands in files outside of a project. Nobody who builds the project may get to see it.
const canary = "canary-outside-of-the-project"

const (
	aProject = "apiVersion: berth/v1\nkind: Project\nmetadata: {name: acme}\nspec: {namespace: ml}\n"
	aRun     = "name: a\naction: job\nimage: x:1\n"
)

// write makes a folder of files; a content that begins with -> is a link to what follows.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		target, isLink := strings.CutPrefix(files[name], "->")
		var err error
		if isLink {
			err = os.Symlink(filepath.FromSlash(target), path)
		} else {
			err = os.WriteFile(path, []byte(files[name]), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestNothingOutsideIsRead has a project reach for what lies beside it, in every way that a file of it can. Each is
// refused, and nothing of the text outside comes out.
func TestNothingOutsideIsRead(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"the project is a link":           {"berth.yaml": "->../outside.yaml", "runs/a.yaml": aRun},
		"a run is a link":                 {"runs/b.yaml": "->../../outside.yaml"},
		"a run is an absolute link":       {"runs/b.yaml": "->/etc/hostname"},
		"a link to a link":                {"runs/b.yaml": "->../c", "c": "->../outside.yaml"},
		"the runs are a link":             {"berth.yaml": strings.Replace(aProject, "ml}", "ml, runs: [up]}", 1), "up": "->.."},
		"runs above":                      {"berth.yaml": strings.Replace(aProject, "ml}", "ml, runs: [..]}", 1)},
		"a profile is a link":             {"profiles/p.yaml": "->../../outside.yaml"},
		"profiles above":                  {"berth.yaml": strings.Replace(aProject, "ml}", "ml, profiles: [../outside.yaml]}", 1)},
		"a profile set above":             {"berth.yaml": strings.Replace(aProject, "ml}", "ml, profile_sets: {x: [../outside.yaml]}}", 1)},
		"a policy is a link":              {"policies/p.cue": "->../../outside.cue"},
		"policies above":                  {"berth.yaml": strings.Replace(aProject, "ml}", "ml, policies: [../outside.cue]}", 1)},
		"a policy embeds":                 {"policies/p.cue": "@extern(embed)\n\nspec: image: _ @embed(file=../outside.yaml,type=text)\n"},
		"a run embeds through a link":     {"runs/b.cue": "@extern(embed)\n\nx: _ @embed(file=\"l.txt\",type=text)\n", "runs/l.txt": "->../../outside.yaml"},
		"a run runs a command":            {"runs/b.cue": "import \"tool/exec\"\n\nx: exec.Run & {cmd: \"cat ../outside.yaml\", stdout: string}\n"},
		"a module of the network":         {"runs/b.cue": "import \"example.com/x@v0\"\n\nx\n"},
		"Jsonnet imports":                 {"runs/b.jsonnet": "import '../../outside.jsonnet'"},
		"Jsonnet imports text":            {"runs/b.jsonnet": "{ x: importstr '../../outside.yaml' }"},
		"Jsonnet imports bytes":           {"runs/b.jsonnet": "{ x: importbin '../../outside.yaml' }"},
		"Jsonnet by an absolute path":     {"runs/b.jsonnet": "{ x: importstr '/etc/hostname' }"},
		"Jsonnet through a link":          {"runs/b.jsonnet": "{ x: importstr 'l.txt' }", "runs/l.txt": "->../../outside.yaml"},
		"Jsonnet through a linked folder": {"runs/b.jsonnet": "{ x: importstr 'up/outside.yaml' }", "runs/up": "->../.."},
		"Jsonnet from the network":        {"runs/b.jsonnet": "import 'https://example.com/x.libsonnet'"},
		"Jsonnet asks the environment":    {"runs/b.jsonnet": "{ x: std.extVar('HOME') }"},
		"the output leads up":             {"berth.yaml": strings.Replace(aProject, "ml}", "ml, output: {path: ../out}}", 1)},
		"the output is absolute":          {"berth.yaml": strings.Replace(aProject, "ml}", "ml, output: {path: /tmp/out}}", 1)},
		"the output is a link":            {"manifests": "->../out"},
		"the output is Git's":             {"berth.yaml": strings.Replace(aProject, "ml}", "ml, output: {path: .git/x}}", 1)},
		"the output is below a link":      {"berth.yaml": strings.Replace(aProject, "ml}", "ml, output: {path: up/out}}", 1), "up": "->.."},
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			dir := filepath.Join(top, "project")
			write(t, top, map[string]string{"outside.yaml": "x: " + canary + "\n", "outside.cue": "#x: \"" + canary + "\"\nspec: image: #x\n",
				"outside.jsonnet": "{ x: '" + canary + "' }", "out/theirs": "theirs"})
			write(t, dir, with(with(files, "berth.yaml", aProject), "runs/a.yaml", aRun))
			before := contents(t, top)
			for _, args := range [][]string{{"build"}, {"check"}, {"build", "--format", "json"}, append([]string{"build"}, filesIn(t, dir, "runs")...)} {
				r := run(dir, args...)
				if r.exit == 0 && args[len(args)-1] == "build" {
					t.Errorf("berth build: exit 0\n%s", r.stdout)
				}
				if strings.Contains(r.stdout+r.stderr, canary) {
					t.Errorf("berth %s shows what lies outside:\n%s%s", strings.Join(args, " "), r.stdout, r.stderr)
				}
			}
			if after := contents(t, top); !maps.Equal(before, after) {
				t.Errorf("something was written: %v", after)
			}
		})
	}
}

// with is a copy of the map that has the key in any case.
func with(files map[string]string, key, value string) map[string]string {
	all := maps.Clone(files)
	if _, ok := all[key]; !ok {
		all[key] = value
	}
	return all
}

// filesIn are the files of a folder, as a shell would name them.
func filesIn(t *testing.T, dir, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, folder, "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		found[i], _ = filepath.Rel(dir, found[i])
	}
	return found
}

// TestSecretsAreNeverShown writes a secret to every place that takes a text, and has every command look at it. None
// repeats it, in whichever format.
func TestSecretsAreNeverShown(t *testing.T) {
	const body = "1234567890abcdefghijklmnopqrstuvwxyz"
	secret := "gh" + "p_" + body
	for name, files := range map[string]map[string]string{
		"env":                      {"runs/a.yaml": aRun + "envs: [{name: A, value: " + secret + "}]\n"},
		"an unknown field":         {"runs/a.yaml": aRun + secret + ": x\n"},
		"a wrong value":            {"runs/a.yaml": aRun + "replicas: " + secret + "\nschedule: " + secret + "\nresources: {cpu: " + secret + "}\n"},
		"a name":                   {"runs/a.yaml": "name: " + secret + "\naction: job\nimage: x:1\n"},
		"a mistake beside it":      {"runs/a.yaml": "name: a\naction: jobb\nimage: x:1\nargs: [" + secret + "]\nimagee: x\n"},
		"a patch of fix beside it": {"runs/a.yaml": aRun + "backoffLimit: \"3\"\nargs: [" + secret + "]\n"},
		"broken YAML":              {"runs/a.yaml": aRun + "args: [" + secret + "\nx: {\n"},
		"broken JSON":              {"runs/a.json": `{"name": "a", "args": ["` + secret + `", }`},
		"patch":                    {"runs/a.yaml": aRun + "patches: [{target: {kind: Job}, patch: {metadata: {annotations: {a: " + secret + "}}}}]\n"},
		"CUE":                      {"runs/a.cue": "name: \"a\"\naction: \"job\"\nimage: \"x:1\"\nargs: [\"" + secret + "\"]\n"},
		"CUE conflict":             {"runs/a.cue": "name: \"a\"\nname: \"" + secret + "\"\n"},
		"CUE error":                {"runs/a.cue": "x: error(\"" + secret + "\")\n"},
		"Jsonnet":                  {"runs/a.jsonnet": "{ name: 'a', action: 'job', image: 'x:1', args: ['" + secret + "'] }"},
		"Jsonnet error":            {"runs/a.jsonnet": "error '" + secret + "'"},
		"profile":                  {"profiles/p.yaml": "apiVersion: berth/v1\nkind: Profile\nmetadata: {name: p}\nspec: {default: {envs: [{name: A, value: " + secret + "}]}}\n"},
		"project":                  {"berth.yaml": strings.Replace(aProject, "ml}", "ml, defaults: {envs: [{name: A, value: "+secret+"}]}}", 1)},
		"policy":                   {"policies/p.cue": "spec: image: \"" + secret + "\"\n"},
		"a file's name":            {"runs/" + secret + ".yaml": "action: jobb\nimage: x:1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, with(with(files, "berth.yaml", aProject), "runs/b.yaml", "action: job\nimage: x:1\n"))
			write(t, filepath.Join(dir, "before"), map[string]string{"berth.yaml": aProject, "runs/b.yaml": "action: job\nimage: x:2\n"})
			for _, args := range [][]string{{"build", "--format", "json"}, {"build", "--format", "sarif"}, {"build", "--format", "github"}, {"build"}, {"build", "--layout", "stream"}, {"check"}, {"diff", "--against", "before"}, {"diff", "--against", "before", "--output", "html"},
				{"explain", "a"}, {"explain", "b"}, {"fix"}, {"profiles"}, {"profiles", "p"}, {"profiles", "--check"}} {
				if r := run(dir, args...); strings.Contains(r.stdout+r.stderr, body[4:16]) {
					t.Errorf("berth %s shows it:\n%s%s", strings.Join(args, " "), r.stdout, r.stderr)
				}
			}
			for path, text := range contents(t, dir) {
				if strings.HasPrefix(filepath.ToSlash(path), "/manifests/") && strings.Contains(path+text, body[4:16]) {
					t.Errorf("it is in %s", path)
				}
			}
		})
	}
}

// TestNamesSteerNoTerminal gives commands names with control characters, as a file or an argument may have.
func TestNamesSteerNoTerminal(t *testing.T) {
	const evil = "a\x1b[31m\x07\u202eb"
	dir := t.TempDir()
	write(t, dir, map[string]string{"berth.yaml": aProject, "runs/" + evil + ".yaml": aRun, "runs/bad" + evil + ".yaml": "imgae: x\n", evil + "/x.yaml": aRun,
		"profiles/" + evil + ".yaml": "apiVersion: berth/v1\nkind: Profile\nmetadata: {name: p}\nspec: {default: {labels: {a: b}}}\n"})
	for _, args := range [][]string{{"build"}, {"build", evil}, {"build", evil + "/x.yaml"}, {"build", "-o", evil, evil + "/x.yaml"}, {"check", "-o", evil, evil + "/x.yaml"},
		{"check", "-o", "new" + evil, evil + "/x.yaml"}, {evil}, {"build", "--layout", evil}, {"build", "--" + evil}, {"build", "--environment", evil}, {"diff", "--against", evil}, {"explain", "a"},
		{"explain", evil}, {"explain", "--from", evil + ":1"}, {"fix"}, {"fix", "--write", evil}, {"errors", evil}, {"profiles"}, {"profiles", "p"}, {"profiles", evil}, {"schema", evil},
		{"init", "started" + evil}, {"import", evil + "/x.yaml"}, {"import", evil}} {
		r := run(dir, args...)
		if i := strings.IndexAny(r.stdout+r.stderr, "\x1b\x07\u202e"); i >= 0 {
			t.Errorf("berth %q lets a control character through:\n%q", args, r.stdout+r.stderr)
		}
	}
}
