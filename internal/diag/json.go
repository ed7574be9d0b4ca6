package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
)

// jsonPlace is a range in a file. Lines and columns start at 1 and count characters; the end is the first character
// behind the range. What is not known is left out.
type jsonPlace struct {
	File      string `json:"file,omitempty"`
	Line      int32  `json:"line,omitempty"`
	Column    int32  `json:"column,omitempty"`
	EndLine   int32  `json:"end_line,omitempty"`
	EndColumn int32  `json:"end_column,omitempty"`
}

// jsonDiagnostic is one line of the format `json`. Fields are only ever added to it.
type jsonDiagnostic struct {
	Code     Code   `json:"code"`
	Severity string `json:"severity"` // error or warning
	jsonPlace
	Path    string     `json:"path,omitempty"` // the field, as in spec.volumes[0].mount_path
	Message string     `json:"message"`
	Notes   []jsonNote `json:"notes,omitempty"`
	Hint    string     `json:"hint,omitempty"`
	Fix     *jsonFix   `json:"fix,omitempty"`
}

// jsonNote is a note with its place, if it has one.
type jsonNote struct {
	jsonPlace
	Message string `json:"message"`
}

// jsonFix replaces the text of its range. `berth fix` applies the certain ones.
type jsonFix struct {
	jsonPlace
	Text    string `json:"text"`
	Certain bool   `json:"certain"`
}

// printJSON writes one object a line (JSON Lines), which scripts can read as it comes.
func printJSON(w io.Writer, ds []Diagnostic, _ Options) error {
	for _, d := range ds {
		line := jsonDiagnostic{Code: d.Code, Severity: d.Severity.String(), jsonPlace: placeJSON(d.Span), Path: d.Path,
			Message: d.Message, Hint: d.Hint}
		for _, n := range d.Notes {
			line.Notes = append(line.Notes, jsonNote{placeJSON(n.Span), n.Message})
		}
		if d.Fix != nil {
			line.Fix = &jsonFix{placeJSON(d.Fix.Span), d.Fix.Text, d.Fix.Certain}
		}
		if err := writeJSON(w, line, ""); err != nil {
			return err
		}
	}
	return nil
}

// placeJSON leaves lines and columns out where only the file is known.
func placeJSON(s Span) jsonPlace {
	if !s.Known() {
		return jsonPlace{File: s.name()}
	}
	return jsonPlace{s.name(), s.Line, s.Col, s.EndLine, s.EndCol}
}

// writeJSON writes a value and a line break. Characters that JSON allows and a terminal obeys or hides are escaped: they
// can only stand in strings, so the value stays the same.
func writeJSON(w io.Writer, value any, indent string) error {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	var safe bytes.Buffer
	for _, r := range out.String() {
		if r == '\n' || unicode.IsGraphic(r) {
			safe.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&safe, `\u%04x`, unit)
		}
	}
	_, err := w.Write(safe.Bytes())
	return err
}
