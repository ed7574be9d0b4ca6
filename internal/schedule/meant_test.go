package schedule

import (
	"strings"
	"testing"
	"time"

	"berth/internal/diag"
)

// TestAdvice: what people write instead of a zone leads to zones that keep the time that was meant, or to an explanation.
func TestAdvice(t *testing.T) {
	for _, c := range []struct{ text, zones, says string }{
		{"PST", "America/Los_Angeles Asia/Manila", "abbreviation"},
		{"JST", "Asia/Tokyo", "abbreviation"},
		{"CST", "America/Chicago Asia/Shanghai America/Havana America/Mexico_City", "abbreviation"},
		{"IST", "Asia/Kolkata Europe/Dublin Asia/Jerusalem", "abbreviation"},
		{"Asia/IST", "Asia/Kolkata Asia/Jerusalem", "abbreviation"},
		{"cest", "Europe/Berlin Europe/Paris Europe/Rome Europe/Madrid", "abbreviation"},
		{"Pacific Time", "America/Los_Angeles", "abbreviation"},
		{"UTC+1", "Etc/GMT-1 Europe/Berlin", "offset"},
		{"GMT-5", "Etc/GMT+5 America/New_York", "offset"},
		{"UTC+05:30", "Asia/Kolkata", "offset"},
		{"+0530", "Asia/Kolkata", "offset"},
		{"UTC−8", "Etc/GMT+8 America/Los_Angeles", "offset"},
		{"(UTC+01:00) Amsterdam, Berlin, Bern", "Etc/GMT-1 Europe/Berlin", "offset"},
		{"UTC+0", "Etc/UTC", "offset"},
		{"UTC5", "Etc/GMT-5 Asia/Karachi Etc/GMT+5 America/New_York", "offset"},
		{"Etc/UTC+2", "Etc/GMT-2 Europe/Athens Etc/GMT+2 America/Noronha", "offset"},
		{"Etc/GMT5", "Etc/GMT-5 Asia/Karachi Etc/GMT+5 America/New_York", "offset"},
		{"UTC+0917", "", "no zone"},
		{"CET-1CEST", "Europe/Berlin", "POSIX"},
		{"EST5EDT,M3.2.0,M11.1.0", "America/New_York", "POSIX"},
		{"AEST-10AEDT,M10.1.0,M4.1.0/3", "Australia/Sydney", "POSIX"},
		{"W. Europe Standard Time", "Europe/Berlin", "Windows"},
		{"Tokyo Standard Time", "Asia/Tokyo", "Windows"},
		{"Europe/Milan", "Europe/Rome", "city"},
		{"Milano", "Europe/Rome", "city"},
		{"München", "Europe/Berlin", "city"},
		{"Milan, Italy", "Europe/Rome", "city"},
		{"Asia/Beijing", "Asia/Shanghai", "city"},
		{"America/San_Francisco", "America/Los_Angeles", "city"},
		{"Asia/Mumbai", "Asia/Kolkata", "city"},
		{"Italy", "Europe/Rome", "after countries"},
		{"Europe/Germany", "Europe/Berlin", "after countries"},
		{"IT", "Europe/Rome", "after countries"},
		{"New York", "America/New_York", "America/New_York"},
		{"America/London", "Europe/London", "Europe/London"},
		{"europe/rome", "Europe/Rome", "Europe/Rome"},
		{"utc", "UTC", "write UTC"},
		{"Asia/Singapor", "Asia/Singapore", "did you mean"},
		{"Europe/Rom", "", "IANA"}, // Roma is a city, Rom may be any
		{"Mars/Olympus", "", "IANA"},
		{"Europe/Mianl", "", "IANA"}, // it is nearer to Minsk than to any zone of its own hour
	} {
		a := Meant(c.text)
		if got := strings.Join(a.Zones, " "); got != c.zones {
			t.Errorf("%s: %s, want %s", c.text, got, c.zones)
		}
		if !strings.Contains(a.Message+" "+a.Hint, c.says) {
			t.Errorf("%s: %s; %s: no %q", c.text, a.Message, a.Hint, c.says)
		}
		for _, zone := range a.Zones {
			if !IsZone(zone) || !strings.Contains(a.Hint, zone) {
				t.Errorf("%s: %s is no zone, or not in the hint %q", c.text, zone, a.Hint)
			}
		}
	}
}

// TestWords: every word leads to zones that there are, and is met by no zone's own name.
func TestWords(t *testing.T) {
	if len(words()) < 1000 {
		t.Fatalf("%d words", len(words()))
	}
	for w, k := range words() {
		if len(k.zones) == 0 || plain(w) != w {
			t.Errorf("%s: %v", w, k)
		}
		for _, zone := range k.zones {
			if !IsZone(zone) {
				t.Errorf("%s: %s is no zone", w, zone)
			}
		}
	}
}

// TestAbbreviations: every abbreviation of the database is explained, by a zone that uses it now.
func TestAbbreviations(t *testing.T) {
	for i, rule := range zoneTable().rules {
		for _, abbreviation := range strings.FieldsFunc(strings.Split(rule, ",")[0], func(r rune) bool { return !isLetter(byte(r)) }) {
			if strings.HasPrefix(rule, "<") || IsZone(abbreviation) || Zones()[i] == "MET" {
				continue // MET is the old name of CET, and nothing but itself uses its letters
			}
			a := Meant(abbreviation)
			uses := false
			for _, zone := range a.Zones {
				uses = uses || strings.Contains(ruleOf(zone), abbreviation)
			}
			if !uses {
				t.Errorf("%s of %s: %v", abbreviation, Zones()[i], a.Zones)
			}
		}
	}
}

// TestOffsets: each offset from 12 hours behind UTC to 14 ahead leads to zones that keep it.
func TestOffsets(t *testing.T) {
	for minutes := -12 * 60; minutes <= 14*60; minutes += 15 {
		text := time.Unix(0, 0).In(time.FixedZone("", minutes*60)).Format("UTC-07:00")
		a := Meant(text)
		for _, zone := range a.Zones {
			if c, ok := parseClock(ruleOf(zone)); !ok || c.standard != minutes*60 {
				t.Errorf("%s: %s", text, zone)
			}
		}
		if minutes%60 == 0 && len(a.Zones) == 0 {
			t.Errorf("%s leads nowhere", text)
		}
	}
}

// TestMisspelled: a zone with a wrong letter leads to that zone or to nothing, never to another hour.
func TestMisspelled(t *testing.T) {
	for i, zone := range Zones() {
		if i%5 > 0 {
			continue // a fifth of them is enough
		}
		for at := strings.LastIndexByte(zone, '/') + 1; at < len(zone); at += 3 {
			text := zone[:at] + "x" + zone[at+1:]
			if IsZone(text) || strings.HasPrefix(zone, "Etc/") {
				continue
			}
			for _, found := range Meant(text).Zones {
				if _, isWord := words()[plain(text[strings.LastIndexByte(text, '/')+1:])]; !isWord && ruleOf(found) != zoneTable().rules[i] {
					t.Errorf("%s leads to %s", text, found)
				}
			}
		}
	}
}

// TestRules: the rules are those of the time package for zones whose law has not changed for long.
func TestRules(t *testing.T) {
	for _, zone := range []string{"Europe/Rome", "Europe/London", "America/New_York", "America/Los_Angeles", "Australia/Sydney", "Asia/Kolkata", "Pacific/Auckland", "Europe/Dublin", "America/Phoenix"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		c, ok := parseClock(ruleOf(zone))
		if !ok {
			t.Fatalf("%s: %s", zone, ruleOf(zone))
		}
		for year := 2020; year < 2030; year++ {
			for _, side := range []struct {
				change        change
				before, after int
			}{{c.away, c.standard, c.other}, {c.back, c.other, c.standard}} {
				if c.standard == c.other {
					continue
				}
				at := side.change.day(year).Add(time.Duration(side.change.seconds-side.before) * time.Second)
				_, before := at.Add(-time.Second).In(location).Zone()
				_, after := at.In(location).Zone()
				if before != side.before || after != side.after {
					t.Errorf("%s changes at %v from %d to %d, and is said to do so from %d to %d", zone, at, before, after, side.before, side.after)
				}
			}
		}
	}
}

// TestZonesAreRead: every zone's rule is understood.
func TestZonesAreRead(t *testing.T) {
	for i, zone := range Zones() {
		if _, ok := parseClock(zoneTable().rules[i]); !ok {
			t.Errorf("%s: %s", zone, zoneTable().rules[i])
		}
	}
	if diag.Distance("Rome", "rome") != 0 {
		t.Error("a name is at a distance from itself")
	}
}
