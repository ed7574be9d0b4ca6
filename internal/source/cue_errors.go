package source

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"berth/internal/diag"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"
)

// cueWords says in plain words what an error of CUE's means, by the format of its message. The arguments are used only
// where they cannot hold a user's value, which may be a secret.
var cueWords = []struct {
	format string // the beginning of CUE's own
	code   diag.Code
	say    func(path string, args []any) (message, hint string)
}{
	{"reference %q not found", diag.Evaluation, sayArgs(0, "`%s` is not defined in this file", "define it, or put it into quotes if it is text")},
	{"conflicting values", diag.Evaluation, sayPath("%s is given two values that contradict one another", "keep one of them")},
	{"invalid value %v (out of bound", diag.Evaluation, sayBound},
	{"invalid value %s (does not satisfy", diag.Evaluation, sayBound},
	{"field not allowed", diag.Evaluation, sayPath("%s is not a field of the definition that is used here", "remove it, or add it to the definition")},
	{"field is required but not present", diag.Evaluation, sayPath("%s has to be given a value", "give it one")},
	{"incomplete value", diag.MissingField, sayPath("%s has no value yet: it only says what a value may be", "write a value")},
	{"non-concrete value", diag.Evaluation, sayPath("%s cannot be worked out: a part of it has no value yet", "give that part a value")},
	{"structural cycle", diag.Evaluation, sayPath("%s contains itself without end", "break the circle")},
	{"cycle", diag.Evaluation, sayPath("%s refers to itself in a circle", "break the circle")},
	{"imported and not used", diag.Evaluation, sayArgs(0, "the import of %s is not used", "remove it")},
	{"builtin package %q undefined", diag.Evaluation, sayArgs(0, "there is no package %q in CUE itself, and no other can be imported", "put what you need of it into this file")},
	{"package %q imported but not defined", diag.Evaluation, sayArgs(0, "there is no package %q in CUE itself, and no other can be imported", "put what you need of it into this file")},
	{"failed arithmetic", diag.Evaluation, sayArgs(0, "this cannot be worked out: %v", "")},
	{"division by zero", diag.Evaluation, sayArgs(-1, "this cannot be worked out: division by zero", "")},
	{"undefined field", diag.Evaluation, sayArgs(0, "there is no field `%s` here", "look at how the field is spelled")},
	{"index", diag.Evaluation, sayArgs(-1, "the list has no item of that index", "")},
	{"invalid operands", diag.Evaluation, sayArgs(2, "the two sides of `%s` do not go together", "look at their types: text, numbers and lists do not mix")},
	{"cannot use %s (type %s) as", diag.Evaluation, sayTypes},
	{"error in call to", diag.Evaluation, sayArgs(0, "the call of %v cannot be worked out", "look at its arguments")},
	{"expression exceeds maximum nesting", diag.Syntax, sayArgs(-1, "the expression is nested too deeply", "write it in steps")},
	{"string literal not terminated", diag.Syntax, sayArgs(-1, "the quote that opens here is not closed in its line", "add the closing quote")},
	{"expected %s, found '%s'", diag.Syntax, sayExpected},
	{"missing ',' in %s", diag.Syntax, sayArgs(-1, "a comma or line break is missing before this", "")},
	{"missing ',' before newline", diag.Syntax, sayArgs(-1, "a comma is missing at the end of this line", "")},
	{"illegal character", diag.Syntax, sayArgs(0, "the character %#U cannot stand here", "")},
	{"extern attribute", diag.Evaluation, sayArgs(-1, "the attribute @extern is not supported: a file of berth's stands for itself", "remove it")},
}

// sayPath words an error by its path alone; without a path, the place has to be enough. The message has one %s.
func sayPath(message, hint string) func(string, []any) (string, string) {
	return func(path string, _ []any) (string, string) {
		if path == "" {
			return fmt.Sprintf(message, "this"), hint
		}
		return fmt.Sprintf(message, "`"+path+"`"), hint
	}
}

// sayArgs words an error with one of its arguments: one that is a name or an operator, never a value of the user's. An
// index below 0 is for messages without one.
func sayArgs(arg int, message, hint string) func(string, []any) (string, string) {
	return func(_ string, args []any) (string, string) {
		if arg < 0 || arg >= len(args) {
			return strings.TrimSuffix(message, ": %v"), hint
		}
		return fmt.Sprintf(message, args[arg]), hint
	}
}

// sayBound words a bound that a value leaves. The bound stands in the user's file and is shown; the value is not.
func sayBound(path string, args []any) (string, string) {
	message, hint := sayPath("%s is not what the rule for it in this file allows", "mend the value or the rule")(path, nil)
	if len(args) > 1 {
		message += fmt.Sprintf(": `%v`", args[1])
	}
	return message, hint
}

// sayTypes words a type error; CUE writes alternatives as (int|string).
func sayTypes(_ string, args []any) (string, string) {
	if len(args) < 3 {
		return "a value of another type is expected here", ""
	}
	have, want := fmt.Sprint(args[1]), fmt.Sprint(args[2])
	return fmt.Sprintf("this is of type %s where %s is expected", have, strings.ReplaceAll(strings.Trim(want, "()"), "|", " or ")), ""
}

// sayExpected words an error of CUE's parser, whose tokens have names such as IDENT.
func sayExpected(_ string, args []any) (string, string) {
	if len(args) < 2 {
		return "this is not well-formed CUE", ""
	}
	name := func(arg any) string {
		switch s := strings.Trim(fmt.Sprint(arg), "'"); s {
		case "EOF":
			return "the end of the file"
		case "newline":
			return "the end of the line"
		case "operand":
			return "a value"
		case "label or ':":
			return "a colon"
		case "IDENT", "STRING", "INT", "FLOAT":
			return "a name or value"
		default:
			return "`" + s + "`"
		}
	}
	return fmt.Sprintf("%s is expected here, not %s", name(args[0]), name(args[1])), ""
}

// explain turns CUE's errors into diagnostics at places of this file.
func (f *cueFile) explain(err error) (diags []diag.Diagnostic) {
	choices := map[string]bool{} // paths at which none of several values fits; what follows says why of each one
	for _, e := range errors.Errors(err) {
		path := joined(plainPath(e))
		if choices[path] {
			continue
		}
		d := f.explainOne(e, path)
		if format, _ := e.Msg(); strings.Contains(format, "empty disjunction") {
			choices[path] = true
			d.Message, d.Hint = sayPath("%s is none of the values that this file allows for it", "mend the value or the rule")(path, nil)
		}
		diags = append(diags, d)
	}
	return diag.Sort(diags)
}

// explainOne finds place and words of one error. CUE gives several places, whose order depends on the kind of error;
// those in CUE's own packages are left out. An error that no row knows keeps CUE's first words.
func (f *cueFile) explainOne(e errors.Error, path string) diag.Diagnostic {
	format, args := e.Msg()
	d := diag.Diagnostic{Code: diag.Evaluation, Path: path, Span: f.written(plainPath(e))}
	places := f.positions(e)
	switch {
	case len(places) == 0:
	case strings.HasPrefix(format, "conflicting values") && len(places) > 1:
		// The two values come first. The later one is taken for the mistake, as with a duplicate.
		first, second := places[0], places[1]
		if first.Offset() > second.Offset() {
			first, second = second, first
		}
		d.Span, d.Notes = f.at(second), []diag.Note{{Span: f.at(first), Message: "the other value is here"}}
	case strings.HasPrefix(format, "invalid value") && len(places) > 1:
		// The rule comes first, the value second.
		d.Span, d.Notes = f.at(places[1]), []diag.Note{{Span: f.at(places[0]), Message: "the rule is here"}}
	case strings.HasPrefix(format, "expected %s, found"):
		d.Span = f.at(places[0])
		if open := f.unclosed(places[0].Offset()); open >= 0 {
			d.Notes = []diag.Note{{Span: f.text.span(open, open+1), Message: "opened here"}}
		}
	default:
		d.Span = f.at(places[0])
		if len(places) > 1 {
			d.Notes = []diag.Note{{Span: f.at(places[1]), Message: "this has to do with it"}}
		}
	}
	for _, w := range cueWords {
		if strings.HasPrefix(format, w.format) {
			d.Code = w.code
			d.Message, d.Hint = w.say(path, args)
			return d
		}
	}
	d.Message, d.Hint = sayOther(format, args)
	if f.value == (cue.Value{}) {
		d.Code, d.Message = diag.Syntax, strings.Replace(d.Message, "CUE cannot evaluate this", "this is not well-formed CUE", 1)
	}
	return d
}

// plainPath is an error's path without CUE's quotes: "a.b" for the one field of that name.
func plainPath(e errors.Error) (path []string) {
	for _, name := range e.Path() {
		if text, err := strconv.Unquote(name); err == nil {
			name = text
		}
		path = append(path, name)
	}
	return path
}

// joined is a path of names as one text; a name that is a number is an index, but for the first.
func joined(names []string) (path string) {
	for _, name := range names {
		if i, err := strconv.Atoi(name); err == nil && path != "" {
			path = diag.At(path, i)
		} else {
			path = diag.Join(path, name)
		}
	}
	return path
}

// unclosed is the offset of the innermost bracket that is open at the end of the file, -1 when there is none or the
// mistake is elsewhere.
func (f *cueFile) unclosed(mistake int) int {
	data := f.text.data
	if mistake < len(bytes.TrimRight(data, " \t\r\n")) {
		return -1
	}
	var s scanner.Scanner
	s.Init(token.NewFile(f.text.file.Name, 0, len(data)), data, func(token.Pos, string, []any) {}, scanner.DontInsertCommas)
	var open []int
	for {
		switch pos, tok, _ := s.Scan(); tok {
		case token.LBRACE, token.LBRACK, token.LPAREN:
			open = append(open, pos.Offset())
		case token.RBRACE, token.RBRACK, token.RPAREN:
			open = open[:max(0, len(open)-1)]
		case token.EOF:
			if len(open) == 0 {
				return -1
			}
			return open[len(open)-1]
		}
	}
}

// written is where the value at a path is written, as far as that can be told, else the file.
func (f *cueFile) written(path []string) diag.Span {
	if expr := f.writtenAt(path); expr != nil {
		return f.span(expr)
	}
	return whole(f.text.file)
}

// writtenAt is the expression of the field at a path, or of the last one on the way there that is written in place.
func (f *cueFile) writtenAt(path []string) (expr ast.Expr) {
	if f.syntax == nil {
		return nil
	}
	scope := cueScope{f.syntax}
	for _, name := range path {
		fields := scope.fields(name)
		if len(fields) == 0 {
			break
		}
		scope, expr = fields.values(), fields[0].Value
	}
	return expr
}

// sayOther is for errors that the table does not know: CUE's own words up to the first value, and all of them when the
// user wrote them with CUE's error builtin.
func sayOther(format string, args []any) (message, hint string) {
	if format == "%s" && len(args) == 1 {
		if own := cleanWords(fmt.Sprint(args[0])); strings.TrimSpace(own) != "" {
			return own, ""
		}
	}
	words, _, _ := strings.Cut(format, "%")
	words = strings.TrimRight(words, " :('\"")
	if words == "" {
		return "CUE cannot evaluate this", "write it in a simpler way"
	}
	return "CUE cannot evaluate this: " + cleanWords(words), ""
}

// cleanWords replaces what only CUE's own authors understand.
func cleanWords(s string) string {
	return strings.NewReplacer(
		"disjunction", "choice",
		"conflicting values", "values that contradict one another",
		"incomplete value", "a value that is not final",
		"out of bound", "outside of",
		"cannot unmarshal", "cannot read",
		"_|_", "an error",
		"\n", " ",
	).Replace(s)
}
