package source

import (
	"encoding/json"
	"errors"
	"strings"

	"berth/internal/diag"
)

// explainJSON finds the place and the words for what the decoder refused. The offsets of the token reader's errors
// cannot be trusted, those of a parse in one go can.
func explainJSON(t *text, err error) diag.Diagnostic {
	var known jsonError
	if errors.As(err, &known) {
		return known.Diagnostic
	}
	off := len(t.data)
	var syntax *json.SyntaxError
	if err := json.Unmarshal(t.data, new(json.RawMessage)); errors.As(err, &syntax) {
		if off = int(syntax.Offset) - 1; strings.HasPrefix(syntax.Error(), "unexpected end") {
			off = len(t.data)
		}
	}
	return explainJSONAt(t, min(max(off, 0), len(t.data)))
}

// jsonContext is what can be told of the text before a mistake.
type jsonContext struct {
	open   []int // offsets of the brackets that are open
	quote  int   // offset of the quote of the string that is open, or -1
	before int   // offset of the last character that is no white space, or -1
	mark   byte  // the last bracket, comma or colon
}

// scanJSON reads text up to a mistake with no more grammar than brackets, quotes and escapes: what stands before the
// mistake was accepted, so that more is not needed.
func scanJSON(data []byte) jsonContext {
	c := jsonContext{quote: -1, before: -1}
	for i := 0; i < len(data); i++ {
		b := data[i]
		switch {
		case c.quote >= 0 && b == '\\':
			i++
		case b == '"' && c.quote >= 0:
			c.quote = -1
		case c.quote >= 0:
		case b == '"':
			c.quote = i
		case b == '{' || b == '[':
			c.open = append(c.open, i)
		case (b == '}' || b == ']') && len(c.open) > 0:
			c.open = c.open[:len(c.open)-1]
		}
		if strings.IndexByte(" \t\r\n", b) < 0 {
			c.before = i
		}
		if c.quote < 0 && strings.IndexByte("{}[],:", b) >= 0 {
			c.mark = b
		}
	}
	return c
}

// jsonMistakes are known by the text at the place where the parse stopped.
var jsonMistakes = []struct{ text, message, hint string }{
	{"//", "JSON has no comments", "remove the comment, or write the file as YAML"},
	{"/*", "JSON has no comments", "remove the comment, or write the file as YAML"},
	{"#", "JSON has no comments", "remove the comment, or write the file as YAML"},
	{"'", "JSON text stands in double quotes, not single ones", `write "…" instead of '…'`},
	{"NaN", "JSON has no NaN", "write a number"},
	{"Infinity", "JSON has no Infinity", "write a number"},
	{"undefined", "JSON has no undefined", "leave the field out"},
	{"None", "JSON has no None", "leave the field out"},
	{"True", "JSON writes booleans in lower case", "write true"},
	{"False", "JSON writes booleans in lower case", "write false"},
	{"+", "a JSON number has no plus sign", "remove the sign"},
	{".", "a JSON number begins with a digit", "write 0 before the point"},
}

// explainJSONAt words the mistake at an offset. The order of the cases matters: an open quote explains everything after
// it, and the end of the file explains an open bracket.
func explainJSONAt(t *text, off int) diag.Diagnostic {
	c := scanJSON(t.data[:off])
	d := diag.Diagnostic{Code: diag.Syntax, Span: t.span(off, off+1)}
	rest := string(t.data[off:min(off+16, len(t.data))])
	switch {
	case c.quote >= 0:
		explainJSONString(t, &d, c.quote, rest)
	case off == len(t.data) && len(c.open) > 0:
		open := c.open[len(c.open)-1]
		d.Span, d.Message = t.span(open, open+1), "the `"+string(t.data[open])+"` here is never closed: the file ends before its `"+closer(t.data[open])+"`"
	case off == len(t.data):
		d.Message = "the file ends in the middle of a value"
	case len(c.open) == 0 && c.before >= 0 && json.Valid(t.data[:c.before+1]):
		d.Message, d.Hint = "something stands after the end of the JSON value", "to write several runs in one file, put them into a list"
	case c.before >= 0 && t.data[c.before] == ',' && (rest[0] == '}' || rest[0] == ']'):
		d.Span = t.span(c.before, c.before+1)
		d.Message, d.Hint = "there is a comma with nothing after it", "remove the comma"
		d.Fix = &diag.Fix{Span: d.Span, Certain: true}
	default:
		explainJSONToken(t, &d, c, off, rest)
	}
	return d
}

// explainJSONString words a mistake inside of a string; rest is what stands at the place where the parse stopped.
func explainJSONString(t *text, d *diag.Diagnostic, quote int, rest string) {
	switch {
	case rest == "" || rest[0] == '\n' || rest[0] == '\r':
		d.Span = t.span(quote, quote+1)
		d.Message, d.Hint = "the quote that opens here is not closed in its line", "add the closing double quote; a line break inside of a text is written \\n"
	case rest[0] == '\t':
		d.Message, d.Hint = "a tab stands inside of a JSON text", "write \\t"
	default:
		d.Message, d.Hint = "this escape is none of JSON's", `JSON has \" \\ \/ \b \f \n \r \t and \u with four hexadecimal digits; a backslash itself is written \\`
	}
}

// explainJSONToken words a token that cannot stand where it does: first what other languages write (comments, NaN,
// single quotes), then what is missing before it.
func explainJSONToken(t *text, d *diag.Diagnostic, c jsonContext, off int, rest string) {
	word, end := wordAround(t.data, off)
	d.Span = t.span(off, max(end, off+1))
	for _, m := range jsonMistakes {
		if strings.HasPrefix(rest, m.text) {
			d.Message, d.Hint = m.message, m.hint
			return
		}
	}
	inMap := len(c.open) > 0 && t.data[c.open[len(c.open)-1]] == '{'
	before := byte(0)
	if c.before >= 0 {
		before = t.data[c.before]
	}
	switch {
	case inMap && before == '"' && (c.mark == '{' || c.mark == ','):
		d.Message, d.Hint = "a colon is missing before this", `write "name": value`
	case rest[0] == ',':
		d.Message, d.Hint = "there is a comma with nothing before it", "remove the comma"
	case inMap && (before == '{' || before == ','):
		d.Message, d.Hint = "the name of a field stands in double quotes", `write "name": value`
	case word < end && !json.Valid(t.data[word:end]):
		d.Span = t.span(word, end)
		d.Message, d.Hint = "this is neither a number nor true, false or null", "text stands in double quotes; a number has no leading zeros and is decimal"
	case rest[0] == '}' || rest[0] == ']':
		explainJSONCloser(t, d, c, rest[0])
	case rest[0] == ':':
		d.Message, d.Hint = "a colon stands here, where none can", "an object, which has names and values, begins with {"
	case isValueEnd(before):
		d.Message, d.Hint = "a comma is missing before this", "separate the entries of a list or object with commas"
	default:
		d.Message, d.Hint = "a value is expected here", "text stands in double quotes"
	}
}

// wordAround is the range of the unquoted word that the offset stands in or ends.
func wordAround(data []byte, off int) (from, to int) {
	from, to = off, off
	for from > 0 && isWord(data[from-1]) {
		from--
	}
	for to < len(data) && isWord(data[to]) {
		to++
	}
	return from, to
}

// explainJSONCloser words a closing bracket too early, too late or of the wrong kind.
func explainJSONCloser(t *text, d *diag.Diagnostic, c jsonContext, have byte) {
	if len(c.open) == 0 {
		d.Message, d.Hint = "this bracket closes nothing", "remove it"
		return
	}
	open := c.open[len(c.open)-1]
	if want := closer(t.data[open]); want != string(have) {
		d.Message = "this `" + string(have) + "` stands where `" + want + "` is expected"
		d.Notes = []diag.Note{{Span: t.span(open, open+1), Message: "opened here"}}
		return
	}
	d.Message, d.Hint = "a value is missing before this bracket", "write the value, or remove the field"
}

// closer is the bracket that closes another one.
func closer(open byte) string {
	if open == '{' {
		return "}"
	}
	return "]"
}

// isWord reports whether a byte may be part of an unquoted word or number.
func isWord(c byte) bool {
	return c == '_' || c == '-' || c == '+' || c == '.' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// isValueEnd reports whether a value may end with a byte.
func isValueEnd(c byte) bool { return c == '"' || c == '}' || c == ']' || isWord(c) }
