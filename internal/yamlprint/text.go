package yamlprint

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// errUTF8 refuses bytes that are no text: YAML has no way to write them.
var errUTF8 = errors.New("the text is not valid UTF-8")

// text writes s as a value.
func (p *printer) text(s string, column int, at place) {
	found := inspect(s)
	if found&notUTF8 != 0 {
		p.fail(errUTF8)
		return
	}
	p.gap(at)
	how := styleOf(s, found, true)
	if how != literal {
		p.dst = appendStyled(p.dst, s, how)
		p.endLine()
		return
	}
	p.dst = append(p.dst, '|')
	switch {
	// What stands behind the | says how the text ends: with - without a line end, with + with all of them, alone with
	// one.
	case !strings.HasSuffix(s, "\n"):
		p.dst = append(p.dst, '-')
	case strings.HasSuffix(s, "\n\n"):
		p.dst = append(p.dst, '+')
	}
	p.endLine()
	// A block at the top of a document has to be indented too.
	p.dst = appendLines(p.dst, s, max(column, 2))
}

// appendLines appends the content of a `|` block.
func appendLines(dst []byte, s string, column int) []byte {
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		if line != "" {
			dst = append(appendIndent(dst, column), line...)
		}
		dst = append(dst, '\n')
	}
	return dst
}

// checkText refuses a key that is not UTF-8.
func (p *printer) checkText(s string) {
	if !utf8.ValidString(s) {
		p.fail(errUTF8)
	}
}

// appendScalar appends s as a value of one line.
func appendScalar(dst []byte, s string) []byte {
	return appendStyled(dst, s, styleOf(s, inspect(s), false))
}

// appendKey appends s as a key, with its colon.
func appendKey(dst []byte, s string) []byte { return append(appendScalar(dst, s), ':') }

// maxPlainKey is the length in bytes up to which a key may stand before its colon: readers look no further ahead than
// 1024 characters.
const maxPlainKey = 1000

// explicitKey turns the `key:` at start into `? key`, with the colon on a line of its own.
func explicitKey(dst []byte, start, column int) []byte {
	key := string(dst[start : len(dst)-1])
	dst = append(append(dst[:start], "? "...), key...)
	return append(appendIndent(append(dst, '\n'), column), ':')
}

// appendStyled appends s in one line, in a style that can hold it. In single quotes nothing is escaped: styleOf chooses
// them for no text that has one.
func appendStyled(dst []byte, s string, how style) []byte {
	switch how {
	case plain:
		return append(dst, s...)
	case singleQuoted:
		return append(append(append(dst, '\''), s...), '\'')
	}
	return appendDoubleQuoted(dst, s)
}

// hexDigits are upper case in every escape.
const hexDigits = "0123456789ABCDEF"

// appendDoubleQuoted appends s in one line with the escapes that YAML shares with JSON, and YAML's own for characters
// beyond 16 bits.
func appendDoubleQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r == '\r':
			dst = append(dst, '\\', 'r')
		case r < ' ', r >= 0x7f && isInvisible(r):
			dst = appendEscape(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// appendEscape appends \uXXXX, or YAML's own \UXXXXXXXX for characters beyond 16 bits, which JSON would write as two.
func appendEscape(dst []byte, r rune) []byte {
	letter, digits := byte('u'), 4
	if r > 0xFFFF {
		letter, digits = 'U', 8
	}
	dst = append(dst, '\\', letter)
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[r>>shift&0xF])
	}
	return dst
}

// spaces are copied from, for most indents in one step.
const spaces = "                                                                "

// appendIndent appends n spaces.
func appendIndent(dst []byte, n int) []byte {
	for ; n > len(spaces); n -= len(spaces) {
		dst = append(dst, spaces...)
	}
	return append(dst, spaces[:n]...)
}

// appendComment appends text as a comment, with what could end the line or hide in it replaced.
func appendComment(dst []byte, text string) []byte {
	dst = append(dst, " # "...)
	for _, r := range text {
		if r < ' ' || r >= 0x7f && isInvisible(r) {
			r = ' '
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
