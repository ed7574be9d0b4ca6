package diag

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// How much of a text a diagnostic shows, in characters. What is longer was not written to be read: a number of a million
// digits, a name that is a file.
const (
	longestWord = 120
	shownOfWord = 40
	longestText = 4000
)

// MostAlike is how many mistakes of one code are told of one document; the rest is counted.
const MostAlike = 100

// Bound cuts every text of a diagnostic that is too long to read.
func Bound(d Diagnostic) Diagnostic {
	d.Path, d.Message, d.Hint = Cut(d.Path), Cut(d.Message), Cut(d.Hint)
	for i := range d.Notes {
		d.Notes[i].Message = Cut(d.Notes[i].Message)
	}
	return d
}

// Cut shortens words of more than 120 characters, and a text of more than 4,000.
func Cut(s string) string {
	if len(s) <= longestWord {
		return s
	}
	var b strings.Builder
	for i, word := range strings.Split(s, " ") {
		if b.Len() > longestText*utf8.UTFMax {
			break
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(cutWord(word))
	}
	return cutAfter(b.String(), longestText)
}

// cutWord keeps the closing backquote of a quoted token, so that the message still reads as one.
func cutWord(word string) string {
	if len(word) <= longestWord || utf8.RuneCountInString(word) <= longestWord {
		return word
	}
	tail := ""
	if strings.HasSuffix(word, "`") {
		tail = "`"
	}
	return fmt.Sprintf("%s%s (%d characters)", cutAfter(word, shownOfWord), tail, utf8.RuneCountInString(word))
}

// cutAfter is the beginning of a text, with a mark where there is more.
func cutAfter(s string, characters int) string {
	for i := range s {
		if characters == 0 {
			return s[:i] + "…"
		}
		characters--
	}
	return s
}

// More says how many mistakes of a kind are not told.
func More(n int) string { return fmt.Sprintf("and %d more of this kind", n) }
