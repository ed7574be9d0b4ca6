package source

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"berth/internal/diag"
)

// text is a file with the index that turns byte offsets into places and back. Columns count characters.
// Data may be a changed copy of the file's, of the same length.
type text struct {
	file  *diag.File
	data  []byte
	lines []int32 // offset of each line's first byte
	ascii bool    // then a column is an offset within its line
}

// newText makes the index in one pass over the data.
func newText(file *diag.File) *text {
	t := &text{file: file, data: file.Data, ascii: true}
	t.lines = make([]int32, 1, 1+bytes.Count(t.data, []byte{'\n'}))
	for i, c := range t.data {
		if c == '\n' {
			t.lines = append(t.lines, int32(i+1))
		} else if c >= utf8.RuneSelf {
			t.ascii = false
		}
	}
	return t
}

// offset is where a place stands in the data; a place beyond its line or the file is brought back to its end.
func (t *text) offset(line, col int32) int {
	if line < 1 {
		return 0
	}
	if int(line) > len(t.lines) {
		return len(t.data)
	}
	start, end := int(t.lines[line-1]), t.lineEnd(line)
	if t.ascii {
		return min(start+int(col)-1, end)
	}
	for i := int32(1); i < col && start < end; i++ {
		_, size := utf8.DecodeRune(t.data[start:end])
		start += size
	}
	return start
}

// lineEnd is the offset of the line break that ends the line, or of the end of the data.
func (t *text) lineEnd(line int32) int {
	if int(line) < len(t.lines) {
		return int(t.lines[line]) - 1
	}
	return len(t.data)
}

// place is the line and column of an offset.
func (t *text) place(off int) (line, col int32) {
	off = min(off, len(t.data))
	n := sort.Search(len(t.lines), func(i int) bool { return int(t.lines[i]) > off })
	return int32(n), t.column(int32(n), off)
}

// column is the column of an offset that is known to stand on the line.
func (t *text) column(line int32, off int) int32 {
	start := int(t.lines[line-1])
	if t.ascii {
		return int32(off-start) + 1
	}
	return int32(utf8.RuneCount(t.data[start:off])) + 1
}

// span is the range between two offsets.
func (t *text) span(from, to int) diag.Span {
	s := diag.Span{File: t.file}
	s.Line, s.Col = t.place(from)
	s.EndLine, s.EndCol = t.place(max(from, to))
	return s
}

// spanOn is span for a range within the line that is expected, which need not be looked for then.
func (t *text) spanOn(line int32, from, to int) diag.Span {
	if line < 1 || int(line) > len(t.lines) || int(t.lines[line-1]) > from || t.lineEnd(line) < to {
		return t.span(from, to)
	}
	return diag.Span{File: t.file, Line: line, Col: t.column(line, from), EndLine: line, EndCol: t.column(line, to)}
}

// whole names the file without a line.
func whole(file *diag.File) diag.Span { return diag.Span{File: file} }
