package diag

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// tabStop is how many columns a tab may take in an excerpt.
const tabStop = 4

// secretReach is how many bytes around an excerpt are searched for secrets that reach into it.
const secretReach = 4096

// source is a text that excerpts are taken from.
type source struct {
	*lines
	hidden [][2]int // ranges of bytes that no excerpt shows
}

// sourcesOf prepares every file that the diagnostics point into. A private key is hidden, and what was reported as a
// credential, whichever diagnostic an excerpt is for.
func sourcesOf(ds []Diagnostic) map[*File]*source {
	sources := map[*File]*source{}
	of := func(s Span) *source {
		if s.Known() && sources[s.File] == nil {
			f := &source{lines: newLines(s.File.Data)}
			f.hide(keyText().FindAllIndex(s.File.Data, -1))
			sources[s.File] = f
		}
		return sources[s.File]
	}
	for _, d := range ds {
		for _, n := range d.Notes {
			of(n.Span)
		}
		if f := of(d.Span); f != nil && d.Code == Credential {
			from, _ := f.offset(d.Span.Line, d.Span.Col)
			to, _ := f.offset(d.Span.EndLine, d.Span.EndCol)
			f.hide([][]int{{from, to}})
		}
	}
	return sources
}

// hide adds ranges of bytes, as regexp gives them.
func (f *source) hide(ranges [][]int) {
	for _, r := range ranges {
		f.hidden = append(f.hidden, [2]int{r[0], r[1]})
	}
}

// secrets lists the ranges that may not be shown of a part of a line.
func (f *source) secrets(from, to, start, end int) [][2]int {
	var found [][2]int
	for _, r := range f.hidden {
		if r[0] < to && from < r[1] {
			found = append(found, r)
		}
	}
	start, end = max(start, from-secretReach), min(end, to+secretReach)
	if !hasMark(string(f.data[start:end])) {
		return found
	}
	for _, r := range secretText().FindAllIndex(f.data[start:end], -1) {
		found = append(found, [2]int{start + r[0], start + r[1]})
	}
	return found
}

// cluster is what a terminal draws as one: a character with its combining ones, or a tab.
// Chars counts the characters of the source, width the columns of a terminal.
type cluster struct {
	text         string
	chars, width int
}

// view is the part of a line around a span, as it is drawn.
type view struct {
	clusters          []cluster
	cutLeft, cutRight bool
}

// excerpt draws the line that a span begins on within the given columns, and below it ^~~~ under the span. A range of
// several lines is marked to the end of its first one.
func (f *source) excerpt(s Span, columns int) (text, marks string, ok bool) {
	start, end, ok := f.bounds(s.Line)
	if !ok {
		return "", "", false
	}
	f.offset(s.Line, s.Col) // what follows counts from here
	length := f.length(s.Line)
	from := min(max(s.Col, 1), length+1)
	to := from + 1
	if s.EndLine > s.Line {
		blank := end - start - len(bytes.TrimRight(f.data[start:end], " \t"))
		to = max(to, length+1-int32(blank))
	} else if s.EndLine == s.Line {
		to = max(to, min(s.EndCol, length+1))
	}
	// No terminal shows more than this around the span, however long the line is.
	reach := int32(4 * columns)
	first, last := max(from-reach, 1), min(from+reach, length+1)
	a, _ := f.offset(s.Line, first)
	b, _ := f.offset(s.Line, last)
	v := view{measure(f.readable(a, b, start, end)), first > 1, last <= length}
	text, marks = v.draw(columns, int(from-first), int(to-first))
	return text, marks, true
}

// readable is the text between two offsets of a line with every character that may not be shown replaced by another.
func (f *source) readable(from, to, start, end int) string {
	secrets := f.secrets(from, to, start, end)
	var b strings.Builder
	for i := from; i < to; {
		r, size := utf8.DecodeRune(f.data[i:to])
		switch {
		case r == ' ' || r == '\t':
		case slices.ContainsFunc(secrets, func(s [2]int) bool { return s[0] <= i && i < s[1] }):
			r = '*'
		default:
			r = visibleRune(r)
		}
		b.WriteRune(r)
		i += size
	}
	return b.String()
}

// measure cuts a text into what a terminal draws as one, and tells the columns of each.
func measure(text string) (found []cluster) {
	column := 0
	for g := displaywidth.StringGraphemes(text); g.Next(); {
		c := cluster{g.Value(), utf8.RuneCountInString(g.Value()), g.Width()}
		if c.text == "\t" {
			c.width = tabStop - column%tabStop
			c.text = strings.Repeat(" ", c.width)
		}
		column += c.width
		found = append(found, c)
	}
	return found
}

// draw renders the part of the view that fits, and the marks under the characters with the indices from up to to.
func (v view) draw(columns, from, to int) (text, marks string) {
	caret, behind := v.at(from), v.at(to)
	a, b := v.fit(columns, caret)
	var line strings.Builder
	column := 0
	// One column for the ellipsis, which no mark may stand under.
	if a > 0 || v.cutLeft {
		line.WriteString("…")
		column++
	}
	start, end := column, column
	for i, c := range v.clusters[a:b] {
		if a+i == caret {
			start = column
		}
		line.WriteString(c.text)
		column += c.width
		if a+i < behind {
			end = column
		}
	}
	// The span begins behind the last character, as that of what is missing at a line's end.
	if caret >= b {
		start = column
	}
	if b < len(v.clusters) || v.cutRight {
		line.WriteString("…")
	}
	return line.String(), strings.Repeat(" ", start) + "^" + strings.Repeat("~", max(end-start-1, 0))
}

// at is the index of the cluster that shows a character; that of the character behind the last one is one more.
func (v view) at(char int) int {
	for i, c := range v.clusters {
		if char < c.chars {
			return i
		}
		char -= c.chars
	}
	return len(v.clusters)
}

// fit chooses the clusters to draw: all if they fit, else about a third of the columns before the caret, and what
// follows; at the end of a line, more of what stands before.
func (v view) fit(columns, caret int) (a, b int) {
	total := 0
	for _, c := range v.clusters {
		total += c.width
	}
	if total <= columns && !v.cutLeft && !v.cutRight {
		return 0, len(v.clusters)
	}
	room := columns - 2 // for the two ellipses
	a, used := caret, 0
	for a > 0 && used+v.clusters[a-1].width <= room/3 {
		a--
		used += v.clusters[a].width
	}
	b = caret
	for b < len(v.clusters) && used+v.clusters[b].width <= room {
		used += v.clusters[b].width
		b++
	}
	for a > 0 && used+v.clusters[a-1].width <= room {
		a--
		used += v.clusters[a].width
	}
	return a, b
}
