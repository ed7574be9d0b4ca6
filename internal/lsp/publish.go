package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"berth/internal/diag"
)

// published are what the client was told of files, so that it is told only what is new.
type published struct {
	diagnostics map[string][]diag.Diagnostic
	sent        map[string]string
}

// publish tells the client the diagnostics of files of a project, which are given by their names.
func (s *server) publish(p *project, files map[string]string) {
	found := map[string][]diag.Diagnostic{}
	for d := range p.check.Each() {
		name := nameOf(d)
		if _, ok := files[name]; ok {
			found[name] = append(found[name], d)
		}
	}
	for name, path := range files {
		s.publishFile(path, found[name], p.names)
	}
}

// publishFile tells the client the diagnostics of one file.
func (s *server) publishFile(path string, ds []diag.Diagnostic, n names) {
	ds = diag.Sort(slices.Clone(ds))
	params := diagnosticsParams{URI: s.docs.uri(path), Diagnostics: []diagnostic{}}
	c := s.converter(n)
	for _, d := range ds {
		params.Diagnostics = append(params.Diagnostics, c.diagnostic(d))
	}
	s.told.Lock()
	defer s.told.Unlock()
	if len(ds) == 0 {
		delete(s.published.diagnostics, path)
	} else {
		s.published.diagnostics[path] = ds
	}
	s.send(path, params)
}

// send sends what differs from what was sent last; nothing was, at the beginning, of a file without diagnostics.
func (s *server) send(path string, params diagnosticsParams) {
	text, _ := json.Marshal(params) // plain data always encodes
	if last, ok := s.published.sent[path]; string(text) == last || !ok && len(params.Diagnostics) == 0 && s.docs.get(path) == nil {
		return
	}
	if len(params.Diagnostics) == 0 && s.docs.get(path) == nil {
		delete(s.published.sent, path)
	} else {
		s.published.sent[path] = string(text)
	}
	_ = s.rpc.Notify(context.Background(), "textDocument/publishDiagnostics", params) // a client that is gone needs none
}

// clear takes back what was said of a file that is none of ours.
func (s *server) clear(path string) {
	s.told.Lock()
	defer s.told.Unlock()
	delete(s.published.diagnostics, path)
	if _, ok := s.published.sent[path]; ok {
		s.send(path, diagnosticsParams{URI: s.docs.uri(path), Diagnostics: []diagnostic{}})
		delete(s.published.sent, path)
	}
}

// converter turns diagnostics into the protocol's.
type converter struct {
	s     *server
	names names
	texts map[*diag.File]*text
}

// converter puts diagnostics into the editor's places, with each file divided into lines once.
func (s *server) converter(n names) *converter {
	return &converter{s, n, map[*diag.File]*text{}}
}

// text is the text of a file that a diagnostic is about: the open document where it is the same, which knows its byte
// order mark.
func (c *converter) text(f *diag.File) *text {
	if t := c.texts[f]; t != nil {
		return t
	}
	t := newText(f.Data)
	path, _ := c.names.path(f.Name)
	if doc := c.s.docs.get(path); doc != nil && bytes.Equal(doc.text.data[doc.text.bom:], f.Data) {
		t = doc.text
	}
	c.texts[f] = t
	return t
}

// rangeOf is a span in the editor's positions, which count from 0 in UTF-16 units. It is the start of the file where the span
// is unknown or the file's text is not there.
func (c *converter) rangeOf(span diag.Span) textRange {
	if !span.Known() || span.File.Data == nil {
		return textRange{}
	}
	return c.text(span.File).of(span)
}

// location is where a span stands; ok is false for a file that nobody can open, such as a profile of the catalog.
func (c *converter) location(span diag.Span) (location, bool) {
	if span.File == nil {
		return location{}, false
	}
	path, ok := c.names.path(span.File.Name)
	if !ok {
		return location{}, false
	}
	return location{c.s.docs.uri(path), c.rangeOf(span)}, true
}

// diagnostic puts a diagnostic into the protocol's words. The hint follows the message on a line of its own; a note becomes
// a place to go to where its file can be opened, and otherwise text.
func (c *converter) diagnostic(d diag.Diagnostic) diagnostic {
	out := diagnostic{Range: c.rangeOf(d.Span), Severity: 1, Code: string(d.Code), Source: "berth", Message: diag.Safe(d.Message)}
	if d.Severity == diag.Warning {
		out.Severity = 2
	}
	if d.Hint != "" {
		out.Message += "\n" + diag.Safe(d.Hint)
	}
	for _, n := range d.Notes {
		if at, ok := c.location(n.Span); ok {
			out.Related = append(out.Related, relatedInfo{at, diag.Safe(n.Message)})
		} else if n.Span.File != nil {
			// The editor cannot open the place; naming it is what is left.
			out.Message += "\n" + diag.Safe(n.Span.File.Name+": "+n.Message)
		} else {
			out.Message += "\n" + diag.Safe(n.Message)
		}
	}
	return out
}
