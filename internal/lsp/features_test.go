package lsp_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type place struct {
	URI   string
	Range span
}

// places are what a request answers at the mark of a text, as file:line.
func (c *client) places(method, name, text string, more object) []string {
	c.t.Helper()
	text, at := positionOf(c.t, text)
	c.edit(name, text)
	c.settle(name)
	params := c.at(name, at)
	for k, v := range more {
		params[k] = v
	}
	var found []place
	c.decode(c.call("textDocument/"+method, params), &found)
	var lines []string
	for _, p := range found {
		lines = append(lines, fmt.Sprintf("%s:%d", strings.TrimPrefix(p.URI, fileURI(c.root)+"/"), p.Range.Start.Line+1))
	}
	slices.Sort(lines)
	return lines
}

func TestDefinition(t *testing.T) {
	c := start(t, sample(t), object{}, nil)
	for _, name := range []string{"runs/train.yaml", "profiles/trainer.yaml"} {
		c.open(name)
	}
	write(t, c.root, map[string]string{"profiles/night.yaml": "apiVersion: berth/v1\nkind: Profile\nmetadata: {name: night}\nspec:\n  extends: trainer\n"})
	c.open("profiles/night.yaml")
	c.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": fileURI(c.path("profiles/night.yaml")), "type": 1}}})
	for _, at := range []struct{ name, text, want string }{
		{"runs/train.yaml", strings.Replace(train, "profile: t", "profile: t|", 1), "profiles/trainer.yaml:3"},
		{"runs/train.yaml", strings.Replace(train, "gpu: 4", "gpu: |4", 1), "profiles/trainer.yaml:8"},
		{"runs/train.yaml", strings.Replace(train, "gpu: 4", "cpu: |4", 1), "profiles/trainer.yaml:7"},
		{"runs/train.yaml", train + "environments:\n  pr|od: {image: b}\n", "berth.yaml:7"},
		{"runs/train.yaml", strings.Replace(train, "profile: trainer", "profile: a100|-80gb", 1), ""}, // of the catalog, in no file
		{"profiles/night.yaml", "apiVersion: berth/v1\nkind: Profile\nmetadata: {name: night}\nspec:\n  extends: train|er\n", "profiles/trainer.yaml:3"},
	} {
		if got := strings.Join(c.places("definition", at.name, at.text, nil), " "); got != at.want {
			t.Errorf("%s %q leads to %q, not %q", at.name, at.text, got, at.want)
		}
	}
}

func TestReferences(t *testing.T) {
	c := start(t, sample(t), object{}, nil)
	write(t, c.root, map[string]string{"runs/second.yaml": "action: job\nimage: b\nprofile: trainer\nservice_account: trainer\n"})
	for _, name := range []string{"runs/train.yaml", "profiles/trainer.yaml"} {
		c.open(name)
	}
	with := object{"context": object{"includeDeclaration": true}}
	for _, at := range []struct {
		name, text string
		more       object
		want       string
	}{
		{"profiles/trainer.yaml", strings.Replace(trainer, "name: trainer", "name: tra|iner", 1), nil, "runs/second.yaml:3 runs/train.yaml:4"},
		{"runs/train.yaml", strings.Replace(train, "profile: t", "profile: t|", 1), with, "profiles/trainer.yaml:3 runs/second.yaml:3 runs/train.yaml:4"},
		{"runs/train.yaml", strings.Replace(train, "service_account: t", "service_account: t|", 1), nil, "runs/second.yaml:4 runs/train.yaml:8"},
		{"runs/train.yaml", strings.Replace(train, "image: g", "image: g|", 1), nil, ""},
	} {
		if got := strings.Join(c.places("references", at.name, at.text, at.more), " "); got != at.want {
			t.Errorf("%s %q is named at %q, not %q", at.name, at.text, got, at.want)
		}
	}
}

func TestSymbols(t *testing.T) {
	c := start(t, sample(t), object{}, nil)
	c.open("runs/train.yaml", train+"---\nname: second\naction: job\n---\nbroken: {\n")
	type symbol struct {
		Name, Detail          string
		Range, SelectionRange span
		Children              []symbol
	}
	var symbols []symbol
	c.decode(c.call("textDocument/documentSymbol", object{"textDocument": c.document("runs/train.yaml")}), &symbols)
	if len(symbols) < 2 || symbols[0].Name != "train" || symbols[0].Detail != "Run" || symbols[1].Name != "second" {
		t.Fatalf("%+v", symbols)
	}
	names := func(list []symbol) (names []string) {
		for _, s := range list {
			names = append(names, s.Name)
		}
		return names
	}
	if got := names(symbols[0].Children); !slices.Contains(got, "volumes") || !slices.Contains(got, "profile") {
		t.Errorf("%q", got)
	}
	volumes := symbols[0].Children[slices.Index(names(symbols[0].Children), "volumes")]
	if got := names(volumes.Children); !slices.Equal(got, []string{"out"}) {
		t.Errorf("the volumes are %q", got)
	}
}

func (c *client) hints(name string) []struct{ Label, Tooltip string } {
	c.t.Helper()
	var hints []struct{ Label, Tooltip string }
	whole := object{"start": object{"line": 0, "character": 0}, "end": object{"line": 99, "character": 0}}
	c.decode(c.call("textDocument/inlayHint", object{"textDocument": c.document(name), "range": whole}), &hints)
	return hints
}

func TestInlayHints(t *testing.T) {
	c := start(t, sample(t), object{}, object{"inlayHints": true})
	c.open("runs/train.yaml")
	c.settle("runs/train.yaml")
	hints := c.hints("runs/train.yaml")
	if len(hints) != 1 || hints[0].Label != "cpu 4, mem 16Gi" {
		t.Errorf("%+v", hints)
	}
	c.notify("workspace/didChangeConfiguration", object{"settings": object{"berth": object{"inlayHints": false}}})
	if hints := c.hints("runs/train.yaml"); len(hints) > 0 {
		t.Errorf("nobody wants %+v", hints)
	}
}

// lenses are the titles above a file's runs.
func (c *client) lenses(name string) []string {
	c.t.Helper()
	c.settle(name)
	var lenses []struct {
		Command struct{ Title, Command string }
	}
	c.decode(c.call("textDocument/codeLens", object{"textDocument": c.document(name)}), &lenses)
	var titles []string
	for _, l := range lenses {
		titles = append(titles, l.Command.Title)
	}
	return titles
}

func hasPrefix(titles []string, prefix string) bool {
	return slices.ContainsFunc(titles, func(title string) bool { return strings.HasPrefix(title, prefix) })
}

func TestCodeLenses(t *testing.T) {
	root := sample(t)
	once := strings.NewReplacer("schedule: \"30 4 * * *\"\n", "", "time_zone: Europe/Berlin\n", "").Replace(train)
	write(t, root, map[string]string{"runs/once.yaml": strings.Replace(once, "name: train", "name: once", 1)})
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=ana", "-c", "user.email=ana@acme.example"}, args...)...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "start")
	c := start(t, root, object{}, nil)
	c.open("runs/train.yaml")
	titles := c.lenses("runs/train.yaml")
	if !hasPrefix(titles, "fits 1 of 2 machines") || !hasPrefix(titles, "next run ") || hasPrefix(titles, "since HEAD") {
		t.Errorf("%q", titles)
	}
	c.edit("runs/train.yaml", strings.Replace(train, "train:1.0", "train:1.1", 1))
	if titles := c.lenses("runs/train.yaml"); !hasPrefix(titles, "since HEAD: ") {
		t.Errorf("a new image: %q", titles)
	}
	c.open("runs/once.yaml")
	c.edit("runs/once.yaml", strings.Replace(c.text["runs/once.yaml"], "train:1.0", "train:1.1", 1))
	if titles := c.lenses("runs/once.yaml"); !hasPrefix(titles, "since HEAD: starts again") {
		t.Errorf("a new image of a Job: %q", titles)
	}
	git("add", ".")
	c.edit("runs/once.yaml", "name: new\naction: job\nimage: b\n")
	if titles := c.lenses("runs/once.yaml"); !hasPrefix(titles, "since HEAD: starts") {
		t.Errorf("a new run: %q", titles)
	}
}

func TestManifests(t *testing.T) {
	c := start(t, sample(t), object{}, nil)
	c.open("runs/train.yaml")
	c.settle("runs/train.yaml")
	show := func(args ...any) (m struct {
		Environment, Text string
		Environments      []string
	}) {
		c.t.Helper()
		c.decode(c.call("workspace/executeCommand", object{"command": "berth.manifests", "arguments": args}), &m)
		return m
	}
	uri := fileURI(c.path("runs/train.yaml"))
	m := show(uri)
	if m.Environment != "dev" || !slices.Equal(m.Environments, []string{"dev", "prod"}) || !strings.Contains(m.Text, "kind: CronJob") || !strings.Contains(m.Text, "namespace: ml-dev") {
		t.Errorf("%+v", m)
	}
	if m := show(uri, "prod"); !strings.Contains(m.Text, "namespace: ml-prod") || strings.Contains(m.Text, "name: api") {
		t.Errorf("%+v", m)
	}
	c.edit("runs/train.yaml", strings.Replace(train, "image:", "imag:", 1))
	if m := show(uri); !strings.HasPrefix(m.Text, "# Nothing is written") || !strings.Contains(m.Text, "runs/train.yaml:3") {
		t.Errorf("%+v", m)
	}
	for _, args := range [][]any{{}, {1}, {uri, 1}, {uri, "dev", "x"}, {fileURI(filepath.Dir(c.root))}} {
		if _, failure := c.ask("workspace/executeCommand", object{"command": "berth.manifests", "arguments": args}); failure == "" {
			t.Errorf("%v is taken", args)
		}
	}
	if _, failure := c.ask("workspace/executeCommand", object{"command": "rm"}); failure == "" {
		t.Error("any command is taken")
	}
}
