package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"berth/internal/diag"

	"github.com/robfig/cron/v3"
)

// A Trap is what a schedule does that its author hardly expects, and the way out.
type Trap struct{ Message, Hint string }

// fieldsOf are the five fields of a cron schedule and what they mean; ok is false for what is none, or has a name such as
// @daily.
func fieldsOf(text string) (fields []string, spec *cron.SpecSchedule, ok bool) {
	parsed, err := cron.ParseStandard(text)
	if err != nil || strings.HasPrefix(text, "@") {
		return nil, nil, false
	}
	spec, ok = parsed.(*cron.SpecSchedule)
	fields = strings.Fields(text)
	return fields, spec, ok && len(fields) == 5
}

// anyTime is the bit by which robfig/cron marks a field that is *.
const anyTime = 1 << 63

// EitherDay finds a schedule that names days of the month and weekdays: cron runs on a day that is either.
func EitherDay(text string) (Trap, bool) {
	f, spec, ok := fieldsOf(text)
	if !ok || (spec.Dom|spec.Dow)&anyTime != 0 {
		return Trap{}, false
	}
	monthly, weekly := slices.Clone(f), slices.Clone(f)
	monthly[4], weekly[2] = "*", "*"
	return Trap{
		Message: fmt.Sprintf("schedule %s runs on every day that is either: day %s of the month, or weekday %s", diag.Quote(text), f[2], f[4]),
		Hint: fmt.Sprintf("write %q for the days of the month or %q for the weekdays; cron has no word for days that are both",
			strings.Join(monthly, " "), strings.Join(weekly, " ")),
	}, true
}

// rounds are what the fields of a schedule count through: how many there are, from which number, and until when.
var rounds = []struct {
	unit           string
	first, size    int
	every, instead string // each round, and the unit of @every
}{
	{"minute", 0, 60, "hour", "m"}, {"hour", 0, 24, "day", "h"}, {"day", 1, 31, "month", ""}, {"month", 1, 12, "year", ""}, {"weekday", 0, 7, "week", ""},
}

// UnevenStep finds a step that does not divide its field, as */45: the count begins anew each hour.
func UnevenStep(text string) (Trap, bool) {
	fields, _, ok := fieldsOf(text)
	if !ok { // a zone before the five fields is refused elsewhere
		return Trap{}, false
	}
	for i := range fields {
		for part := range strings.SplitSeq(fields[i], ",") {
			if step := stepOf(part, i); step > 1 && (rounds[i].size%step != 0 || step >= rounds[i].size) {
				return unevenStep(part, step, i), true
			}
		}
	}
	return Trap{}, false
}

// stepOf is the step of a part that goes through the whole field; 0 for any other.
func stepOf(part string, field int) int {
	span, by, ok := strings.Cut(part, "/")
	step, err := strconv.Atoi(by)
	r := rounds[field]
	whole := span == "*" || span == "?" || span == fmt.Sprintf("%d-%d", r.first, r.first+r.size-1)
	if !ok || err != nil || !whole {
		return 0
	}
	return step
}

// unevenStep words the trap of one part with the times that it really means. Field is an index into rounds.
func unevenStep(part string, step, field int) Trap {
	r := rounds[field]
	t := Trap{Message: fmt.Sprintf("%s counts anew each %s: it is %s %s", diag.Quote(part), r.every, r.unit, listed(r.first, r.first+r.size, step))}
	even := evenSteps(step, r.size)
	switch {
	case r.instead != "":
		t.Hint = fmt.Sprintf("write a step that divides %d: %s; or schedule: \"@every %d%s\", which counts from the last start", r.size, diag.OneOf(even), step, r.instead)
	case len(even) > 0:
		t.Hint = fmt.Sprintf("write a step that divides %d: %s; or list the %ss that are meant", r.size, diag.OneOf(even), r.unit)
	default:
		t.Hint = fmt.Sprintf("list the %ss that are meant, if the shorter pause at the end of the %s is not", r.unit, r.every)
	}
	return t
}

// evenSteps are the steps next to another one that divide a field's size.
func evenSteps(step, size int) []string {
	below, above := 0, 0
	for n := 2; n < size; n++ {
		switch {
		case size%n > 0:
		case n < step:
			below = n
		case above == 0:
			above = n
		}
	}
	var steps []string
	for _, n := range []int{below, above} {
		if n > 0 {
			steps = append(steps, fmt.Sprintf("*/%d", n))
		}
	}
	return steps
}

// listed are the numbers from first on, a few of them.
func listed(first, end, step int) string {
	var numbers []string
	for n := first; n < end; n += step {
		numbers = append(numbers, strconv.Itoa(n))
	}
	if len(numbers) > 4 {
		return strings.Join(numbers[:3], ", ") + " … " + numbers[len(numbers)-1]
	}
	return diag.AllOf(numbers)
}

// The years for which changes of clocks are looked at: the weekdays of a date come again after 28.
const (
	firstYear = 2026
	years     = 28
)

// ClockChange finds an hour of a schedule that a zone's change of clocks leaves out or repeats: the CronJob controller
// then does not run that day, or runs twice. A schedule of every hour is none that minds.
func ClockChange(text, zone string) (Trap, bool) {
	c, ok := parseClock(ruleOf(zone))
	f, spec, cron := fieldsOf(text)
	if !ok || !cron || c.standard == c.other || strings.HasPrefix(f[1], "*") {
		return Trap{}, false
	}
	skipped, doubled, at := c.changes(spec)
	if at == "" {
		return Trap{}, false
	}
	t := Trap{Message: fmt.Sprintf("%s in %s ", at, zone)}
	if skipped != "" {
		t.Message += fmt.Sprintf("does not come once a year, in %s, and nothing runs that day", skipped)
	}
	if doubled != "" {
		if skipped != "" {
			t.Message += "; it "
		}
		t.Message += fmt.Sprintf("comes twice once a year, in %s, and there are two runs", doubled)
	}
	t.Message += ": clocks are changed"
	t.Hint = c.otherHour(f)
	return t, true
}

// changes looks for a time of the schedule that is left out or repeated: the months in which that happens, and the time.
func (c clock) changes(spec *cron.SpecSchedule) (skipped, doubled, at string) {
	for _, side := range []struct {
		change        change
		before, after int
	}{{c.away, c.standard, c.other}, {c.back, c.other, c.standard}} {
		// Clocks that go forward leave out the time from the change on; clocks that go back repeat the time before it.
		from, to, month := side.change.seconds, side.change.seconds+side.after-side.before, &skipped
		if to < from {
			from, to, month = to, from, &doubled
		}
		for year := firstYear; year < firstYear+years && *month == ""; year++ {
			day := side.change.day(year)
			for s := from; s < to; s += 60 {
				if t := day.Add(time.Duration(s) * time.Second); fires(spec, t) {
					*month, at = t.Month().String(), t.Format("15:04")
					break
				}
			}
		}
	}
	return skipped, doubled, at
}

// fires reports whether a schedule runs at a minute of the clock on the wall.
func fires(s *cron.SpecSchedule, t time.Time) bool {
	if s.Minute>>t.Minute()&1 == 0 || s.Hour>>t.Hour()&1 == 0 || s.Month>>int(t.Month())&1 == 0 {
		return false
	}
	dom, dow := s.Dom>>t.Day()&1 > 0, s.Dow>>int(t.Weekday())&1 > 0
	if (s.Dom|s.Dow)&anyTime != 0 {
		return dom && dow
	}
	return dom || dow
}

// otherHour advises the next hour that always comes once.
func (c clock) otherHour(fields []string) string {
	const elsewhere = "time_zone: Etc/UTC, whose clocks are never changed"
	hour, err := strconv.Atoi(fields[1])
	if err != nil {
		return "choose hours that always come once, or write " + elsewhere
	}
	for next := hour + 1; next < hour+24; next++ {
		fields[1] = strconv.Itoa(next % 24)
		text := strings.Join(fields, " ")
		if _, spec, ok := fieldsOf(text); ok {
			if _, _, at := c.changes(spec); at == "" {
				return fmt.Sprintf("write schedule: %q, or %s", text, elsewhere)
			}
		}
	}
	return "write " + elsewhere
}

// Pauses are the shortest and the longest time from one start of a schedule to the next, among many; ok is false for what
// is no schedule.
func Pauses(text string) (shortest, longest time.Duration, ok bool) {
	parsed, err := cron.ParseStandard(text)
	if err != nil {
		return 0, 0, false
	}
	t := parsed.Next(time.Date(firstYear, time.January, 1, 0, 0, 0, 0, time.UTC))
	for range 200 {
		next := parsed.Next(t)
		if next.IsZero() {
			break
		}
		pause := next.Sub(t)
		if shortest == 0 || pause < shortest {
			shortest = pause
		}
		longest, t = max(longest, pause), next
	}
	return shortest, longest, longest > 0
}

// FixedClock finds the name of a zone that looks like a city's time and has no summer time: EST is not New York's.
func FixedClock(zone string) (Trap, bool) {
	cities := map[string]string{"EST": "America/New_York", "MST": "America/Denver"}
	city, ok := cities[zone]
	if !ok {
		return Trap{}, false
	}
	c, _ := parseClock(ruleOf(zone))
	return Trap{
		Message: fmt.Sprintf("%s is %s behind UTC in summer as well, when %s is an hour nearer", zone, span(c.standard), city),
		Hint:    fmt.Sprintf("write %s, or %s if the same distance is meant all year", city, keepers(c.standard)[0]),
	}, true
}
