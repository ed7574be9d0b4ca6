package review

import (
	"maps"
	"slices"
	"time"
)

// weekOf is the week of one environment's schedules: each environment may be a cluster of its own.
type weekOf struct {
	Environment string
	Charts      []chart
	Rows        []Row
}

// Folded reports whether there are too many schedules to be read in passing.
func (w weekOf) Folded() bool { return len(w.Rows) > 40 }

// weeks are the timelines of the environments that have schedules after the change; start is a midnight in UTC.
func weeks(before, after []Run, start time.Time) []weekOf {
	was, is := byEnvironment(before), byEnvironment(after)
	var all []weekOf
	for _, environment := range slices.Sorted(maps.Keys(is)) {
		if t := NewTimeline(is[environment], start); len(t.Rows) > 0 {
			old := NewTimeline(was[environment], start)
			t.moved(old)
			all = append(all, weekOf{environment, charts(old, t, len(was[environment]) > 0), t.Rows})
		}
	}
	return all
}

// byEnvironment divides runs, in their order; those without an environment are under "".
func byEnvironment(runs []Run) map[string][]Run {
	of := map[string][]Run{}
	for _, r := range runs {
		of[r.Environment] = append(of[r.Environment], r)
	}
	return of
}

// chart is the demand for one resource by hour. Was is its peak on the side before, where that is another one.
type chart struct {
	Name, Peak, Was string
	Device          bool
	Bars            []bar
}

// bar is a demand that lasts for some hours. Height is in hundredths of the peak.
type bar struct {
	Hour, Hours, Height int
	Label               string
	Amount              string
}

// charts are the demands of a week, with their peaks in the week as it was, where there was one.
func charts(old, t Timeline, compared bool) []chart {
	var all []chart
	add := func(name string, was, is *[hoursOfWeek]int64, device bool, text func(int64) string) {
		c := t.chart(name, is, text)
		c.Device = device
		if was == nil {
			was = &[hoursOfWeek]int64{}
		}
		if peak := text(slices.Max(was[:])); compared && peak != c.Peak {
			c.Was = peak
		}
		all = append(all, c)
	}
	for _, model := range slices.Sorted(maps.Keys(t.Devices)) {
		add(model, old.Devices[model], t.Devices[model], true, number)
	}
	add("cpu", &old.CPU, &t.CPU, false, cores)
	return all
}

// chart joins hours of one demand into bars. A bar is never lower than two hundredths of the peak, so that it is seen.
func (t Timeline) chart(name string, hours *[hoursOfWeek]int64, text func(int64) string) chart {
	peak := slices.Max(hours[:])
	c := chart{Name: name, Peak: text(peak)}
	for hour, n := range hours {
		switch {
		case n == 0:
		case hour > 0 && n == hours[hour-1]:
			c.Bars[len(c.Bars)-1].Hours++
		default:
			c.Bars = append(c.Bars, bar{Hour: hour, Hours: 1, Height: max(int(n*100/peak), 2), Label: t.hourName(hour), Amount: text(n)})
		}
	}
	return c
}

// fitRow is what each kind of machine makes of some runs.
type fitRow struct {
	Runs    []string
	Verdict string
	Shapes  []fitShape
}

// fitShape is a machine of a profile, what is said of it, and whether the run fits on it.
type fitShape struct {
	Name, Text string
	Fits       bool
}

// fits lists the runs with machines; those of which the machines make the same stand together.
func fits(runs []Run) []fitRow {
	var rows []fitRow
	known := map[string]int{}
	for i := range runs {
		r := &runs[i]
		if len(r.Fit.Shapes) == 0 {
			continue
		}
		row := fitRow{Verdict: r.Fit.Verdict.String()}
		for _, s := range r.Fit.Shapes {
			shape := fitShape{Name: s.Name, Fits: s.Fits(), Text: "fits"}
			if s.PerNode > 0 {
				shape.Text = "takes " + count(int64(s.PerNode), "pod")
			}
			if !s.Fits() {
				shape.Text = s.Reasons[0].Text
			}
			row.Shapes = append(row.Shapes, shape)
		}
		// Runs on the same machines with the same answer share a row.
		key := compact(row)
		if _, ok := known[key]; !ok {
			known[key] = len(rows)
			rows = append(rows, row)
		}
		name := title(Item{Environment: r.Environment, Namespace: r.Plan.Namespace, Name: r.Plan.Name, RunAction: r.action})
		rows[known[key]].Runs = append(rows[known[key]].Runs, name)
	}
	return rows
}
