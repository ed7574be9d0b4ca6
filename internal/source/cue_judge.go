package source

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/token"
)

// judge applies policies in the child. It keeps them compiled between requests, and makes its context anew now and
// then, since one never forgets a value that it has seen.
type judge struct {
	ctx      *cue.Context
	policies map[string]*policy // by name and text
	judged   int                // values that the context has seen
}

// policy is a compiled policy file, or what is wrong with it.
// The file is nil where it could not be compiled.
type policy struct {
	file  *cueFile
	diags []diag.Diagnostic
}

// maxJudged is the number of runs after which the context is made anew: it keeps some 20 KiB of each.
const maxJudged = 2_000

// judge unifies each policy with each run. A policy that does not compile is told of once, however many runs there are.
// The context is dropped between runs, never within one.
func (j *judge) judge(req *request) *response {
	resp := &response{}
	for p := range req.Policies {
		resp.Diagnostics = append(resp.Diagnostics, j.policy(&req.Policies[p]).diags...)
	}
	for r, run := range req.Runs {
		if j.judged > maxJudged {
			*j = judge{}
		}
		value := j.value(decodeJSON(run))
		for p := range req.Policies {
			rules := j.policy(&req.Policies[p])
			if rules.diags != nil {
				continue
			}
			if v := j.apply(rules.file, value, run); len(v) > 0 {
				resp.Verdicts = append(resp.Verdicts, Verdict{Run: r, Policy: p, Violations: v})
			}
		}
	}
	return untie(resp)
}

// context is the one that all values at a time belong to.
func (j *judge) context() *cue.Context {
	if j.ctx == nil {
		*j = judge{ctx: newCUEContext(), policies: map[string]*policy{}}
	}
	return j.ctx
}

// policy gives the compiled form of a policy.
func (j *judge) policy(file *diag.File) *policy {
	ctx := j.context()
	key := file.Name + "\x00" + string(file.Data)
	p := j.policies[key]
	if p == nil {
		p = &policy{}
		if p.file, p.diags = compileCUE(ctx, file); p.diags == nil {
			if err := p.file.value.Validate(); err != nil {
				p.diags = p.file.explain(err)
			}
		}
		j.policies[key] = p
	}
	return p
}

// value is a run as CUE's. Text that is no JSON becomes an error, which no policy agrees with.
func (j *judge) value(run any) cue.Value {
	j.judged++
	return j.context().Encode(run)
}

// apply lists what a policy has against a run. CUE does not tell of fields that are missing or not allowed where values
// conflict, so those that do are taken out and the rest is judged again.
func (j *judge) apply(p *cueFile, value cue.Value, run []byte) (all []Violation) {
	seen := map[string]bool{}
	// A round uncovers what the one before had hidden; that there are three at most bounds the time.
	for round := range 3 {
		found := len(all)
		for _, v := range p.violations(value, round > 0) {
			if key := strings.Join(v.Path, "\x00"); !seen[key] {
				seen[key] = true
				all = append(all, v)
			}
		}
		if len(all) == found {
			break
		}
		rest := decodeJSON(run)
		for _, v := range all {
			remove(rest, v.Path)
		}
		value = j.value(rest)
	}
	whole, _ := decodeJSON(run).(map[string]any)
	for _, v := range p.supplied(p.value.Unify(value), whole, nil) {
		if !seen[strings.Join(v.Path, "\x00")] {
			all = append(all, v)
		}
	}
	slices.SortStableFunc(all, func(a, b Violation) int { return slices.Compare(a.Path, b.Path) })
	return all
}

// violations unifies a policy with a run once. Of a run that lacks what was taken out, nothing is said that may follow
// from the lack.
func (f *cueFile) violations(run cue.Value, lacks bool) (found []Violation) {
	err := f.value.Unify(run).Validate(cue.Concrete(true))
	byPath := map[string]int{}
	for _, e := range errors.Errors(err) {
		kind, applies := violationKind(e)
		path := plainPath(e)
		if !applies || lacks && kind == Missing && slices.ContainsFunc(path, isHidden) {
			continue
		}
		if len(path) == 0 {
			path = f.pathAt(e)
		}
		key := strings.Join(path, "\x00")
		at, again := byPath[key]
		if !again {
			at = len(found)
			byPath[key] = at
			found = append(found, Violation{Kind: kind, Path: path, Rule: whole(f.text.file)})
		}
		f.blame(&found[at], e, again)
	}
	return found
}

// isHidden reports whether a name is a hidden field's or a definition's, which no run has.
func isHidden(name string) bool { return strings.HasPrefix(name, "_") || strings.HasPrefix(name, "#") }

// violationKind tells what an error of CUE's means. A rule that speaks of a field which the run does not have, such as
// `if spec.service_type == "LoadBalancer"`, does not apply to it.
func violationKind(e errors.Error) (kind ViolationKind, applies bool) {
	words, _ := e.Msg()
	begins := func(s string) bool { return strings.HasPrefix(words, s) }
	switch {
	case begins("cannot reference optional field"), begins("undefined field"):
		return 0, false
	case begins("field not allowed"), begins("explicit error"):
		return NotAllowed, true
	case begins("field is required"), begins("incomplete value"), begins("non-concrete"):
		return Missing, true
	}
	return Conflict, true
}

// blame adds to a violation what an error tells of it. Several errors at one path are the alternatives of a choice, of
// which the whole is the rule.
func (f *cueFile) blame(v *Violation, e errors.Error, again bool) {
	if words, args := e.Msg(); words == "%s" && len(args) == 1 {
		v.Message, _ = args[0].(string)
	}
	var rule ast.Expr
	for _, p := range f.positions(e) {
		// Several errors at one path are the alternatives of a choice: no single one of its bounds is the rule then.
		bound, value, _ := f.ruleAt(p)
		if rule = value; bound != nil && !again {
			rule = bound
		}
		if rule != nil {
			break
		}
	}
	if rule == nil && !v.Rule.Known() {
		rule = f.writtenAt(plainPath(e))
	}
	if rule == nil {
		return
	}
	v.Rule = f.span(rule)
	if text, err := format.Node(rule); err == nil && v.Kind != NotAllowed {
		v.Expr = string(text)
	}
}

// ruleAt finds the constraint at a place: the one bound that begins there, if one does, and the whole value of the
// innermost field that holds the place, with the names of the fields around it.
func (f *cueFile) ruleAt(p token.Pos) (bound, value ast.Expr, path []string) {
	ast.Walk(f.syntax, func(n ast.Node) bool {
		if _, file := n.(*ast.File); file {
			return true
		}
		if !holds(n, p) {
			return false
		}
		switch n := n.(type) {
		case *ast.Field:
			value, bound = n.Value, nil
			if name, _, err := ast.LabelName(n.Label); err == nil {
				path = append(path, name)
			}
		case *ast.UnaryExpr:
			if n.Pos().Offset() == p.Offset() && n.Op != token.MUL {
				bound = n
			}
		}
		return true
	}, nil)
	return bound, value, path
}

// pathAt is the path of an error that has none of its own, by the fields around its place.
func (f *cueFile) pathAt(e errors.Error) (path []string) {
	if places := f.positions(e); len(places) > 0 {
		_, _, path = f.ruleAt(places[0])
	}
	return path
}

// holds reports whether a place lies within a node of the syntax.
func holds(n ast.Node, p token.Pos) bool {
	from, to := n.Pos(), n.End()
	return from.IsValid() && to.IsValid() && from.Offset() <= p.Offset() && p.Offset() < to.Offset()
}

// decodeJSON reads text into plain Go values, which CUE takes faster than source text. Integers stay integers.
func decodeJSON(run []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(run))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		return err
	}
	return exactNumbers(root)
}

// exactNumbers turns each json.Number into an integer of any size or a float. Nobody else has the tree, so that it is
// changed in place.
func exactNumbers(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = exactNumbers(item)
		}
	case []any:
		for i, item := range v {
			v[i] = exactNumbers(item)
		}
	case json.Number:
		if n, ok := new(big.Int).SetString(v.String(), 10); ok {
			return n
		}
		f, _ := v.Float64()
		return f
	}
	return value
}

// remove takes the field at a path out of nested maps and lists. An item of a list stays, or the others would move.
func remove(value any, path []string) {
	if len(path) == 0 {
		return
	}
	switch v := value.(type) {
	case map[string]any:
		if len(path) == 1 {
			delete(v, path[0])
			return
		}
		remove(v[path[0]], path[1:])
	case []any:
		if i, err := strconv.Atoi(path[0]); err == nil && i >= 0 && i < len(v) {
			remove(v[i], path[1:])
		}
	}
}

// checkConstraints answers a request in the child.
func checkConstraints(req *request) *response {
	ctx := newCUEContext()
	rules := map[string]cue.Value{}
	resp := &response{Met: make([]answer, len(req.Checks))}
	for i, c := range req.Checks {
		rule, ok := rules[c.Expr]
		if !ok {
			rule = ctx.CompileString(c.Expr, cue.InferBuiltins(true))
			rules[c.Expr] = rule
		}
		resp.Met[i] = check(ctx, rule, c.Value)
	}
	return resp
}

// check unifies a rule with one value, which is JSON.
func check(ctx *cue.Context, rule cue.Value, value string) answer {
	given := ctx.Encode(decodeJSON([]byte(value)))
	if rule.Err() != nil || given.Err() != nil {
		return notEvaluated
	}
	if rule.Unify(given).Validate(cue.Concrete(true)) != nil {
		return notMet
	}
	return isMet
}
