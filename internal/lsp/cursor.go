package lsp

import (
	"path/filepath"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
)

// cursor is the place in a text where something is about to be written.
type cursor struct {
	token  textRange // what is there already, and is replaced
	quoted bool      // the token stands in quotes
	json   bool      // the file wants quotes
	onKey  bool      // a field's name is written
	doc    source.Document
	path   string       // of the value that is written; of a name, the map that it is for
	node   *source.Node // the map that a name is written in
}

// mark stands for what is about to be written while the text around it is read.
const mark = "berth-cursor-mark"

// cursor finds the place of a position by writing something there and reading the text: so every form that the formats have
// is understood alike. ok is false where nothing of ours can stand.
func (v *view) cursor(p position) (cursor, bool) {
	offset := v.text.offset(p)
	start, end, quoted := v.token(offset)
	c := cursor{token: textRange{v.text.position(start), v.text.position(end)}, quoted: quoted}
	c.json = strings.ToLower(filepath.Ext(v.path)) == ".json"
	line, _ := v.place(p)
	before, after := string(v.text.data[:start]), string(v.text.data[end:])
	for _, t := range c.tries(before, after) {
		docs := v.s.documentsOf(v.path, v.root, []byte(t), line)
		for _, doc := range docs {
			if c.find(doc, doc.Root, "") {
				return c, true
			}
		}
	}
	return c, false
}

// token is the word around an offset, without its quotes.
func (v *view) token(offset int) (start, end int, quoted bool) {
	data := v.text.data
	lineStart := v.text.starts[v.text.position(offset).Line]
	lineEnd := v.text.lineEnd(v.text.position(offset).Line)
	if open := openQuote(data[lineStart:offset]); open >= 0 {
		start, end = lineStart+open+1, offset
		for end < lineEnd && data[end] != data[start-1] {
			end++
		}
		return start, end, true
	}
	start, end = offset, offset
	for start > lineStart && wordAt(data, start-1, lineEnd) {
		start--
	}
	for end < lineEnd && wordAt(data, end, lineEnd) {
		end++
	}
	return start, end, false
}

// openQuote is the index of a quote that is not closed, -1 where there is none.
func openQuote(line []byte) int {
	open := -1
	for i, c := range line {
		switch {
		case open < 0 && (c == '"' || c == '\'' && (i == 0 || strings.IndexByte(" [{,:", line[i-1]) >= 0)):
			open = i
		case open >= 0 && c == line[open] && line[i-1] != '\\':
			open = -1
		}
	}
	return open
}

// wordAt reports whether the byte belongs to a word; a colon does where something follows it, as in A100:80GB:1.
func wordAt(data []byte, i, lineEnd int) bool {
	if data[i] == ':' {
		return i+1 < lineEnd && data[i+1] != ' '
	}
	return strings.IndexByte(" \t{}[],\"'", data[i]) < 0
}

// tries are the texts in which the mark may stand, as a name and as a value, the likeliest first.
func (c *cursor) tries(before, after string) []string {
	value, name := mark, mark+": 0"
	if c.json && !c.quoted {
		value, name = `"`+mark+`"`, `"`+mark+`": 0`
	}
	quote := ""
	if c.quoted {
		quote = before[len(before)-1:]
		if !strings.HasPrefix(after, quote) {
			after = quote + after
		}
		name = mark + quote + ": 0"
	}
	rest := strings.TrimPrefix(after, quote)
	if strings.HasPrefix(strings.TrimLeft(rest, " "), ":") { // a name that has its value
		return []string{before + mark + after}
	}
	last := lastCharacter(strings.TrimSuffix(before, quote))
	tries := []string{before + value + after, before + name + rest}
	if c.quoted {
		tries = []string{before + mark + after, before + name + rest}
	}
	if last != ':' {
		tries[0], tries[1] = tries[1], tries[0]
	}
	for _, t := range []string{name, value} {
		tries = append(tries, before+t+","+rest, before+t+closing(before))
	}
	return tries
}

// lastCharacter is the last character of a line that is no space, 0 at its beginning.
func lastCharacter(before string) byte {
	line := strings.TrimRight(before[strings.LastIndexByte(before, '\n')+1:], " \t")
	if line == "" {
		return 0
	}
	return line[len(line)-1]
}

// closing closes what a text has opened, for one that ends where it is written.
func closing(before string) string {
	var open []byte
	inString := false
	for i := 0; i < len(before); i++ {
		switch c := before[i]; {
		case inString:
			if c == '\\' {
				i++
			}
			inString = c != '"'
		case c == '"':
			inString = true
		case c == '{':
			open = append(open, '}')
		case c == '[':
			open = append(open, ']')
		case (c == '}' || c == ']') && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	for i, j := 0, len(open)-1; i < j; i, j = i+1, j-1 {
		open[i], open[j] = open[j], open[i]
	}
	return string(open)
}

// find looks for the mark in a tree.
func (c *cursor) find(doc source.Document, n *source.Node, path string) bool {
	if n.Scalar() && n.Text == mark {
		c.doc, c.path, c.onKey = doc, path, false
		return true
	}
	for _, f := range n.Fields {
		if f.Key == mark {
			c.doc, c.path, c.node, c.onKey = doc, path, n, true
			return true
		}
		if c.find(doc, f.Node, diag.Join(path, f.Key)) {
			return true
		}
	}
	for i, item := range n.Items {
		if c.find(doc, item, diag.At(path, i)) {
			return true
		}
	}
	return false
}
