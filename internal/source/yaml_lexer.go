package source

import (
	"bytes"
	"fmt"
	"strings"

	"berth/internal/diag"
)

// yamlLexer reads a document that the library refused, line by line and with little knowledge of YAML, to find what a
// person did wrong and where. It stops at the first mistake; what it does not know it passes over.
type yamlLexer struct {
	data  []byte
	pos   int
	line  int // offset of the line that pos stands in
	found *yamlMistake

	levels []yamlLevel // the block maps and lists that are open, outermost first
	expect bool        // a value may begin on the next line, as after `key:`
	block  bool        // the value before was a block text
	plain  int         // offset of the unquoted value before, which may go on in the next line; -1 if there was none
	alone  bool        // that value stands in a line of its own
}

// yamlLevel is an open block collection.
type yamlLevel struct {
	col  int
	list bool
}

// yamlMistake is what the lexer found.
type yamlMistake struct {
	from, to      int
	since         int // where the outermost quote or bracket that holds the place begins; the place itself if none
	until         int // what was read up to here proves the mistake
	message, hint string
	insert        string // certain mend: text to put at from
}

// findYAMLMistake is the first mistake in a text, nil where this reader, which knows less than the library, finds none.
func findYAMLMistake(data []byte) *yamlMistake {
	x := yamlLexer{data: data, plain: -1}
	for x.pos < len(data) && x.found == nil {
		x.readLine()
	}
	return x.found
}

// fail keeps the first mistake; a later one may only follow from it. An empty range becomes one character.
func (x *yamlLexer) fail(from, to int, message, hint string) {
	if x.found == nil {
		x.found = &yamlMistake{from: from, to: max(to, from+1), since: from, until: max(from, x.pos), message: message, hint: hint}
	}
}

// at is the byte at an offset; behind the end stands a line break, so that no loop needs a check of its own.
func (x *yamlLexer) at(i int) byte {
	if i < len(x.data) {
		return x.data[i]
	}
	return '\n'
}

// blankAt reports whether white space or a line break stands at an offset.
func (x *yamlLexer) blankAt(i int) bool { return strings.IndexByte(" \t\r\n", x.at(i)) >= 0 }

// skipSpaces passes over spaces and tabs within the line.
func (x *yamlLexer) skipSpaces() {
	for x.at(x.pos) == ' ' || x.at(x.pos) == '\t' {
		x.pos++
	}
}

// lineDone reports whether nothing but a comment is left in the line.
func (x *yamlLexer) lineDone() bool {
	x.skipSpaces()
	c := x.at(x.pos)
	return c == '\n' || c == '\r' || c == '#' && x.blankAt(x.pos-1)
}

// nextLine moves to the first byte of the next line, or to the end.
func (x *yamlLexer) nextLine() {
	if i := bytes.IndexByte(x.data[min(x.pos, len(x.data)):], '\n'); i >= 0 {
		x.pos += i + 1
	} else {
		x.pos = len(x.data)
	}
}

// readLine reads one line, with the lines that its value goes on in. Comments, directives and document markers stand at
// the first column alone.
func (x *yamlLexer) readLine() {
	x.line = x.pos
	for x.at(x.pos) == ' ' {
		x.pos++
	}
	indent := x.pos
	if x.pos == 0 || x.at(x.pos-1) == '\n' {
		if c := x.at(x.pos); c == '#' || c == '%' {
			x.nextLine()
			return
		}
		if isMarker(x.data[x.pos:], "---") || isMarker(x.data[x.pos:], "...") {
			x.pos += 3
			x.expect = true
		}
	}
	if x.lineDone() {
		x.nextLine()
		return
	}
	// A tab in an empty line or before a comment does no harm, and was passed over.
	if x.at(indent) == '\t' {
		x.fail(indent, indent+1, "a tab stands in the indentation, where YAML takes spaces alone", "replace it by spaces")
		return
	}
	if c := string(x.data[x.pos:min(x.pos+2, len(x.data))]); c == "{{" || c == "{%" {
		x.fail(x.pos, x.pos+2, "this line is a template's, which has to be rendered before it is YAML", "give the rendered file")
	}
	if !x.continues() {
		x.readNode()
	}
	x.nextLine()
}

// continues handles a line that goes on with the unquoted text of the line before.
func (x *yamlLexer) continues() bool {
	parent := -1
	if n := len(x.levels); n > 0 {
		parent = x.levels[n-1].col
	}
	col := x.pos - x.line
	if x.plain < 0 || x.expect || col <= parent {
		return false
	}
	colon := x.keyEnd(x.pos)
	switch {
	case colon < 0:
	case x.alone && col == x.columnOf(x.plain):
		x.missingColon(x.plain)
	default:
		x.fail(x.pos, colon, "this field is indented deeper than the line above, which has a value already",
			"give it the indentation of the fields that it belongs to")
	}
	return true
}

// columnOf is the number of bytes before an offset in its line.
func (x *yamlLexer) columnOf(off int) int { return off - bytes.LastIndexByte(x.data[:off], '\n') - 1 }

// readNode reads the list marks, the key and the value of a line.
func (x *yamlLexer) readNode() {
	for x.at(x.pos) == '-' && x.blankAt(x.pos+1) {
		if !x.level(true) {
			return
		}
		x.pos++
		x.expect, x.plain, x.block = true, -1, false
		if x.lineDone() {
			return
		}
	}
	if x.at(x.pos) == '?' && x.blankAt(x.pos+1) {
		x.pos++
		x.expect = true
		return // so rare that nothing is said of it
	}
	colon := x.keyEnd(x.pos)
	if colon < 0 {
		x.readAlone()
		return
	}
	if !x.level(false) || !x.checkStart(colon) {
		return
	}
	x.pos = colon + 1
	x.expect, x.plain, x.block = true, -1, false
	if !x.lineDone() {
		x.readValue(false)
	}
}

// readAlone reads a line that is no entry of a map: a value on its own, or a field without its colon.
func (x *yamlLexer) readAlone() {
	known := x.describeLevels()
	col := x.close()
	c, n := x.at(x.pos), len(x.levels)
	switch {
	case c == ']' || c == '}' || n == 0 || x.expect && x.levels[n-1].col < col:
		x.readValue(true)
	case x.levels[n-1].col < col:
		x.tooDeep(col, known)
	case c == '-':
		x.fail(x.pos, x.pos+1, "a space is missing after this dash", "an item of a list is written `- value`")
	default:
		x.missingColon(x.pos)
	}
}

// close ends the collections that the line at pos is not indented enough for, and returns its column.
func (x *yamlLexer) close() (col int) {
	col = x.pos - x.line
	for len(x.levels) > 0 && x.levels[len(x.levels)-1].col > col {
		x.levels = x.levels[:len(x.levels)-1]
	}
	return col
}

// tooDeep refuses a line whose indentation fits no open collection; known are the columns that would have.
func (x *yamlLexer) tooDeep(col int, known string) {
	hint := "indent it as the lines that it belongs with"
	if x.block {
		hint = "to go on with the text above, indent it as that text's first line"
	}
	x.fail(x.pos, x.pos+1, fmt.Sprintf("this line is indented by %s, which fits none of the lines above it: they are indented by %s", spaces(col), known), hint)
}

// noBreakSpace looks like a space and is none; it comes with text that was copied from a web page.
const noBreakSpace = "\u00a0"

// missingColon refuses a line that should be a field: a colon without its space, one with a no-break space, or none at
// all. The value is repeated in the hint only where it is short and no secret.
func (x *yamlLexer) missingColon(from int) {
	to := from
	for !x.blankAt(to) {
		to++
	}
	if i := bytes.IndexByte(x.data[from:to], ':'); i > 0 {
		if bytes.HasPrefix(x.data[from+i+1:to], []byte(noBreakSpace)) {
			x.fail(from+i+1, from+i+1+len(noBreakSpace), "a no-break space stands where YAML takes a plain one", "type the space again")
			return
		}
		value := string(x.data[from+i+1 : to])
		if value == "" || len(value) > 40 || diag.SecretKind(value) != "" {
			value = "value"
		}
		x.fail(from+i, from+i+1, "a space is missing after this colon", "write `"+string(x.data[from:from+i])+": "+value+"`")
		if x.found != nil && x.found.from == from+i {
			x.found.insert = ": "
		}
		return
	}
	x.fail(from, to, "this line is neither `field: value` nor an item of a list", "write a colon and a space after the field's name")
}

// level opens, continues or closes block collections for an entry at pos; false means that a mistake was found.
func (x *yamlLexer) level(list bool) bool {
	had, known := len(x.levels), x.describeLevels()
	col := x.close()
	n := len(x.levels)
	switch {
	case n > 0 && x.levels[n-1].col == col:
		return x.sibling(list)
	case n < had || n > 0 && !x.expect:
		x.tooDeep(col, known)
		return false
	}
	x.levels = append(x.levels, yamlLevel{col, list})
	return true
}

// sibling continues the innermost collection, at whose column an entry stands.
func (x *yamlLexer) sibling(list bool) bool {
	n := len(x.levels)
	switch top := x.levels[n-1]; {
	case top.list == list:
	case list && x.expect: // a list may stand at the column of the field that it belongs to
		x.levels = append(x.levels, yamlLevel{top.col, true})
	case !list && n > 1 && x.levels[n-2].col == top.col:
		x.levels = x.levels[:n-1]
	case list:
		x.fail(x.pos, x.pos+1, "an item of a list stands here among fields", "indent it under the field whose list it belongs to")
		return false
	default:
		x.fail(x.pos, x.keyEnd(x.pos), "a field stands here among the items of a list", "begin it with `- ` to make it an item, or indent it as the lines that it belongs with")
		return false
	}
	return true
}

// describeLevels lists the innermost columns, as in `0, 2 or 4`.
func (x *yamlLexer) describeLevels() string {
	var b strings.Builder
	last := -1
	for i, l := range x.levels[max(0, len(x.levels)-4):] {
		if l.col == last {
			continue
		}
		if i > 0 {
			b.WriteString(" or ")
		}
		fmt.Fprint(&b, l.col)
		last = l.col
	}
	return b.String()
}

// spaces words a number of spaces.
func spaces(n int) string {
	if n == 1 {
		return "1 space"
	}
	return fmt.Sprintf("%d spaces", n)
}
