package source

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"berth/internal/diag"
)

// maxCharacterFindings bounds what is said of one file: one that is binary would otherwise fill the screen.
const maxCharacterFindings = 5

// checkCharacters refuses what a reviewer would not see, or another reader would see differently: invalid UTF-8, control
// characters, bidi overrides, zero-width characters, lone carriage returns, and outside of comments all else that cannot be
// seen.
func checkCharacters(file *diag.File) []diag.Diagnostic {
	var found []diag.Diagnostic
	var t *text
	for i := 0; i < len(file.Data) && len(found) < maxCharacterFindings; {
		c := file.Data[i]
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\t' {
			i++
			continue
		}
		size, message, hint := judgeCharacter(file.Data[i:])
		if message == "" && inComment(file.Data, i) {
			i += size
			continue
		}
		if message == "" {
			message, hint = judgeHidden(file.Data[i:])
		}
		if message != "" {
			if t == nil {
				t = newText(file)
			}
			found = append(found, diag.Diagnostic{Code: diag.FileEncoding, Span: t.span(i, i+size), Message: message, Hint: hint})
			if message == notUTF8 {
				break // all that follows is guesswork
			}
		}
		i += size
	}
	return found
}

// judgeHidden is for what may stand in a comment, where a symbol with its variation selector harms nobody.
func judgeHidden(data []byte) (message, hint string) {
	r, _ := utf8.DecodeRune(data)
	if name := hidden(r); name != "" {
		return fmt.Sprintf("the text holds %s (U+%04X), which cannot be seen", name, r), "remove it, or retype the line"
	}
	return "", ""
}

// inComment reports whether a line has the mark of a comment before the place, and no quote before that. What this takes for
// a comment within a text of several lines is seen when the text has been read.
func inComment(data []byte, at int) bool {
	line := data[bytes.LastIndexByte(data[:at], '\n')+1 : at]
	if quote := bytes.IndexAny(line, "\"'`"); quote >= 0 {
		line = line[:quote]
	}
	for _, mark := range []string{"#", "//"} {
		for i := 0; i < len(line); i++ {
			if bytes.HasPrefix(line[i:], []byte(mark)) && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
				return true
			}
		}
	}
	return false
}

// notUTF8 is the message after which nothing more is looked at.
const notUTF8 = "this is not UTF-8 text"

// judgeCharacter judges the first character of the data, its size in bytes beside; the message is empty for one that
// may stand anywhere. A \r\n is one line break.
func judgeCharacter(data []byte) (size int, message, hint string) {
	r, size := utf8.DecodeRune(data)
	switch {
	case r == utf8.RuneError && size <= 1:
		return 1, notUTF8, "save the file as UTF-8"
	case r == '\r' && bytes.HasPrefix(data, []byte("\r\n")):
		return 2, "", ""
	case r == '\r':
		return 1, "a lone carriage return (U+000D) stands here, which some readers take for a line break and others do not", "end lines with a line feed"
	}
	if name := unwanted(r); name != "" {
		return size, fmt.Sprintf("the text holds %s (U+%04X), which cannot be seen", name, r), "remove it, or retype the line"
	}
	return size, "", ""
}

// checkDecoded is checkCharacters for a string whose escapes have been decoded, such as YAML's "\x00": it names the
// first character that no object may hold, or returns an empty message.
func checkDecoded(s string) (message string) {
	for _, r := range s {
		if r == '\r' {
			continue
		}
		if name := cmp.Or(unwanted(r), hidden(r)); name != "" {
			return fmt.Sprintf("this text holds %s (U+%04X), which no Kubernetes object should", name, r)
		}
	}
	return ""
}

// unwanted names the class of a character that is refused everywhere; it returns "" for one that is welcome.
func unwanted(r rune) string {
	switch {
	case r >= ' ' && r < 0x7f || r == '\n' || r == '\t':
		return ""
	case r == 0:
		return "a NUL character"
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return "a control character"
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c:
		return "a character that changes the direction of text"
	case r >= 0x200b && r <= 0x200d || r == 0x2060 || r == 0x180e:
		return "a zero-width character"
	case r == 0xfeff:
		return "a byte order mark"
	case r == 0x2028 || r == 0x2029:
		return "an invisible line break"
	case r&0xfffe == 0xfffe:
		return "a code that is no character"
	}
	return ""
}

// hidden names the class of a character that shows nothing by itself: what Unicode calls default-ignorable
// (DerivedCoreProperties.txt). A text with one is not the text that a reviewer reads. It returns "" for all others, and for
// those that unwanted names.
func hidden(r rune) string {
	switch {
	case r < 0xa0 || unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return ""
	case r >= 0xe0000 && r <= 0xe007f:
		return "a tag character"
	case unicode.Is(unicode.Variation_Selector, r):
		return "a variation selector"
	case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point):
		return "an invisible character"
	}
	return ""
}

// printable reports whether the text can be quoted in a message: short and on one line.
func printable(s string) bool {
	return len(s) <= 60 && !strings.ContainsAny(s, "\n\r\t") && checkDecoded(s) == ""
}
