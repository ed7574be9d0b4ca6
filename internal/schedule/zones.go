// Package schedule knows the clocks by which a schedule runs: the names of time zones, what is meant by a text that is
// none, and the days on which a zone's clocks are changed. It depends on no machine: everything stands in its own files.
package schedule

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// zoneFile lists the time zones of the IANA database (2025b, in the public domain) by name, each with the rule that its
// clocks follow from now on, as POSIX writes it in TZ. The machine's own database would do as well, but differs from
// machine to machine and takes names in any case where its file system does.
//
//go:embed zones.txt
var zoneFile string

// zoneTable reads the file when it is first asked for: most builds have no schedule. Names and rules have the same
// indexes.
var zoneTable = sync.OnceValue(func() (t struct{ names, rules []string }) {
	for line := range strings.Lines(zoneFile) {
		name, rule, _ := strings.Cut(strings.TrimSpace(line), " ")
		t.names, t.rules = append(t.names, name), append(t.rules, rule)
	}
	return t
})

// Zones are the names of the time zones that a schedule may name, sorted.
func Zones() []string { return zoneTable().names }

// IsZone reports whether a text is the name of a time zone, in the database's own spelling.
func IsZone(name string) bool {
	_, ok := slices.BinarySearch(Zones(), name)
	return ok
}

// ruleOf is the rule of a zone's clocks; it is empty for what is no zone.
func ruleOf(zone string) string {
	i, ok := slices.BinarySearch(Zones(), zone)
	if !ok {
		return ""
	}
	return zoneTable().rules[i]
}
