package cli_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
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

// hostileTree writes commits whose trees no `git add` makes, entry by entry.
type hostileTree struct {
	t    *testing.T
	repo *git.Repository
}

func (h hostileTree) store(kind plumbing.ObjectType, content []byte) plumbing.Hash {
	h.t.Helper()
	o := h.repo.Storer.NewEncodedObject()
	o.SetType(kind)
	w, err := o.Writer()
	if err == nil {
		_, err = w.Write(content)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	hash, err := h.repo.Storer.SetEncodedObject(o)
	if err != nil {
		h.t.Fatal(err)
	}
	return hash
}

// tree stores entries as they are given: go-git itself would sort them and refuse some.
func (h hostileTree) tree(entries []object.TreeEntry) plumbing.Hash {
	h.t.Helper()
	var content []byte
	for _, e := range entries {
		content = fmt.Appendf(content, "%o %s\x00", e.Mode, e.Name)
		content = append(content, e.Hash[:]...)
	}
	return h.store(plumbing.TreeObject, content)
}

func (h hostileTree) file(name, text string) object.TreeEntry {
	return object.TreeEntry{Name: name, Mode: filemode.Regular, Hash: h.store(plumbing.BlobObject, []byte(text))}
}

func (h hostileTree) link(name, to string) object.TreeEntry {
	return object.TreeEntry{Name: name, Mode: filemode.Symlink, Hash: h.store(plumbing.BlobObject, []byte(to))}
}

func (h hostileTree) folder(name string, entries ...object.TreeEntry) object.TreeEntry {
	return object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: h.tree(entries)}
}

func (h hostileTree) commit(entries ...object.TreeEntry) plumbing.Hash {
	return h.store(plumbing.CommitObject, fmt.Appendf(nil, "tree %s\nauthor A <a@acme.example> 0 +0000\ncommitter A <a@acme.example> 0 +0000\n\nhostile\n", h.tree(entries)))
}

// TestHostileCommits compares with commits that an attacker made. None writes outside of its own folder, shows what lies
// there, or is anything but an answer or a refusal.
func TestHostileCommits(t *testing.T) {
	top := t.TempDir()
	dir, temporary := filepath.Join(top, "project"), filepath.Join(top, "tmp")
	write(t, top, map[string]string{"outside.yaml": "x: " + canary + "\n", "tmp/outside.yaml": "x: " + canary + "\n"})
	write(t, dir, map[string]string{"berth.yaml": aProject, "runs/a.yaml": aRun})
	t.Setenv("TMPDIR", temporary)
	repo, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	h := hostileTree{t, repo}
	project, a := h.file("berth.yaml", aProject), h.file("a.yaml", aRun)
	runs := h.folder("runs", a)
	bomb := h.folder("bomb")
	for range 8 {
		entries := []object.TreeEntry{}
		for i := range 10 {
			entries = append(entries, object.TreeEntry{Name: fmt.Sprint("d", i), Mode: filemode.Dir, Hash: bomb.Hash})
		}
		bomb = h.folder("bomb", entries...)
	}
	before := contents(t, top)
	for name, c := range map[string]struct {
		exit    int // 0 no difference, 1 a difference, 2 refused
		entries []object.TreeEntry
	}{
		"a run that is a link out":     {0, []object.TreeEntry{project, h.folder("runs", a, h.link("b.yaml", "../../../outside.yaml"))}},
		"an absolute link":             {0, []object.TreeEntry{project, h.folder("runs", a, h.link("b.yaml", filepath.Join(top, "outside.yaml")))}},
		"a link by way of another":     {0, []object.TreeEntry{h.folder("p", h.folder("q", h.link("l", "../.."))), project, h.folder("runs", a, h.link("b.yaml", "../p/q/l/../outside.yaml"))}},
		"the project is a link":        {1, []object.TreeEntry{h.link("berth.yaml", "../outside.yaml"), runs}},
		"the runs are a link":          {1, []object.TreeEntry{project, h.link("runs", "..")}},
		"links in a circle":            {0, []object.TreeEntry{project, h.folder("runs", a, h.link("b.yaml", "c.yaml"), h.link("c.yaml", "b.yaml"))}},
		"a name that goes up":          {2, []object.TreeEntry{h.file("../evil.yaml", "x"), project, runs}},
		"a folder that goes up":        {2, []object.TreeEntry{h.folder("..", h.file("evil.yaml", "x")), project, runs}},
		"an absolute name":             {0, []object.TreeEntry{h.file(filepath.Join(top, "evil.yaml"), "x"), project, runs}},
		"a name of Git's":              {2, []object.TreeEntry{h.folder(".git", h.file("config", "[core]\n\tfsmonitor = touch evil\n")), project, runs}},
		"a link and a folder":          {2, []object.TreeEntry{project, h.link("runs", "../../project"), runs}},
		"two names but for their case": {2, []object.TreeEntry{project, h.folder("runs", a, h.file("A.yaml", aRun))}},
		"a submodule":                  {0, []object.TreeEntry{project, runs, {Name: "sub", Mode: filemode.Submodule, Hash: plumbing.NewHash("1234567890123456789012345678901234567890")}}},
		"a missing blob":               {2, []object.TreeEntry{project, h.folder("runs", object.TreeEntry{Name: "a.yaml", Mode: filemode.Regular, Hash: plumbing.NewHash("1234567890123456789012345678901234567890")})}},
		"a huge file":                  {0, []object.TreeEntry{project, h.folder("runs", a, h.file("b.yaml", strings.Repeat("# filler\n", 1<<19)))}},
		"countless empty folders":      {2, []object.TreeEntry{bomb, project, runs}},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(dir, "diff", "--against", h.commit(c.entries...).String())
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
