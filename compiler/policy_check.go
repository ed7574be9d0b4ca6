package compiler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
	"berth/schema"
)

// Policy is a policy's file with what it says of itself.
type Policy struct {
	File     *diag.File
	Mentions []source.Mention
	// Severity is what a breach is.
	Severity diag.Severity
	// Message is said of a breach in the place of Berth's own words; empty for those.
	Message string
	// Link is where the policy is explained; empty where it is nowhere.
	Link string
}

// Speaks reports whether the policy speaks of a field at the top of what it is asked about, such as objects.
func (p *Policy) Speaks(field string) bool {
	return slices.ContainsFunc(p.Mentions, func(m source.Mention) bool { return len(m.Path) > 0 && m.Path[0] == field })
}

// The fields of what a policy is asked about, beside those of a run's document.
const (
	PolicyObjects     = "objects"
	PolicyImages      = "images"
	policyEnvironment = "environment"
)

// asked is what a policy may speak of.
var asked = schema.Type{Name: "Policy", Kind: schema.StructKind, Fields: []schema.Field{
	{Name: "apiVersion", Type: &schema.Type{Kind: schema.TextKind}},
	{Name: "kind", Type: &schema.Type{Kind: schema.TextKind}},
	{Name: "metadata", Type: &schema.TypeMetadata},
	{Name: "spec", Type: &schema.TypeRunFields},
	{Name: policyEnvironment, Type: &schema.Type{Kind: schema.TextKind}},
	{Name: PolicyObjects, Type: &schema.Type{Kind: schema.AnyKind}},
	{Name: PolicyImages, Type: &schema.Type{Kind: schema.ListKind, Elem: &schema.Type{Kind: schema.TextKind}}},
	{Name: source.PolicyHeader, Type: &schema.TypePolicyHeader},
}}

// OpenPolicy reads what a policy says of itself, and refuses what it says of fields and values that no run can have: such a
// policy would hold nobody to anything.
func OpenPolicy(file *diag.File, outline source.Outline) (*Policy, []diag.Diagnostic) {
	c := &policyCheck{checker: checker{report: &report{}}}
	p := &Policy{File: file, Mentions: outline.Mentions}
	for _, m := range outline.Mentions {
		if t := c.typeAt(m); t != nil {
			c.literals(m, t)
		}
		if len(m.Path) == 2 && m.Path[0] == source.PolicyHeader {
			p.header(m, c)
		}
	}
	if len(outline.Mentions) == 0 {
		c.add(diag.Diagnostic{Code: diag.Policy, Span: diag.Span{File: file}, Message: "this policy speaks of no field, so that it holds for nothing",
			Hint: `write what every run has to be, such as spec: image: =~"^ghcr.io/acme/"`})
	}
	return p, c.diags
}

// policyCheck holds what a policy says against the schema, with the checker's wording for keys and fields.
type policyCheck struct{ checker }

// header takes a field that the policy says of itself.
func (p *Policy) header(m source.Mention, c *policyCheck) {
	if len(m.Literals) != 1 || m.Literals[0].Kind != source.String || !m.Literals[0].Equal {
		c.add(diag.Diagnostic{Code: diag.Policy, Span: m.Span, Path: FieldPath(m.Path),
			Message: FieldPath(m.Path) + " has to be a string that stands there as it is", Hint: "write it in quotes, without operators"})
		return
	}
	switch text := m.Literals[0].Text; m.Path[1] {
	case "severity":
		if text == diag.Warning.String() {
			p.Severity = diag.Warning
		}
	case "message":
		p.Message = text
	case "link":
		p.Link = text
	}
}

// typeAt is what the schema says of a field that a policy speaks of; nil where that is not known, or the field is refused.
func (c *policyCheck) typeAt(m source.Mention) *schema.Type {
	t := &asked
	for i, step := range m.Path {
		last := i == len(m.Path)-1
		at := FieldPath(m.Path[:i])
		switch {
		case t.Kind == schema.AnyKind || t.Kind == schema.StructKind && step == source.EachOf:
			return nil
		case t.Kind == schema.ListKind && (step == source.EachOf || isIndex(step)):
			t = t.Elem
		case t.Kind == schema.MapKind:
			if last && step != source.EachOf && t.Key.Kind == schema.TextKind && !t.Key.AcceptsText(step) {
				f := &source.Field{Key: step, Span: m.Span, Node: &source.Node{}}
				c.wrongKey(f, t, at)
				return nil
			}
			t = t.Elem
		case t.Kind == schema.StructKind && t.Field(step) != nil:
			t = t.Field(step).Type
		default:
			if last { // else it was said of the field above
				c.unheard(m, t, at)
			}
			return nil
		}
	}
	return t
}

// isIndex reports whether a step of a path is the index of a list.
func isIndex(step string) bool {
	_, err := strconv.Atoi(step)
	return err == nil
}

// unheard refuses a field that no run can have.
func (c *policyCheck) unheard(m source.Mention, t *schema.Type, at string) {
	name := m.Path[len(m.Path)-1]
	d := diag.Diagnostic{Code: diag.Policy, Span: m.Span, Path: FieldPath(m.Path)}
	switch t.Kind {
	case schema.StructKind:
		d.Message = fmt.Sprintf("no run has %s in %s", diag.Quote(name), at)
		switch {
		case at == "":
			d.Message = diag.Quote(name) + " is not a field that a policy can speak of"
		case t == &schema.TypePolicyHeader:
			d.Message = diag.Quote(name) + " is nothing that a policy says of itself"
		}
		c.intended(&d, name, t)
	case schema.ListKind:
		d.Message, d.Hint = at+" is a list", fmt.Sprintf("write [...{%s: …}] for each of its items", name)
	default:
		d.Message, d.Hint = at+" has no fields: it is one value", "write what the value has to be"
	}
	c.add(d)
}

// intended hints at the field that was meant.
func (c *policyCheck) intended(d *diag.Diagnostic, name string, t *schema.Type) {
	if t == &asked {
		for _, below := range []string{"spec", "metadata"} {
			if t.Field(below).Type.Field(name) != nil {
				d.Hint = fmt.Sprintf("write %s: %s: …", below, name)
				return
			}
		}
	}
	f := &source.Field{Key: name, Span: d.Span, Node: &source.Node{}}
	c.meant(d, f, &source.Node{Kind: source.Map, Fields: []source.Field{*f}}, t)
	d.Fix = nil // what else stands in the policy is not known
	if d.Hint == "" && t == &asked {
		d.Hint = "its fields are " + diag.AllOf(t.Names())
	}
}

// literals holds what a field is compared with against what the field can be.
func (c *policyCheck) literals(m source.Mention, t *schema.Type) {
	for _, l := range m.Literals {
		d := diag.Diagnostic{Code: diag.Policy, Span: l.Span, Path: FieldPath(m.Path)}
		switch {
		// Policies see amounts as numbers ([Unit.Words]): a comparison with a string is false for every run.
		case t.Name == schema.TypeQuantity.Name && l.Kind == source.String:
			d.Message, d.Hint = fmt.Sprintf("%s is a number in a policy, and this is a string, which it never equals", d.Path), amountInstead(l.Text)
		// An operator such as < compares texts letter by letter, which for ports and percentages is never meant.
		case l.Kind == source.String && !l.Equal && slices.ContainsFunc(t.Either, isInt):
			d.Message, d.Hint = d.Path+" is compared as a number, and this is a string", "write "+l.Text+", without quotes"
		case t.Kind == schema.IntKind && l.Kind != source.Int:
			d.Message, d.Hint = d.Path+" is a whole number", "compare it with one: "+strings.Trim(l.Text, `"`)
		case t.Kind == schema.BoolKind && l.Kind != source.Bool:
			d.Message, d.Hint = d.Path+" is true or false", "write true or false, without quotes"
		case t.Kind == schema.TextKind && len(t.Either) == 0 && t.Name != schema.TypeQuantity.Name && l.Kind != source.String:
			d.Message, d.Hint = d.Path+" is a string", "write "+strconv.Quote(l.Text)
		case l.Equal && l.Kind == source.String && t.Kind == schema.TextKind && !t.AcceptsText(l.Text):
			if len(t.Enum) > 0 {
				d = wrongChoice(l.Text, l.Span, d.Path, t.Enum)
				d.Code, d.Fix = diag.Policy, nil
			} else {
				d.Message, d.Hint = fmt.Sprintf("%s can never be %s", d.Path, diag.Quote(l.Text)), "write "+t.Says
			}
		default:
			continue
		}
		c.add(d)
	}
}

// decimals are Kubernetes' units that CUE writes in another way, or not at all.
var decimals = strings.NewReplacer("k", "K")

// amountInstead is an amount as CUE writes it.
func amountInstead(text string) string {
	q, ok := quantity.Parse(text)
	if !ok {
		return "write a number, with a unit such as 64Gi where it needs one, without quotes"
	}
	if unit := strings.TrimLeft(text, "+0123456789."); slices.Contains([]string{"", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"}, unit) {
		return "write " + decimals.Replace(strings.TrimPrefix(text, "+")) + ", without quotes"
	}
	return "write " + quantity.Digits(q)
}
