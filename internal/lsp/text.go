package lsp

import (
	"bytes"
	"sort"
	"unicode/utf16"
	"unicode/utf8"

	"berth/internal/diag"
)

// text finds places in a document as the protocol counts them: lines end with \n, \r\n or \r, and a column counts UTF-16
// code units. Diagnostics count characters, and know no line break in a lone \r.
type text struct {
	data   []byte
	starts []int // the offset of each line's first byte
	index  diag.Places
	bom    int // the length of the byte order mark, which diagnostics do not count
}

// byteOrderMark may stand at the start of a file; the compiler does not count it, and editors do.
var byteOrderMark = []byte("\xef\xbb\xbf")

// newText divides a document into lines. Lines end as the protocol says: with \n, \r\n or \r alone. A byte order mark is
// skipped for places in the compiler, which does not count it.
func newText(data []byte) *text {
	t := &text{data: data, starts: []int{0}}
	if bytes.HasPrefix(data, byteOrderMark) {
		t.bom = len(byteOrderMark)
	}
	for i, c := range data {
		if c == '\n' || c == '\r' && (i+1 == len(data) || data[i+1] != '\n') {
			t.starts = append(t.starts, i+1)
		}
	}
	t.index = diag.PlacesIn(&diag.File{Data: data[t.bom:]})
	return t
}

// offset is where a position stands in the data; one beyond its line or the document is brought back to the end of it.
func (t *text) offset(p position) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= len(t.starts) {
		return len(t.data)
	}
	at, end := t.starts[p.Line], t.lineEnd(p.Line)
	for units := p.Character; units > 0 && at < end; {
		r, size := utf8.DecodeRune(t.data[at:end])
		units -= max(utf16.RuneLen(r), 1)
		if units < 0 {
			break // in the middle of a pair
		}
		at += size
	}
	return at
}

// lineEnd is the offset of a line's line break, or of the end of the document.
func (t *text) lineEnd(line int) int {
	end := len(t.data)
	if line+1 < len(t.starts) {
		end = t.starts[line+1]
	}
	return t.starts[line] + len(bytes.TrimRight(t.data[t.starts[line]:end], "\r\n"))
}

// position is the place of an offset.
func (t *text) position(offset int) position {
	offset = max(min(offset, len(t.data)), 0)
	line := sort.Search(len(t.starts), func(i int) bool { return t.starts[i] > offset }) - 1
	units := 0
	for rest := t.data[t.starts[line]:min(offset, t.lineEnd(line))]; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		units += max(utf16.RuneLen(r), 1)
		rest = rest[size:]
	}
	return position{line, units}
}

// of is the range of a diagnostic's span; of one that knows no line, the start of the document.
func (t *text) of(s diag.Span) textRange {
	if s.Line < 1 {
		return textRange{}
	}
	from, _ := t.index.Offset(s.Line, s.Col)
	to, _ := t.index.Offset(s.EndLine, s.EndCol)
	from, to = from+t.bom, max(to, from)+t.bom
	return textRange{t.position(from), t.position(to)}
}

// change replaces a range by another text.
func (t *text) change(r textRange, by string) []byte {
	from := t.offset(r.Start)
	to := max(t.offset(r.End), from)
	return bytes.Join([][]byte{t.data[:from], []byte(by), t.data[to:]}, nil)
}
