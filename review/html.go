package review

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"title": title, "place": placeText, "objectTitle": objectTitle, "figures": figures, "totalTitle": totalTitle,
	"tone": tone, "percent": percent, "summary": summary, "clock": clockText,
}).Parse(pageText))

// pageData is what the page shows.
type pageData struct {
	Report   Report
	Timeline Timeline
	Days     []string
	Charts   []chart
	Fits     []fitRow
	Uses     []Use
}

// chart is the demand for one resource by hour.
type chart struct {
	Name, Peak string
	Bars       []bar
}

// bar is one hour with a demand. Height is in hundredths of the peak.
type bar struct {
	Hour, Height int
	Label        string
	Amount       string
}

// fitRow is a run with what each kind of machine makes of it.
type fitRow struct {
	Run, Verdict string
	Shapes       []fitShape
}

type fitShape struct {
	Name, Text string
	Fits       bool
}

// WriteHTML writes a report as one page that needs no network, with the week of all schedules of the side after, whose
// first midnight (UTC) is week.
func WriteHTML(w io.Writer, r Report, after []Run, week time.Time) error {
	data := pageData{Report: r, Timeline: NewTimeline(after, week), Uses: Uses(after), Fits: fits(after)}
	for day := range 7 {
		data.Days = append(data.Days, week.AddDate(0, 0, day).Format("Mon 2 Jan"))
	}
	data.Charts = charts(data.Timeline)
	return page.Execute(w, data)
}

func charts(t Timeline) []chart {
	if len(t.Rows) == 0 {
		return nil
	}
	cores := func(n int64) string { return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64) }
	number := func(n int64) string { return fmt.Sprint(n) }
	var all []chart
	for _, model := range slices.Sorted(maps.Keys(t.Devices)) {
		all = append(all, t.chart(model, t.Devices[model], number))
	}
	return append(all, t.chart("cpu", &t.CPU, cores))
}

func (t Timeline) chart(name string, hours *[hoursOfWeek]int64, text func(int64) string) chart {
	peak := slices.Max(hours[:])
	c := chart{Name: name, Peak: text(peak)}
	for hour, n := range hours {
		if n > 0 {
			c.Bars = append(c.Bars, bar{Hour: hour, Height: max(int(n*100/peak), 2), Label: t.hourName(hour), Amount: text(n)})
		}
	}
	return c
}

func fits(runs []Run) []fitRow {
	var rows []fitRow
	for i := range runs {
		r := &runs[i]
		if len(r.Fit.Shapes) == 0 {
			continue
		}
		row := fitRow{Run: title(Item{Environment: r.Environment, Namespace: r.Plan.Namespace, Name: r.Plan.Name}), Verdict: r.Fit.Verdict.String()}
		for _, s := range r.Fit.Shapes {
			shape := fitShape{Name: s.Name, Fits: s.Fits(), Text: "fits"}
			if s.PerNode > 0 {
				shape.Text = fmt.Sprintf("%s on an empty one", count(int64(s.PerNode), "pod"))
			}
			if !s.Fits() {
				shape.Text = s.Reasons[0].Text
			}
			row.Shapes = append(row.Shapes, shape)
		}
		rows = append(rows, row)
	}
	return rows
}

func placeText(c Change) string {
	if p := placeOf(c); p != nil {
		return was(c) + origin(*p)
	}
	return ""
}

// tone is the class of a verdict's colour.
func tone(v Verdict) string {
	switch v {
	case Stops, StartsKilled, Unmanaged, OnlyBefore:
		return "bad"
	case Starts, StartsKept, StartsPruned, RollsOut, ReSchedules, OnlyAfter, Differs:
		return "new"
	}
	return "calm"
}

// percent is a minute as a part of the week, as CSS has it.
func percent(from, to int) template.CSS {
	return template.CSS(fmt.Sprintf("left:%.3f%%;width:%.3f%%", float64(from)/minutesOfWeek*100, float64(to-from)/minutesOfWeek*100))
}

func clockText(s TimeSpan) string {
	return fmt.Sprintf("%s, %d minutes", s.Local, s.To-s.From)
}
