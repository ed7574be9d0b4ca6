package source

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"berth/internal/diag"

	"go.yaml.in/yaml/v3"
)

// explainYAML finds the place and the words for what the library refused. Its own line numbers often name where it
// began to read the thing that is wrong, so a mistake that the lexer finds is preferred, once it is proved that the
// library accepts what stands before it and refuses what ends with it.
func explainYAML(t *text, part yamlPart, err error) diag.Diagnostic {
	data := t.data[part.from:part.to]
	if name, ok := strings.CutPrefix(err.Error(), "yaml: unknown anchor '"); ok {
		return unknownAnchor(t, part, strings.TrimSuffix(name, "' referenced"))
	}
	if strings.Contains(err.Error(), "exceeded max depth") {
		return tooDeep(t.span(part.from+deepest(data), part.from+deepest(data)+1))
	}
	if d, ok := wrongDirective(t, part); ok {
		return d
	}
	// A mistake is believed if the text before it is accepted; else the first mistake is further up, and only that part
	// is looked through again.
	for try, limit := 0, len(data); limit > 0 && try < 5; try++ {
		m := findYAMLMistake(data[:limit])
		if m == nil {
			break
		}
		start := bytes.LastIndexByte(data[:m.since], '\n') + 1
		if !acceptsYAML(data[:start]) {
			limit = start
			continue
		}
		if end := bytes.IndexByte(data[min(m.until, limit):], '\n'); end >= 0 && acceptsYAML(data[:m.until+end+1]) {
			break
		}
		return m.diagnostic(t, part.from)
	}
	return unknownMistake(t, part, err)
}

// diagnostic places a mistake in the file; base is where the document begins. What is to be inserted is offered as a
// fix, not a certain one: the text may have been meant as it stands.
func (m *yamlMistake) diagnostic(t *text, base int) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.Syntax, Span: t.span(base+m.from, base+m.to), Message: m.message, Hint: m.hint}
	if m.insert != "" {
		d.Fix = &diag.Fix{Span: d.Span, Text: m.insert}
	}
	return d
}

// acceptsYAML reports whether the library reads a text as one document, or as none.
func acceptsYAML(data []byte) bool {
	_, err := parseYAML(data)
	return err == nil
}

// unknownAnchor points at the first place of the alias at which the library stops for its sake; in comments and texts
// before, it does not.
func unknownAnchor(t *text, part yamlPart, name string) diag.Diagnostic {
	data, alias := t.data[part.from:part.to], []byte("*"+name)
	end := 0
	for range 20 {
		i := bytes.Index(data[end:], alias)
		if i < 0 {
			break
		}
		end += i + len(alias)
		if _, err := parseYAML(data[:end]); err != nil && strings.Contains(err.Error(), "unknown anchor") {
			break
		}
	}
	return diag.Diagnostic{Code: diag.Syntax, Span: t.span(part.from+max(end-len(alias), 0), part.from+end),
		Message: fmt.Sprintf("the alias `%s` has no anchor `&%s` before it", alias, name),
		Hint:    "to write a text that begins with `*`, put it into quotes"}
}

// deepest is the offset of the first bracket beyond maxDepth.
func deepest(data []byte) int {
	depth := 0
	for i, c := range data {
		switch c {
		case '[', '{':
			if depth++; depth > maxDepth {
				return i
			}
		case ']', '}':
			depth--
		}
	}
	return 0
}

// yamlProblems are the library's words for what the lexer does not find, and ours. The mistake stands at the last of
// the marks in the line, if there is one.
var yamlProblems = []struct{ theirs, marks, message, hint string }{
	{"tag", "!", "this tag is not known", "remove the tag; to write a text that begins with `!`, put it into quotes"},
	{"expected '>'", "!", "this tag is not known", "remove the tag; to write a text that begins with `!`, put it into quotes"},
	{"alphabetic or numeric", "&*", "the name of an anchor or alias is made of letters and digits", "to write a text that begins with `&` or `*`, put it into quotes"},
	{"document start", "", "something stands after the end of the document", "begin a new document with a line of ---"},
	{"mapping values", "", "a field stands where none can", "put the value into quotes if it is text, or mend the indentation"},
	{"expected key", "", "a field (`name: value`) is expected here", "mend the indentation, or put the value into quotes if it is text"},
	{"expected '-'", "", "an item of a list (`- value`) is expected here", "mend the indentation"},
	{"tab character", "\t", "a tab stands where YAML takes spaces alone", "replace it by spaces"},
}

// unknownMistake points at the line to which the library had read when it gave up.
func unknownMistake(t *text, part yamlPart, err error) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.Syntax, Message: "this is not well-formed YAML", Hint: "look at the indentation, quotes and brackets of this line and the one above"}
	read := &slowReader{data: t.data[part.from:part.to]}
	consume(yaml.NewDecoder(read))
	line := bytes.TrimRight(read.data[:read.next], " \t\r\n")
	from := bytes.LastIndexByte(line, '\n') + 1
	from += len(line[from:]) - len(bytes.TrimLeft(line[from:], " \t"))
	for _, p := range yamlProblems {
		if strings.Contains(err.Error(), p.theirs) {
			d.Message, d.Hint = p.message, p.hint
			from = max(from, bytes.LastIndexAny(line, p.marks))
			break
		}
	}
	d.Span = t.span(part.from+from, part.from+len(line))
	return d
}

// consume reads as far as the library does, whatever it ends with; a panic of it counts as an end.
func consume(decoder *yaml.Decoder) {
	defer func() { _ = recover() }()
	var n yaml.Node
	if decoder.Decode(&n) == nil {
		_ = decoder.Decode(&n)
	}
}

// slowReader gives one byte at a time, so that what it has given tells how far its user has come.
type slowReader struct {
	data []byte
	next int
}

// Read gives one byte, whatever the room.
func (r *slowReader) Read(p []byte) (int, error) {
	if r.next >= len(r.data) {
		return 0, io.EOF
	}
	p[0] = r.data[r.next]
	r.next++
	return 1, nil
}
