package source

import (
	"unicode/utf8"

	"berth/internal/diag"

	"go.yaml.in/yaml/v3"
)

// The library tells where values begin, anchors and tags included, and not where they end. What is missing is read off
// the text, which is known to be well formed by then.

// start is the offset at which the library says that a node begins.
func (r *yamlReader) start(y *yaml.Node) int {
	return r.text.offset(r.lines+int32(y.Line), int32(y.Column))
}

// yamlTag is an explicit tag and where it stands; the zero value is none.
type yamlTag struct {
	text     string
	from, to int
}

// content is the offset of a node's own first character, past its anchor and tag, and the tag if it has an explicit one.
func (r *yamlReader) content(y *yaml.Node) (off int, tag yamlTag) {
	off = r.start(y)
	data := r.text.data
	for off < len(data) && (data[off] == '&' || data[off] == '!') {
		word := off + 1
		for word < len(data) && !isYAMLSpace(rune(data[word])) && (data[off] == '!' || isWord(data[word])) {
			word++
		}
		if data[off] == '!' {
			if tag = (yamlTag{"!", off, word}); y.Style&yaml.TaggedStyle != 0 {
				tag.text = y.ShortTag()
			}
		}
		if off = word; y.Kind != yaml.ScalarNode || y.Value != "" || y.Style&yamlQuotes != 0 {
			off = skipYAMLBlank(data, word) // but an empty value has no character of its own
		}
	}
	return off, tag
}

// isYAMLSpace reports whether a character is one of YAML's white space or line breaks.
func isYAMLSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

// skipYAMLBlank passes over white space, line breaks and comments.
func skipYAMLBlank(data []byte, off int) int {
	for off < len(data) {
		switch c := data[off]; {
		case isYAMLSpace(rune(c)):
			off++
		case c == '#' && (off == 0 || isYAMLSpace(rune(data[off-1]))):
			for off < len(data) && data[off] != '\n' {
				off++
			}
		default:
			return off
		}
	}
	return off
}

// plainSpan is the range of an unquoted scalar: as long as its text, unless that was folded from several lines.
func (r *yamlReader) plainSpan(y *yaml.Node, off int) diag.Span {
	data, value := r.text.data, y.Value
	if len(data)-off >= len(value) && string(data[off:off+len(value)]) == value {
		line := r.lines + int32(y.Line)
		return r.text.spanOn(line, off, off+len(value))
	}
	end := off
	for _, c := range value {
		if c == ' ' || c == '\n' {
			continue // a fold: what stands in the source is white space of some kind
		}
		end = skipYAMLSpace(data, end) + utf8.RuneLen(c)
	}
	return r.text.span(off, min(end, len(data)))
}

// skipYAMLSpace passes over white space and line breaks, but not over comments.
func skipYAMLSpace(data []byte, off int) int {
	for off < len(data) && isYAMLSpace(rune(data[off])) {
		off++
	}
	return off
}

// quotedEnd is the offset after a quoted scalar. Of a block scalar it is the end of its header, which is the token that
// stands in the field's own line.
func quotedEnd(data []byte, off int) int {
	if off >= len(data) {
		return len(data)
	}
	quote := data[off]
	if quote != '"' && quote != '\'' {
		for off < len(data) && !isYAMLSpace(rune(data[off])) {
			off++
		}
		return off
	}
	for off++; off < len(data); off++ {
		switch {
		case quote == '"' && data[off] == '\\':
			off++
		case data[off] == quote && quote == '\'' && off+1 < len(data) && data[off+1] == quote:
			off++
		case data[off] == quote:
			return off + 1
		}
	}
	return len(data)
}

// endOf is the offset after a node that has its span.
func (r *yamlReader) endOf(n *Node) int { return r.text.offset(n.Span.EndLine, n.Span.EndCol) }

// close gives a list or map its span: to its closing bracket in flow style, else to the end of its last part.
func (r *yamlReader) close(y *yaml.Node, n *Node, off, end int, opening, closing byte) {
	data := r.text.data
	if y.Style&yaml.FlowStyle != 0 && off < len(data) && data[off] == opening {
		for end = skipYAMLBlank(data, end); end < len(data) && data[end] != closing; {
			end = skipYAMLBlank(data, end+1)
		}
		end = min(end+1, len(data))
	}
	n.Span = r.text.span(off, end)
}
