package lsp

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"berth/internal/diag"
	"berth/internal/workspace"
)

// The kinds of code action.
const (
	quickFix = "quickfix"
	fixAll   = "source.fixAll.berth"
)

// patience is how long a request waits for the check of what was just typed.
const patience = 3 * time.Second

// codeActions are the fixes of the diagnostics in a range, and all that are certain in the file at once.
func (s *server) codeActions(ctx context.Context, p codeActionParams) ([]codeAction, error) {
	path, ok := s.docs.within(p.TextDocument.URI)
	if !ok {
		return nil, outside(p.TextDocument.URI)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s.engine.settled(ctx)
	actions := []codeAction{}
	ds := s.toldOf(path)
	c := s.converter(s.namesFor(path))
	if wants(p.Context.Only, quickFix) {
		for _, d := range ds {
			if d.Fix != nil && overlap(c.rangeOf(d.Span), p.Range) {
				actions = append(actions, c.fix(d))
			}
		}
	}
	if doc := s.docs.get(path); doc != nil && wants(p.Context.Only, fixAll) {
		if all, ok := s.fixEverything(path, doc, ds); ok {
			actions = append(actions, all)
		}
	}
	return actions, nil
}

// toldOf are the diagnostics of a file that the client knows.
func (s *server) toldOf(path string) []diag.Diagnostic {
	s.told.Lock()
	defer s.told.Unlock()
	return s.published.diagnostics[path]
}

// namesFor are the names that diagnostics about a file use.
func (s *server) namesFor(path string) names {
	if p := s.engine.project(rootOf(path)); p != nil {
		return p.names
	}
	return names{root: filepath.Dir(path)}
}

// overlap reports whether two ranges touch. A cursor at the edge of a mistake is meant as well.
func overlap(a, b textRange) bool { return !before(a.End, b.Start) && !before(b.End, a.Start) }

// before reports whether a position is truly before another.
func before(a, b position) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Character < b.Character
}

// fix is the action that applies a diagnostic's fix.
func (c *converter) fix(d diag.Diagnostic) codeAction {
	at, _ := c.location(d.Fix.Span)
	edit := textEdit{at.Range, inLines(d.Fix.Text, d.Fix.Span.File.Data)}
	return codeAction{
		Title: fixTitle(d.Fix), Kind: quickFix, Diagnostics: []diagnostic{c.diagnostic(d)}, IsPreferred: d.Fix.Certain,
		Edit: workspaceEdit{map[string][]textEdit{at.URI: {edit}}},
	}
}

// inLines gives a text the line breaks of the file that it is for.
func inLines(s string, file []byte) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if bytes.Contains(file, []byte("\r\n")) {
		s = strings.ReplaceAll(s, "\n", "\r\n")
	}
	return s
}

// fixTitle says what a fix does in the words of the text: it removes, writes or replaces. An end before the start, as in a
// span of no width, is read as the start.
func fixTitle(f *diag.Fix) string {
	places := diag.PlacesIn(f.Span.File)
	from, _ := places.Offset(f.Span.Line, f.Span.Col)
	to, _ := places.Offset(f.Span.EndLine, f.Span.EndCol)
	old, now := strings.TrimSpace(string(f.Span.File.Data[from:max(from, to)])), strings.TrimSpace(f.Text)
	switch {
	case now == "":
		return "Remove " + diag.Quote(old)
	case old == "":
		return "Write " + diag.Quote(now)
	}
	return "Replace " + diag.Quote(old) + " with " + diag.Quote(now)
}

// fixEverything is the action that applies every certain fix of a document; ok is false when there is none.
func (s *server) fixEverything(path string, doc *document, ds []diag.Diagnostic) (codeAction, bool) {
	certain := 0
	for _, d := range ds {
		if d.Fix != nil && d.Fix.Certain {
			certain++
		}
	}
	if certain == 0 {
		return codeAction{}, false
	}
	mended := s.mended(path, doc.text.data)
	if bytes.Equal(mended, doc.text.data) {
		return codeAction{}, false
	}
	return codeAction{
		Title: fmt.Sprintf("Fix all in this file (%s)", diag.Count(certain, "mistake", "mistakes")), Kind: fixAll,
		Edit: workspaceEdit{map[string][]textEdit{doc.uri: {difference(doc.text, mended)}}},
	}, true
}

// maxRounds bounds how often a text is mended and checked again, as in `berth fix`: a field has to have its right name
// before its value can be judged.
const maxRounds = 5

// mended is a document's text with every certain fix applied.
func (s *server) mended(path string, data []byte) []byte {
	texts := s.docs.texts()
	for range maxRounds {
		texts[path] = data
		next := s.mendOnce(path, texts)
		if bytes.Equal(next, data) {
			break
		}
		data = next
	}
	return data
}

// mendOnce applies the fixes of one compilation, in all environments, to a file's text and gives the new text; the same
// bytes mean that nothing is left to mend. A byte order mark is no part of what is compiled and is put back.
func (s *server) mendOnce(path string, texts map[string][]byte) []byte {
	root := rootOf(path)
	if root == "" {
		// A file without a project is checked in its folder.
		root = filepath.Dir(path)
	}
	req := s.engine.request(root, texts, path)
	if p := s.engine.project(root); p != nil && p.knows(path) && p.roles[path] != workspace.RunRole {
		req.Paths = nil // the project's own file, or a profile
	}
	w, ds := workspace.Load(req)
	defer w.Close()
	for _, environment := range append([]string{""}, w.Environments()...) {
		_, found := w.Compile(environment)
		ds = append(ds, found...)
	}
	data := texts[path]
	for _, d := range ds {
		if f := d.Span.File; f != nil && f.Name == w.NameOf(path) && f.Data != nil && bytes.HasSuffix(data, f.Data) {
			text, _, _ := diag.Apply(f, ds)
			return bytes.Join([][]byte{data[:len(data)-len(f.Data)], text}, nil)
		}
	}
	return data
}

// difference is the one edit between a text and another.
func difference(t *text, to []byte) textEdit {
	from := t.data
	start := 0
	for start < min(len(from), len(to)) && from[start] == to[start] {
		start++
	}
	for start > 0 && start < len(from) && (from[start]&0xc0 == 0x80 || from[start] == '\n') { // whole characters and line breaks
		start--
	}
	end := 0
	for end < min(len(from), len(to))-start && from[len(from)-1-end] == to[len(to)-1-end] {
		end++
	}
	for end > 0 && (from[len(from)-end]&0xc0 == 0x80 || from[len(from)-end] == '\n') {
		end--
	}
	return textEdit{textRange{t.position(start), t.position(len(from) - end)}, string(to[start : len(to)-end])}
}
