package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// target is a promise about speed, and how this run measured it: figure returns ok false when it did not. Whether the
// promise is kept is judged by time, which is what a user has; processor time is shown beside it because it is the same
// on a busy machine.
type target struct {
	promise string
	limit   float64
	figure  func(all results, of func(sample) float64) (figure float64, ok bool)
	print   func(figure float64) string
	memory  bool // it is not about time
}

var targets = []target{
	{"1,000 runs take at most 0.7 × F", 0.7, ratioAt(1000, whole, floorF), plainRatio, false},
	{"1,000 runs take at most 2 × F′", 2, ratioAt(1000, whole, floorOwn), plainRatio, false},
	{"1,000 runs take less than with Helm", 1, ratioAt(1000, whole, helm), plainRatio, false},
	{"1,000 runs take less than with Jsonnet", 1, ratioAt(1000, whole, jsonnet), plainRatio, false},
	{"a second run with nothing changed takes at most 0.25 × F", 0.25, ratioAt(1000, again, floorF), plainRatio, false},
	{"one run takes at most 15 ms", 15e6, medianAt(1), func(f float64) string { return millis(time.Duration(f)) }, false},
	{"from 1,000 to 10,000 runs time grows with an exponent of at most 1.05", 1.05, growth, plainRatio, false},
	{"10,000 runs take at most 200 MiB", 200 << 20, medianAt(10_000), mebibytes, true},
}

// results are those of all sizes.
type results []result

func (all results) at(runs int) (result, bool) {
	for _, r := range all {
		if r.runs == runs {
			return r, true
		}
	}
	return result{}, false
}

func medianAt(runs int) func(results, func(sample) float64) (float64, bool) {
	return func(all results, of func(sample) float64) (float64, bool) {
		r, ok := all.at(runs)
		if !ok {
			return 0, false
		}
		return r.by[whole].median(of), true
	}
}

func ratioAt(runs int, name, other string) func(results, func(sample) float64) (float64, bool) {
	return func(all results, of func(sample) float64) (float64, bool) {
		r, ok := all.at(runs)
		if !ok || len(r.by[name]) == 0 || len(r.by[other]) == 0 {
			return 0, false
		}
		return r.by[name].over(r.by[other], of), true
	}
}

// growth is the exponent of time over runs: 1 is linear.
func growth(all results, of func(sample) float64) (float64, bool) {
	const few, many = 1000, 10_000
	a, ok := medianAt(few)(all, of)
	b, also := medianAt(many)(all, of)
	return math.Log(b/a) / math.Log(many/few), ok && also
}

func plainRatio(f float64) string { return fmt.Sprintf("%.2f", f) }

// verdicts is the table of the targets that this run measured.
func verdicts(all results) string {
	var b strings.Builder
	for _, t := range targets {
		of := wall
		if t.memory {
			of = peak
		}
		figure, ok := t.figure(all, of)
		if !ok {
			continue
		}
		verdict := "met"
		if figure > t.limit {
			verdict = "**not met**"
		}
		processor := ""
		if !t.memory {
			same, _ := t.figure(all, cpu)
			processor = t.print(same)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", t.promise, t.print(figure), verdict, processor)
	}
	if b.Len() == 0 {
		return ""
	}
	return "| target | measured | | in processor time |\n|---|---|---|---|\n" + b.String()
}
