package revision

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// repo is a repository for a test, made by git itself.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) repo {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	r := repo{t, dir}
	r.git("", "init", "-q", "-b", "main", ".")
	return r
}

// git calls git with an input, and returns its answer.
func (r repo) git(input string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=ana", "-c", "user.email=ana@acme.example"}, args...)...)
	cmd.Dir, cmd.Stdin = r.dir, strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r repo) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o777)); err != nil {
		r.t.Fatal(err)
	}
}

// commit commits everything.
func (r repo) commit() {
	r.t.Helper()
	r.git("", "add", "-A")
	r.git("", "commit", "-q", "-m", "words")
}

func (r repo) open() *Repository {
	r.t.Helper()
	opened, err := Open(r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	return opened
}

// extract is Extract of all of HEAD.
func (r repo) extract() (dir string, gaps []Gap, err error) {
	r.t.Helper()
	opened := r.open()
	head, err := opened.Commit("HEAD")
	if err != nil {
		return "", nil, err
	}
	dir = r.t.TempDir()
	gaps, err = opened.Extract(head, ".", dir, maxTree)
	return dir, gaps, err
}

// TestNothingRuns gives git every occasion to start a program that a repository's configuration and attributes offer.
func TestNothingRuns(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	r := newRepo(t)
	evil := filepath.Join(t.TempDir(), "evil")
	touch := filepath.Join(r.dir, "touch.sh")
	r.write("touch.sh", "#!/bin/sh\necho \"$0 $*\" >> "+evil+"\ncat\n")
	for _, hook := range []string{"reference-transaction", "post-checkout", "post-index-change", "pre-auto-gc", "fsmonitor-watchman", "post-merge"} {
		r.write(".git/hooks/"+hook, "#!/bin/sh\n"+touch+"\n")
	}
	r.write(".gitattributes", "* filter=evil diff=evil merge=evil text=auto ident\n")
	r.write("runs/a.yaml", "$Id$ of a filter\n")
	r.write("ml/HEAD", "ref: refs/heads/main\n")
	r.write("ml/objects/x", "")
	r.write("ml/refs/x", "")
	r.write("ml/config", "[core]\n\tfsmonitor = "+touch+"\n")
	r.commit()
	r.write("included", "[core]\n\tfsmonitor = "+touch+"\n\thooksPath = "+r.dir+"/.git/hooks\n")
	for _, setting := range []string{"filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "diff.evil.textconv", "diff.evil.command",
		"diff.external", "core.pager", "pager.cat-file", "pager.rev-parse", "core.fsmonitor", "core.sshCommand", "core.askPass", "core.editor",
		"core.alternateRefsCommand", "core.gitProxy", "credential.helper", "gpg.program", "uploadpack.packObjectsHook", "remote.origin.uploadpack", "trailer.x.cmd"} {
		r.git("", "config", setting, touch)
	}
	r.git("", "config", "include.path", filepath.Join(r.dir, "included"))
	r.git("", "config", "alias.cat-file", "!"+touch)
	r.git("", "config", "remote.origin.url", "ext::"+touch)
	r.git("", "config", "remote.origin.promisor", "true")
	r.git("", "config", "remote.origin.vcs", "evil")
	r.git("", "config", "protocol.ext.allow", "always")
	r.git("", "config", "log.showSignature", "true")
	if err := os.RemoveAll(evil); err != nil { // what making the repository ran
		t.Fatal(err)
	}
	t.Setenv("GIT_EXTERNAL_DIFF", touch)
	t.Setenv("GIT_PAGER", touch)
	t.Setenv("GIT_SSH_COMMAND", touch)
	t.Setenv("GIT_PROXY_COMMAND", touch)

	dir, _, err := r.extract()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "runs", "a.yaml")); string(text) != "$Id$ of a filter\n" {
		t.Errorf("%q, %v: not what was committed", text, err)
	}
	missing := "1234567890123456789012345678901234567890"
	opened := r.open()
	if _, err := opened.Extract(Commit{"missing", missing}, ".", t.TempDir(), maxTree); err == nil {
		t.Error("a commit that is not here is written")
	}
	if _, err := opened.Lacks(Commit{Hash: missing}, Commit{Hash: missing}); err == nil {
		t.Error("a commit that is not here is counted")
	}
	if text, err := os.ReadFile(evil); err == nil {
		t.Errorf("these were run:\n%s", text)
	}
	if _, err := Open(filepath.Join(r.dir, "ml")); err == nil || !strings.Contains(err.Error(), "looks like, a bare repository") {
		t.Errorf("a folder that was committed is taken for a repository: %v", err)
	}
}

// TestWhichGit has PATH offer programs that are not the user's git, or too old.
func TestWhichGit(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	r := newRepo(t)
	r.write("bin/git", "#!/bin/sh\ntouch "+r.dir+"/evil\n")
	r.write("old/git", "#!/bin/sh\necho git version 2.37.9\n")
	r.write("odd/git", "#!/bin/sh\necho words\n")
	t.Chdir(r.dir)
	for path, want := range map[string]string{
		"bin":                                "the program git, which reads commits, is not installed",
		"":                                   "the program git, which reads commits, is not installed",
		filepath.Join(r.dir, "empty"):        "the program git, which reads commits, is not installed",
		"bin:" + filepath.Join(r.dir, "old"): `is "git version 2.37.9", and Berth reads commits with git 2.38 or newer`,
		"bin:" + filepath.Join(r.dir, "odd"): `is "words", and Berth reads commits with git 2.38 or newer`,
	} {
		t.Setenv("PATH", path)
		if _, err := Open(r.dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("PATH %q: %v, want %q", path, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(r.dir, "evil")); err == nil {
		t.Error("a program of the repository was run")
	}
}

// TestOwnership passes on what git says of a repository that is somebody else's, with what helps.
func TestOwnership(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	r := newRepo(t)
	if err := os.Chown(r.dir, 12345, 12345); err != nil {
		t.Skip(err)
	}
	if _, err := Open(r.dir); err == nil || !strings.Contains(err.Error(), "git: detected dubious ownership") || !strings.Contains(err.Error(), "safe.directory") {
		t.Errorf("%v", err)
	}
}
