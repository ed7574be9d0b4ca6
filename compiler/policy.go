package compiler

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
	"berth/schema"
)

// Words is the run after all layers in the form that policies are written over: the document with its envelope, and every
// amount as a number in its base unit, so that `<=64Gi` means what it says in CUE.
func (u *Unit) Words() map[string]any {
	words := map[string]any{"apiVersion": "berth/v1", "kind": kindRun, "environment": u.Plan.Environment}
	meta := schema.Metadata{Name: u.Plan.Name, Namespace: u.Plan.Namespace, Labels: u.Plan.Labels, Annotations: u.Plan.Annotations}
	words["metadata"] = decoded(meta)
	words["spec"] = inNumbers(decoded(u.Plan.Spec), &schema.TypeRunFields)
	return words
}

// decoded is a value as nested maps and lists.
func decoded(value any) (tree any) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil // plain data always encodes
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&tree) != nil {
		return nil
	}
	return tree
}

// inNumbers turns the amounts in a value of the schema into numbers.
func inNumbers(value any, t *schema.Type) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			if below := t.Below(key); below != nil {
				v[key] = inNumbers(item, below)
			}
		}
	case []any:
		if t.Kind == schema.ListKind {
			for i, item := range v {
				v[i] = inNumbers(item, t.Elem)
			}
		}
	case string:
		if t.Name == schema.TypeQuantity.Name {
			return Amount(v)
		}
	}
	return value
}

// Amount is an amount in Kubernetes' notation as a number in its base unit: 0.5 for 500m, 4294967296 for 4Gi; the text
// itself where it is none.
func Amount(text string) any {
	if q, ok := quantity.Parse(text); ok {
		return json.Number(quantity.Digits(q))
	}
	return text
}

// PlanPath is the place in the plan of a field by its path in [Unit.Words].
func PlanPath(parts []string) string { return strings.TrimPrefix(FieldPath(parts), "metadata.") }

// FieldPath is a path as people write it: steps that are numbers are indexes.
func FieldPath(parts []string) string {
	path := ""
	for _, part := range parts {
		if _, err := strconv.Atoi(part); err == nil {
			path += "[" + part + "]"
		} else {
			path = diag.Join(path, part)
		}
	}
	return path
}

// Says reports whether something stands at a path of the plan, be it in a form that was refused.
func (u *Unit) Says(path string) bool {
	_, _, whole := source.Find(u.Tree, path)
	return whole
}

// Breach is a violation of a policy as a diagnostic. Path is the place in the plan that decides the field, and words is how
// the field is called; empty, it is called as its author calls that place.
func (u *Unit) Breach(p *Policy, v source.Violation, path, words string) diag.Diagnostic {
	problem := p.problem(v, cmp.Or(words, u.written(path)))
	// A missing field is shown where it would stand, and where the run has nothing that it would stand in, at the run
	// itself.
	if problem.Path = path; v.Kind == source.Missing && !u.ownParent(path) {
		problem.Path = ""
	}
	d := u.Locate(problem)
	d.Path = u.written(path)
	p.explain(&d, v)
	return d
}

// ownParent reports whether the run itself has what the field at a path would stand in: else it is missing in the run.
func (u *Unit) ownParent(path string) bool {
	parent := diag.Parent(path)
	_, n, whole := source.Find(u.Tree, parent)
	return parent != "spec" && whole && n != nil && (n.Layer == source.RunSpec || n.Layer == source.RunEnvironment || u.Plan.OfProject)
}

// problem words a violation. A message of CUE's own rule (an error that the policy writes itself) comes first, then the
// message of the policy's header, then Berth's words.
func (p *Policy) problem(v source.Violation, words string) diag.Problem {
	problem := diag.Problem{Code: diag.Policy, Severity: p.Severity}
	switch {
	case v.Message != "":
		problem.Message = v.Message
	case v.Kind == source.Missing:
		problem.Message = words + " is missing, and a policy wants it"
	case v.Kind == source.NotAllowed:
		problem.Message, problem.Hint, problem.AtKey = "a policy does not allow "+words, "remove it", true
	default:
		problem.Message = "a policy does not allow this value of " + words
	}
	if p.Message != "" && v.Message == "" {
		problem.Message = p.Message
	}
	return problem
}

// explain adds what the policy wants, and where that is explained.
func (p *Policy) explain(d *diag.Diagnostic, v source.Violation) {
	note := diag.Note{Span: v.Rule, Message: "the policy's rule stands here"}
	if v.Expr != "" && v.Message == "" {
		note.Message = "the policy wants " + v.Expr
		if wanted := constraintWords(v.Expr); wanted != "" {
			note.Message, d.Hint = "the policy wants "+wanted, "write "+wanted
		}
		if v.Kind == source.Missing {
			d.Hint = "" // what is missing is said
		}
	}
	d.Notes = append(d.Notes, note)
	if p.Link != "" {
		d.Hint = strings.TrimPrefix(d.Hint+"; see "+p.Link, "; ")
	}
}
