package compiler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
)

// open is a constraint of a profile with the value that it speaks of.
// The name is what messages call the rule, such as bounds.mem.max.
type open struct {
	rule  *source.Node
	value *source.Node
	path  string // in the plan
	name  string // in the profile
}

// constraints holds a run against what its profile leaves open in CUE: bounds such as 1 | 2 | 4 and required fields such
// as =~"^nvidia".
func (c *compilation) constraints(w *written, l layers) {
	var found []open
	if l.profile.Bounds != nil {
		for i := range l.profile.Bounds.Fields {
			found = append(found, boundConstraints(&l.profile.Bounds.Fields[i], l)...)
		}
	}
	required := l.profile.Require
	found = append(found, requireConstraints(required, l.spec, "spec", "require")...)
	found = append(found, requireConstraints(required.Get("labels"), l.labels, "labels", "require.labels")...)
	found = append(found, requireConstraints(required.Get("annotations"), l.annotations, "annotations", "require.annotations")...)
	if len(found) == 0 || c.Evaluator == nil {
		return
	}
	met, diags := c.meet(found)
	w.diags = append(w.diags, diags...)
	// One complaint for a resource: request and limit mostly leave a rule together.
	var said []string
	for i, o := range found {
		resource := diag.Parent(o.path)
		if met[i] || w.isBad(o.value) || contains(said, resource) {
			continue
		}
		said = append(said, resource)
		words, x := w.wordsIn(l)(o.path), l.profile.unmet(o.rule, o.name)
		w.refuse(o.value, x.of(words, o.value.Text, diag.ProfileBounds))
	}
}

// meet reports for each value whether it meets its rule, as a number or as a text.
func (c *compilation) meet(found []open) ([]bool, []diag.Diagnostic) {
	var checks []source.Check
	for _, o := range found {
		checks = append(checks, source.Check{Constraint: o.rule, Value: asNumber(o.value)}, source.Check{Constraint: o.rule, Value: strconv.Quote(o.value.Text)})
	}
	either, diags := c.Evaluator.Meets(checks)
	met := make([]bool, len(found))
	for i := range met {
		met[i] = either[2*i] || either[2*i+1]
	}
	return met, diags
}

// unmet words that a value does not meet a constraint of the profile.
func (p *Profile) unmet(rule *source.Node, name string) *breach {
	wanted := constraintWords(rule.Text)
	if wanted == "" {
		wanted = "a value that meets " + rule.Text
	}
	return &breach{rule, "is not what profile " + p.Name + " allows", fmt.Sprintf("%s is %s, set here", name, rule.Text), "write " + wanted}
}

// boundRules are the constraints in a bound, by their place in the profile.
func boundRules(f *source.Field) []source.Field {
	var rules []source.Field
	if f.Node.Kind == source.Constraint {
		rules = []source.Field{{Key: "bounds." + f.Key, Node: f.Node}}
	}
	for _, part := range f.Node.Fields {
		if part.Node.Kind == source.Constraint {
			rules = append(rules, source.Field{Key: "bounds." + f.Key + "." + part.Key, Node: part.Node})
		}
	}
	return rules
}

// boundConstraints pairs each rule of one bound with the values of the run that it speaks of: the field of that name,
// and the request and the limit of the resource. A bound under the accelerator's own name means `gpu`.
func boundConstraints(f *source.Field, l layers) []open {
	resource := f.Key
	if resource == l.profile.resource() {
		resource = "gpu"
	}
	var found []open
	for _, r := range boundRules(f) {
		if v := l.spec.Get(f.Key); contains(boundedNumbers, f.Key) && v.Scalar() {
			found = append(found, open{r.Node, v, "spec." + f.Key, r.Key})
		}
		for _, side := range []string{"requests", "limits"} {
			if v := l.spec.Get("resources").Get(resource).Get(side); v.Scalar() {
				found = append(found, open{r.Node, v, diag.Join(diag.Join("spec.resources", resource), side), r.Key})
			}
		}
	}
	return found
}

// requireConstraints descends into what a profile requires along what the run has, and pairs each rule with its value.
// Fields that nobody says are left out: [written.settleRun] refuses those.
func requireConstraints(require, have *source.Node, path, name string) []open {
	if require == nil || have == nil {
		return nil
	}
	var found []open
	for _, f := range require.Fields {
		v := have.Get(f.Key)
		switch {
		case v == nil:
		case f.Node.Kind == source.Constraint && v.Scalar():
			found = append(found, open{f.Node, v, diag.Join(path, f.Key), strings.TrimPrefix(f.Below(name), "spec.")})
		case f.Node.Kind == source.Map:
			found = append(found, requireConstraints(f.Node, v, diag.Join(path, f.Key), f.Below(name))...)
		}
	}
	return slices.Clip(found)
}

// asNumber gives a value to CUE as a number where it is one, amounts in their base unit: 500m is 0.5, 4Gi 4294967296.
func asNumber(n *source.Node) string {
	q, ok := quantity.Parse(n.Text)
	if !ok {
		return strconv.Quote(n.Text)
	}
	return quantity.Digits(q)
}
