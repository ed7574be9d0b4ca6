package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// target is a promise about speed, and how it is measured in this run. measure returns ok false when this run did not
// measure it.
type target struct {
	promise string
	limit   float64
	measure func(results) (figure float64, ok bool)
	print   func(figure float64) string
}

var targets = []target{
	{"1,000 runs take at most 0.7 × F", 0.7, ratioAt(1000, whole, floorF), plainRatio},
	{"1,000 runs take at most 2 × F′", 2, ratioAt(1000, whole, floorOwn), plainRatio},
	{"1,000 runs take less than with Helm", 1, ratioAt(1000, whole, helm), plainRatio},
	{"1,000 runs take less than with Jsonnet", 1, ratioAt(1000, whole, jsonnet), plainRatio},
	{"a second run with nothing changed takes at most 0.25 × F", 0.25, ratioAt(1000, again, floorF), plainRatio},
	{"one run takes at most 15 ms", 15e6, func(all results) (float64, bool) { return all.median(1, whole, wall) },
		func(f float64) string { return millis(time.Duration(f)) }},
	{"from 1,000 to 10,000 runs time grows with an exponent of at most 1.05", 1.05, growth, plainRatio},
	{"10,000 runs take at most 200 MiB", 200 << 20, func(all results) (float64, bool) { return all.median(10_000, whole, peak) },
		mebibytes},
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

func (all results) median(runs int, name string, of func(sample) float64) (float64, bool) {
	r, ok := all.at(runs)
	if !ok || len(r.by[name]) == 0 {
		return 0, false
	}
	return r.by[name].median(of), true
}

func ratioAt(runs int, name, other string) func(results) (float64, bool) {
	return func(all results) (float64, bool) {
		r, ok := all.at(runs)
		if !ok || len(r.by[name]) == 0 || len(r.by[other]) == 0 {
			return 0, false
		}
		return r.by[name].over(r.by[other], wall), true
	}
}

// growth is the exponent of time over runs: 1 is linear.
func growth(all results) (float64, bool) {
	const few, many = 1000, 10_000
	a, ok := all.median(few, whole, wall)
	b, also := all.median(many, whole, wall)
	return math.Log(b/a) / math.Log(many/few), ok && also
}

func plainRatio(f float64) string { return fmt.Sprintf("%.2f", f) }

// verdicts is the table of the targets that this run measured.
func verdicts(all results) string {
	var b strings.Builder
	for _, t := range targets {
		figure, ok := t.measure(all)
		if !ok {
			continue
		}
		verdict := "met"
		if figure > t.limit {
			verdict = "**not met**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", t.promise, t.print(figure), verdict)
	}
	if b.Len() == 0 {
		return ""
	}
	return "| target | measured | |\n|---|---|---|\n" + b.String()
}
