package schedule

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"berth/internal/diag"

	"golang.org/x/text/unicode/norm"
)

// Advice says what a text is that is not the name of a time zone, and which zones may have been meant.
type Advice struct {
	Message, Hint string
	// Zones are those that were perhaps meant, the likeliest first.
	Zones []string
	// Certain says that the one zone is the same name in another spelling.
	Certain bool
}

// Meant explains a text that is not the name of a time zone. It guesses no hour: a text that is nearly a zone's name may be
// a city that keeps another time.
func Meant(text string) Advice {
	for _, explain := range []func(string) (Advice, bool){offset, spelling, word, zoneCity, rule, slip} {
		if a, ok := explain(text); ok {
			return a
		}
	}
	return Advice{
		Message: diag.Quote(text) + " is not the name of a time zone",
		Hint:    "write a name of the IANA database, which is that of a large city in the zone, such as Europe/Rome, or Etc/UTC",
	}
}

// spelling finds a zone whose name differs in case and separators alone.
func spelling(text string) (Advice, bool) {
	for _, zone := range Zones() {
		if diag.SameName(zone, text) && !strings.HasPrefix(zone, "Etc/GMT") {
			return Advice{Message: diag.Quote(text) + " is not the name of a time zone", Hint: "write " + zone, Zones: []string{zone}, Certain: true}, true
		}
	}
	return Advice{}, false
}

// wordFile lists what people write instead of a zone's name, each word without case, accents and separators, with the
// zones that may be meant: abbreviations, Windows' names (by Unicode's CLDR), large cities that have no zone of their own,
// countries and their codes.
//
//go:embed words.txt
var wordFile string

// known is a word that is no zone: its sort, and the zones that may be meant.
// The sort decides how the message calls the word: abbreviation, windows, city or country.
type known struct {
	sort  string
	zones []string
}

// words is the file read once, by plain word. A line `= SORT` begins a section.
var words = sync.OnceValue(func() map[string]known {
	all, sort := map[string]known{}, ""
	for line := range strings.Lines(wordFile) {
		fields := strings.Fields(line)
		if fields[0] == "=" {
			sort = fields[1]
			continue
		}
		all[fields[0]] = known{sort, fields[1:]}
	}
	return all
})

// plain is a text without case, accents and separators.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFD.String(text))
}

// word explains abbreviations, Windows' names, cities and countries, alone or after an area or before a comma.
func word(text string) (Advice, bool) {
	area, last := "", text
	if i := strings.LastIndexByte(text, '/'); i >= 0 {
		area, last = text[:i+1], text[i+1:]
	}
	before, _, _ := strings.Cut(last, ",")
	for _, w := range []string{text, last, before} {
		if k, ok := words()[plain(w)]; ok {
			return k.advice(text, area), true
		}
	}
	return Advice{}, false
}

// advice offers the zones of a word; those in the area that was written come alone, where there are some.
func (k known) advice(text, area string) Advice {
	a := Advice{Zones: k.zones}
	if there := slices.DeleteFunc(slices.Clone(k.zones), func(z string) bool { return !strings.HasPrefix(z, area) }); len(there) > 0 {
		a.Zones = there
	}
	switch k.sort {
	case "abbreviation":
		a.Message = diag.Quote(text) + " is the abbreviation of a time, and not the name of a time zone"
	case "windows":
		a.Message = diag.Quote(text) + " is Windows' name of a time zone, and Kubernetes takes those of the IANA database"
	case "city":
		a.Message = fmt.Sprintf("%s is not the name of a time zone: the zone of that city is %s", diag.Quote(text), a.Zones[0])
	case "country":
		a.Message = diag.Quote(text) + " is not the name of a time zone: zones are named after cities, and not after countries"
	}
	a.Hint = "write " + a.Zones[0]
	if len(a.Zones) > 1 {
		a.Hint = "write the zone of the city that is meant: " + diag.OneOf(a.Zones)
	}
	return a
}

// zoneCity finds the zones whose city a text is, alone or after another area.
func zoneCity(text string) (Advice, bool) {
	city := plain(text[strings.LastIndexByte(text, '/')+1:])
	a := Advice{Message: diag.Quote(text) + " is not the name of a time zone"}
	for i, zone := range Zones() {
		at := strings.LastIndexByte(zone, '/')
		if at < 0 || strings.HasPrefix(zone, "Etc/") || plain(zone[at+1:]) != city {
			continue
		}
		if len(a.Zones) == 0 || ruleOf(a.Zones[0]) != zoneTable().rules[i] {
			a.Zones = append(a.Zones, zone)
		}
	}
	if len(a.Zones) == 0 {
		return a, false
	}
	a.Hint = "write " + diag.OneOf(a.Zones)
	return a, true
}

// shortestSlip is the length of a city's name from which one wrong letter leaves no doubt which it is.
const shortestSlip = 6

// slip finds a zone of the same area with one letter wrong.
func slip(text string) (Advice, bool) {
	at := strings.LastIndexByte(text, '/') + 1
	if at == 0 || len(text) > 100 {
		return Advice{}, false
	}
	for _, zone := range Zones() {
		split := strings.LastIndexByte(zone, '/') + 1
		if split < 2 || len(zone)-split < shortestSlip || !diag.SameName(zone[:split], text[:at]) || diag.Distance(zone[split:], text[at:]) > 1 {
			continue
		}
		return Advice{Message: diag.Quote(text) + " is not the name of a time zone", Hint: "did you mean " + zone + "?", Zones: []string{zone}}, true
	}
	return Advice{}, false
}
