package source

import (
	"bytes"
	"strings"
)

// yamlBracket is an open flow collection.
// At is the offset of the bracket.
type yamlBracket struct {
	at    int
	colon bool // the entry being read has its colon already
	value bool // the entry has a whole value: a quoted text or a closed bracket
	word  int  // offset at which the last unquoted word began, -1 when there is none
}

// readFlow passes over a flow collection, looking for brackets that do not match and for missing commas.
func (x *yamlLexer) readFlow() {
	start := x.pos
	var open []yamlBracket
	for x.found == nil {
		if x.skipFlowBlank(); x.pos >= len(x.data) {
			break
		}
		c := x.at(x.pos)
		switch {
		case c == '[' || c == '{':
			// Within a flow a bracket begins a value, and may stand in the middle of a text that needs quotes.
			if len(open) > 0 {
				x.beforeValue(open[len(open)-1], start)
				x.insideWord(string(c))
			}
			open = append(open, yamlBracket{at: x.pos, word: -1})
			x.pos++
		case c == ']' || c == '}':
			if open = x.closeBracket(open); len(open) == 0 {
				x.since(start)
				return
			}
		default:
			x.readFlowEntry(&open[len(open)-1], start)
		}
	}
	if x.found == nil {
		x.neverClosed(open[len(open)-1].at)
	}
	x.since(start)
}

// since moves the beginning of a mistake back to where its flow begins: only text up to there can be accepted by
// itself.
func (x *yamlLexer) since(start int) {
	if x.found != nil {
		x.found.since = min(x.found.since, start)
	}
}

// skipFlowBlank passes over white space, line breaks and comments, which may stand between any two tokens of a flow.
func (x *yamlLexer) skipFlowBlank() { x.pos = skipYAMLBlank(x.data, x.pos) }

// closeBracket takes the innermost bracket off, or refuses a closing one of the other kind. The collection that it
// closes is a whole value of the one around it.
func (x *yamlLexer) closeBracket(open []yamlBracket) []yamlBracket {
	last := open[len(open)-1].at
	if want := closer(x.at(last)); want != string(x.at(x.pos)) {
		x.fail(x.pos, x.pos+1, "this `"+string(x.at(x.pos))+"` stands where `"+want+"` is expected", "close what was opened last first")
		return open
	}
	x.pos++
	if open = open[:len(open)-1]; len(open) > 0 {
		open[len(open)-1].value = true
	}
	return open
}

// readFlowEntry reads one separator, quoted text or word within the innermost bracket.
func (x *yamlLexer) readFlowEntry(b *yamlBracket, start int) {
	switch c := x.at(x.pos); {
	case c == ',':
		*b = yamlBracket{at: b.at, word: -1}
		x.pos++
	case c == ':' && (x.blankAt(x.pos+1) || b.value || strings.IndexByte(",]}", x.at(x.pos+1)) >= 0):
		if b.colon {
			x.missingComma(*b, max(b.word, 0), start)
			return
		}
		b.colon, b.value = true, false
		x.pos++
	case c == '"' || c == '\'':
		x.beforeValue(*b, start)
		x.readQuoted(start)
		b.value = true
	default:
		x.beforeValue(*b, start)
		x.readFlowWord(b)
	}
}

// readFlowWord reads one word of an unquoted text.
func (x *yamlLexer) readFlowWord(b *yamlBracket) {
	b.word = x.pos
	if !x.checkStart(x.pos + 1) {
		return
	}
	for !x.blankAt(x.pos) && strings.IndexByte(",]}[{", x.at(x.pos)) < 0 {
		if x.at(x.pos) == ':' && (x.blankAt(x.pos+1) || strings.IndexByte(",]}[{", x.at(x.pos+1)) >= 0) {
			if x.pos == b.word {
				x.pos++
			}
			return
		}
		x.pos++
	}
}

// insideWord refuses a bracket in the middle of an unquoted text, as in ${HOME}.
func (x *yamlLexer) insideWord(bracket string) {
	if !x.blankAt(x.pos-1) && strings.IndexByte(",:[{", x.at(x.pos-1)) < 0 {
		x.fail(x.pos, x.pos+1, "this `"+bracket+"` stands inside of an unquoted text", "put the text into quotes")
	}
}

// beforeValue refuses a value that follows another without a comma.
func (x *yamlLexer) beforeValue(b yamlBracket, start int) {
	if b.value {
		x.missingComma(b, x.pos, start)
	}
}

// missingComma refuses what stands at the offset. When that begins a line which is indented as the one in which the
// flow began, it is the closing bracket that was forgotten.
func (x *yamlLexer) missingComma(b yamlBracket, at, start int) {
	indent := bytes.TrimLeft(x.data[bytes.LastIndexByte(x.data[:at], '\n')+1:at], " ")
	first := start - x.columnOf(start)
	for x.at(first) == ' ' {
		first++
	}
	if len(indent) == 0 && x.columnOf(at) <= x.columnOf(first) {
		x.neverClosed(b.at)
		return
	}
	end := at
	for !x.blankAt(end) && strings.IndexByte(",:]}", x.at(end)) < 0 {
		end++
	}
	x.fail(at, end, "a comma is missing before this", "separate the entries of a list or map with commas")
}

// neverClosed refuses the bracket at an offset.
func (x *yamlLexer) neverClosed(at int) {
	x.fail(at, at+1, "the `"+string(x.at(at))+"` here is never closed", "add the closing `"+closer(x.at(at))+"`")
}
