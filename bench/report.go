package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// The figures stand between these lines of docs/performance.md.
const beginTable, endTable = "<!-- bench -->\n", "<!-- /bench -->\n"

// column is one column of a table: what is measured, and nothing where this size was not.
type column struct {
	title string
	cell  func(r result) string
}

// builds are the columns about building.
var builds = []column{
	{"runs", func(r result) string { return fmt.Sprint(r.runs) }},
	{"turns", func(r result) string { return fmt.Sprint(r.repeats) }},
	{"time", timeOf(whole)},
	{"a run", func(r result) string { return fmt.Sprintf("%.0f µs", r.by[whole].median(wall)/1000/float64(r.runs)) }},
	{"memory", func(r result) string { return mebibytes(r.by[whole].median(peak)) }},
	{"F", timeOf(floorF)},
	{"× F", ratioOf(whole, floorF, wall)},
	{"F′", timeOf(floorOwn)},
	{"× F′", ratioOf(whole, floorOwn, wall)},
	{"one worker", timeOf(oneWorker)},
	{"nothing changed", timeOf(again)},
	{"× F", ratioOf(again, floorF, wall)},
}

// others are the columns about other work, and about what others take.
var others = []column{
	builds[0],
	{"build with a CUE policy", timeOf(policies)},
	{"`check`", timeOf(check)},
	{"`diff`, nothing changed", timeOf(diffSame)},
	{"`diff`, one profile edited", timeOf(diffOne)},
	{"helm", timeOf(helm)},
	{"berth × helm", ratioOf(whole, helm, wall)},
	{"jsonnet", timeOf(jsonnet)},
	{"berth × jsonnet", ratioOf(whole, jsonnet, wall)},
}

func timeOf(name string) func(result) string {
	return func(r result) string {
		if len(r.by[name]) == 0 {
			return ""
		}
		return millis(r.by[name].wall())
	}
}

func ratioOf(name, other string, of func(sample) float64) func(result) string {
	return func(r result) string {
		if len(r.by[name]) == 0 || len(r.by[other]) == 0 {
			return ""
		}
		return plainRatio(r.by[name].over(r.by[other], of))
	}
}

// report writes the figures of one run: everything in it was measured side by side.
func report(all results, start series) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured with %s on %d cores. Start alone (`berth version`): %s, %s.\n",
		runtime.Version(), runtime.NumCPU(), millis(start.wall()), mebibytes(start.median(peak)))
	if text := verdicts(all); text != "" {
		b.WriteString("\n" + text)
	}
	b.WriteString("\n" + table(builds, all) + "\n" + table(others, all))
	return b.String()
}

// table leaves out columns that no size has anything in.
func table(columns []column, all results) string {
	var titles, rule []string
	rows := make([][]string, len(all))
	for _, c := range columns {
		cells, something := make([]string, len(all)), false
		for i, r := range all {
			cells[i] = c.cell(r)
			something = something || cells[i] != ""
		}
		if !something {
			continue
		}
		titles, rule = append(titles, c.title), append(rule, "---")
		for i := range rows {
			rows[i] = append(rows[i], cells[i])
		}
	}
	var b strings.Builder
	for _, row := range append([][]string{titles, rule}, rows...) {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.String()
}

func millis(d time.Duration) string {
	ms := float64(d.Microseconds()) / 1000
	if ms < 100 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

func mebibytes(n float64) string { return fmt.Sprintf("%.0f MiB", n/(1<<20)) }

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
