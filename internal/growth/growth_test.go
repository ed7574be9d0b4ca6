package growth

import (
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// input is a folder, and how the program is called in it.
type input struct {
	files map[string]string // by path
	stdin string
	args  []string
}

// grown is something that a user can write more of.
type grown struct {
	name string
	// weight is how many values of a document one more of it takes, and most what may be of it in all; 0 is any number.
	weight, most int
	// steep, if it is set, is an exponent that is known and bounded, and why says how.
	steep float64
	why   string
	of    func(n int) input
}

// limit is the exponent above which a thing grows too fast.
func (g grown) limit() float64 { return max(steepest, g.steep) }

// largest is the number that a thing grows to, as long as a document may hold as many: see maxValues of package compiler.
func (g grown) largest(most int) int {
	const values = 19_000
	if g.most > 0 {
		most = min(most, g.most)
	}
	return min(most, values/max(g.weight, 1))
}

// steepest is the exponent of cost over size above which a test fails: 1 is linear, 2 a loop in a loop.
const steepest = 1.2

// TestAllocations grows what is no field of the schema a little, and holds the memory that is allocated to its size. It does
// so in every run of the tests: what is allocated hardly depends on what else the machine does.
func TestAllocations(t *testing.T) {
	const floor = 8 << 20 // below it, what is done once counts
	spent := func(g grown, n int) float64 {
		dir, in := folder(t, g, n)
		bytes, exit, said := inProcess(dir, in.stdin, in.args)
		if exit > 1 {
			t.Fatalf("%s: %s", g.name, said)
		}
		return bytes
	}
	for _, g := range byHand() {
		many := g.largest(300)
		few := many / 4
		least := spent(g, few) // the first time, tables are filled
		a, b := min(least, spent(g, few)), spent(g, many)
		if e := math.Log(b/a) / math.Log(float64(many)/float64(few)); b > floor && e > g.limit() {
			t.Errorf("%s: %d allocate %.1f MiB and %d allocate %.1f MiB, an exponent of %.2f", g.name, few, a/(1<<20), many, b/(1<<20), e)
		}
	}
}

// TestGrowth grows everything to 16,000, or as many as may be, and holds the processor time, the memory that is allocated
// and the memory that is held to its size. It takes an hour, so that it runs where GROWTH is set, to a part of names or to
// all; GROWTH_TABLE is a file for the figures.
func TestGrowth(t *testing.T) {
	wanted := os.Getenv("GROWTH")
	if wanted == "" {
		t.Skip("GROWTH is not set")
	}
	var table strings.Builder
	table.WriteString("| what grows | to | processor time | its exponent | allocated | its exponent | held |\n|---|---|---|---|---|---|---|\n")
	for _, g := range everything() {
		if wanted != "all" && !strings.Contains(g.name, wanted) {
			continue
		}
		m := measure(t, g)
		fmt.Fprintf(&table, "| %s | %d | %.2f s | %s | %.0f MiB | %s | %.0f MiB |\n",
			g.name, m.to, m.last.seconds, written(m.time), m.last.allocated/(1<<20), written(m.memory), m.last.held/(1<<20))
		t.Logf("%s: to %d in %.2f s (%s), %.0f MiB (%s)", g.name, m.to, m.last.seconds, written(m.time), m.last.allocated/(1<<20), written(m.memory))
		if m.time > g.limit() || m.memory > g.limit() {
			t.Errorf("%s grows too fast: exponent %.2f in processor time, %.2f in memory", g.name, m.time, m.memory)
		}
	}
	if path := os.Getenv("GROWTH_TABLE"); path != "" {
		if err := os.WriteFile(path, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// cost is what one process takes.
type cost struct {
	seconds, allocated, held float64 // of the processor; bytes
}

// growing is how the cost of one thing grows.
type growing struct {
	to           int
	last         cost
	time, memory float64 // exponents; 0 for what is too little to tell
}

func written(exponent float64) string {
	if exponent == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", exponent)
}

// Below these a cost is not judged: the noise of a busy machine is as large.
const (
	littleTime   = 0.06    // seconds
	littleMemory = 8 << 20 // bytes
)

// measure compares a quarter with the whole, and looks again, at more sizes and more often, where that is too steep: what is
// alone on a machine and what is not differ, and a real loop in a loop stays one however often it is measured.
func measure(t *testing.T, g grown) (m growing) {
	t.Helper()
	m.to = g.largest(16_000)
	var sizes []int
	for _, part := range []int{4, 1} {
		sizes = append(sizes, max(m.to/part, 1))
	}
	for _, repeats := range []int{1, 2, 4} {
		costs := make([]cost, len(sizes))
		base := g.cost(t, 0, repeats)
		for i, n := range sizes {
			costs[i] = g.cost(t, n, repeats)
		}
		m.last = costs[len(costs)-1]
		m.time = exponent(sizes, costs, littleTime, func(c cost) float64 { return c.seconds - base.seconds })
		m.memory = exponent(sizes, costs, littleMemory, func(c cost) float64 { return c.allocated - base.allocated })
		if m.time <= g.limit() && m.memory <= g.limit() {
			return m
		}
		sizes = []int{m.to / 16, m.to / 8, m.to / 4, m.to / 2, m.to}
	}
	return m
}

// exponent is the slope of a line through the logarithms of costs over those of sizes; 0 where less than two costs are
// large enough to be judged.
func exponent(sizes []int, costs []cost, little float64, of func(cost) float64) float64 {
	var n, x, y, xx, xy float64
	for i, c := range costs {
		if of(c) < little {
			continue
		}
		a, b := math.Log(float64(sizes[i])), math.Log(of(c))
		n, x, y, xx, xy = n+1, x+a, y+b, xx+a*a, xy+a*b
	}
	if n < 2 {
		return 0
	}
	return (n*xy - x*y) / (n*xx - x*x)
}

// cost is the least that a process took for a number of things, of several.
func (g grown) cost(t *testing.T, n, repeats int) cost {
	t.Helper()
	least := cost{math.Inf(1), math.Inf(1), math.Inf(1)}
	for range repeats {
		dir, in := folder(t, g, n)
		c := child(t, dir, in)
		least = cost{min(least.seconds, c.seconds), min(least.allocated, c.allocated), min(least.held, c.held)}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	return least
}

// folder writes the input of a number of things.
func folder(t *testing.T, g grown, n int) (string, input) {
	t.Helper()
	dir, in := t.TempDir(), g.of(n)
	for _, name := range slices.Sorted(maps.Keys(in.files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(in.files[name]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir, in
}

// child runs the program as a process of its own. That it refuses its input is no failure: a mistake costs as well.
func child(t *testing.T, dir string, in input) cost {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	said := filepath.Join(t.TempDir(), "allocations")
	cmd := exec.Command(self, in.args...)
	cmd.Dir, cmd.Stdin, cmd.Env = dir, strings.NewReader(in.stdin), append(os.Environ(), allocationsIn+"="+said)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() > 1 || cmd.ProcessState.ExitCode() < 0 {
		t.Fatalf("%v: %v\n%.2000s", in.args, err, out)
	}
	text, err := os.ReadFile(said)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		t.Fatal(err)
	}
	c := cost{seconds: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), allocated: bytes}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.held = float64(usage.Maxrss << 10)
	}
	return c
}
