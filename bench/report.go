package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"time"
)

// The table of docs/performance.md stands between these lines.
const beginTable, endTable = "<!-- bench -->\n", "<!-- /bench -->\n"

// report writes the figures of one run: everything in it was measured side by side.
func report(results []result, start summary) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured with %s on %d cores. Start alone (`berth version`): %s, %s.\n\n",
		runtime.Version(), runtime.NumCPU(), millis(start.wall), mebibytes(start.peak))
	b.WriteString("| runs | repeats | time | a run | memory | floor F | × F | × F, processor | floor F′ | × F′ | one worker | nothing changed | × F | with a CUE policy |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range results {
		row(&b, r)
	}
	if text := growth(results); text != "" {
		b.WriteString("\n" + text + "\n")
	}
	return b.String()
}

func row(b *strings.Builder, r result) {
	own, f, fOwn := r.by[whole], r.by[floorF], r.by[floorOwn]
	cells := []string{
		fmt.Sprint(r.runs), fmt.Sprint(r.repeats),
		millis(own.wall), fmt.Sprintf("%.0f µs", float64(own.wall.Microseconds())/float64(r.runs)), mebibytes(own.peak),
		millis(f.wall), ratio(own, f), fmt.Sprintf("%.2f", float64(own.cpu)/float64(f.cpu)), millis(fOwn.wall), ratio(own, fOwn),
		millis(r.by[oneWorker].wall),
		millis(r.by[again].wall), ratio(r.by[again], f),
		millis(r.by[policies].wall),
	}
	fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
}

func ratio(a, b summary) string { return fmt.Sprintf("%.2f", float64(a.wall)/float64(b.wall)) }

func millis(d time.Duration) string {
	ms := float64(d.Microseconds()) / 1000
	if ms < 100 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

func mebibytes(n int64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }

// growth is the exponent between the two largest sizes: 1 is linear.
func growth(results []result) string {
	if len(results) < 2 {
		return ""
	}
	a, b := results[len(results)-2], results[len(results)-1]
	exponent := math.Log(float64(b.by[whole].wall)/float64(a.by[whole].wall)) / math.Log(float64(b.runs)/float64(a.runs))
	return fmt.Sprintf("Growth from %d to %d runs: exponent %.2f.", a.runs, b.runs, exponent)
}

// replaceTable puts the text between the markers of a document.
func replaceTable(path, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(old), beginTable)
	_, after, found := strings.Cut(rest, endTable)
	if !ok || !found {
		return fmt.Errorf("%s has no lines %q and %q", path, strings.TrimSpace(beginTable), strings.TrimSpace(endTable))
	}
	return os.WriteFile(path, []byte(before+beginTable+text+endTable+after), 0o644)
}
