package diag

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Format is a way to print diagnostics.
type Format string

// The formats.
const (
	Text   Format = "text"   // for people: the source line with a caret under the token
	JSON   Format = "json"   // one object a line
	SARIF  Format = "sarif"  // SARIF 2.1.0, for code scanning
	GitHub Format = "github" // workflow commands, which GitHub Actions turns into annotations
)

// printers has one row for each format, in the order of help. A printer gets diagnostics that are sorted and whose texts
// are safe to show.
var printers = []struct {
	format Format
	print  func(io.Writer, []Diagnostic, Options) error
}{
	{Text, printText},
	{JSON, printJSON},
	{SARIF, printSARIF},
	{GitHub, printGitHub},
}

// Options says how to print. The zero value is good for a file.
type Options struct {
	// Color allows colours in text. Whether the output is a terminal, and what NO_COLOR says, is the caller's business.
	Color bool
	// Width is how many columns an excerpt in text may take, at most 500; 0 means 120.
	Width int
	// Max is how many diagnostics text shows before it says "and N more", errors before warnings. 0 means 100, less than
	// 0 all of them. The other formats, which machines read, are never cut.
	Max int
	// Prefix is the path from the repository's root to the folder that file names are relative to, with slashes. SARIF and
	// GitHub want names from the root.
	Prefix string
	// Version is the program's own, for SARIF.
	Version string
}

// Formats lists the formats in the order of help.
func Formats() []string {
	var names []string
	for _, p := range printers {
		names = append(names, string(p.format))
	}
	return names
}

// Print writes diagnostics in one of the formats, sorted by file, line and column. The error is the writer's, or tells
// that there is no such format.
func Print(w io.Writer, format Format, ds []Diagnostic, opts Options) error {
	for _, p := range printers {
		if p.format != format {
			continue
		}
		out := bufio.NewWriter(w)
		if err := p.print(out, Presentable(ds), opts); err != nil {
			return err
		}
		return out.Flush()
	}
	return fmt.Errorf("there is no format %s: it is %s", Quote(string(format)), OneOf(Formats()))
}

// Presentable is a sorted copy of the diagnostics in which no text holds a secret or steers a terminal, as [Print] shows
// them. What is printed may come from a file that someone else wrote. A fix that repeats a secret is left out, since with
// the secret blotted out it would spoil the file; so is what proposes another spelling of a secret.
func Presentable(ds []Diagnostic) []Diagnostic {
	ds = Sort(slices.Clone(ds))
	files := map[*File]*lines{}
	for i := range ds {
		ds[i].Notes = slices.Clone(ds[i].Notes)
		ds[i] = Bound(ds[i])
		d := &ds[i]
		if d.Code != Credential && SecretKind(spanned(files, d.Span)) != "" {
			d.Hint, d.Fix = "", nil
		}
		d.Path = oneLine(d.Path)
		d.Message = oneLine(d.Message)
		d.Hint = Safe(d.Hint)
		for j := range d.Notes {
			d.Notes[j].Message = Safe(d.Notes[j].Message)
		}
		if d.Fix != nil && SecretKind(d.Fix.Text) != "" {
			d.Fix = nil
		}
	}
	return ds
}

// spanned is the text that a span covers.
func spanned(files map[*File]*lines, s Span) string {
	if !s.Known() {
		return ""
	}
	if files[s.File] == nil {
		files[s.File] = newLines(s.File.Data)
	}
	from, _ := files[s.File].offset(s.Line, s.Col)
	to, _ := files[s.File].offset(s.EndLine, s.EndCol)
	return string(s.File.Data[from:max(from, to)])
}

// Safe is a text that may be shown to anyone: nothing in it looks like a secret or steers a terminal.
func Safe(s string) string { return visible(conceal(s)) }

// oneLine makes a text fit for a place where a line break would end the record.
func oneLine(s string) string {
	return visible(strings.Join(strings.FieldsFunc(conceal(s), func(r rune) bool { return r == '\n' || r == '\r' }), " "))
}

// visible replaces characters that a terminal would obey, or that would reorder or hide text, by ones that can be seen.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return visibleRune(r)
	}, s)
}

// visibleRune is the character to show for another: itself, its picture for a control character, or the replacement
// character for one that cannot be seen, such as a bidi override or an unassigned code.
func visibleRune(r rune) rune {
	switch {
	case r < ' ':
		return '\u2400' + r
	case r == 0x7f:
		return '\u2421'
	case unicode.IsGraphic(r):
		return r
	}
	return utf8.RuneError
}

// repositoryPath is a file's name as seen from the repository's root.
func (o Options) repositoryPath(name string) string {
	if o.Prefix == "" || path.IsAbs(name) {
		return name
	}
	return path.Join(o.Prefix, name)
}
