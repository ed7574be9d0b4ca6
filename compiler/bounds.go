package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
)

// bounder holds amounts against a profile's bounds.
// Words gives a path of the plan as the author of its value knows it.
type bounder struct {
	*report
	profile *Profile
	words   func(path string) string
}

// spec checks all bounded values of a merged spec.
func (b *bounder) spec(spec *source.Node) {
	// Resources that another container asks for as well are judged as a sum, and not again for the run's own.
	shared := b.totals(spec)
	b.amounts(without(spec.Get("resources"), shared...), "spec.resources", diag.ProfileBounds)
	for _, field := range boundedNumbers {
		if v, bound := spec.Get(field), b.profile.Bounds.Field(field); v != nil && bound != nil && v.Layer > source.ToolDefault {
			b.amount(v, bound, diag.Join("spec", field), diag.ProfileBounds)
		}
	}
	// An autoscaler replaces replicas, so that its upper end is held to the same bound.
	if most, bound := spec.Get("autoscale").Get("max"), b.profile.Bounds.Field("replicas"); most != nil && bound != nil {
		b.amount(most, bound, "spec.autoscale.max", diag.ProfileBounds)
	}
	if nodes, bound := spec.Get("num_nodes"), b.profile.Bounds.Field("parallelism"); nodes != nil && bound != nil && b.profile.Bounds.Field("num_nodes") == nil {
		b.amount(nodes, bound, "spec.num_nodes", diag.ProfileBounds) // as many pods at a time
	}
}

// amounts checks the request and the limit of each resource; one complaint about a resource is enough.
func (b *bounder) amounts(resources *source.Node, path string, code diag.Code) {
	if resources == nil || b.profile.Bounds == nil {
		return
	}
	for _, f := range resources.Fields {
		bound := b.profile.bound(f.Key)
		if bound == nil {
			continue
		}
		for _, side := range []string{"requests", "limits"} {
			v := f.Node.Field(side)
			if gpus := resources.Get("gpu").Field("limits"); v != nil && b.isMultiplied(v, gpus) {
				b.multiplied(v.Node, gpus, bound)
				break
			}
			if v != nil && !b.amount(v.Node, bound, v.Below(f.Below(path)), code) {
				break
			}
		}
	}
}

// bound is what the profile says of a resource, under our name or under the accelerator's own.
func (p *Profile) bound(resource string) *source.Field {
	if f := p.Bounds.Field(resource); f != nil || resource != "gpu" {
		return f
	}
	return p.Bounds.Field(p.resource())
}

// resource is the resource that `gpu` means on this profile's machines.
func (p *Profile) resource() string {
	if p != nil && p.Spec.Accelerator != nil && p.Spec.Accelerator.Resource != "" {
		return p.Spec.Accelerator.Resource
	}
	return "nvidia.com/gpu"
}

// breach is the part of a profile that an amount leaves, in words.
// At is the bound in the profile; what follows the value in a message, note is said of the bound, and hint is the way
// out.
type breach struct {
	at               *source.Node
	what, note, hint string
}

// amount holds one value against one bound and reports whether it is fine. What was refused before, or is no amount,
// counts as fine: it was said, or a constraint of CUE judges it.
func (b *bounder) amount(v *source.Node, bound *source.Field, path string, code diag.Code) bool {
	if b.isBad(v) || !v.Scalar() {
		return true
	}
	have, ok := quantity.Parse(v.Text)
	if !ok {
		return true
	}
	x := b.profile.breach(have, bound)
	if x == nil {
		return true
	}
	b.refuse(v, x.of(b.words(path), v.Text, code))
	return false
}

// of is the refusal of the value at path for the breach.
func (x *breach) of(path, text string, code diag.Code) diag.Diagnostic {
	return diag.Diagnostic{
		Code: code, Path: path,
		Message: fmt.Sprintf("%s %s %s", path, diag.Quote(text), x.what),
		Notes:   []diag.Note{{Span: head(x.at), Message: x.note}},
		Hint:    x.hint,
	}
}

// breach holds an amount against a bound; nil means that it lies within.
func (p *Profile) breach(have quantity.Quantity, bound *source.Field) *breach {
	name := diag.Join("bounds", bound.Key)
	if low := bound.Node.Get("min"); low.Scalar() {
		if q, ok := quantity.Parse(low.Text); ok && have.Cmp(q) < 0 {
			return &breach{low, "is less than profile " + p.Name + " allows", fmt.Sprintf("%s.min is %s, set here", name, low.Text), "write " + low.Text + " or more"}
		}
	}
	if high := bound.Node.Get("max"); high.Scalar() {
		if q, ok := quantity.Parse(high.Text); ok && have.Cmp(q) > 0 {
			return &breach{high, "is more than profile " + p.Name + " allows", fmt.Sprintf("%s.max is %s, set here", name, high.Text), "write " + high.Text + " or less, or choose a bigger profile"}
		}
	}
	if values := bound.Node.Get("values"); values != nil && !oneOf(have, values) {
		accepted := diag.OneOf(texts(values))
		return &breach{values, "is none of the amounts that profile " + p.Name + " allows", fmt.Sprintf("%s allows %s, set here", name, accepted), "write " + accepted}
	}
	return nil
}

// oneOf compares as amounts, so that 1000m is among [1, 2].
func oneOf(have quantity.Quantity, values *source.Node) bool {
	for _, item := range values.Items {
		if q, ok := quantity.Parse(item.Text); ok && q.Cmp(have) == 0 {
			return true
		}
	}
	return false
}

// texts are the items of a list of scalars as they are written.
func texts(list *source.Node) []string {
	out := make([]string, len(list.Items))
	for i, item := range list.Items {
		out[i] = item.Text
	}
	return out
}
