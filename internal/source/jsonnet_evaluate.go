package source

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"berth/internal/diag"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
)

// evaluateJsonnetFile answers a request in the child. The nodes have no lines: nobody can tell which line made a value
// that a program computed.
func evaluateJsonnetFile(req *request) *response {
	file := &req.File
	importer := &jsonnetImporter{path: req.Path, name: file.Name, files: map[string]*importedFile{}}
	var err error
	if importer.root, err = os.OpenRoot(req.Root); err != nil {
		return untie(&response{Diagnostics: []diag.Diagnostic{{Code: diag.FileRead, Span: whole(file), Message: "the project's folder cannot be opened: " + reason(err)}}})
	}
	defer importer.root.Close()

	vm := jsonnet.MakeVM()
	caught := &jsonnetErrors{}
	vm.ErrorFormatter = caught
	vm.SetTraceOut(io.Discard)
	vm.Importer(importer)
	//lint:ignore SA1019 an anonymous snippet has no path that its imports could be relative to, and a file would be read again
	result, err := vm.EvaluateSnippet(req.Path, string(unixLines(file.Data)))
	if err != nil {
		d := importer.explain(file, caught.err)
		return untie(&response{Diagnostics: []diag.Diagnostic{d}, Files: importer.seen(d)})
	}
	root, diags := readResult(file, result)
	return untie(&response{Root: root, Diagnostics: diags})
}

// readResult reads the JSON that a program evaluated to.
func readResult(file *diag.File, result string) (*Node, []diag.Diagnostic) {
	if len(result) > MaxFileBytes {
		return nil, []diag.Diagnostic{tooMuch(file)}
	}
	roots, diags := loadJSON(&diag.File{Name: file.Name, Data: []byte(result)}, Options{})
	for i := range diags {
		diags[i].Span, diags[i].Notes, diags[i].Fix = whole(file), nil, nil
	}
	if len(roots) == 0 {
		return nil, diags
	}
	if unplace(roots[0]) > maxValues {
		return nil, []diag.Diagnostic{tooMuch(file)}
	}
	return roots[0], diags
}

// unplace takes away the places in the result's text, which no user has seen, and counts the values.
func unplace(n *Node) (values int) {
	values = 1
	n.Span = diag.Span{}
	n.Text = canonical(n.Kind, n.Text)
	for i := range n.Fields {
		n.Fields[i].Span = diag.Span{}
		values += unplace(n.Fields[i].Node)
	}
	for _, item := range n.Items {
		values += unplace(item)
	}
	return values
}

// canonical is the shortest form of a float: Jsonnet writes 0.1 as 0.10000000000000001, CUE 1000.0 as 1.0E+3.
func canonical(kind Kind, text string) string {
	if f, err := strconv.ParseFloat(text, 64); kind == Float && err == nil {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return text
}

// jsonnetErrors keeps the error itself where Jsonnet would only give its text.
type jsonnetErrors struct{ err error }

// Format, and the two below, make this one of Jsonnet's error formatters.
func (e *jsonnetErrors) Format(err error) string                  { e.err = err; return err.Error() }
func (e *jsonnetErrors) SetMaxStackTraceSize(int)                 {}
func (e *jsonnetErrors) SetColorFormatter(jsonnet.ColorFormatter) {}

// explain says in one sentence what went wrong, at the innermost line of a user's that had to do with it. The lines of
// Jsonnet's errors, unlike those of its values, are true.
func (i *jsonnetImporter) explain(file *diag.File, err error) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.Evaluation, Span: whole(file)}
	var located interface{ Loc() ast.LocationRange } // a mistake found before evaluation
	var runtime jsonnet.RuntimeError
	switch {
	case errors.As(err, &runtime):
		if d.Message, d.Hint = sayJsonnet(runtime.Msg); i.stop != nil {
			d.Message, d.Hint = i.stop.message, i.stop.hint
		}
		for _, frame := range runtime.StackTrace {
			if span, ok := i.span(file, frame.Loc); ok {
				d.Span = span
				break
			}
		}
		i.explainImport(&d, runtime.Msg)
	case errors.As(err, &located):
		d.Code = diag.Syntax
		d.Message = cleanWords(afterLocation(err.Error()))
		if span, ok := i.span(file, located.Loc()); ok {
			d.Span = span
		}
	default:
		d.Message = "Jsonnet cannot evaluate this file"
	}
	return d
}

// explainImport handles a mistake of an imported file's grammar, which Jsonnet gives as text: `file:line:col message`.
func (i *jsonnetImporter) explainImport(d *diag.Diagnostic, message string) {
	for path, f := range i.files {
		place, ok := strings.CutPrefix(message, path+":")
		if !ok || f.file == nil {
			continue
		}
		var at ast.Location
		if n, _ := fmt.Sscanf(strings.TrimPrefix(place, "("), "%d:%d", &at.Line, &at.Column); n == 2 {
			t := newText(f.file)
			off := t.byteOffset(at)
			d.Code, d.Span, d.Message, d.Hint = diag.Syntax, t.span(off, off+1), cleanWords(afterLocation(message)), ""
		}
	}
}

// span finds a location in the file itself or in an imported one.
func (i *jsonnetImporter) span(file *diag.File, loc ast.LocationRange) (diag.Span, bool) {
	if loc.Begin.Line <= 0 {
		return diag.Span{}, false
	}
	in := file
	if loc.FileName != i.path {
		imported := i.files[loc.FileName]
		if imported == nil || imported.file == nil {
			return diag.Span{}, false
		}
		in = imported.file
	}
	t := newText(in)
	from := t.byteOffset(loc.Begin)
	return t.span(from, max(t.byteOffset(loc.End), from+1)), true
}

// byteOffset is the offset of a Jsonnet location, whose columns count bytes.
func (t *text) byteOffset(l ast.Location) int {
	if l.Line < 1 || l.Line > len(t.lines) {
		return len(t.data)
	}
	return min(int(t.lines[l.Line-1])+max(l.Column-1, 0), t.lineEnd(int32(l.Line)))
}

// seen are the imported files that a diagnostic points into.
func (i *jsonnetImporter) seen(d diag.Diagnostic) []diag.File {
	for _, f := range i.files {
		if f.file != nil && d.Span.File == f.file {
			return []diag.File{*f.file}
		}
	}
	return nil
}

// afterLocation drops the `file:line:col ` that stands before a message of Jsonnet's.
func afterLocation(message string) string {
	message, _, _ = strings.Cut(message, "\n")
	if place, rest, ok := strings.Cut(message, " "); ok && strings.Contains(place, ":") {
		message = rest
	}
	if message != "" {
		message = strings.ToLower(message[:1]) + message[1:]
	}
	return message
}

// jsonnetWords are known beginnings of Jsonnet's messages at run time, and our words for them.
var jsonnetWords = []struct{ theirs, message, hint string }{
	{"max stack frames exceeded", "a function calls itself without end, or too deeply", "bound the recursion"},
	{"couldn't manifest function", "the file evaluates to a function, or holds one in a visible field", "call the function, or hide the field with `::`"},
	{"function parameter", "a function is called without a value for one of its parameters", "look at the call"},
	{"division by zero", "this cannot be worked out: division by zero", ""},
	{"undefined external variable", "external variables (std.extVar) are not given to the files of berth", "put the value into the file"},
	{"infinite recursion", "a value refers to itself in a circle", "break the circle"},
}

// sayJsonnet words an error at run time by the first line of its text, which is all that Jsonnet gives. What no row
// knows is shown as it is: most often it is what the program itself says with `error`.
func sayJsonnet(message string) (string, string) {
	message, _, _ = strings.Cut(message, "\n")
	for _, w := range jsonnetWords {
		if strings.Contains(strings.ToLower(message), w.theirs) {
			return w.message, w.hint
		}
	}
	return "evaluation stops here: " + cleanWords(strings.ToValidUTF8(message, "?")), ""
}
