package compiler

import (
	"fmt"
	"time"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// orthogonal refuses two mixins that say different things of one field, unless the profile itself decides.
func (c *catalog) orthogonal(first, second, own, at *source.Node, r *report) {
	// What a profile says about itself, and not about machines.
	second = without(second, "description", "deprecated", "source", "date")
	c.disagreement(first, second, own, "spec", at, r)
}

// disagreement descends into two mixins side by side. Own is what the extending profile says at the same place, nil
// where nothing: it decides, so that a difference there is no mistake.
func (c *catalog) disagreement(first, second, own *source.Node, path string, at *source.Node, r *report) {
	for _, f := range second.Fields {
		other, decided := first.Get(f.Key), own.Get(f.Key)
		here := diag.Join(path, f.Key)
		switch {
		// Two mixins may say the same.
		case other == nil || sameValue(other, f.Node, f.Key):
		case other.Kind == source.Map && f.Node.Kind == source.Map:
			c.disagreement(other, f.Node, decided, here, at, r)
		case schema.KeyedLists[f.Key] != nil && other.Kind == source.List && f.Node.Kind == source.List:
			c.disagreement(byItem(other, f.Key), byItem(f.Node, f.Key), byItem(decided, f.Key), here, at, r)
		case decided == nil:
			r.add(diag.Diagnostic{Code: diag.ProfileInvalid, Span: at.Span, Path: "spec.extends",
				Message: fmt.Sprintf("%s is set by two of the profiles that this one extends", here),
				Notes:   []diag.Note{{Span: head(other), Message: "here"}, {Span: head(f.Node), Message: "and here"}},
				Hint:    "set it in this profile, or extend only one of them"})
		}
	}
}

// replacementKnown refuses a deprecated profile that sends its users to one that is not there.
func (c *catalog) replacementKnown(file *profileFile, r *report) {
	use := file.spec.Get("deprecated").Get("use")
	switch {
	case !use.Scalar() || r.isBad(use):
	case use.Text == file.name.Text:
		r.refuse(use, diag.Diagnostic{Code: diag.ProfileInvalid, Path: "spec.deprecated.use",
			Message: fmt.Sprintf("profile %s is to be used instead of itself", use.Text), Hint: "name another profile, or leave use out"})
	case c.find(use.Text) == nil:
		r.refuse(use, unknownProfile(use.Text, c.all(), "spec.deprecated.use", use.Span))
	}
}

// realDays refuses a date that no calendar has.
func realDays(tree *source.Node, r *report) {
	realDay(tree.Get("date"), "spec.date", r)
	realDay(tree.Get("cost").Get("as_of"), "spec.cost.as_of", r)
}

// realDay checks what the pattern of the schema cannot: the 31st of February.
func realDay(n *source.Node, path string, r *report) {
	if !n.Scalar() || r.isBad(n) {
		return
	}
	if _, err := time.Parse(time.DateOnly, n.Text); err != nil {
		r.refuse(n, diag.Diagnostic{Code: diag.WrongValue, Path: path, Message: "there is no day " + n.Text, Hint: "write a date as YYYY-MM-DD"})
	}
}

// byItem is a keyed list as a map of its items.
func byItem(list *source.Node, name string) *source.Node {
	items := newMap()
	if list != nil && list.Kind == source.List {
		for _, item := range list.Items {
			items.Fields = append(items.Fields, source.Field{Key: itemWord(item, name), Span: item.Span, Node: item})
		}
	}
	return items
}

// consistent refuses a profile whose own values leave its own bounds.
func (c *catalog) consistent(p *Profile, r *report) {
	b := bounder{report: r, profile: p, words: func(path string) string { return path }}
	defaultsHold(p.Default, p.Require, "spec.default", r)
	before := len(r.diags)
	for _, part := range []*source.Node{p.Default, p.Require} {
		if part != nil {
			b.amounts(part.Get("resources"), "resources", diag.ProfileInvalid)
		}
	}
	for i := range r.diags[before:] {
		p.blameBound(&r.diags[before+i])
	}
}

// blameBound turns a complaint about an inherited amount to the bound that leaves it out, where that is the profile's own.
func (p *Profile) blameBound(d *diag.Diagnostic) {
	bound := &d.Notes[0]
	if d.Span.File == p.File || bound.Span.File != p.File {
		return
	}
	d.Span, bound.Span = bound.Span, d.Span
	bound.Message = "it is inherited from here"
	d.Hint = "set it in this profile as well, or change the bound"
}

// defaultsHold refuses a default that the profile's own requirement contradicts.
func defaultsHold(defaults, require *source.Node, path string, r *report) {
	if defaults == nil || require == nil {
		return
	}
	for _, f := range defaults.Fields {
		other, here := require.Get(f.Key), diag.Join(path, f.Key)
		switch {
		// A rule in CUE is held against the default when a run is compiled.
		case other == nil || other.Kind == source.Constraint:
		case f.Node.Kind == source.Map && other.Kind == source.Map && f.Key != "affinity":
			defaultsHold(f.Node, other, here, r)
		case f.Node.Scalar() && other.Scalar() && !sameText(f.Node.Text, other.Text, f.Key):
			r.refuse(f.Node, diag.Diagnostic{Code: diag.ProfileInvalid, Path: here,
				Message: fmt.Sprintf("%s%s contradicts what the profile itself requires", here, valueWords(f.Node)),
				Notes:   []diag.Note{{Span: other.Span, Message: "it requires" + valueWords(other)}},
				Hint:    "a default is for what the run may change: keep one of the two"})
		}
	}
}
