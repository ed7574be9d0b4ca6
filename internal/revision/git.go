package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// The oldest git that knows safe.bareRepository, without which a folder that was committed answers for the repository.
const oldestMajor, oldestMinor = 2, 38

// maxAnswer bounds what is read of an answer of git that is not an object, in bytes.
const maxAnswer = 1 << 20

// program is the git program as it is called for one folder.
type program struct {
	path string // absolute
	dir  string // the folder that git looks for its repository from
}

// settings are what git is told whatever its configuration says: it runs no hook, monitor, pager or transport, takes no
// folder for a repository that merely looks like one, and maps little of a pack at a time.
var settings = []string{
	"--no-pager", "--no-optional-locks", "--no-replace-objects",
	"-c", "safe.bareRepository=explicit",
	"-c", "core.fsmonitor=false",
	"-c", "core.hooksPath=" + os.DevNull,
	"-c", "protocol.allow=never",
	"-c", "core.packedGitWindowSize=1m",
	"-c", "core.packedGitLimit=16m",
	"-c", "core.deltaBaseCacheLimit=4m",
}

// environment keeps git's own variables that say whose configuration counts and what is trusted. The others lead to
// another repository, index or object store than the folder's, as those do that git sets for its hooks, or start programs.
var environment = []string{
	"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_",
	"GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH",
}

// maxAllocation is the largest piece of memory that git may ask for, as GIT_ALLOC_LIMIT has it: more than the largest
// object that is read, whatever the one it is a delta of.
const maxAllocation = "24m"

// find looks git up in the absolute entries of PATH: a relative one would run what a commit brought.
func find(dir string) (program, error) {
	for _, entry := range filepath.SplitList(os.Getenv("PATH")) {
		if !filepath.IsAbs(entry) {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(entry, "git")); err == nil {
			g := program{path, dir}
			return g, g.recent()
		}
	}
	return program{}, errors.New("the program git, which reads commits, is not installed: install it, or name a folder to compare with, as in --against ../before")
}

// recent refuses a git that is older than what is asked of it.
func (g program) recent() error {
	answer, err := g.run("version")
	if err != nil {
		return err
	}
	major, rest, _ := strings.Cut(strings.TrimPrefix(answer, "git version "), ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	if errA != nil || errB != nil || a < oldestMajor || a == oldestMajor && b < oldestMinor {
		return fmt.Errorf("%s is %q, and Berth reads commits with git %d.%d or newer", g.path, answer, oldestMajor, oldestMinor)
	}
	return nil
}

// command is a call of git that starts no other program and asks nothing.
func (g program) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, g.path, append(settings[:len(settings):len(settings)], args...)...)
	cmd.Dir = g.dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GIT_") || isKept(variable) {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C", "LANGUAGE=", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=", "GIT_TERMINAL_PROMPT=0",
		"GIT_ALLOC_LIMIT="+maxAllocation, "PWD="+g.dir)
	return cmd
}

func isKept(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	for _, kept := range environment {
		if name == kept || strings.HasSuffix(kept, "_") && strings.HasPrefix(name, kept) {
			return true
		}
	}
	return false
}

// run returns what git answers, without the last line's end. The error is what git says of it, see [wordsError].
func (g program) run(args ...string) (string, error) {
	out := &head{max: maxAnswer}
	if err := g.write(out, args...); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// write has git write its answer to out. The error is what git says of it, see [wordsError].
func (g program) write(out io.Writer, args ...string) error {
	cmd, words := g.command(context.Background(), args...), &head{max: maxWords}
	cmd.Stdout, cmd.Stderr = out, words
	if err := cmd.Run(); err != nil {
		return said(words, err)
	}
	return nil
}

// head keeps the beginning of what is written to it.
type head struct {
	bytes.Buffer
	max int
}

func (h *head) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), h.max-h.Len())])
	return len(p), nil
}

// maxWords bounds what of git's own words is passed on, in bytes.
const maxWords = 4 << 10

// wordsError is what git says when it fails, in its own words.
type wordsError string

func (e wordsError) Error() string { return "git: " + string(e) }

// said is the error of a call that failed. What git warns of counts where it says nothing else.
func said(words *head, err error) error {
	var lines, warnings []string
	for line := range strings.Lines(words.String()) {
		line = strings.TrimRight(line, "\n")
		if text, ok := strings.CutPrefix(line, "warning: "); ok {
			warnings = append(warnings, text)
			continue
		}
		for _, prefix := range []string{"fatal: ", "error: "} {
			line = strings.TrimPrefix(line, prefix)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		lines = warnings
	}
	if len(lines) == 0 {
		return fmt.Errorf("git could not be run: %w", err)
	}
	return wordsError(strings.Join(lines, "\n"))
}
