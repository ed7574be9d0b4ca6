package compiler

import (
	"fmt"

	"berth/diag"
	"berth/source"
)

// bounder holds amounts against a profile's bounds.
type bounder struct {
	*report
	profile *Profile
	words   func(path string) string
}

// spec checks all bounded values of a merged spec.
func (b *bounder) spec(spec *source.Node) {
	b.amounts(spec.Get("resources"), "spec.resources", diag.ProfileBounds)
	for _, field := range boundedNumbers {
		if v, bound := spec.Get(field), b.profile.Bounds.Field(field); v != nil && bound != nil && v.Layer > source.ToolDefault {
			b.amount(v, bound, diag.Join("spec", field), diag.ProfileBounds)
		}
	}
}

// amounts checks the request and the limit of each resource; one complaint about a resource is enough.
func (b *bounder) amounts(resources *source.Node, path string, code diag.Code) {
	if resources == nil || b.profile.Bounds == nil {
		return
	}
	for _, f := range resources.Fields {
		bound := b.bound(f.Key)
		if bound == nil {
			continue
		}
		for _, side := range []string{"requests", "limits"} {
			if v := f.Node.Field(side); v != nil && !b.amount(v.Node, bound, v.Below(f.Below(path)), code) {
				break
			}
		}
	}
}

// bound is what the profile says of a resource, under our name or under the accelerator's own.
func (b *bounder) bound(resource string) *source.Field {
	if f := b.profile.Bounds.Field(resource); f != nil || resource != "gpu" {
		return f
	}
	return b.profile.Bounds.Field(b.profile.resource())
}

// resource is the resource that `gpu` means on this profile's machines.
func (p *Profile) resource() string {
	if p != nil && p.Spec.Accelerator != nil && p.Spec.Accelerator.Resource != "" {
		return p.Spec.Accelerator.Resource
	}
	return "nvidia.com/gpu"
}

func (b *bounder) amount(v *source.Node, bound *source.Field, path string, code diag.Code) bool {
	if b.isBad(v) || !v.Scalar() {
		return true
	}
	have, ok := parseQuantity(v.Text)
	if !ok {
		return true
	}
	name := diag.Join("bounds", bound.Key)
	if low := bound.Node.Get("min"); low.Scalar() {
		if q, ok := parseQuantity(low.Text); ok && have.cmp(q) < 0 {
			return b.outside(v, low, path, code, fmt.Sprintf("%s is less than profile %s allows", diag.Quote(v.Text), b.profile.Name), fmt.Sprintf("%s.min is %s, set here", name, low.Text), "write "+low.Text+" or more")
		}
	}
	if high := bound.Node.Get("max"); high.Scalar() {
		if q, ok := parseQuantity(high.Text); ok && have.cmp(q) > 0 {
			return b.outside(v, high, path, code, fmt.Sprintf("%s is more than profile %s allows", diag.Quote(v.Text), b.profile.Name), fmt.Sprintf("%s.max is %s, set here", name, high.Text), "write "+high.Text+" or less, or choose a bigger profile")
		}
	}
	if values := bound.Node.Get("values"); values != nil && !oneOf(have, values) {
		accepted := texts(values)
		return b.outside(v, values, path, code, fmt.Sprintf("%s is none of the amounts that profile %s allows", diag.Quote(v.Text), b.profile.Name), fmt.Sprintf("%s allows %s, set here", name, diag.OneOf(accepted)), "write "+diag.OneOf(accepted))
	}
	return true
}

func oneOf(have quantity, values *source.Node) bool {
	for _, item := range values.Items {
		if q, ok := parseQuantity(item.Text); ok && q.cmp(have) == 0 {
			return true
		}
	}
	return false
}

func texts(list *source.Node) []string {
	out := make([]string, len(list.Items))
	for i, item := range list.Items {
		out[i] = item.Text
	}
	return out
}

func (b *bounder) outside(v, bound *source.Node, path string, code diag.Code, what, note, hint string) bool {
	path = b.words(path)
	b.refuse(v, diag.Diagnostic{
		Code: code, Path: path,
		Message: path + " " + what,
		Notes:   []diag.Note{{Span: head(bound), Message: note}},
		Hint:    hint,
	})
	return false
}
