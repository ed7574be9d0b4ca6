package schedule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"berth/internal/diag"
)

// offsetText is a time by its distance from UTC: UTC+1, GMT-05:00, +0530, (UTC+01:00) Amsterdam, Etc/UTC+2, UTC5.
var offsetText = regexp.MustCompile(`^(etc/)?\(?(utc|gmt|z)?\s*([+−–-])?\s*([0-9]{1,2})(?::?([0-9]{2}))?(?:\)(.*))?$`)

// offset explains a distance from UTC.
func offset(text string) (Advice, bool) {
	m := offsetText.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m == nil || m[2] == "" && m[3] == "" {
		return Advice{}, false
	}
	hours, _ := strconv.Atoi(m[4])
	minutes, _ := strconv.Atoi(m[5])
	seconds := hours*3600 + minutes*60
	a := Advice{Message: diag.Quote(text) + " is an offset, and not the name of a time zone"}
	if seconds == 0 {
		a.Zones, a.Hint = []string{"Etc/UTC"}, "write Etc/UTC"
		return a, true
	}
	if m[1] != "" || m[3] == "" { // the sign of Etc/GMT+1 counts the other way, and who knows whether that was known
		a.both(seconds)
		return a, true
	}
	if m[3] != "+" {
		seconds = -seconds
	}
	a.keep(seconds)
	return a, true
}

// both advises where it is not known which side of UTC is meant.
func (a *Advice) both(seconds int) {
	ahead, behind := keepers(seconds), keepers(-seconds)
	a.Zones = append(ahead, behind...)
	switch {
	case len(ahead) > 0 && len(behind) > 0:
		a.Hint = fmt.Sprintf("write %s for %s ahead of UTC (the sign counts the other way there), or %s for %s behind it",
			diag.OneOf(ahead), span(seconds), diag.OneOf(behind), span(seconds))
	case len(a.Zones) > 0:
		a.Hint = "write " + diag.OneOf(a.Zones)
	default:
		a.Hint = "no zone keeps that time: write the zone of a city, such as Europe/Rome"
	}
}

// keep advises the zones that are so many seconds ahead of UTC.
func (a *Advice) keep(seconds int) {
	a.Zones = keepers(seconds)
	side := "ahead of"
	if seconds < 0 {
		side = "behind"
	}
	switch {
	case len(a.Zones) == 0:
		a.Hint = "no zone keeps that time: write the zone of a city, such as Europe/Rome"
	case strings.HasPrefix(a.Zones[0], "Etc/"):
		a.Hint = fmt.Sprintf("write %s, which is %s %s UTC all year (its sign counts the other way)", a.Zones[0], span(seconds), side)
		if len(a.Zones) > 1 {
			a.Hint += ", or the zone of a city, such as " + a.Zones[1]
		}
	default:
		a.Hint = "write the zone of a city: " + diag.OneOf(a.Zones)
	}
}

// span words a distance from UTC.
func span(seconds int) string {
	if seconds < 0 {
		seconds = -seconds
	}
	if seconds%3600 == 0 {
		return diag.Count(seconds/3600, "hour", "hours")
	}
	return fmt.Sprintf("%d:%02d hours", seconds/3600, seconds%3600/60)
}

// keepers are the zones that are so many seconds ahead of UTC: the one without a summer time, and a city's.
func keepers(seconds int) []string {
	var zones []string
	if fixed := fmt.Sprintf("Etc/GMT%+d", -seconds/3600); seconds%3600 == 0 && IsZone(fixed) {
		zones = append(zones, fixed)
	}
	if city := cityWhere(func(rule string) bool {
		c, ok := parseClock(rule)
		return ok && c.standard == seconds
	}); city != "" {
		zones = append(zones, city)
	}
	return zones
}

// largeCities are the zones that advice names before all others of the same rule.
var largeCities = []string{
	"Europe/London", "Europe/Berlin", "Europe/Athens", "Europe/Moscow", "America/New_York", "America/Chicago", "America/Denver",
	"America/Los_Angeles", "America/Anchorage", "America/Halifax", "America/Sao_Paulo", "Pacific/Honolulu", "Asia/Dubai", "Asia/Karachi",
	"Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo", "Australia/Brisbane", "Australia/Sydney",
	"Australia/Darwin", "Pacific/Auckland", "Asia/Seoul", "Asia/Jakarta", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg", "America/Phoenix",
	"America/Mexico_City", "America/Bogota", "Europe/Lisbon", "America/Noronha", "Atlantic/Azores", "Pacific/Pago_Pago", "Pacific/Noumea",
}

// cityWhere is the first zone of a city whose rule is accepted; empty where there is none.
func cityWhere(accepts func(rule string) bool) string {
	for _, zone := range largeCities {
		if accepts(ruleOf(zone)) {
			return zone
		}
	}
	for i, zone := range Zones() {
		if strings.Contains(zone, "/") && !strings.HasPrefix(zone, "Etc/") && accepts(zoneTable().rules[i]) {
			return zone
		}
	}
	return ""
}

// rule explains what the environment variable TZ takes: CET-1CEST,M3.5.0,M10.5.0/3, with or without the days of change.
func rule(text string) (Advice, bool) {
	posix := strings.ToUpper(strings.TrimPrefix(text, ":"))
	c, whole := parseClock(posix)
	if !whole && c.standard == 0 || !strings.ContainsAny(posix, "0123456789") {
		return Advice{}, false
	}
	a := Advice{Message: diag.Quote(text) + " is a rule of POSIX' TZ, and not the name of a time zone"}
	city := cityWhere(func(rule string) bool { return rule == posix || strings.HasPrefix(rule, posix+",") })
	if city == "" && whole {
		city = cityWhere(func(rule string) bool { other, _ := parseClock(rule); return other == c })
	}
	if city == "" {
		a.Hint = "write the zone of a city, such as Europe/Rome"
		return a, true
	}
	a.Zones, a.Hint = []string{city}, "write "+city
	return a, true
}
