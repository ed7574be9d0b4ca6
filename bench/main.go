// The program bench measures Berth against the least that a compiler of runs can do, side by side in one run, and prints
// a Markdown table. Every time is a whole process from start to exit; the tools take turns, so that noise on the machine
// meets them all; times are medians, and a ratio is the median of those of each turn. It says of each target whether it is
// met.
//
// Projects and output lie in memory where the system has a file system there, because a disk's journal costs more than
// all contenders together and as good as the same for each.
//
//	go run . [-sizes 1,100,1000,10000] [-repeats 7] [-peers] [-dir FOLDER] [-into ../docs/performance.md]
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	var o options
	flag.StringVar(&o.sizes, "sizes", "1,100,1000,10000", "numbers of runs, in growing order")
	flag.IntVar(&o.repeats, "repeats", 7, "how often each tool is measured at 1,000 runs; more below, fewer above")
	flag.BoolVar(&o.peers, "peers", false, "measure Helm and Jsonnet too, which are built first")
	flag.StringVar(&o.dir, "dir", memory(), "the `folder` for projects and output")
	flag.StringVar(&o.into, "into", "", "replace the figures between the markers of this `file` instead of printing them")
	flag.Parse()
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	sizes     string
	repeats   int
	peers     bool
	dir, into string
}

// memory is the folder of Linux's file system in memory; empty, which means the system's folder for temporary files,
// where there is none.
func memory() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err != nil || !info.IsDir() {
		return ""
	}
	return shm
}

func (o options) run() error {
	counts, err := parseSizes(o.sizes)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(o.dir, "berth-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	tools, err := buildTools(scratch)
	if err != nil {
		return err
	}
	list := contenders
	if o.peers {
		if err := tools.addPeers(scratch); err != nil {
			return err
		}
		list = append(list[:len(list):len(list)], peers...)
	}
	var all results
	for _, n := range counts {
		fmt.Fprintf(os.Stderr, "%d runs …\n", n)
		r, err := measure(tools, list, filepath.Join(scratch, strconv.Itoa(n)), n, repeatsFor(n, o.repeats))
		if err != nil {
			return err
		}
		all = append(all, r)
	}
	start, err := measureStart(tools, repeatsFor(1, o.repeats))
	if err != nil {
		return err
	}
	text := report(all, start)
	if o.into == "" {
		fmt.Print(text)
		return nil
	}
	return replaceTable(o.into, text)
}

func parseSizes(list string) ([]int, error) {
	var counts []int
	for _, field := range strings.Split(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-sizes: %q is no number of runs", field)
		}
		counts = append(counts, n)
	}
	return counts, nil
}

// repeatsFor gives short measurements more repeats and long ones fewer, so that each size takes about as long.
func repeatsFor(n, repeats int) int {
	switch {
	case n <= 100:
		return 3 * repeats
	case n <= 1000:
		return repeats
	}
	return max(3, repeats/2)
}

// programs are the paths of the built tools.
type programs struct{ berth, floorF, floorOwn, helm, jsonnet string }

func buildTools(dir string) (programs, error) {
	p := programs{berth: filepath.Join(dir, "berth"), floorF: filepath.Join(dir, "f"), floorOwn: filepath.Join(dir, "own")}
	if err := goBuild("-C", "..", "-o", p.berth, "."); err != nil {
		return p, err
	}
	if err := goBuild("-o", p.floorF, "./floor/sigs"); err != nil {
		return p, err
	}
	return p, goBuild("-o", p.floorOwn, "./floor/own")
}

// goBuild makes a release binary: pure Go, no symbol table.
func goBuild(args ...string) error {
	args = append([]string{"build"}, args...)
	i := len(args) - 1
	return done(goCommand(append(args[:i:i], "-trimpath", "-ldflags=-s -w", args[i])...))
}

func goCommand(args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	return cmd
}
