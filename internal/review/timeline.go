package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	batchv1 "k8s.io/api/batch/v1"
)

// The week of a timeline is always 168 hours: it is counted in UTC.
const (
	hoursOfWeek   = 7 * 24
	minutesOfWeek = hoursOfWeek * 60
	// assumedMinutes is how long a run is taken to last that says neither how long it takes nor how long it may.
	assumedMinutes = 60
	assumed        = "assumed"
)

// Timeline is a week of all schedules. Its hours are those of UTC, in which no hour is missing or comes twice.
type Timeline struct {
	Start time.Time
	Rows  []Row
	// CPU is the highest demand for cpu in each hour, in thousandths; Devices that for each model.
	CPU     [hoursOfWeek]int64
	Devices map[string]*[hoursOfWeek]int64
}

// Row is one schedule.
type Row struct {
	Run, Namespace, Environment, Schedule, Zone string
	// Offset is how far the zone's clocks are from UTC's, and Shift the minute of the week at which that changes; nil where
	// it does not.
	Offset string
	Shift  *int
	// Minutes is how long a run is taken to last, and Because what says so.
	Minutes int64
	Because string
	// Spans are the runs of the week, and Was those of the side before, where they are others.
	Spans, Was []TimeSpan
}

// moved gives the rows whose runs stood elsewhere in another timeline what they were there.
func (t *Timeline) moved(old Timeline) {
	for i := range t.Rows {
		row := &t.Rows[i]
		k := slices.IndexFunc(old.Rows, func(o Row) bool { return o.Run == row.Run && o.Namespace == row.Namespace })
		if k >= 0 && !slices.Equal(row.Spans, old.Rows[k].Spans) {
			row.Was = old.Rows[k].Spans
		}
	}
}

// TimeSpan is a time in minutes from the start of the week, and when it begins where the schedule's clock hangs and in UTC.
type TimeSpan struct {
	From, To   int
	Local, UTC string
}

// NewTimeline lays out the week that begins with start, a midnight in UTC.
func NewTimeline(runs []Run, start time.Time) Timeline {
	t := Timeline{Start: start, Devices: map[string]*[hoursOfWeek]int64{}}
	cpu := &minutes{}
	devices := map[string]*minutes{}
	clock := clock{start: start, known: map[[2]string][]time.Time{}}
	for i := range runs {
		c, ok := workload(&runs[i]).Value.(*batchv1.CronJob)
		// What stands still has no times.
		if !ok || suspended(c) {
			continue
		}
		row := clock.row(&runs[i], c)
		t.Rows = append(t.Rows, row)
		d := runs[i].demand()
		cpu.add(row.Spans, d.cpu)
		for model, n := range d.devices {
			if devices[model] == nil {
				devices[model] = &minutes{}
			}
			devices[model].add(row.Spans, n)
		}
	}
	t.CPU = cpu.peaks()
	for model, m := range devices {
		peaks := m.peaks()
		t.Devices[model] = &peaks
	}
	slices.SortFunc(t.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Run, b.Run), cmp.Compare(a.Namespace, b.Namespace))
	})
	return t
}

// minutes holds by how much the demand changes at each minute of the week.
type minutes [minutesOfWeek + 1]int64

// add adds a demand of n for the time of each span: at its end it is taken back.
func (m *minutes) add(spans []TimeSpan, n int64) {
	for _, s := range spans {
		m[s.From] += n
		m[s.To] -= n
	}
}

// peaks are the highest sums in each hour.
func (m *minutes) peaks() (hours [hoursOfWeek]int64) {
	sum := int64(0)
	for i := range minutesOfWeek {
		sum += m[i]
		hours[i/60] = max(hours[i/60], sum)
	}
	return hours
}

// clock finds the times of schedules in one week. Many runs share a schedule.
type clock struct {
	start time.Time
	known map[[2]string][]time.Time
}

// row lays out one schedule in the week; a CronJob without a time zone is taken to be in UTC.
func (c *clock) row(r *Run, job *batchv1.CronJob) Row {
	zone := "UTC"
	if job.Spec.TimeZone != nil {
		zone = *job.Spec.TimeZone
	}
	row := Row{Run: r.Plan.Name, Namespace: r.Plan.Namespace, Environment: r.Environment, Schedule: job.Spec.Schedule, Zone: zone}
	row.Minutes, row.Because = duration(r, job.Spec.JobTemplate.Spec.ActiveDeadlineSeconds)
	row.Offset, row.Shift = c.offset(zone)
	row.Spans = c.spans(c.times(row.Schedule, zone), row.Minutes, &job.Spec)
	return row
}

// offset is how far a zone's clocks are from UTC's in the week; nothing for those of UTC.
func (c *clock) offset(zone string) (text string, shift *int) {
	location, err := time.LoadLocation(zone)
	if err != nil || zone == "UTC" {
		return "", nil
	}
	from := c.start.In(location)
	text = from.Format("UTC-07:00")
	_, end := from.ZoneBounds()
	if minute := int(end.Sub(c.start) / time.Minute); !end.IsZero() && end.Before(c.start.AddDate(0, 0, 7)) {
		return text + end.Format(", from Mon 2 Jan UTC-07:00"), &minute
	}
	return text, nil
}

// duration is how many minutes a run is taken to last that may take so many seconds, and what says so.
func duration(r *Run, deadline *int64) (int64, string) {
	switch expected := r.Plan.Spec.ExpectedMinutes; {
	case expected != nil && (deadline == nil || *expected*60 <= *deadline):
		return *expected, "expected_minutes"
	case deadline != nil:
		return (*deadline + 59) / 60, "active_deadline_seconds"
	}
	return assumedMinutes, assumed
}

// times are the times at which a schedule is due in the week and in the week before it, whose runs may reach into it. A
// schedule or zone that cannot be read has none: the compiler refuses it. Nor has one whose phase is not in Git.
func (c *clock) times(schedule, zone string) []time.Time {
	key := [2]string{schedule, zone}
	if times, ok := c.known[key]; ok {
		return times
	}
	var times []time.Time
	plan, err := cron.ParseStandard(schedule)
	location, zoneErr := time.LoadLocation(zone)
	if err == nil && zoneErr == nil && !drifts(schedule) {
		end := c.start.Add(minutesOfWeek * time.Minute)
		at := c.start.Add(-minutesOfWeek*time.Minute - time.Second).In(location)
		for at = plan.Next(at); !at.IsZero() && at.Before(end) && len(times) < 2*minutesOfWeek; at = plan.Next(at) {
			times = append(times, at)
		}
	}
	c.known[key] = times
	return times
}

// spans are the runs that begin at the times, as the concurrency policy has them, cut to the week.
func (c *clock) spans(times []time.Time, length int64, spec *batchv1.CronJobSpec) []TimeSpan {
	q := queue{length: int(min(length, 2*minutesOfWeek)), spec: spec}
	for _, at := range times {
		q.due(TimeSpan{From: int(at.Sub(c.start) / time.Minute), Local: at.Format("Mon 15:04 MST"), UTC: at.UTC().Format("Mon 15:04 MST")})
	}
	q.catchUp(minutesOfWeek)
	all := slices.DeleteFunc(q.spans, func(s TimeSpan) bool { return s.To <= 0 })
	for i := range all {
		all[i].From, all[i].To = max(all[i].From, 0), min(all[i].To, minutesOfWeek)
	}
	return all
}

// queue starts runs as the CronJob's controller does. With Forbid a run that is due while the last one runs starts when
// that ends, unless its starting deadline is over by then; of several that wait, only the newest.
type queue struct {
	length  int
	spec    *batchv1.CronJobSpec
	spans   []TimeSpan
	waiting *TimeSpan
}

// end is when the last run ends.
func (q *queue) end() int {
	if len(q.spans) == 0 {
		return -3 * minutesOfWeek
	}
	return q.spans[len(q.spans)-1].To
}

// due is a time at which the schedule is due; times come in order. A run that is still going is let go on beside the
// new one, keeps it waiting, or is ended by it, as the concurrency policy says.
func (q *queue) due(s TimeSpan) {
	q.catchUp(s.From)
	if s.From < q.end() {
		switch q.spec.ConcurrencyPolicy {
		case batchv1.ForbidConcurrent:
			q.waiting = &s
			return
		case batchv1.ReplaceConcurrent:
			q.spans[len(q.spans)-1].To = s.From
		}
	}
	q.waiting = nil
	q.start(s, s.From)
}

// catchUp starts the run that waits, when the last one ends before now.
func (q *queue) catchUp(now int) {
	s, at := q.waiting, q.end()
	if s == nil || at >= now {
		return
	}
	q.waiting = nil
	if deadline := q.spec.StartingDeadlineSeconds; deadline == nil || int64(at-s.From)*60 <= *deadline {
		q.start(*s, at)
	}
}

// start begins a run at a minute, which may be later than the one that it was due at.
func (q *queue) start(s TimeSpan, at int) {
	s.From, s.To = at, at+q.length
	q.spans = append(q.spans, s)
}

// drifts reports whether a schedule counts from when its CronJob was created, which is not in Git.
func drifts(schedule string) bool { return strings.HasPrefix(schedule, "@every") }

// Starts says when the runs of the week begin, where the schedule's clock hangs.
func (r Row) Starts() string {
	if drifts(r.Schedule) {
		return "counted from when the CronJob was created, which is not in Git"
	}
	text := count(int64(len(r.Spans)), "run") + " in the week"
	for i, s := range r.Spans {
		switch {
		case i == 0:
			text += ": " + s.Local
		case len(r.Spans) <= 14:
			text += ", " + s.Local
		case i == len(r.Spans)-1:
			text += " to " + s.Local
		}
	}
	return text
}

// hourName names an hour of the week.
func (t Timeline) hourName(hour int) string {
	at := t.Start.Add(time.Duration(hour) * time.Hour)
	return fmt.Sprintf("%s %s", at.Format("Mon"), at.Format("15:04"))
}
