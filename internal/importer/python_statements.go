package importer

import (
	"bytes"

	"go.starlark.net/syntax"
)

// Python is not read as a program: its statements are taken one by one, and those that assign a value or call a function
// have the syntax of Starlark. All others are passed over.

// maxStatement bounds how long a statement may be, since the parser's depth grows with it.
const maxStatement = 64 << 10

// pythonStatement is one logical line, without its indentation.
type pythonStatement struct {
	text []byte
	line int32 // of its first character, as is col
	col  int32
}

// pythonStatements cuts a source at the line breaks and semicolons that stand outside of brackets and texts.
func pythonStatements(src []byte) []pythonStatement {
	var found []pythonStatement
	s := pythonScanner{src: src, line: 1, col: 1}
	for s.at < len(s.src) {
		s.skipBlank()
		start := s
		s.logicalLine()
		text := bytes.TrimSpace(src[start.at:s.at])
		if len(text) > 0 && len(text) <= maxStatement {
			found = append(found, pythonStatement{text, start.line, start.col})
		}
	}
	return found
}

// parse reads a statement; nil where it is none that Starlark has. Of Python's own, texts side by side are understood.
func (s pythonStatement) parse(name string) syntax.Stmt {
	for _, text := range [][]byte{s.text, joined(s.text)} {
		portion := syntax.FilePortion{Content: text, FirstLine: s.line, FirstCol: s.col}
		if file, err := (&syntax.FileOptions{}).Parse(name, portion, 0); err == nil && len(file.Stmts) > 0 {
			return file.Stmts[0]
		}
	}
	return nil
}

// joined writes a + between texts that stand side by side.
func joined(src []byte) []byte {
	var out []byte
	s := pythonScanner{src: src}
	behind := -1 // where the last text ended, when nothing but space has followed
	for s.at < len(src) {
		from := s.at
		switch c := s.next(); c {
		case '"', '\'':
			if behind >= 0 {
				out = append(out, '+')
			}
			s.text(c)
			behind = s.at
		case '#':
			s.comment()
		case ' ', '\t', '\r', '\n':
		default:
			behind = -1
		}
		out = append(out, src[from:s.at]...)
	}
	return out
}

// pythonScanner divides a program into statements. It knows strings, comments and brackets, which is all that is needed to see
// where one ends; line and col are those of the byte at at.
type pythonScanner struct {
	src       []byte
	at        int
	line, col int32
}

// peek reports whether the rest of the program starts with a text.
func (s *pythonScanner) peek(text string) bool { return bytes.HasPrefix(s.src[s.at:], []byte(text)) }

// next takes one byte and keeps line and column, both of which count from 1.
func (s *pythonScanner) next() byte {
	c := s.src[s.at]
	s.at++
	switch {
	case c == '\n':
		s.line, s.col = s.line+1, 1
	case c&0xC0 != 0x80: // columns count characters
		s.col++
	}
	return c
}

// skipBlank goes to the next statement. Semicolons and the ends of lines divide statements, and hold nothing themselves.
func (s *pythonScanner) skipBlank() {
	for s.at < len(s.src) && bytes.IndexByte([]byte(" \t\r\n\f;"), s.src[s.at]) >= 0 {
		s.next()
	}
}

// logicalLine moves behind the end of a statement.
func (s *pythonScanner) logicalLine() {
	for depth := 0; s.at < len(s.src); {
		switch c := s.next(); c {
		case '#':
			s.comment()
		case '"', '\'':
			s.text(c)
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '\\':
			if s.at < len(s.src) {
				s.next()
			}
		case '\n', ';':
			if depth <= 0 {
				return
			}
		}
	}
}

// comment skips a comment up to the end of its line, which it leaves: the end of the line ends the statement, too.
func (s *pythonScanner) comment() {
	for s.at < len(s.src) && s.src[s.at] != '\n' {
		s.next()
	}
}

// text moves behind the text that the quote begins.
func (s *pythonScanner) text(quote byte) {
	end := string(quote)
	if triple := end + end + end; bytes.HasPrefix(s.src[s.at-1:], []byte(triple)) {
		end = triple
		s.next()
		s.next()
	}
	for s.at < len(s.src) {
		switch {
		case s.peek(end):
			for range end {
				s.next()
			}
			return
		case s.src[s.at] == '\\' && s.at+1 < len(s.src):
			s.next()
		case s.src[s.at] == '\n' && len(end) == 1:
			return // an open text ends with its line
		}
		s.next()
	}
}
