package yamlprint

import (
	"strings"
	"unicode/utf8"
)

// style is how a text is written.
type style uint8

// A text stands by itself, in quotes, or in a block over several lines.
const (
	plain style = iota
	singleQuoted
	doubleQuoted
	literal // a `|` block
)

// traits is what one pass over a text finds.
type traits uint8

// What a text has that keeps it from being written in some of the styles.
const (
	hasLineFeed  traits = 1 << iota
	hasTab              // fine in a block, an escape elsewhere
	hasInvisible        // needs an escape wherever it stands
	hasQuoting          // `"` or `\`, which an escape would blur
	hasMark             // `: ` or ` #`, which end a plain text
	notUTF8
)

// byteTraits gives the bytes that need a look.
var byteTraits = func() (table [256]traits) {
	for c := range table {
		switch {
		case c == '\n':
			table[c] = hasLineFeed
		case c == '\t':
			table[c] = hasTab
		case c < ' ' || c == 0x7f:
			table[c] = hasInvisible
		case c == '"' || c == '\\':
			table[c] = hasQuoting
		case c == ':' || c == '#':
			table[c] = hasMark
		case c >= utf8.RuneSelf:
			table[c] = notUTF8
		}
	}
	return table
}()

// inspect reads s once.
func inspect(s string) (found traits) {
	for i := 0; i < len(s); i++ {
		trait := byteTraits[s[i]]
		switch trait {
		case 0:
		case hasMark:
			if endsPlain(s, i) {
				found |= hasMark
			}
		case notUTF8:
			// RuneError of three bytes is the character itself, written by somebody; of one byte it is no UTF-8.
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				return notUTF8
			}
			if isInvisible(r) {
				found |= hasInvisible
			}
			i += size - 1
		default:
			found |= trait
		}
	}
	return found
}

// endsPlain reports whether the `:` or `#` at i would end a plain text.
func endsPlain(s string, i int) bool {
	if s[i] == '#' {
		return i == 0 || s[i-1] == ' ' || s[i-1] == '\t'
	}
	return i+1 == len(s) || s[i+1] == ' ' || s[i+1] == '\t'
}

// isInvisible reports whether r beyond ASCII is written as an escape: what YAML counts as a line break or as not
// printable, and what a reviewer would not see or would see elsewhere (spaces without width, direction marks, tags).
// The ranges are written out so that the output does not change with the Unicode tables of a Go release.
func isInvisible(r rune) bool {
	switch {
	case r <= 0xA0, r == 0xAD, r == 0x61C, r == 0x180E:
		return true
	case r < 0x2000:
		return false
	case r <= 0x200F, 0x2028 <= r && r <= 0x202F, 0x205F <= r && r <= 0x206F:
		return true
	case r == 0xFEFF, 0xFFF0 <= r && r <= 0xFFFB, r&0xFFFE == 0xFFFE:
		return true
	}
	return 0xE0000 <= r && r <= 0xE0FFF
}

// styleOf chooses the plainest style in which every reader gets s back. Traits are those of s, valid UTF-8.
func styleOf(s string, found traits, block bool) style {
	switch {
	case found&hasInvisible != 0:
		return doubleQuoted
	case block && found&hasLineFeed != 0 && fitsBlock(s):
		return literal
	case found&(hasLineFeed|hasTab) != 0:
		return doubleQuoted
	case found&hasMark == 0 && isPlain(s):
		return plain
	case found&hasQuoting != 0 && !strings.Contains(s, "'"):
		return singleQuoted
	}
	return doubleQuoted
}

// fitsBlock reports whether a `|` block gives s back exactly. Space at the start of the block would need an indicator,
// and space at the end of a line is what editors take away.
func fitsBlock(s string) bool {
	if strings.ContainsRune(" \t\n", rune(s[0])) {
		return false
	}
	for line := range strings.SplitSeq(s, "\n") {
		if strings.HasSuffix(line, " ") || strings.HasSuffix(line, "\t") {
			return false
		}
	}
	return true
}

// isPlain reports whether s, one line without marks, is text to every reader when it stands without quotes.
func isPlain(s string) bool {
	if s == "" || s[len(s)-1] == ' ' {
		return false
	}
	switch c := s[0]; {
	case isLetter(c):
		return !isWord(s)
	case isDigit(c):
		return !looksNumeric(s) && !strings.Contains(s, " ") // a schedule is one of those that people quote
	case c == '+', c == '.', c == '-' && !strings.HasPrefix(s, "- "):
		return !looksNumeric(s) && !isWord(s) && !strings.HasPrefix(s, "---") && !strings.HasPrefix(s, "...")
	case c == '/', c == '_', c == '$', c == '(', c >= utf8.RuneSelf:
		return true
	case c == '~', c == '<', c == '=':
		return s != "~" && s != "<<" && s != "="
	}
	return false
}

// isWord reports whether s is a boolean, null or number word of YAML 1.1 or 1.2, in any case.
func isWord(s string) bool {
	if len(s) > len("false") {
		return false
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null", ".nan", ".inf", "+.inf", "-.inf":
		return true
	}
	return false
}

// looksNumeric reports whether some reader might take s, which starts as a number may, for a number, a time of day or
// a date: digits or none, between the signs, letters and marks of the notations of YAML 1.1 and 1.2. It says yes to
// more than any reader does (`10.0.0.1`, `12e`), where quotes do no harm.
func looksNumeric(s string) bool {
	digits := strings.TrimLeft(s, "+-")
	if len(digits) > 1 && digits[0] == '0' {
		switch digits[1] | 0x20 {
		case 'x':
			return consistsOf(digits[2:], "0123456789abcdefABCDEF_")
		case 'o', 'b':
			digits = digits[2:]
		}
	}
	letters := "0123456789+-.,:_ "
	if strings.ContainsAny(digits, "0123456789") {
		letters = "0123456789+-.,:_ eEtTzZ"
	}
	return consistsOf(digits, letters)
}

// consistsOf reports whether s has none but the letters; an empty text has.
func consistsOf(s, letters string) bool { return strings.Trim(s, letters) == "" }

// isLetter and isDigit take ASCII alone. The bit 0x20 makes a capital a small letter.
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
