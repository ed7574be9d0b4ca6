package compiler

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

func every(schedule string) func(*schema.Plan) {
	return func(p *schema.Plan) { p.Spec.Schedule = schedule }
}

func TestScheduleRules(t *testing.T) {
	zone := func(name string) func(*schema.Plan) {
		return all(every("@daily"), func(p *schema.Plan) { p.Spec.TimeZone = name })
	}
	late := func(p *schema.Plan) { p.Spec.StartingDeadlineSeconds = ptr(int64(5)) }
	const at = "spec.schedule"
	cases := []ruleCase{
		{name: "never", change: every("0 0 31 2 *"), at: at, code: diag.Schedule, says: "never"},
		{name: "no times", change: every("0 , * * *"), at: at, code: diag.Schedule, says: "hour"},
		{name: "minute 60", change: every("60 * * * *"), at: at, code: diag.Schedule, says: "0 to 59"},
		{name: "Sunday as 7", change: every("0 4 * * 7"), at: at, code: diag.Schedule, says: "Sunday is 0", replace: "0 4 * * 0"},
		{name: "words", change: every("every day at noon"), at: at, code: diag.Schedule, says: "five"},
		{name: "Quartz", change: every("0 0 12 ? * MON-FRI"), at: at, code: diag.Schedule, says: "seconds", replace: "0 12 * * MON-FRI"},
		{name: "Quartz with a year", change: every("0 0 12 * * ? 2026"), at: at, code: diag.Schedule, says: "seconds", replace: "0 12 * * *"},
		{name: "AWS", change: every("0 12 * * ? *"), at: at, code: diag.Schedule, says: "year", replace: "0 12 * * *"},
		{name: "Quartz with weekdays by number", change: every("0 0 12 ? * 2-6"), at: at, code: diag.Schedule, says: "Sunday"},
		{name: "zone inside", change: every("TZ=Europe/Rome 0 4 * * *"), at: at, code: diag.Schedule, says: "time_zone: Europe/Rome"},
		{name: "zone inside, alone", change: every("CRON_TZ=Europe/Rome"), at: at, code: diag.Schedule, says: "time_zone"},
		{name: "reboot", change: every("@reboot"), at: at, code: diag.Schedule, says: "boot"},
		{name: "misspelt name", change: every("@dayly"), at: at, code: diag.Schedule, says: "@daily", replace: "@daily"},
		{name: "every what", change: every("@every day"), at: at, code: diag.Schedule, says: "1h30m"},
		{name: "back in time", change: every("@every -5m"), at: at, code: diag.Schedule, says: "positive"},
		{name: "zone", change: zone("Europe/Rome")},
		{name: "zone in another case", change: zone("europe/rome"), at: "spec.time_zone", code: diag.Schedule, says: "Europe/Rome", replace: "Europe/Rome"},
		{name: "zone of the machine", change: zone("Local"), at: "spec.time_zone", code: diag.Schedule, says: "whichever machine"},
		{name: "zone alone", change: func(p *schema.Plan) { p.Spec.TimeZone = "UTC" }, at: "spec.time_zone", code: diag.Schedule, key: true, says: "schedule"},
		{name: "the project's zone alone", change: func(p *schema.Plan) { p.Spec.TimeZone = "UTC" }, layers: map[string]source.Layer{"spec.time_zone": source.ProjectDefault}},
		{name: "zone beside a misspelt schedule", change: func(p *schema.Plan) { p.Spec.TimeZone = "UTC" }, refused: "spec"},
		{name: "history of a template", change: func(p *schema.Plan) { p.Spec.RunPolicy, p.Spec.FailedHistory = "template", ptr(int64(1)) }},
		{name: "short deadline", change: all(every("@daily"), late), at: "spec.starting_deadline_seconds", code: diag.Schedule, warning: true, says: "10"},
	}
	for _, good := range []string{"0 0 * * *", "*/5 9-17 * JAN-MAR mon,fri", "0 0 29 2 *", "? ? * * ?", "@daily", "@every 1h30m", "0 0 31 2 MON"} {
		cases = append(cases, ruleCase{name: good, change: every(good)})
	}
	runCases(t, "job", cases)
}

func TestZonesAreKnownToGo(t *testing.T) {
	if !slices.IsSorted(zones()) || len(zones()) < 500 {
		t.Fatalf("%d zones, sorted: %v", len(zones()), slices.IsSorted(zones()))
	}
	for _, name := range zones() {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
}
