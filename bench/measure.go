package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"berth/bench/project"
)

// sample is one process: how long it took, what processor time it used, and the most memory it held at a time.
type sample struct {
	wall, cpu time.Duration
	peak      int64 // bytes
}

// summary is the median over the repeats, each figure by itself.
type summary sample

// result is one size of project, measured for every contender.
type result struct {
	runs, repeats int
	by            map[string]summary
}

// contender is one column of the table.
type contender struct {
	name string
	// fresh says that the output folder is empty before every measurement.
	fresh bool
	// policy says that the project has a policy in CUE.
	policy bool
	env    []string
	args   func(p programs, project, out string) []string
}

const (
	whole     = "berth"
	oneWorker = "one worker"
	again     = "again"
	policies  = "policies"
	floorF    = "F"
	floorOwn  = "F′"
)

func berthBuild(p programs, _, out string) []string {
	return []string{p.berth, "build", "-o", out}
}

var contenders = []contender{
	{name: whole, fresh: true, args: berthBuild},
	{name: floorF, fresh: true, args: func(p programs, dir, out string) []string { return []string{p.floorF, dir, out} }},
	{name: floorOwn, fresh: true, args: func(p programs, dir, out string) []string { return []string{p.floorOwn, dir, out} }},
	{name: oneWorker, fresh: true, env: []string{"GOMAXPROCS=1"}, args: berthBuild},
	{name: again, args: berthBuild},
	{name: policies, fresh: true, policy: true, args: berthBuild},
}

// measure lets every contender take its turn, as often as repeats says.
func measure(p programs, dir string, n, repeats int) (result, error) {
	plain, policed := filepath.Join(dir, "project"), filepath.Join(dir, "policed")
	for path, o := range map[string]project.Options{plain: {Runs: n}, policed: {Runs: n, Policy: true}} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return result{}, err
		}
		if err := project.Write(path, o); err != nil {
			return result{}, err
		}
	}
	samples := map[string][]sample{}
	for range repeats {
		for _, c := range contenders {
			from := plain
			if c.policy {
				from = policed
			}
			s, err := c.turn(p, from, filepath.Join(dir, c.name))
			if err != nil {
				return result{}, err
			}
			samples[c.name] = append(samples[c.name], s)
		}
	}
	r := result{runs: n, repeats: repeats, by: map[string]summary{}}
	for name, s := range samples {
		r.by[name] = summarize(s)
	}
	return r, os.RemoveAll(dir)
}

// turn measures one contender once. A contender that builds again needs an output of an earlier build.
func (c contender) turn(p programs, from, out string) (sample, error) {
	if c.fresh {
		if err := os.RemoveAll(out); err != nil {
			return sample{}, err
		}
	} else if _, err := os.Stat(out); err != nil {
		if _, err := timed(from, c.args(p, from, out), c.env); err != nil {
			return sample{}, err
		}
	}
	return timed(from, c.args(p, from, out), c.env)
}

// measureStart measures `berth version`: what starting the program costs.
func measureStart(p programs, repeats int) (summary, error) {
	var samples []sample
	for range repeats {
		s, err := timed("", []string{p.berth, "version"}, nil)
		if err != nil {
			return summary{}, err
		}
		samples = append(samples, s)
	}
	return summarize(samples), nil
}

// timed runs a program in a folder; empty, in this one.
func timed(dir string, args, env []string) (sample, error) {
	var output bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &output, &output
	begin := time.Now()
	err := cmd.Run()
	wall := time.Since(begin)
	if err != nil {
		return sample{}, fmt.Errorf("%q: %w\n%.2000s", args, err, output.Bytes())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return sample{}, fmt.Errorf("%q: no resource usage on this system", args)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return sample{wall: wall, cpu: cpu, peak: usage.Maxrss << 10}, nil
}

func summarize(samples []sample) summary {
	return summary{
		wall: median(samples, func(s sample) time.Duration { return s.wall }),
		cpu:  median(samples, func(s sample) time.Duration { return s.cpu }),
		peak: median(samples, func(s sample) int64 { return s.peak }),
	}
}

func median[T cmp.Ordered](samples []sample, of func(sample) T) T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
