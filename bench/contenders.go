package main

import (
	"os"
	"os/exec"
	"path/filepath"

	"berth/bench/project"
)

// contender is a program at some work.
type contender struct {
	name    string
	project variant
	// fresh says that the output folder is empty before every measurement.
	fresh bool
	// most is the largest project that it is measured with; 0 is any.
	most int
	// exit is the exit code of success.
	exit int
	env  []string
	args func(p programs, project, out string) []string
}

const (
	whole     = "berth"
	floorF    = "F"
	again     = "again"
	floorOwn  = "F′"
	oneWorker = "one worker"
	policies  = "policies"
	check     = "check"
	diffSame  = "diff"
	diffOne   = "diff of a profile"
	helm      = "helm"
	jsonnet   = "jsonnet"
)

// contenders are in the order of their turns: those that are set against each other stand close to each other.
var contenders = []contender{
	{name: whole, fresh: true, args: berthBuild},
	{name: floorF, fresh: true, args: func(p programs, dir, out string) []string { return []string{p.floorF, dir, out} }},
	{name: again, args: berthBuild},
	{name: floorOwn, fresh: true, args: func(p programs, dir, out string) []string { return []string{p.floorOwn, dir, out} }},
	{name: oneWorker, fresh: true, env: []string{"GOMAXPROCS=1"}, args: berthBuild},
	{name: policies, fresh: true, project: policed, args: berthBuild},
	{name: check, args: func(p programs, _, out string) []string { return []string{p.berth, "check", "-o", out} }},
	{name: diffSame, project: committed, most: 1000, args: berthDiff},
	{name: diffOne, project: edited, most: 1000, exit: 1, args: berthDiff},
}

// peers are what a user would take instead. They check nothing, and print one stream instead of writing files.
var peers = []contender{
	{name: helm, project: withPeers, most: 1000, args: func(p programs, dir, _ string) []string {
		return []string{p.helm, "template", "fleet", dir}
	}},
	{name: jsonnet, project: withPeers, most: 1000, args: func(p programs, _, _ string) []string {
		return []string{p.jsonnet, "-y", "main.jsonnet"}
	}},
}

func berthBuild(p programs, _, out string) []string { return []string{p.berth, "build", "-o", out} }

func berthDiff(p programs, _, _ string) []string { return []string{p.berth, "diff"} }

// variant is a project as a contender needs it.
type variant int

const (
	plain     variant = iota
	policed           // with a policy in CUE
	committed         // in a Git repository, with nothing changed since
	edited            // in a Git repository, with a profile changed since
	withPeers         // with what peers need to read the same files
	variants
)

// write makes the project of n runs in a folder of its own, which has to exist.
func (v variant) write(dir string, n int) error {
	if err := project.Write(dir, project.Options{Runs: n, Policy: v == policed, Peers: v == withPeers}); err != nil {
		return err
	}
	if v != committed && v != edited {
		return nil
	}
	for _, args := range [][]string{
		{"init", "--quiet"}, {"add", "."},
		{"-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "--message", "before"},
		{"repack", "-a", "-d", "--quiet"}, // as a clone is
	} {
		if err := done(exec.Command("git", append([]string{"-C", dir}, args...)...)); err != nil {
			return err
		}
	}
	if v == edited {
		return project.EditProfile(dir)
	}
	return nil
}

// folders makes the projects of n runs below dir, those that the contenders need.
func folders(dir string, n int, list []contender) ([variants]string, error) {
	var paths [variants]string
	for _, c := range list {
		if paths[c.project] != "" || c.tooLarge(n) {
			continue
		}
		path := filepath.Join(dir, "project", [variants]string{"plain", "policed", "committed", "edited", "peers"}[c.project])
		if err := os.MkdirAll(path, 0o755); err != nil {
			return paths, err
		}
		if err := c.project.write(path, n); err != nil {
			return paths, err
		}
		paths[c.project] = path
	}
	return paths, nil
}

func (c contender) tooLarge(n int) bool { return c.most > 0 && n > c.most }
