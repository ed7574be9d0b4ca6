package main

import (
	"strings"
	"testing"
	"time"
)

// constant is a contender that always takes that long.
func constant(ms int) series {
	s := sample{wall: time.Duration(ms) * time.Millisecond, cpu: time.Duration(ms) * time.Millisecond, peak: int64(ms) << 20}
	return series{s, s, s}
}

func TestVerdicts(t *testing.T) {
	all := results{
		{runs: 1, by: map[string]series{whole: constant(16)}},
		{runs: 1000, by: map[string]series{whole: constant(100), floorF: constant(400), again: constant(110), floorOwn: constant(50)}},
		{runs: 10_000, by: map[string]series{whole: constant(1000)}},
	}
	want := []string{
		"| 1,000 runs take at most 0.7 × F | 0.25 | met | 0.25 |",
		"| 1,000 runs take at most 2 × F′ | 2.00 | met | 2.00 |",
		"| a second run with nothing changed takes at most 0.25 × F | 0.28 | **not met** | 0.28 |",
		"| one run takes at most 15 ms | 16.0 ms | **not met** | 16.0 ms |",
		"| from 1,000 to 10,000 runs time grows with an exponent of at most 1.05 | 1.00 | met | 1.00 |",
		"| 10,000 runs take at most 200 MiB | 1000 MiB | **not met** |  |",
	}
	got := strings.Split(strings.TrimSpace(verdicts(all)), "\n")[2:]
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if text := verdicts(all[:0]); text != "" {
		t.Errorf("nothing was measured, and yet: %s", text)
	}
}

// The ratio of a turn counts, so that noise that lasts over some turns meets both sides.
func TestRatioIsOfTurns(t *testing.T) {
	a := series{{wall: 10}, {wall: 1000}, {wall: 20}}
	b := series{{wall: 20}, {wall: 2000}, {wall: 40}}
	if got := a.over(b, wall); got != 0.5 {
		t.Errorf("got %v", got)
	}
}
