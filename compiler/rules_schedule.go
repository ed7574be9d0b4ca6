package compiler

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"berth/internal/diag"
	"berth/schema"

	"github.com/robfig/cron/v3"
)

// checkSchedule reads the schedule with the parser of Kubernetes' CronJob controller, which is robfig/cron's.
func checkSchedule(c *ruleContext) {
	text := c.plan.Spec.Schedule
	if text == "" {
		return
	}
	p := diag.Problem{Code: diag.Schedule, Path: "spec.schedule"}
	if strings.Contains(text, "TZ") {
		zoneInSchedule(&p, text)
	} else if s, err := cron.ParseStandard(text); err != nil || hasEmptyField(text) {
		badSchedule(&p, text)
	} else if every, ok := s.(cron.ConstantDelaySchedule); ok && strings.Contains(text, "-") {
		p.Message = fmt.Sprintf("schedule %s goes back in time, and Kubernetes would run it every %v", diag.Quote(text), every.Delay)
		p.Hint = "write a positive duration"
	} else if s.Next(scheduleEpoch).IsZero() {
		p.Message = fmt.Sprintf("schedule %s never comes: no month has such a day", diag.Quote(text))
		p.Hint = "look at the third field (day of the month) and the fourth (month)"
	}
	if p.Message != "" {
		c.add(p)
	}
}

// scheduleEpoch is when schedules are tried from. Any day would do: the parser looks five years ahead.
var scheduleEpoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// hasEmptyField reports whether a field is nothing but commas, which the parser takes for a set of no times.
func hasEmptyField(text string) bool {
	return strings.Contains(text, ",") && slices.ContainsFunc(strings.Fields(text), func(f string) bool { return strings.Trim(f, ",") == "" })
}

func zoneInSchedule(p *diag.Problem, text string) {
	p.Message = "a time zone does not stand in the schedule: Kubernetes refuses TZ= there"
	p.Hint = "write it under time_zone"
	zone, rest, ok := strings.Cut(text, " ")
	if _, name, found := strings.Cut(zone, "="); found && ok {
		p.Hint = fmt.Sprintf("write time_zone: %s and schedule: %q", name, strings.TrimSpace(rest))
	}
}

// descriptors are the schedules that have a name.
var descriptors = []string{"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}

func badSchedule(p *diag.Problem, text string) {
	fields := strings.Fields(text)
	joined := commaSpace.ReplaceAllString(text, ",")
	switch {
	case strings.HasPrefix(text, "@"):
		badDescriptor(p, text)
	case joined != text && len(strings.Fields(joined)) == 5:
		p.Message = fmt.Sprintf("schedule %s has a space inside of a list", diag.Quote(text))
		p.Hint, p.Replace = fmt.Sprintf("write %q", joined), joined
	case len(fields) == 6 || len(fields) == 7:
		longSchedule(p, fields)
	case len(fields) != 5:
		p.Message = fmt.Sprintf("schedule %s is not cron: it has %s instead of five (minute, hour, day of the month, month, weekday)",
			diag.Quote(text), diag.Count(len(fields), "field", "fields"))
		p.Hint = `"0 12 * * *" is every day at noon; @hourly, @daily, @weekly and @monthly are known as well`
	default:
		badFields(p, fields)
	}
}

func badDescriptor(p *diag.Problem, text string) {
	p.Message = fmt.Sprintf("Kubernetes knows no schedule %s", diag.Quote(text))
	p.Hint = "write " + diag.OneOf(descriptors) + ", @every with a duration such as 1h30m, or five cron fields"
	switch best, ok := nearestChoice(text, descriptors); {
	case text == "@reboot":
		p.Hint = "a cluster does not boot; leave schedule out to run the job once"
	case strings.HasPrefix(text, "@every"):
		p.Hint = "write @every with a duration such as 90s, 30m or 1h30m"
	case ok:
		p.Hint, p.Replace = "did you mean "+best+"?", best
	}
}

// longSchedule explains what has six or seven fields: Quartz and Spring begin with the seconds, and Quartz and AWS may
// end with the year.
func longSchedule(p *diag.Problem, fields []string) {
	p.Message = fmt.Sprintf("this schedule has %d fields, and cron in Kubernetes has five: minute, hour, day of the month, month, weekday", len(fields))
	p.Hint = "leave out the seconds (the first field) and the year (the last one)"
	five, cut := fields[1:6], "the first field, which is the seconds"
	if len(fields) == 6 && (fields[4] == "?" || isYear(fields[5])) {
		five, cut = fields[:5], "the last field, which is the year"
	} else if len(fields) == 7 {
		cut = "the first field (seconds) and the last (year)"
	}
	plain := strings.ReplaceAll(strings.Join(five, " "), "?", "*")
	if _, err := cron.ParseStandard(plain); err != nil {
		return
	}
	p.Hint = fmt.Sprintf("leave out %s: write %q", cut, plain)
	if strings.ContainsAny(five[4], "01234567") {
		p.Hint += "; mind that weekdays count from 0, which is Sunday"
		return
	}
	p.Replace = plain
}

func isYear(field string) bool {
	return len(field) == 4 && strings.Trim(field, "0123456789") == ""
}

// cronFields are the five fields with what each may hold.
var cronFields = []struct{ name, accepts, first, last string }{
	{"minute", "0 to 59", "0", "59"}, {"hour", "0 to 23", "0", "23"}, {"day of the month", "1 to 31", "1", "31"},
	{"month", "1 to 12, or JAN to DEC", "1", "12"}, {"weekday", "0 (Sunday) to 6 (Saturday), or SUN to SAT", "0", "6"},
}

// commaSpace is white space beside the comma of a list, which parts the list into two fields.
var commaSpace = regexp.MustCompile(`\s*,\s+|\s+,`)

// badFields names the first field that is wrong, by trying each alone.
func badFields(p *diag.Problem, fields []string) {
	for i, field := range fields {
		alone := []string{"*", "*", "*", "*", "*"}
		alone[i] = field
		if _, err := cron.ParseStandard(strings.Join(alone, " ")); err == nil && strings.Trim(field, ",") != "" {
			continue
		}
		p.Message = fmt.Sprintf("%s is no %s that cron knows", diag.Quote(field), cronFields[i].name)
		p.Hint = fmt.Sprintf("the %s is %s, or *, a list (1,2), a range (1-5) or a step (*/5) of them", cronFields[i].name, cronFields[i].accepts)
		if low, high, ok := strings.Cut(field, "-"); ok && countsDown(low, high) {
			p.Hint = fmt.Sprintf("a range counts upwards: write %s-%s,%s-%s", low, cronFields[i].last, cronFields[i].first, high)
		}
		if i == 4 && field == "7" {
			p.Hint = "Sunday is 0 here"
			p.Replace, p.Certain = strings.Join(append(fields[:4:4], "0"), " "), true
		}
		return
	}
}

func countsDown(low, high string) bool {
	from, isFrom := parseInteger(low)
	to, isTo := parseInteger(high)
	return isFrom && isTo && from > to
}

// zoneFile lists the time zones of the IANA database by name. The machine's own database would do as well, but differs
// from machine to machine and takes names in any case where its file system does.
//
//go:embed zones.txt
var zoneFile string

var zones = sync.OnceValue(func() []string { return strings.Fields(zoneFile) })

// TimeZones are the names of the time zones that a schedule may name, sorted.
func TimeZones() []string { return zones() }

func checkTimeZone(c *ruleContext) {
	zone := c.plan.Spec.TimeZone
	if zone == "" {
		return
	}
	if _, ok := slices.BinarySearch(zones(), zone); ok {
		return
	}
	p := diag.Problem{
		Code: diag.Schedule, Path: "spec.time_zone",
		Message: fmt.Sprintf("%s is not the name of a time zone", diag.Quote(zone)),
		Hint:    "write a name of the IANA database such as Europe/Rome, or Etc/UTC",
	}
	if strings.EqualFold(zone, "Local") {
		p.Message = "time_zone Local would be the zone of whichever machine reads it"
	} else if best, ok := nearestChoice(zone, zones()); ok {
		p.Hint, p.Replace, p.Certain = "did you mean "+best+"?", best, diag.SameName(zone, best)
	}
	c.add(p)
}

// cronOnly are the fields of a CronJob.
var cronOnly = []string{"time_zone", "concurrency_policy", "starting_deadline_seconds", "successful_history", "failed_history"}

// shortDeadline is how often the CronJob controller looks, in seconds: a shorter deadline may be over before it does.
const shortDeadline = 10

// checkCronFields: what says how a schedule is kept needs one. A default of the project that meets no schedule is passed
// over.
func checkCronFields(c *ruleContext) {
	if late := c.plan.Spec.StartingDeadlineSeconds; late != nil && *late < shortDeadline {
		c.add(diag.Problem{
			Code: diag.Schedule, Severity: diag.Warning, Path: "spec.starting_deadline_seconds",
			Message: fmt.Sprintf("a run that may be at most %d s late may never start: Kubernetes looks every %d s", *late, shortDeadline),
			Hint:    fmt.Sprintf("write %d or more", shortDeadline),
		})
	}
	if c.plan.Spec.Schedule != "" || !c.lacks("spec", "schedule") {
		return
	}
	template := c.plan.Spec.RunPolicy == schema.RunPolicyTemplate
	for _, field := range cronOnly {
		path := "spec." + field
		if !c.present(path) || !c.own(path) || template && field != "time_zone" {
			continue
		}
		c.add(diag.Problem{
			Code: diag.Schedule, Path: path, AtKey: true,
			Message: field + " needs a schedule", Hint: "write schedule: …, or remove " + field,
		})
	}
}
