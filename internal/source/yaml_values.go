package source

import (
	"bytes"
	"strings"
)

// keyEnd is the offset of the colon that ends the key which begins at from, -1 when the line has none there.
func (x *yamlLexer) keyEnd(from int) int {
	i := x.skipProperties(from)
	switch x.at(i) {
	case '"', '\'':
		i = quotedEnd(x.data, i)
		for x.at(i) == ' ' || x.at(i) == '\t' {
			i++
		}
		if x.at(i) == ':' && x.blankAt(i+1) && bytes.IndexByte(x.data[from:i], '\n') < 0 {
			return i
		}
		return -1
	// A collection as a key is beyond what people write; a block text cannot be one.
	case '[', '{', '|', '>':
		return -1
	}
	for ; x.at(i) != '\n'; i++ {
		if x.at(i) == '#' && x.blankAt(i-1) {
			return -1
		}
		if x.at(i) == ':' && x.blankAt(i+1) {
			return i
		}
	}
	return -1
}

// skipProperties passes over anchors and tags.
func (x *yamlLexer) skipProperties(i int) int {
	for x.at(i) == '&' || x.at(i) == '!' {
		for !x.blankAt(i) {
			i++
		}
		for x.at(i) == ' ' || x.at(i) == '\t' {
			i++
		}
	}
	return i
}

// checkStart looks for characters that no unquoted text, such as a key, may begin with.
func (x *yamlLexer) checkStart(end int) bool {
	c := x.at(x.pos)
	if strings.IndexByte("@`%", c) < 0 {
		return true
	}
	x.fail(x.pos, end, "an unquoted text cannot begin with `"+string(c)+"`", "put the text into quotes")
	return false
}

// readValue reads what stands after a key, after a list mark or alone in its line.
func (x *yamlLexer) readValue(alone bool) {
	x.pos = x.skipProperties(x.pos)
	if x.lineDone() {
		return // the value itself is on the next line
	}
	x.expect = false
	switch c := x.at(x.pos); c {
	case '"', '\'':
		x.readQuoted(x.pos)
		x.afterValue("text", "in single quotes an apostrophe is written twice; in double quotes a quote is written \\\"")
	case '[', '{':
		if x.at(x.pos+1) == '{' && c == '{' {
			x.fail(x.pos, x.pos+2, "this is a template's, which has to be rendered before it is YAML", "give the rendered file")
			return
		}
		x.readFlow()
		x.afterValue("list or map", "put the whole value into quotes if it is text")
	case '|', '>':
		x.readBlock()
	case '*':
		start := x.pos
		for !x.blankAt(x.pos) {
			x.pos++
		}
		if !x.lineDone() {
			x.fail(start, start+1, "an unquoted text cannot begin with `*`, which refers to an anchor", "put the text into quotes")
		}
	case ']', '}', ',':
		x.fail(x.pos, x.pos+1, "this `"+string(c)+"` closes or separates nothing", "put the value into quotes if it is text")
	default:
		x.readPlain(alone)
	}
}

// readPlain reads an unquoted value up to a comment or the end of its line. Alone says that no key or dash stands
// before it, in which case it may be a field without its colon.
func (x *yamlLexer) readPlain(alone bool) {
	start, end := x.pos, x.pos
	if x.at(start) == '-' && x.blankAt(start+1) {
		x.fail(start, start+1, "a list cannot begin in the line of its field", "put `- ` on the next line, or write the list as [a, b]")
		return
	}
	for x.at(end) != '\n' && x.at(end) != '\r' && !(x.at(end) == '#' && x.blankAt(end-1)) {
		end++
	}
	if !x.checkStart(end) {
		return
	}
	for i := start; i < end; i++ {
		if x.at(i) == ':' && x.blankAt(i+1) {
			x.fail(i, i+1, "a colon followed by a space stands inside of an unquoted text", "put the value into quotes, or begin a new line for a new field")
			return
		}
	}
	x.pos, x.plain, x.alone = end, start, alone
}

// afterValue refuses what follows a value that has ended.
func (x *yamlLexer) afterValue(what, hint string) {
	if x.found != nil || x.lineDone() {
		return
	}
	end := x.pos
	for !x.blankAt(end) {
		end++
	}
	x.fail(x.pos, end, "something stands after the end of the "+what, hint)
}

// readQuoted passes over a quoted text. One that closes in a later line, with more text after it, is taken for one
// whose closing quote was forgotten: the quote that closes it is the next one's opening.
func (x *yamlLexer) readQuoted(since int) {
	start := x.pos
	end := quotedEnd(x.data, start)
	x.pos = end
	lines := bytes.IndexByte(x.data[start:end], '\n') >= 0
	closed := end-start > 1 && x.at(end-1) == x.at(start)
	if next := x.at(end); !closed || lines && !x.blankAt(end) && strings.IndexByte(",]}:", next) < 0 {
		x.fail(start, start+1, "the quote that opens here is not closed", "add the closing quote at the end of the text")
	} else if x.at(start) == '"' {
		x.checkEscapes(start+1, end-1)
	}
	if x.found != nil {
		x.found.since = min(x.found.since, since)
	}
}

// checkEscapes looks at each backslash between two offsets, the inside of a double-quoted text.
func (x *yamlLexer) checkEscapes(from, to int) {
	for i := from; i < to; i++ {
		if x.at(i) != '\\' {
			continue
		}
		i++
		c := x.at(i)
		digits := strings.IndexByte("xuU", c)
		switch {
		case digits >= 0:
			if n := 2 << digits; !x.hex(i+1, i+1+n, to) {
				x.fail(i-1, i+1, "the escape `\\"+string(c)+"` needs "+[]string{"two", "four", "eight"}[digits]+" hexadecimal digits of a character after it", "to write a backslash itself, double it or use single quotes")
			}
		// The escapes of YAML 1.2 (5.7), and the single quote, which the library takes as well.
		case strings.IndexByte("0abt\tnvfe \"'/\\N_LP\r\n", c) < 0:
			x.fail(i-1, i+1, "a backslash in double quotes begins an escape, and this is none of YAML's", "to write a backslash itself, double it or use single quotes")
		}
	}
}

// hex reports whether hexadecimal digits stand from one offset to another, all of them before the end.
func (x *yamlLexer) hex(from, to, end int) bool {
	for i := from; i < to; i++ {
		if i >= end || strings.IndexByte("0123456789abcdefABCDEF", x.at(i)) < 0 {
			return false
		}
	}
	return true
}

// readBlock passes over a block text: its header and all lines that are indented as its first one at least.
func (x *yamlLexer) readBlock() {
	parent, start := -1, x.pos
	if n := len(x.levels); n > 0 {
		parent = x.levels[n-1].col
	}
	for x.pos++; !x.blankAt(x.pos); x.pos++ {
		if strings.IndexByte("+-123456789", x.at(x.pos)) < 0 {
			break
		}
	}
	if !x.blankAt(x.pos) || !x.lineDone() {
		x.fail(start, x.pos+1, "text stands in the line of a `"+string(x.at(start))+"`, which announces a text in the lines below", "begin the text in the next line, or put it into quotes")
		return
	}
	x.block = true
	content := -1
	for x.nextLine(); x.pos < len(x.data); x.nextLine() {
		indent := 0
		for x.at(x.pos+indent) == ' ' {
			indent++
		}
		if c := x.at(x.pos + indent); c == '\n' || c == '\r' {
			continue
		}
		if indent <= parent || indent < content {
			break
		}
		if content < 0 {
			content = indent
		}
	}
	x.pos = max(x.pos-1, 0) // the caller goes on to the next line
}
