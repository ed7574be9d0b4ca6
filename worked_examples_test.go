package main

import (
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The worked examples of the page about the house are changes: each says what is written by hand, what is generated, and
// what then has to pass. That they can be made is always tested; BERTH_EXAMPLES=1 makes them, in a copy of the repository.
const (
	housePage   = "docs/architecture.md"
	examplesEnv = "BERTH_EXAMPLES"
)

// example is a worked example.
type example struct {
	title    string
	edits    []edit
	commands []string // that generate, and then test
	made     []string // the files that they write
}

// edit puts a text into a file: after the line that begins with an anchor, instead of it, at the end, or as a new file.
type edit struct {
	file, verb, anchor, text string
}

var (
	exampleTitle = regexp.MustCompile(`(?m)^### Example: (.+)$`)
	exampleEdit  = regexp.MustCompile("(?m)^(?:New, `([^`]+)`|In `([^`]+)`, (at the end|after|instead of)(?: ``? ?(.+?) ?``?)?):\n\n```[a-z]*\n((?s:.*?))```$")
	exampleRun   = regexp.MustCompile("(?m)^Then `(.+)`")
	exampleMade  = regexp.MustCompile(`(?m)^That writes (.+)\.$`)
	inBackticks  = regexp.MustCompile("`([^`]+)`")
)

func readExamples(t *testing.T) []example {
	t.Helper()
	page, err := os.ReadFile(housePage)
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	text := string(page)
	starts := exampleTitle.FindAllStringSubmatchIndex(text, -1)
	for i, at := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		all = append(all, readExample(text[at[2]:at[3]], text[at[1]:end]))
	}
	if len(all) < 7 {
		t.Fatalf("%s has %d worked examples", housePage, len(all))
	}
	return all
}

func readExample(title, text string) example {
	e := example{title: title}
	for _, m := range exampleEdit.FindAllStringSubmatch(text, -1) {
		e.edits = append(e.edits, edit{m[1] + m[2], m[3], m[4], m[5]})
	}
	for _, m := range exampleRun.FindAllStringSubmatch(text, -1) {
		for _, command := range inBackticks.FindAllStringSubmatch("`"+m[1]+"`", -1) {
			e.commands = append(e.commands, command[1])
		}
	}
	if m := exampleMade.FindStringSubmatch(text); m != nil {
		for _, file := range inBackticks.FindAllStringSubmatch(m[1], -1) {
			e.made = append(e.made, file[1])
		}
	}
	return e
}

// apply is the file's text with the edit.
func (e edit) apply(t *testing.T, before string) string {
	t.Helper()
	if e.verb == "" {
		if before != "" {
			t.Errorf("%s is there already", e.file)
		}
		return e.text
	}
	if e.verb == "at the end" {
		return before + "\n" + e.text
	}
	var out []string
	found := 0
	for line := range strings.Lines(before) {
		if !strings.HasPrefix(strings.TrimSpace(line), e.anchor) {
			out = append(out, line)
			continue
		}
		if found++; e.verb == "after" {
			out = append(out, line)
		}
		out = append(out, e.text)
	}
	if found != 1 {
		t.Errorf("%s has %d lines that begin with %q", e.file, found, e.anchor)
	}
	return strings.Join(out, "")
}

// files are the files that are written by hand, in order.
func (e example) files() []string {
	var names []string
	for _, edit := range e.edits {
		names = append(names, edit.file)
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// write makes the example's changes to the files below a folder.
func (e example) write(t *testing.T, from, to string) {
	t.Helper()
	texts := map[string]string{}
	for _, edit := range e.edits {
		before, known := texts[edit.file]
		if !known {
			data, err := os.ReadFile(filepath.Join(from, edit.file))
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			before = string(data)
		}
		texts[edit.file] = edit.apply(t, before)
	}
	for name, text := range texts {
		if strings.HasSuffix(name, ".go") {
			if formatted, err := format.Source([]byte(text)); err != nil || string(formatted) != text {
				t.Errorf("%s would not be formatted: %v", name, err)
			}
		}
		path := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWorkedExamplesFit holds that each example can still be written as the page says.
func TestWorkedExamplesFit(t *testing.T) {
	for _, e := range readExamples(t) {
		t.Run(e.title, func(t *testing.T) {
			if len(e.edits) == 0 || len(e.commands) == 0 {
				t.Errorf("%d edits and %d commands: the page is not read as it is meant", len(e.edits), len(e.commands))
			}
			e.write(t, ".", t.TempDir())
		})
	}
}

// TestWorkedExamples makes the examples one after the other in a copy of the repository. After each its tests pass, and
// what has changed is what the page lists.
func TestWorkedExamples(t *testing.T) {
	if os.Getenv(examplesEnv) == "" {
		t.Skip(examplesEnv + " is not set: minutes of building")
	}
	dir := t.TempDir()
	shell(t, ".", "git ls-files -z | tar --null -T - -cf - | tar -xf - -C '"+dir+"'")
	shell(t, dir, "git init -q && git add -A && git -c user.name=t -c user.email=t@example.com commit -qm before")
	for _, e := range readExamples(t) {
		t.Run(e.title, func(t *testing.T) {
			e.write(t, dir, dir)
			for _, command := range e.commands {
				shell(t, dir, command)
			}
			changed := strings.Fields(shell(t, dir, "git add -A && git diff --cached --name-only"))
			listed := slices.Sorted(slices.Values(append(e.files(), e.made...)))
			if diff := cmp.Diff(listed, changed); diff != "" {
				t.Errorf("what the page lists, and what has changed:\n%s", diff)
			}
			t.Logf("by hand %s: %s", e.files(), strings.TrimSpace(shell(t, dir, "git diff --cached --shortstat -- "+strings.Join(e.files(), " "))))
			shell(t, dir, "git -c user.name=t -c user.email=t@example.com commit -qm example")
		})
	}
}

func shell(t *testing.T, dir, command string) string {
	t.Helper()
	c := exec.Command("bash", "-c", "set -eo pipefail; "+command)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}
