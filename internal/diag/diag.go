// Package diag holds what Berth says about a user's files: diagnostics are data until the last line, where one
// printer per format turns them into text. Nothing in here decides anything about runs.
package diag

import (
	"cmp"
	"slices"
)

// File is one source text. Every [Span] points into one; the printers read the line under the caret from Data.
type File struct {
	// Name is the path as the user would write it: relative to the working directory where possible, with slashes.
	Name string
	// Data is the text itself, without a byte order mark. It is nil for a file that could not be read.
	Data []byte
}

// Span is a range in a file. Lines and columns start at 1; columns count Unicode characters, not bytes.
// EndLine and EndCol name the first character after the range. Line 0 means the file as a whole, which is all that
// is known of a value that Jsonnet computed. The zero Span is nowhere.
type Span struct {
	File                       *File
	Line, Col, EndLine, EndCol int32
}

// Known reports whether the span names a line.
func (s Span) Known() bool { return s.File != nil && s.Line > 0 }

// Severity says what a diagnostic does to the build.
type Severity uint8

// The severities: an error refuses the input, a warning is shown and changes nothing.
const (
	Error Severity = iota
	Warning
)

// String is "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Note is a second place or a further fact that belongs to a diagnostic, such as the profile's bound that a value breaks.
// Without a place it is shown as a sentence of its own.
type Note struct {
	Span    Span // may be the zero Span
	Message string
}

// Fix is a replacement of the text in Span by Text.
type Fix struct {
	Span Span
	Text string
	// Certain says that nothing else can have been meant, so that `berth fix` may apply it unasked.
	Certain bool
}

// Diagnostic is one mistake (or warning) with everything that a printer needs.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Span     Span   // the user's own token
	Path     string // the field, as in spec.volumes[0].mount_path; empty when no field is meant
	Message  string // one sentence in the user's words, no full stop, no CUE or Go in it
	Notes    []Note
	Hint     string // the way out: the nearest name, the accepted values, the unit to write
	Fix      *Fix   // nil when no replacement can be suggested
}

// Sort orders diagnostics by file, line, column and code, and drops exact repetitions, so that parallel work prints
// the same as serial work.
func Sort(ds []Diagnostic) []Diagnostic {
	slices.SortStableFunc(ds, compare)
	return slices.CompactFunc(ds, func(a, b Diagnostic) bool { return compare(a, b) == 0 })
}

// compare orders by the files' names, which are the same on every run, and never by pointer. Diagnostics that differ in
// anything else alone, such as the hint, are equal.
func compare(a, b Diagnostic) int {
	return cmp.Or(
		cmp.Compare(a.Span.name(), b.Span.name()),
		cmp.Compare(a.Span.Line, b.Span.Line),
		cmp.Compare(a.Span.Col, b.Span.Col),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Message, b.Message),
	)
}

// name is the file's name, empty for the zero span.
func (s Span) name() string {
	if s.File == nil {
		return ""
	}
	return s.File.Name
}

// HasErrors reports whether any of the diagnostics refuses the input.
func HasErrors(ds []Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}
