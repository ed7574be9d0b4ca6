package review

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// weekOf is the week of one environment's schedules: each environment may be a cluster of its own.
type weekOf struct {
	Environment string
	Charts      []chart
	Rows        []Row
}

func weeks(runs []Run, start time.Time) []weekOf {
	of := map[string][]Run{}
	for _, r := range runs {
		of[r.Environment] = append(of[r.Environment], r)
	}
	var all []weekOf
	for _, environment := range slices.Sorted(maps.Keys(of)) {
		if t := NewTimeline(of[environment], start); len(t.Rows) > 0 {
			all = append(all, weekOf{environment, charts(t), t.Rows})
		}
	}
	return all
}

// chart is the demand for one resource by hour.
type chart struct {
	Name, Peak string
	Device     bool
	Bars       []bar
}

// bar is a demand that lasts for some hours. Height is in hundredths of the peak.
type bar struct {
	Hour, Hours, Height int
	Label               string
	Amount              string
}

func charts(t Timeline) []chart {
	cores := func(n int64) string { return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64) }
	number := func(n int64) string { return fmt.Sprint(n) }
	var all []chart
	for _, model := range slices.Sorted(maps.Keys(t.Devices)) {
		c := t.chart(model, t.Devices[model], number)
		c.Device = true
		all = append(all, c)
	}
	return append(all, t.chart("cpu", &t.CPU, cores))
}

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
		key := compact(row)
		if _, ok := known[key]; !ok {
			known[key] = len(rows)
			rows = append(rows, row)
		}
		name := title(Item{Environment: r.Environment, Namespace: r.Plan.Namespace, Name: r.Plan.Name})
		rows[known[key]].Runs = append(rows[known[key]].Runs, name)
	}
	return rows
}
