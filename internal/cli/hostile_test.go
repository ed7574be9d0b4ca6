package cli_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestHostileSizes builds small files that ask for more work than anyone could wait for. Each is refused, and says why.
func TestHostileSizes(t *testing.T) {
	many := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.NewReplacer("%i", fmt.Sprint(i), "%n", fmt.Sprint(i+1)).Replace(format))
		}
		return b.String()
	}
	profile := "---\napiVersion: berth/v1\nkind: Profile\nmetadata: {name: %s}\nspec: {extends: [p%d, q%d]}\n"
	var diamonds strings.Builder
	for i := range 40 {
		fmt.Fprintf(&diamonds, profile+profile, fmt.Sprint("p", i), i+1, i+1, fmt.Sprint("q", i), i+1, i+1)
	}
	const last = "---\napiVersion: berth/v1\nkind: Profile\nmetadata: {name: %s}\nspec: {default: {labels: {a: b}}}\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a run of many values":  {map[string]string{"runs/a.yaml": aRun + "envs:\n" + many("- {name: A%i, value: x}\n", 8_000)}, "more than 20000 values"},
		"unknown fields":        {map[string]string{"runs/a.yaml": aRun + many("f%i: x\n", 30_000)}, "more than 20000 values"},
		"a profile of many":     {map[string]string{"profiles/p.yaml": "apiVersion: berth/v1\nkind: Profile\nmetadata: {name: p}\nspec:\n  default:\n    labels:\n" + many("      a%i: x\n", 30_000), "runs/a.yaml": aRun + "profile: p\n"}, "more than 20000 values"},
		"environments of a run": {map[string]string{"runs/a.yaml": aRun + "environments:\n" + many("  e%i: {replicas: 1}\n", 500)}, "declare 500 environments"},
		"environments":          {map[string]string{"berth.yaml": aProject[:len(aProject)-2] + ", environments: {" + many("e%i: {}, ", 500) + "}}\n"}, "declare 500 environments"},
		"profiles that double":  {map[string]string{"profiles/p.yaml": diamonds.String() + fmt.Sprintf(last+last, "p40", "q40"), "runs/a.yaml": aRun + "profile: p0\n"}, "extends more than 100 profiles"},
		"aliases":               {map[string]string{"runs/a.yaml": "a0: &a0 [x, x]\n" + many("a%n: &a%n [*a%i, *a%i]\n", 30)}, "more than 10,000 values"},
		"documents":             {map[string]string{"runs/a.yaml": many("---\nname: r%i\n", 10_001)}, "more than 10,000 documents"},
		"a file":                {map[string]string{"runs/a.yaml": strings.Repeat("# filler\n", 1<<19)}, "larger than 4 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, with(c.files, "berth.yaml", aProject))
			if r := run(dir, "build"); r.exit != 1 || !strings.Contains(r.stderr, c.want) {
				t.Errorf("exit %d, want %q in:\n%.2000s", r.exit, c.want, r.stderr)
			}
		})
	}
}

// treeEntry is what a tree says of a file, link, folder or submodule.
type treeEntry struct {
	mode, name, hash string
}

// hostileTree writes commits whose trees no `git add` makes, entry by entry.
type hostileTree struct {
	t   *testing.T
	dir string // of the repository
}

// git calls git with an input, and returns its answer.
func (h hostileTree) git(input io.Reader, args ...string) string {
	h.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin, cmd.Env = h.dir, input, append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	if err != nil {
		h.t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

func (h hostileTree) store(kind, content string) string {
	h.t.Helper()
	return h.git(strings.NewReader(content), "hash-object", "-w", "--literally", "--stdin", "-t", kind)
}

// tree stores entries as they are given: `git mktree` would sort them and refuse some.
func (h hostileTree) tree(entries []treeEntry) string {
	h.t.Helper()
	var content strings.Builder
	for _, e := range entries {
		raw, err := hex.DecodeString(e.hash)
		if err != nil {
			h.t.Fatal(err)
		}
		fmt.Fprintf(&content, "%s %s\x00%s", e.mode, e.name, raw)
	}
	return h.store("tree", content.String())
}

func (h hostileTree) file(name, text string) treeEntry {
	return treeEntry{"100644", name, h.store("blob", text)}
}

func (h hostileTree) link(name, to string) treeEntry {
	return treeEntry{"120000", name, h.store("blob", to)}
}

func (h hostileTree) folder(name string, entries ...treeEntry) treeEntry {
	return treeEntry{"40000", name, h.tree(entries)}
}

func (h hostileTree) commit(entries ...treeEntry) string {
	return h.store("commit", fmt.Sprintf("tree %s\nauthor A <a@acme.example> 0 +0000\ncommitter A <a@acme.example> 0 +0000\n\nhostile\n", h.tree(entries)))
}

// TestHostileCommits compares with commits that an attacker made. None writes outside of its own folder, shows what lies
// there, or is anything but an answer or a refusal.
func TestHostileCommits(t *testing.T) {
	top := t.TempDir()
	dir, temporary := filepath.Join(top, "project"), filepath.Join(top, "tmp")
	write(t, top, map[string]string{"outside.yaml": "x: " + canary + "\n", "tmp/outside.yaml": "x: " + canary + "\n"})
	write(t, dir, map[string]string{"berth.yaml": aProject, "runs/a.yaml": aRun})
	t.Setenv("TMPDIR", temporary)
	h := hostileTree{t, dir}
	h.git(nil, "init", "-q", ".")
	project, a := h.file("berth.yaml", aProject), h.file("a.yaml", aRun)
	runs := h.folder("runs", a)
	bomb := h.folder("bomb")
	for range 8 {
		entries := []treeEntry{}
		for i := range 10 {
			entries = append(entries, treeEntry{"40000", fmt.Sprint("d", i), bomb.hash})
		}
		bomb = h.folder("bomb", entries...)
	}
	const nowhere = "1234567890123456789012345678901234567890"
	before := contents(t, top)
	for name, c := range map[string]struct {
		exit    int // 0 no difference, 1 a difference, 2 refused
		entries []treeEntry
	}{
		"a run that is a link out":     {1, []treeEntry{project, h.folder("runs", a, h.link("b.yaml", "../../../outside.yaml"))}},
		"an absolute link":             {1, []treeEntry{project, h.folder("runs", a, h.link("b.yaml", filepath.Join(top, "outside.yaml")))}},
		"a link by way of another":     {1, []treeEntry{h.folder("p", h.folder("q", h.link("l", "../.."))), project, h.folder("runs", a, h.link("b.yaml", "../p/q/l/../outside.yaml"))}},
		"the project is a link":        {1, []treeEntry{h.link("berth.yaml", "../outside.yaml"), runs}},
		"the runs are a link":          {1, []treeEntry{project, h.link("runs", "..")}},
		"links in a circle":            {1, []treeEntry{project, h.folder("runs", a, h.link("b.yaml", "c.yaml"), h.link("c.yaml", "b.yaml"))}},
		"a name that goes up":          {2, []treeEntry{h.file("../evil.yaml", "x"), project, runs}},
		"a folder that goes up":        {2, []treeEntry{h.folder("..", h.file("evil.yaml", "x")), project, runs}},
		"an absolute name":             {2, []treeEntry{h.file(filepath.Join(top, "evil.yaml"), "x"), project, runs}},
		"a name of Git's":              {2, []treeEntry{h.folder(".git", h.file("config", "[core]\n\tfsmonitor = touch evil\n")), project, runs}},
		"a link and a folder":          {2, []treeEntry{project, h.link("runs", "../../project"), runs}},
		"two names but for their case": {1, []treeEntry{project, h.folder("runs", a, h.file("A.yaml", aRun))}},
		"a submodule":                  {0, []treeEntry{project, runs, {"160000", "sub", nowhere}}},
		"a missing blob":               {2, []treeEntry{project, h.folder("runs", treeEntry{"100644", "a.yaml", nowhere})}},
		"a huge file":                  {0, []treeEntry{project, h.folder("runs", a, h.file("b.yaml", strings.Repeat("# filler\n", 1<<19)))}},
		"countless empty folders":      {2, []treeEntry{bomb, project, runs}},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(dir, "diff", "--against", h.commit(c.entries...))
			if r.exit != c.exit {
				t.Errorf("exit %d, want %d:\n%s%s", r.exit, c.exit, r.stdout, r.stderr)
			}
			if strings.Contains(r.stdout+r.stderr, canary) {
				t.Errorf("what lies outside is shown:\n%s%s", r.stdout, r.stderr)
			}
			if left, _ := os.ReadDir(temporary); len(left) > 1 {
				t.Errorf("%d files are left", len(left))
			}
			after := contents(t, top)
			maps.DeleteFunc(after, func(path, _ string) bool { return strings.Contains(filepath.ToSlash(path), "/project/.git/objects/") })
			for path, text := range after {
				if before[path] != text {
					t.Errorf("%s was written: %q", path, text)
				}
			}
		})
	}
}
