package diag

import (
	"bytes"
	"unicode/utf8"
)

// lines finds lines and places in one text. A line ends with \n or \r\n; a column counts characters, where a byte that
// is no UTF-8 counts as one.
// Finding a place moves near, so that one index is for one goroutine.
type lines struct {
	data   []byte
	starts []int // the offset of each line's first byte
	near   mark
}

// mark is a place that was looked up, from which the next one on its line is found without counting from the start: a
// file may be one line of megabytes with a mistake in every value.
type mark struct {
	line, col int32
	offset    int
}

// Places finds places in a file's text.
type Places struct{ lines *lines }

// PlacesIn makes the index of a file.
func PlacesIn(f *File) Places { return Places{newLines(f.Data)} }

// Offset is where a line and column of a [Span] stand in the file's data; ok is false for a place beyond its line.
func (p Places) Offset(line, col int32) (offset int, ok bool) { return p.lines.offset(line, col) }

// newLines makes the index; no place is looked up yet.
func newLines(data []byte) *lines {
	l := &lines{data: data, starts: make([]int, 1, 1+bytes.Count(data, []byte{'\n'}))}
	for i, c := range data {
		if c == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// bounds are the offsets between which a line stands, without its line break.
func (l *lines) bounds(line int32) (start, end int, ok bool) {
	if line < 1 || int(line) > len(l.starts) {
		return 0, 0, false
	}
	start, end = l.starts[line-1], len(l.data)
	if int(line) < len(l.starts) {
		end = l.starts[line] - 1
	}
	return start, start + len(bytes.TrimSuffix(l.data[start:end], []byte{'\r'})), true
}

// offset is where a place stands in the data. A place just behind the end of its line is one; of a place further on, the
// offset is that of the line's end, and it is none.
func (l *lines) offset(line, col int32) (offset int, ok bool) {
	start, end, ok := l.bounds(line)
	if !ok || col < 1 {
		return 0, false
	}
	if l.near.line != line || col < l.near.col/2 {
		l.near = mark{line, 1, start}
	}
	for l.near.col < col && l.near.offset < end {
		_, size := utf8.DecodeRune(l.data[l.near.offset:end])
		l.near = mark{line, l.near.col + 1, l.near.offset + size}
	}
	for l.near.col > col {
		_, size := utf8.DecodeLastRune(l.data[start:l.near.offset])
		l.near = mark{line, l.near.col - 1, l.near.offset - size}
	}
	return l.near.offset, l.near.col == col
}

// length is the number of characters of a line, found from the place that was looked up last.
func (l *lines) length(line int32) int32 {
	_, end, ok := l.bounds(line)
	if !ok {
		return 0
	}
	if l.near.line != line {
		l.offset(line, 1)
	}
	return l.near.col - 1 + int32(utf8.RuneCount(l.data[l.near.offset:end]))
}
