package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"berth/internal/diag"
)

// loadJSON reads one value; an empty file has none. A file with a syntax error gives no tree: the decoder cannot go on.
func loadJSON(file *diag.File, opts Options) ([]*Node, []diag.Diagnostic) {
	t := newText(file)
	if len(bytes.TrimSpace(t.data)) == 0 {
		return nil, nil
	}
	r := jsonReader{text: t, layer: opts.Layer, decoder: json.NewDecoder(bytes.NewReader(t.data))}
	r.decoder.UseNumber()
	root, err := r.value(0)
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return nil, append(r.diags, explainJSON(t, err))
	}
	return []*Node{root}, r.diags
}

// jsonReader builds the tree from the decoder's tokens, so that the grammar is the standard library's and the places
// are ours.
type jsonReader struct {
	text    *text
	layer   Layer
	decoder *json.Decoder
	diags   []diag.Diagnostic
}

// jsonError is a mistake whose place and words are known already.
type jsonError struct{ diag.Diagnostic }

// Error makes it pass through the reader's functions as any other error.
func (e jsonError) Error() string { return e.Message }

// token reads the next token and its range. What stands between two tokens is white space, one comma or one colon.
func (r *jsonReader) token() (tok json.Token, from, to int, err error) {
	from = int(r.decoder.InputOffset())
	tok, err = r.decoder.Token()
	to = int(r.decoder.InputOffset())
	for from < to && strings.IndexByte(" \t\r\n,:", r.text.data[from]) >= 0 {
		from++
	}
	return tok, from, to, err
}

// value reads one value. The span of a list or map is from its opening to its closing bracket; numbers keep their text,
// as `1e3`, so that later stages judge what was written.
func (r *jsonReader) value(depth int) (*Node, error) {
	tok, from, to, err := r.token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, jsonError{tooDeep(r.text.span(from, to))}
	}
	n := &Node{Layer: r.layer}
	switch v := tok.(type) {
	case json.Delim:
		if v == '{' {
			n.Kind, to, err = Map, 0, r.fields(n, depth)
		} else {
			n.Kind, to, err = List, 0, r.items(n, depth)
		}
		to = int(r.decoder.InputOffset())
	case string:
		n.Kind, n.Quoted, n.Text = String, true, v
		r.checkString(v, from, to)
	default:
		n.Text = string(r.text.data[from:to])
		n.Kind = jsonKind(n.Text)
	}
	n.Span = r.text.span(from, to)
	return n, err
}

// jsonKind is the kind of a number, boolean or null by its text.
func jsonKind(s string) Kind {
	switch {
	case s == "null":
		return Null
	case s == "true" || s == "false":
		return Bool
	case strings.ContainsAny(s, ".eE"):
		return Float
	}
	return Int
}

// items reads up to and with the closing bracket.
func (r *jsonReader) items(n *Node, depth int) error {
	for r.decoder.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.Items = append(n.Items, item)
	}
	_, _, _, err := r.token()
	return err
}

// fields reads up to and with the closing brace. Of a key that stands twice the first is kept, and the second is
// refused: JSON readers differ on which one counts.
func (r *jsonReader) fields(n *Node, depth int) error {
	seen := map[string]int{}
	for r.decoder.More() {
		tok, from, to, err := r.token()
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		r.checkString(key, from, to)
		f := Field{Key: key, Span: r.text.span(from, to)}
		if f.Node, err = r.value(depth + 1); err != nil {
			return err
		}
		if first, ok := seen[key]; ok {
			r.add(duplicateKey(key, f.Span, n.Fields[first].Span))
			continue
		}
		seen[key] = len(n.Fields)
		n.Fields = append(n.Fields, f)
	}
	_, _, _, err := r.token()
	return err
}

// checkString looks at what the escapes of a string stand for. The decoder turns half of a surrogate pair into U+FFFD,
// which nobody wrote.
func (r *jsonReader) checkString(s string, from, to int) {
	message := checkDecoded(s)
	if message == "" && strings.ContainsRune(s, utf8.RuneError) && bytes.Contains(bytes.ToLower(r.text.data[from:to]), []byte(`\ud`)) {
		message = "this text holds half of a surrogate pair (`\\uD800` to `\\uDFFF`), which is no character"
	}
	if message != "" {
		r.add(diag.Diagnostic{Code: diag.FileEncoding, Span: r.text.span(from, to), Message: message, Hint: "remove the escape"})
	}
}

// add drops what goes beyond [maxFindings].
func (r *jsonReader) add(d diag.Diagnostic) {
	if len(r.diags) < maxFindings {
		r.diags = append(r.diags, d)
	}
}

// end makes sure that nothing follows the value.
func (r *jsonReader) end() error {
	if _, _, _, err := r.token(); !errors.Is(err, io.EOF) {
		return errAfterEnd
	}
	return nil
}

// errAfterEnd only says that there is a mistake; [explainJSONAt] finds its place and words.
var errAfterEnd = errors.New("text after the JSON value")
