package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"berth/internal/diag"
	"berth/internal/schedule"

	"github.com/robfig/cron/v3"
	batchv1 "k8s.io/api/batch/v1"
)

// schedule reads the schedule with the parser of Kubernetes' CronJob controller, which is robfig/cron's.
func (j *judge) schedule(s *batchv1.CronJobSpec, at *place) {
	at, text := at.in("schedule"), s.Schedule
	if text == "" {
		j.absent(diag.Schedule, at, "the CronJob has no schedule", "write schedule: \"0 4 * * *\", or another")
		return
	}
	if fine, known := schedules.Load(text); known && fine.(bool) {
		return
	}
	p := scheduleProblem(text)
	schedules.Store(text, p.Message == "")
	if p.Message != "" {
		q := j.refuse(diag.Schedule, at, p.Message, p.Hint)
		q.Replace, q.Certain = p.Replace, p.Certain
	}
}

// schedules are those that were read already, with whether they are right: a project has few, and many runs.
var schedules sync.Map

// scheduleProblem says what is wrong with a schedule, as the parser of the CronJob's controller reads it
// (github.com/robfig/cron); a problem without a message is none. A day that never comes is taken by the API server, and
// the controller then starts nothing.
func scheduleProblem(text string) (p diag.Problem) {
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
	return p
}

// scheduleEpoch is when schedules are tried from. Any day would do: the parser looks five years ahead.
var scheduleEpoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// hasEmptyField reports whether a field is nothing but commas, which the parser takes for a set of no times.
func hasEmptyField(text string) bool {
	return strings.Contains(text, ",") && slices.ContainsFunc(strings.Fields(text), func(f string) bool { return strings.Trim(f, ",") == "" })
}

// zoneInSchedule tells `TZ=Europe/Berlin 0 3 * * *` apart: the parser reads it, and the API server refuses it since
// there is a field for it.
func zoneInSchedule(p *diag.Problem, text string) {
	p.Message = "a time zone does not stand in the schedule: Kubernetes refuses TZ= there"
	p.Hint = "write it as timeZone"
	zone, rest, ok := strings.Cut(text, " ")
	if _, name, found := strings.Cut(zone, "="); found && ok {
		p.Hint = fmt.Sprintf("write schedule: %q, and timeZone: %s", strings.TrimSpace(rest), name)
	}
}

// descriptors are the schedules that have a name.
var descriptors = []string{"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}

// badSchedule finds why a schedule cannot be read, the most likely mistake first.
func badSchedule(p *diag.Problem, text string) {
	fields := strings.Fields(text)
	joined := commaSpace.ReplaceAllString(text, ",")
	switch {
	case strings.HasPrefix(text, "@"):
		badDescriptor(p, text)
	// As in `0 9, 17 * * *`, where the space makes six fields of five.
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

// badDescriptor is about a word with '@' in front; other programs know more of them.
func badDescriptor(p *diag.Problem, text string) {
	p.Message = fmt.Sprintf("Kubernetes knows no schedule %s", diag.Quote(text))
	p.Hint = "write " + diag.OneOf(descriptors) + ", @every with a duration such as 1h30m, or five cron fields"
	switch best, ok := diag.Nearest(text, descriptors); {
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

// isYear reports whether a field looks like a year: other schedulers have one as their last field.
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

// countsDown reports whether a range ends before it begins, such as 5-1. Names such as FRI-MON are not looked at.
func countsDown(low, high string) bool {
	from, err := strconv.Atoi(low)
	to, errTo := strconv.Atoi(high)
	return err == nil && errTo == nil && from > to
}

// timeZone: a name of the IANA database in its own spelling, as the API server's machine reads it.
func (j *judge) timeZone(s *batchv1.CronJobSpec, at *place) {
	if s.TimeZone == nil || schedule.IsZone(*s.TimeZone) {
		return
	}
	at = at.in("timeZone")
	if strings.EqualFold(*s.TimeZone, "Local") {
		j.refuse(diag.Schedule, at, "the time zone Local would be the zone of whichever machine reads it",
			"write a name of the IANA database such as Europe/Rome, or Etc/UTC")
		return
	}
	advice := schedule.Meant(*s.TimeZone)
	p := j.refuse(diag.Schedule, at, advice.Message, advice.Hint)
	if len(advice.Zones) == 1 {
		p.Replace, p.Certain = advice.Zones[0], advice.Certain
	}
}

// cronNumbers judges the plain fields; a history of 0 keeps no Job that has ended.
func (j *judge) cronNumbers(s *batchv1.CronJobSpec, at *place) {
	notNegative(j, diag.OutOfRange, s.StartingDeadlineSeconds, at.in("startingDeadlineSeconds"))
	notNegative(j, diag.OutOfRange, s.SuccessfulJobsHistoryLimit, at.in("successfulJobsHistoryLimit"))
	notNegative(j, diag.OutOfRange, s.FailedJobsHistoryLimit, at.in("failedJobsHistoryLimit"))
	oneOf(j, diag.WrongValue, s.ConcurrencyPolicy, at.in("concurrencyPolicy"), batchv1.AllowConcurrent, batchv1.ForbidConcurrent, batchv1.ReplaceConcurrent)
}

// cronTemplate judges the metadata that each Job of the schedule gets.
func (j *judge) cronTemplate(s *batchv1.CronJobSpec, at *place) {
	each(j, objectRules, &s.JobTemplate.ObjectMeta, at.in("jobTemplate").in("metadata"))
}
