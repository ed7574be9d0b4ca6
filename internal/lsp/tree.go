package lsp

import (
	"path/filepath"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
)

// maxRepairs bounds how many lines of a half-written file are left out to read the rest.
const maxRepairs = 4

// documentsOf reads the documents of a text as far as it can be read: of one that is half written, a line that the reader
// stumbles over is left out. Keep is the line, from 1, that stays, or 0.
func (s *server) documentsOf(path, root string, data []byte, keep int32) []source.Document {
	opts := source.Options{Path: path, Root: root, Evaluator: s.evaluator, Layer: source.RunSpec, Constraints: true}
	for range maxRepairs {
		file, _ := source.FromBytes(filepath.Base(path), data)
		if file == nil {
			return nil
		}
		docs, ds := source.Load(file, opts)
		if !diag.HasErrors(ds) || !plain(path) {
			return docs
		}
		line := int32(0)
		for _, d := range ds {
			if d.Severity == diag.Error && d.Span.Line > 0 && d.Span.Line != keep {
				line = d.Span.Line
				break
			}
		}
		if line == 0 {
			return docs
		}
		data = withoutLine(file.Data, line)
	}
	return nil
}

// plain tells the formats that are read as they stand from those that are programs.
func plain(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

// withoutLine is a text whose line, counted from 1, is empty, so that all others keep their places.
func withoutLine(data []byte, line int32) []byte {
	lines := strings.SplitAfter(string(data), "\n")
	if int(line) > len(lines) {
		return data
	}
	old := lines[line-1]
	lines[line-1] = old[len(strings.TrimRight(old, "\r\n")):]
	return []byte(strings.Join(lines, ""))
}

// spot is what stands at a place of a tree.
type spot struct {
	doc   source.Document
	path  string        // as in diagnostics: spec.resources.gpu
	field *source.Field // the entry, nil in a list and at the root
	node  *source.Node
	onKey bool
}

// spotAt finds what stands at a line and column; ok is false between the documents.
func spotAt(docs []source.Document, line, col int32) (spot, bool) {
	for _, doc := range docs {
		if holds(doc.Root.Span, line, col) {
			s := spot{doc: doc, node: doc.Root}
			s.descend(line, col)
			return s, true
		}
	}
	return spot{}, false
}

// descend goes to the innermost value that holds the place.
func (s *spot) descend(line, col int32) {
	for i := range s.node.Fields {
		f := &s.node.Fields[i]
		if onKey := holds(f.Span, line, col); onKey || holds(f.Node.Span, line, col) {
			s.path, s.field, s.node, s.onKey = diag.Join(s.path, f.Key), f, f.Node, onKey
			if !onKey {
				s.descend(line, col)
			}
			return
		}
	}
	for i, item := range s.node.Items {
		if holds(item.Span, line, col) {
			s.path, s.field, s.node = diag.At(s.path, i), nil, item
			s.descend(line, col)
			return
		}
	}
}

// holds reports whether a place is in a span or right behind it.
func holds(s diag.Span, line, col int32) bool {
	if s.Line < 1 {
		return false
	}
	after := line > s.Line || line == s.Line && col >= s.Col
	return after && (line < s.EndLine || line == s.EndLine && col <= s.EndCol)
}
