package diag

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// edit is a fix as a range of bytes.
// From and to are offsets of bytes in the file's data.
type edit struct {
	from, to int
	text     string
	of       int // the index of its diagnostic
}

// Apply mends what can be mended without asking: of the diagnostics about one file, it applies every certain fix and
// leaves all other bytes as they are. Where two fixes overlap the first one is applied. It returns the new text, how many
// diagnostics were mended, and those about this file that were not. File.Data is not changed; a byte order mark that the
// file has on disk is the caller's to put back.
func Apply(file *File, ds []Diagnostic) (text []byte, mended int, left []Diagnostic) {
	edits := certainEdits(file, ds)
	done := map[int]bool{}
	var last edit
	for _, e := range edits {
		repeated := len(done) > 0 && e.from == last.from && e.to == last.to
		if repeated && e.text != last.text || !repeated && e.from < last.to {
			continue
		}
		if !repeated {
			text = append(append(text, file.Data[last.to:e.from]...), e.text...)
			last = e
		}
		done[e.of] = true
	}
	text = append(text, file.Data[last.to:]...)
	for i, d := range ds {
		if !done[i] && about(d, file) {
			left = append(left, d)
		}
	}
	return text, len(done), left
}

// about reports whether a diagnostic points into a file, or would change it.
func about(d Diagnostic, file *File) bool {
	return d.Span.File == file || d.Fix != nil && d.Fix.Span.File == file
}

// certainEdits lists the certain fixes of a file in the order of their places. A fix whose place is none is left out.
func certainEdits(file *File, ds []Diagnostic) []edit {
	if file == nil {
		return nil
	}
	index := newLines(file.Data)
	// Fixes are written with \n and take the line ends of the file.
	windows := bytes.Contains(file.Data, []byte("\r\n"))
	var edits []edit
	for i, d := range ds {
		if d.Fix == nil || !d.Fix.Certain || d.Fix.Span.File != file {
			continue
		}
		from, ok1 := index.offset(d.Fix.Span.Line, d.Fix.Span.Col)
		to, ok2 := index.offset(d.Fix.Span.EndLine, d.Fix.Span.EndCol)
		if !ok1 || !ok2 || to < from {
			continue
		}
		text := d.Fix.Text
		if windows {
			text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
		}
		edits = append(edits, edit{from, to, text, i})
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	return edits
}

// Preview is a unified diff of what a fix changes in a file, as `patch -p1` reads it; empty when nothing changes.
func Preview(name string, before, after []byte) []byte {
	name = oneLine(name)
	text := diff.Diff("a/"+name, before, "b/"+name, after)
	_, text, _ = bytes.Cut(text, []byte("\n")) // the line "diff a/… b/…", which the two below it repeat
	return text
}
