package review

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
	"time"
)

//go:embed page.html
var pageText string

// page is parsed when it is wanted, which costs other commands nothing.
var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"upperFirst": upperFirst, "place": placeText, "origin": func(p *Place) string { return origin(*p) }, "fieldTitle": fieldTitle,
		"objectWord": objectWord, "tone": tone, "edge": edge, "tallies": tallies, "summary": summary,
		"percent": percent, "clock": clockText, "duration": durationText, "breaks": breaks,
	}).Parse(pageText))
})

// pageData is what the page shows.
type pageData struct {
	Report Report
	Groups []*group
	Totals []totalGroup
	Days   []day
	Weeks  []weekOf
	Fits   []fitRow
	Uses   []Use
	// Absent says why sections are left out.
	Absent string
}

// day is a day of the week that is shown.
type day struct{ Name, Date string }

// totalGroup is one total that is not nought.
type totalGroup struct {
	Title   string
	Figures []figure
}

// WriteHTML writes a report as one page that needs no network, with the week of all schedules of the side after, whose
// first midnight (UTC) is week.
func WriteHTML(w io.Writer, r Report, before, after []Run, week time.Time) error {
	data := pageData{Report: r, Groups: groups(r.Runs), Weeks: weeks(before, after, week), Uses: Uses(after), Fits: fits(after)}
	for _, t := range r.Totals {
		if all := figures(t); len(all) > 0 {
			data.Totals = append(data.Totals, totalGroup{totalTitle(t), all})
		}
	}
	for i := range 7 {
		date := week.AddDate(0, 0, i)
		data.Days = append(data.Days, day{date.Format("Mon"), date.Format("2 Jan")})
	}
	data.Absent = data.absent()
	return page().Execute(w, data)
}

// absent says what there is nothing to show of.
func (d *pageData) absent() string {
	var parts []string
	for _, p := range []struct {
		there bool
		text  string
	}{
		{len(d.Totals) > 0, "nothing is requested"},
		{len(d.Weeks) > 0, "no run has a schedule"},
		{len(d.Fits) > 0, "no profile in use says what its machines are"},
		{len(d.Uses) > 0, "no run uses a profile, a queue, a claim, a secret or a config map"},
	} {
		if !p.there {
			parts = append(parts, p.text)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Not shown: " + strings.Join(parts, "; ") + "."
}

// placeText is who decided a change, empty for what nobody did.
func placeText(c Change) string {
	if p := placeOf(c); p != nil {
		return was(c) + origin(*p)
	}
	return ""
}

// edge is the class of a run's edge, by the tone of its verdict.
func edge(v Verdict) string {
	return map[string]string{toneBad: "ends", toneNew: "begins", toneCalm: "stays"}[tone(v)]
}

// objectWord says whether an object came, went or stayed.
func objectWord(o ObjectChange) string {
	switch {
	case o.Before == "":
		return "new"
	case o.After == "":
		return "gone"
	}
	return "changed"
}

// objectNames are the names on both sides, or the one that there is.
func objectNames(o ObjectChange) string {
	switch {
	case o.Before == "" || o.Before == o.After:
		return o.After
	case o.After == "":
		return o.Before
	}
	return o.Before + " → " + o.After
}

// breaks is a path that a line may break in.
func breaks(path string) template.HTML {
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(path), ".", ".<wbr>"))
}

// percent is a minute as a part of the week, as CSS has it.
func percent(from, to int) template.CSS {
	return template.CSS(fmt.Sprintf("left:%.3f%%;width:%.3f%%", float64(from)/minutesOfWeek*100, float64(to-from)/minutesOfWeek*100))
}

// clockText is a run of a schedule: when it begins where the schedule's clock hangs, in UTC as well where that is
// another one, and how long it takes.
func clockText(s TimeSpan) string {
	return s.Local + also(!strings.HasSuffix(s.Local, "UTC"), " ("+s.UTC+")") + ", " + durationText(int64(s.To-s.From))
}

// durationText is a number of minutes as people say it.
func durationText(minutes int64) string {
	hours, rest := minutes/60, minutes%60
	switch {
	case hours == 0:
		return fmt.Sprintf("%d min", rest)
	case rest == 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d h %d min", hours, rest)
}
