package schedule

import (
	"strconv"
	"strings"
	"time"
)

// clock is a rule of POSIX' TZ (The Open Group, Base Specifications, chapter 8.3, with the hours of RFC 8536): the time
// that a place keeps, and when it changes to its other one.
type clock struct {
	standard, other int    // seconds ahead of UTC; equal where there is no change
	away, back      change // to the other time and back; the zero change where there is none
}

// change is a moment of each year: the week-th weekday of a month (5: the last), at so many seconds after that day's
// midnight by the clock that is changed. The seconds may be negative or more than a day has.
type change struct {
	month   time.Month
	week    int
	weekday time.Weekday
	seconds int
}

// day is the midnight by which the moment of a year is counted.
func (c change) day(year int) time.Time {
	if c.week == 5 {
		last := time.Date(year, c.month+1, 0, 0, 0, 0, 0, time.UTC)
		return last.AddDate(0, 0, -(int(last.Weekday()-c.weekday)+7)%7)
	}
	first := time.Date(year, c.month, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (int(c.weekday-first.Weekday())+7)%7+7*(c.week-1))
}

// parseClock reads a rule; ok is false for what is none. Days are read as months, weeks and weekdays alone, as all rules
// of the database have them.
func parseClock(rule string) (c clock, ok bool) {
	r := ruleReader{rest: rule}
	r.abbreviation()
	c.standard = -r.time()
	c.other = c.standard
	if r.rest == "" {
		return c, !r.bad
	}
	r.abbreviation()
	c.other = c.standard + 3600
	if r.rest != "" && r.rest[0] != ',' {
		c.other = -r.time()
	}
	c.away, c.back = r.change(), r.change()
	return c, !r.bad && r.rest == ""
}

// ruleReader reads a rule from left to right.
// Bad stays true once something was wrong; reading goes on with zeros.
type ruleReader struct {
	rest string
	bad  bool
}

// take removes what the rest begins with: the characters that a function accepts.
func (r *ruleReader) take(accepts func(c byte) bool) string {
	n := 0
	for n < len(r.rest) && accepts(r.rest[n]) {
		n++
	}
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

// isLetter takes ASCII alone: POSIX' abbreviations have no other letters.
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isDigit takes ASCII alone, as cron and POSIX do.
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// abbreviation is three letters or more, or anything between < and >.
func (r *ruleReader) abbreviation() {
	if strings.HasPrefix(r.rest, "<") {
		_, rest, ok := strings.Cut(r.rest, ">")
		r.rest, r.bad = rest, r.bad || !ok
		return
	}
	r.bad = len(r.take(isLetter)) < 3 || r.bad
}

// time is [+-]hours[:minutes[:seconds]], in seconds.
func (r *ruleReader) time() int {
	sign := 1
	if strings.HasPrefix(r.rest, "-") {
		sign = -1
	}
	r.take(func(c byte) bool { return c == '-' || c == '+' })
	parts := strings.Split(r.take(func(c byte) bool { return isDigit(c) || c == ':' }), ":")
	total := 0
	for i, unit := range []int{3600, 60, 1} {
		if i == len(parts) {
			break
		}
		// RFC 8536 allows hours up to 167, for changes on another day.
		n, err := strconv.Atoi(parts[i])
		r.bad = r.bad || err != nil || n > 167
		total += n * unit
	}
	r.bad = r.bad || len(parts) > 3
	return sign * total
}

// change is ,Mmonth.week.weekday[/time]; the time is 02:00 by default.
func (r *ruleReader) change() change {
	c := change{seconds: 2 * 3600}
	if !strings.HasPrefix(r.rest, ",M") {
		r.bad = true
		return c
	}
	r.rest = r.rest[len(",M"):]
	parts := strings.Split(r.take(func(c byte) bool { return isDigit(c) || c == '.' }), ".")
	numbers := make([]int, 3)
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if i == len(numbers) || err != nil {
			r.bad = true
			return c
		}
		numbers[i] = n
	}
	c.month, c.week, c.weekday = time.Month(numbers[0]), numbers[1], time.Weekday(numbers[2])
	r.bad = r.bad || c.month < 1 || c.month > 12 || c.week < 1 || c.week > 5 || c.weekday > 6
	if strings.HasPrefix(r.rest, "/") {
		r.rest = r.rest[1:]
		c.seconds = r.time()
	}
	return c
}
