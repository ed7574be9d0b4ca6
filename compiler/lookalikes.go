package compiler

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"berth/internal/diag"
)

// lookalikes are letters of other scripts that most fonts draw as a Latin one (Unicode's confusables.txt, those of small
// letters and the underscore), by the Latin one.
var lookalikes = map[rune]string{
	'a': "аɑα", 'b': "Ьƅ", 'c': "сϲⅽ", 'd': "ԁⅾ", 'e': "еҽ", 'f': "ſẝ", 'g': "ɡց", 'h': "һհ", 'i': "іıιɩ", 'j': "јϳ", 'k': "κк",
	'l': "ӏⅼǀ", 'm': "мⅿ", 'n': "ոռп", 'o': "оοօ", 'p': "рρ", 'q': "ԛզ", 'r': "гᴦ", 's': "ѕꜱ", 't': "τт", 'u': "υսᴜ", 'v': "νѵⅴ",
	'w': "ԝѡա", 'x': "хⅹ", 'y': "уүγ", 'z': "ᴢ", '_': "‗＿",
}

// latin is a name with every look-alike replaced, and what was replaced in words; empty where there is none.
func latin(name string) (plain, words string) {
	var found []string
	plain = strings.Map(func(r rune) rune {
		l := latinOf(r)
		if l != r {
			found = append(found, fmt.Sprintf("U+%04X, %s that looks like %c", r, script(r), l))
		}
		return l
	}, name)
	if len(found) == 0 {
		return name, ""
	}
	return plain, diag.AllOf(slices.Compact(found))
}

// latinOf is the Latin letter that a rune looks like, or the rune itself. No two lists share a rune, so that the order
// of the map does not matter.
func latinOf(r rune) rune {
	if r < 0x80 {
		return r
	}
	if r >= 0xff01 && r <= 0xff5e { // the full-width forms, which are ASCII's in its order
		return r - 0xff01 + '!'
	}
	for l, others := range lookalikes {
		if strings.ContainsRune(others, r) {
			return l
		}
	}
	return r
}

// script is what kind of character it is.
func script(r rune) string {
	for _, name := range slices.Sorted(maps.Keys(unicode.Scripts)) {
		if name != "Common" && name != "Inherited" && unicode.Is(unicode.Scripts[name], r) {
			return "a letter of the script " + name
		}
	}
	return "a character"
}

// lookalike says of a name that is unknown that it has letters which only look like those of a field. It returns the field,
// or "" where no letter does.
func lookalike(d *diag.Diagnostic, name string, known []string) string {
	plain, words := latin(name)
	if words == "" {
		return ""
	}
	d.Message += ": it holds " + words
	if slices.Contains(known, plain) {
		return plain
	}
	return ""
}
