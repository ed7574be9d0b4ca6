package source

import (
	"bytes"
	"fmt"
	"strings"

	"berth/internal/diag"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// cueFile is a CUE file that has been compiled, with its syntax, from which places are read.
type cueFile struct {
	text   *text
	syntax *ast.File
	value  cue.Value
}

// newCUEContext returns a context that reads nothing but what it is given: no module registry, no embedded files.
func newCUEContext() *cue.Context { return cuecontext.New() }

// compileCUE parses and builds one file by itself. The value may still hold errors.
func compileCUE(ctx *cue.Context, file *diag.File) (*cueFile, []diag.Diagnostic) {
	f := &cueFile{text: newText(file)}
	var err error
	f.syntax, err = parser.ParseFile(file.Name, file.Data)
	if err != nil {
		return nil, f.explain(err)
	}
	if diags := f.refuseReach(); diags != nil {
		return nil, diags
	}
	instance := build.NewContext().NewInstance("", nil)
	if err := instance.AddSyntax(f.syntax); err != nil {
		return nil, f.explain(err)
	}
	if err := instance.Complete(); err != nil {
		return nil, f.explain(err)
	}
	f.value = ctx.BuildInstance(instance)
	return f, nil
}

// evaluateCUEFile answers a request in the child.
func evaluateCUEFile(file *diag.File, constraints bool) *response {
	f, diags := compileCUE(newCUEContext(), file)
	if diags != nil {
		return untie(&response{Diagnostics: diags})
	}
	if err := f.value.Validate(); err != nil {
		return untie(&response{Diagnostics: f.explain(err)})
	}
	r := cueReader{file: f, constraints: constraints}
	if r.fileSpan() == whole(file) {
		return &response{} // nothing but comments or a package clause
	}
	root := r.node(f.value, cueScope{f.syntax}, 0)
	if len(r.diags) > 0 {
		root = nil // a value that is not known would only be complained of twice
	}
	return untie(&response{Root: root, Diagnostics: r.diags})
}

// refuseReach refuses what would reach beyond the file: imports of anything but CUE's own pure packages, and embedding.
func (f *cueFile) refuseReach() (diags []diag.Diagnostic) {
	refuse := func(n ast.Node, message, hint string) {
		diags = append(diags, diag.Diagnostic{Code: diag.Evaluation, Span: f.span(n), Message: message, Hint: hint})
	}
	for spec := range f.syntax.ImportSpecs() {
		path, err := literal.Unquote(spec.Path.Value) // as CUE reads it: an escape is another spelling of a letter
		if err != nil {
			refuse(spec.Path, "the path of this import cannot be read", "remove the import")
			continue
		}
		first, _, _ := strings.Cut(path, "/")
		switch {
		case first == "tool":
			refuse(spec.Path, fmt.Sprintf("CUE's package %q runs commands or reads files, which a file of berth's may not", path), "remove the import")
		case strings.Contains(first, ".") || strings.Contains(path, ":"):
			refuse(spec.Path, fmt.Sprintf("the import of %q is not possible: only CUE's own packages are", path), "put what you need of it into this file")
		}
	}
	ast.Walk(f.syntax, func(n ast.Node) bool {
		if a, ok := n.(*ast.Attribute); ok {
			if name, _ := a.Split(); name == "embed" || name == "extern" || name == "if" {
				refuse(a, fmt.Sprintf("the attribute @%s is not supported: a file of berth's stands for itself", name), "remove it")
			}
		}
		return true
	}, nil)
	return diags
}

// mine reports whether a place of CUE's is in this file; others are in CUE's own packages or in a run.
func (f *cueFile) mine(p token.Pos) bool { return p.IsValid() && p.Filename() == f.text.file.Name }

// span is the range of a syntax node of this file.
func (f *cueFile) span(n ast.Node) diag.Span {
	if !f.mine(n.Pos()) {
		return whole(f.text.file)
	}
	from, to := n.Pos().Offset(), n.Pos().Offset()+1
	if end := n.End(); f.mine(end) {
		to = end.Offset()
	}
	if _, ok := n.(*ast.BottomLit); ok {
		to = from + len("_|_") // CUE takes it for one character
	}
	return f.text.span(from, to)
}

// at is the range of the token at a place of this file; the end of the file is that of its last line.
func (f *cueFile) at(p token.Pos) diag.Span {
	data, off := f.text.data, p.Offset()
	if trimmed := len(bytes.TrimSpace(data)); trimmed > 0 && off >= len(bytes.TrimRight(data, " \t\r\n")) {
		off = len(bytes.TrimRight(data, " \t\r\n"))
		return f.text.span(off, off)
	}
	end := off
	for end < len(data) && isCUEWord(data[end]) {
		end++
	}
	if data[off] == '"' && f.syntax != nil && f.value != (cue.Value{}) {
		end = quotedEnd(data, off)
	}
	return f.text.span(off, max(end, off+1))
}

// isCUEWord adds to a word what CUE's names may have: $, # and any letter beyond ASCII.
func isCUEWord(c byte) bool { return isWord(c) || c == '$' || c == '#' || c >= 0x80 }

// positions are the places in this file that an error names, in the order of their weight, each once.
func (f *cueFile) positions(err errors.Error) (list []token.Pos) {
	seen := map[int]bool{}
	for _, p := range append([]token.Pos{err.Position()}, err.InputPositions()...) {
		if f.mine(p) && !seen[p.Offset()] {
			seen[p.Offset()] = true
			list = append(list, p)
		}
	}
	return list
}
