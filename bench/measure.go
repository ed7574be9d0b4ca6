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
)

// sample is one process: how long it took, what processor time it used, and the most memory it held at a time.
type sample struct {
	wall, cpu time.Duration
	peak      int64 // bytes
}

// series is one contender's samples, one of each turn.
type series []sample

// result is one size of project, measured for every contender.
type result struct {
	runs, repeats int
	by            map[string]series
}

func wall(s sample) float64 { return float64(s.wall) }
func cpu(s sample) float64  { return float64(s.cpu) }
func peak(s sample) float64 { return float64(s.peak) }

// median is the median of a figure by itself.
func (s series) median(of func(sample) float64) float64 {
	values := make([]float64, len(s))
	for i := range s {
		values[i] = of(s[i])
	}
	return middle(values)
}

func (s series) wall() time.Duration { return time.Duration(s.median(wall)) }

// over is the median of the ratios of each turn: what noise there is on the machine changes less within a turn than from
// one turn to another.
func (s series) over(other series, of func(sample) float64) float64 {
	ratios := make([]float64, len(s))
	for i := range s {
		ratios[i] = of(s[i]) / of(other[i])
	}
	return middle(ratios)
}

func middle[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

// measure lets every contender take its turn, as often as repeats says.
func measure(p programs, list []contender, dir string, n, repeats int) (result, error) {
	r := result{runs: n, repeats: repeats, by: map[string]series{}}
	from, err := folders(dir, n, list)
	if err != nil {
		return r, err
	}
	for range repeats {
		for _, c := range list {
			if c.tooLarge(n) {
				continue
			}
			s, err := c.turn(p, from[c.project], filepath.Join(dir, c.name))
			if err != nil {
				return r, err
			}
			r.by[c.name] = append(r.by[c.name], s)
		}
	}
	return r, os.RemoveAll(dir)
}

// turn measures one contender once. One that does not begin afresh needs the output of an earlier build.
func (c contender) turn(p programs, from, out string) (sample, error) {
	if c.fresh {
		if err := os.RemoveAll(out); err != nil {
			return sample{}, err
		}
	} else if _, err := os.Stat(out); err != nil && c.project == plain {
		if _, err := timed(from, berthBuild(p, from, out), nil, 0); err != nil {
			return sample{}, err
		}
	}
	return timed(from, c.args(p, from, out), c.env, c.exit)
}

// measureStart measures `berth version`: what starting the program costs.
func measureStart(p programs, repeats int) (series, error) {
	var samples series
	for range repeats {
		s, err := timed("", []string{p.berth, "version"}, nil, 0)
		if err != nil {
			return nil, err
		}
		samples = append(samples, s)
	}
	return samples, nil
}

// timed runs a program in a folder, empty for this one, and demands its exit code.
func timed(dir string, args, env []string, exit int) (sample, error) {
	var errors bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), env...), &errors
	begin := time.Now()
	err := cmd.Run()
	wall := time.Since(begin)
	if cmd.ProcessState == nil {
		return sample{}, err
	}
	if cmd.ProcessState.ExitCode() != exit {
		return sample{}, fmt.Errorf("%q: %v instead of exit code %d\n%.2000s", args, cmd.ProcessState, exit, errors.Bytes())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return sample{}, fmt.Errorf("%q: no resource usage on this system", args)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return sample{wall: wall, cpu: cpu, peak: usage.Maxrss << 10}, nil
}

// done runs a command that is not measured.
func done(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%q: %w\n%s", cmd.Args, err, out)
	}
	return nil
}
