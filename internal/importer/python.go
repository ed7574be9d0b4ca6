package importer

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/schema"

	"go.starlark.net/syntax"
	"go.yaml.in/yaml/v3"
)

// python is what is known of a Python source so far.
type python struct {
	file   *diag.File
	known  map[string]syntax.Expr // what names were last assigned
	given  map[string]int         // how often a run's name was given
	names  map[string]*assigned   // how names get their values in the whole file
	image  string                 // of calls that name none
	unsaid map[string]bool        // the fields of the call at hand whose values are not known
	// nested says that the statement at hand stands in a block, so that it may run at any time.
	nested bool
	left   int // how many more values may be written
	runs   []*pythonRun
	at     map[string]diag.Span // where the fields of the call at hand stand
	diags  []diag.Diagnostic
}

// pythonRun is a run as a call asks for it.
type pythonRun struct {
	run    object
	call   diag.Span
	fields map[string]diag.Span // where the call says them
}

// fromPython turns each call of `….run(action, key=value, …)` into a run. Values are literals or names that were assigned
// literals before. What the function itself was made with (`….new_function(name=…, image=…)`) completes the run.
//
// Values that the program may change before the call are left out: those of names that are assigned again in a block,
// changed in place, or the result of a call. Names that were given before are in given.
func fromPython(file *diag.File, image string, given map[string]int) ([]*pythonRun, []diag.Diagnostic) {
	p := &python{file: file, known: map[string]syntax.Expr{}, given: given, left: maxValues, image: image}
	statements := pythonStatements(file.Data)
	p.names = assignedIn(statements)
	for _, s := range statements {
		// An indented statement may run any number of times, or never.
		p.nested = s.col > 1
		switch stmt := s.parse(file.Name).(type) {
		case *syntax.AssignStmt:
			p.calls(stmt.RHS)
			if name, ok := stmt.LHS.(*syntax.Ident); ok && stmt.Op == syntax.EQ {
				p.known[name.Name] = stmt.RHS
			}
		case *syntax.ExprStmt:
			p.calls(stmt.X)
		case *syntax.ReturnStmt:
			p.calls(stmt.Result)
		case nil:
			if m := assignment.FindStringSubmatch(string(s.text)); m != nil {
				delete(p.known, m[1]) // what it is now cannot be read
			}
			p.unread(s)
		}
	}
	if len(p.runs) == 0 && len(p.diags) == 0 {
		p.diags = append(p.diags, diag.Diagnostic{Code: diag.NothingToDo, Span: diag.Span{File: file},
			Message: "there is no call of a function's run(…) in this file",
			Hint:    "berth reads calls such as function.run(action=\"job\", resources={…})"})
	}
	return p.runs, p.diags
}

// unread says that a call was not understood, of which there may be a run in the file.
func (p *python) unread(s pythonStatement) {
	if bytes.Contains(s.text, []byte(".run(")) && !bytes.HasPrefix(s.text, []byte("def ")) {
		p.diags = append(p.diags, diag.Diagnostic{Code: diag.UnknownField, Severity: diag.Warning,
			Span:    diag.Span{File: p.file, Line: s.line, Col: s.col, EndLine: s.line, EndCol: s.col + 1},
			Message: "this call of run(…) is left out: it says more than plain values and names", Hint: "write the values themselves, then import again"})
	}
}

// calls finds the calls of run in an expression.
func (p *python) calls(e syntax.Expr) {
	if e == nil {
		return
	}
	syntax.Walk(e, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		if dot, ok := call.Fn.(*syntax.DotExpr); ok && dot.Name.Name == "run" {
			p.run(call, dot.X)
		}
		return true
	})
}

// functionFields are the arguments with which a function is made that are a run's fields as well.
var functionFields = []string{"name", "image", "command", "args"}

// run reads one call of run(…). The function is a literal call such as function(…) or the name of a variable that holds one;
// what its arguments say comes first, and the arguments of the call itself beat it. A run is named after its name=, or
// after the variable; a call without an action that is known is reported and leaves no run.
func (p *python) run(call *syntax.CallExpr, function syntax.Expr) {
	o := newObject()
	p.unsaid, p.at = map[string]bool{}, map[string]diag.Span{}
	name := "run"
	if ident, ok := function.(*syntax.Ident); ok {
		name = ident.Name
		function = p.known[ident.Name]
	}
	if made, ok := function.(*syntax.CallExpr); ok {
		for _, arg := range made.Args {
			if key, value, ok := keyword(arg); ok && slices.Contains(functionFields, key) {
				p.set(o, key, value)
			}
		}
	}
	for i, arg := range call.Args {
		p.argument(o, i, arg)
	}
	if given := o.get("name"); given != nil {
		name = given.Value
	}
	if p.action(o, call) {
		p.runs = append(p.runs, &pythonRun{p.ordered(o, name, call), p.span(call), p.at})
	}
}

// jobActions are actions of the platform's functions that do something and end.
var jobActions = []string{"transform", "train", "validate", "profile", "infer", "evaluate"}

// action puts the call's action into Berth's words; ok is false for one that is no run.
func (p *python) action(o object, call *syntax.CallExpr) (ok bool) {
	action := o.get("action")
	switch {
	case action == nil:
	case action.Value == "build":
		p.warn(call, "this call is left out: it builds an image, which is the matter of a pipeline of CI; name the image that it gives under image")
		return false
	case action.Value == "pipeline":
		p.warn(call, "this call is left out: it starts a workflow of several runs; import the calls that the workflow makes")
		return false
	case slices.Contains(jobActions, action.Value):
		p.warn(call, fmt.Sprintf("action %s becomes job: it does something and ends", action.Value))
		action.Value = schema.ActionJob
	case action.Value == schema.ActionServe && o.get("service_ports") == nil && !p.unsaid["service_ports"]:
		p.warn(call, "the call names no service_ports: the run answers on 8080, as the platform's servers do; say which port where it is another")
		o.put("service_ports", sequence(line(newObject().put("port", number("8080")).Node)))
	}
	return true
}

// argument takes one argument of run: the first is the action, the others have names.
func (p *python) argument(o object, i int, arg syntax.Expr) {
	if key, value, ok := keyword(arg); ok {
		p.field(o, key, value, arg)
		return
	}
	if all, ok := arg.(*syntax.UnaryExpr); ok && all.Op == syntax.STARSTAR && p.varying(all.X) == "" {
		if fields, ok := p.value(all.X, 0); ok && fields != nil && fields.Kind == yaml.MappingNode {
			for i := 0; i < len(fields.Content); i += 2 {
				if key := fields.Content[i].Value; p.isField(key, arg) {
					put(o, key, fields.Content[i+1])
				}
			}
			return
		}
	} else if i == 0 {
		p.field(o, "action", arg, arg)
		return
	}
	p.warn(arg, "this argument is left out: it is no value that stands in this file")
}

// keyword divides an argument written as name=value. It is false for positional arguments and for **kwargs.
func keyword(arg syntax.Expr) (key string, value syntax.Expr, ok bool) {
	pair, ok := arg.(*syntax.BinaryExpr)
	if !ok || pair.Op != syntax.EQ {
		return "", nil, false
	}
	name, ok := pair.X.(*syntax.Ident)
	if !ok {
		return "", nil, false
	}
	return name.Name, pair.Y, true
}

// field sets a field from an argument and remembers its place, for the report. A name that is no field of a run is
// reported at the argument and left out.
func (p *python) field(o object, key string, value syntax.Expr, at syntax.Node) {
	p.at[key] = p.span(at)
	if p.isField(key, at) {
		p.set(o, key, value)
	}
}

// isField warns of what a run does not have.
func (p *python) isField(key string, at syntax.Node) bool {
	if key == "name" || key == "namespace" || schema.TypeRunFields.Field(key) != nil {
		return true
	}
	p.warn(at, fmt.Sprintf("%s is left out: a run has no such field", key))
	return false
}

// set sets a field to a value that can be read without running the program. A value that is no literal, or one that the
// program may change, takes away an earlier one as well: what is known to be overwritten must not be in the run.
func (p *python) set(o object, key string, value syntax.Expr) {
	n, ok := p.value(value, 0)
	switch name := p.varying(value); {
	case name != "":
		p.forget(o, key)
		p.warn(value, fmt.Sprintf("%s is left out: the program may change %s before the call", key, name))
	case !ok:
		p.forget(o, key)
		p.warn(value, fmt.Sprintf("%s is left out: its value does not stand in this file as a literal", key))
	case n != nil: // None says nothing
		put(o, key, n)
	}
}

// forget drops what was known of a field before: the call says something else.
func (p *python) forget(o object, key string) {
	o.set(key, nil)
	p.unsaid[key] = true
}

// put sets a field, which then has its last value. The SDK takes a command as one text.
func put(o object, key string, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && (key == "command" || key == "args") {
		n = line(words(strings.Fields(n.Value)...))
	}
	for i := 0; i < len(o.Content); i += 2 {
		if o.Content[i].Value == key {
			o.Content[i+1] = n
			return
		}
	}
	o.Content = append(o.Content, plain(key), n)
}

// ordered puts the fields first that every run has, and says which of them are missing.
func (p *python) ordered(o object, name string, call *syntax.CallExpr) object {
	name = strings.Trim(slug(strings.ReplaceAll(name, ".", "-")), "-")
	if name == "" {
		name = slug(strings.TrimSuffix(path.Base(p.file.Name), path.Ext(p.file.Name)))
	}
	if p.given[name]++; p.given[name] > 1 {
		name = fmt.Sprintf("%s-%d", name, p.given[name])
	}
	run := newObject().text("name", name)
	for _, key := range []string{"action", "image"} {
		if n := o.get(key); n != nil {
			run.put(key, n)
		} else if key == "image" && p.image != "" && !p.unsaid[key] {
			run.text(key, p.image)
		} else {
			p.missing(call, key)
		}
	}
	for i := 0; i < len(o.Content); i += 2 {
		if key := o.Content[i].Value; key != "name" && key != "action" && key != "image" {
			run.Content = append(run.Content, o.Content[i], o.Content[i+1])
		}
	}
	return run
}

// missing says that a call lacks what every run has.
func (p *python) missing(call *syntax.CallExpr, key string) {
	message := fmt.Sprintf("the call names no %s: add it to the run", key)
	if key == "image" {
		message += ", or give one for all such calls with --image IMAGE"
	}
	p.warn(call, message)
}

// warn reports what is left out of a run, at the place in the program.
func (p *python) warn(at syntax.Node, message string) {
	p.diags = append(p.diags, diag.Diagnostic{Code: diag.UnknownField, Severity: diag.Warning, Message: message, Span: p.span(at)})
}

// span is a place of the parser as diagnostics have it. Both count lines and columns from 1.
func (p *python) span(at syntax.Node) diag.Span {
	from, to := at.Span()
	return diag.Span{File: p.file, Line: from.Line, Col: from.Col, EndLine: to.Line, EndCol: to.Col}
}

// resolve follows a name to what it was last assigned.
func (p *python) resolve(e syntax.Expr) syntax.Expr {
	for range 10 {
		name, ok := e.(*syntax.Ident)
		if !ok || p.known[name.Name] == nil {
			return e
		}
		e = p.known[name.Name]
	}
	return e
}
