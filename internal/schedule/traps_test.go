package schedule

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
)

func TestTraps(t *testing.T) {
	clockIn := func(zone string) func(string) (Trap, bool) {
		return func(text string) (Trap, bool) { return ClockChange(text, zone) }
	}
	for _, c := range []struct {
		text string
		find func(string) (Trap, bool)
		says string // none where there is no trap
	}{
		{"0 4 1 * 1", EitherDay, "either"},
		{"0 4 */2 * 1", EitherDay, "either"},
		{"0 4 1 * *", EitherDay, ""},
		{"0 4 * * 1", EitherDay, ""},
		{"@monthly", EitherDay, ""},
		{"*/45 * * * *", UnevenStep, "minute 0 and 45"},
		{"*/90 * * * *", UnevenStep, "@every 90m"},
		{"0-59/25 * * * *", UnevenStep, "minute 0, 25 and 50"},
		{"0 */7 * * *", UnevenStep, "hour 0, 7, 14 and 21"},
		{"0 */48 * * *", UnevenStep, "@every 48h"},
		{"0 0 */2 * *", UnevenStep, "day 1, 3, 5 … 31"},
		{"0 0 1 */5 *", UnevenStep, "month 1, 6 and 11"},
		{"0 0 * * */2", UnevenStep, "weekday 0, 2, 4 and 6"},
		{"*/15 */6 * */3 *", UnevenStep, ""},
		{"5-20/4 9-17/3 * * *", UnevenStep, ""},
		{"30 2 * * *", clockIn("Europe/Rome"), "March"},
		{"30 2 * * *", clockIn("Europe/Rome"), "October"},
		{"30 1 * * *", clockIn("America/New_York"), "comes twice once a year, in November"},
		{"30 1 * * *", clockIn("Europe/London"), "does not come once a year, in March"},
		{"30 0 * * *", clockIn("America/Santiago"), "September"},
		{"30 4 * * *", clockIn("Europe/Rome"), ""},
		{"30 2 * * *", clockIn("Asia/Tokyo"), ""},
		{"30 2 * * *", clockIn(""), ""},
		{"30 2 1 * *", clockIn("Europe/Rome"), ""}, // never the last Sunday
		{"30 2 * * 1-5", clockIn("Europe/Rome"), ""},
		{"30 2 * 6 *", clockIn("Europe/Rome"), ""},
		{"30 * * * *", clockIn("Europe/Rome"), ""},
		{"0 */2 * * *", clockIn("Europe/Rome"), ""},
		{"EST", FixedClock, "America/New_York"},
		{"HST", FixedClock, ""},
	} {
		trap, found := c.find(c.text)
		if found != (c.says != "") || !strings.Contains(trap.Message+" "+trap.Hint, c.says) {
			t.Errorf("%s: %v %+v, want %q", c.text, found, trap, c.says)
		}
		for _, m := range quoted.FindAllStringSubmatch(trap.Hint, -1) {
			if _, err := cron.ParseStandard(m[1]); err != nil {
				t.Errorf("%s: the hint's %q: %v", c.text, m[1], err)
			} else if _, again := c.find(m[1]); again {
				t.Errorf("%s: the hint's %q is a trap as well", c.text, m[1])
			}
		}
	}
}

var quoted = regexp.MustCompile(`"([^"]*)"`)

// TestChangesOfClocks: what is said of an hour is what the controller's parser does on the days of change.
func TestChangesOfClocks(t *testing.T) {
	for _, zone := range []string{"Europe/Rome", "Europe/London", "America/New_York", "America/Los_Angeles", "Australia/Sydney", "Pacific/Auckland", "Europe/Dublin", "Asia/Tokyo"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, hour := range []string{"0", "1", "2", "3", "4"} {
			text := "30 " + hour + " * * *"
			schedule, _ := cron.ParseStandard(text)
			starts := map[string]int{}
			end := time.Date(2029, 1, 1, 0, 0, 0, 0, location)
			for at := schedule.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, location)); at.Before(end); at = schedule.Next(at) {
				starts[at.Format(time.DateOnly)]++
			}
			odd := len(starts) != 365*3+1
			for _, n := range starts {
				odd = odd || n != 1
			}
			if _, found := ClockChange(text, zone); found != odd {
				t.Errorf("%s in %s: found %v, and the parser says %v", text, zone, found, odd)
			}
		}
	}
}

func TestPauses(t *testing.T) {
	for text, want := range map[string][2]time.Duration{
		"@hourly": {time.Hour, time.Hour}, "*/45 * * * *": {15 * time.Minute, 45 * time.Minute}, "@every 90m": {90 * time.Minute, 90 * time.Minute},
		"0 4 * * 1-5": {24 * time.Hour, 72 * time.Hour},
	} {
		shortest, longest, ok := Pauses(text)
		if !ok || shortest != want[0] || longest != want[1] {
			t.Errorf("%s: %v %v %v", text, shortest, longest, ok)
		}
	}
	if _, _, ok := Pauses("no schedule"); ok {
		t.Error("a pause of no schedule")
	}
}

// What is no schedule of five fields has no traps: it is refused elsewhere.
func TestTrapsOfNoSchedule(t *testing.T) {
	for _, text := range []string{"", "*/7", "CRON_TZ=Europe/Berlin */7 * * * *", "TZ=UTC * */7 * * *", "@every 7h", "*/7 * * * * *", "*/7 * * *"} {
		_, either := EitherDay(text)
		_, uneven := UnevenStep(text)
		_, clocks := ClockChange(text, "Europe/Berlin")
		if either || uneven || clocks {
			t.Errorf("%q has a trap", text)
		}
	}
}
