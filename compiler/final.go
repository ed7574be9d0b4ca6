package compiler

import (
	"fmt"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
)

// Outside holds what a finished object has of a bounded field, such as mem or replicas, against the profile's bounds. The
// problem has no place yet; ok is false where the profile allows the amount. What names the field in words.
func (u *Unit) Outside(field, what, amount string) (p diag.Problem, ok bool) {
	if u.Profile == nil || u.Profile.Bounds == nil {
		return p, false
	}
	// An object has the accelerator under its own name, and the profile may bound it as gpu.
	if field == u.Profile.resource() {
		field = "gpu"
	}
	bound := u.Profile.bound(field)
	have, parsed := quantity.Parse(amount)
	if bound == nil || !parsed {
		return p, false
	}
	x := u.Profile.breach(have, bound)
	if x == nil {
		return p, false
	}
	// The note points at the part of the bound that is left, where that can be told.
	at := diag.Join("machine.bounds", bound.Key)
	for _, key := range []string{"min", "max", "values"} {
		if bound.Node.Get(key) == x.at {
			at = diag.Join(at, key)
		}
	}
	return diag.Problem{
		Code: diag.ProfileBounds, Message: fmt.Sprintf("%s %s %s", what, diag.Quote(amount), x.what), Hint: x.hint,
		Related: []diag.RelatedPath{{Path: at, Message: x.note}},
	}, true
}

// Required reports whether the profile insists on what stands at a path of the plan.
func (u *Unit) Required(path string) bool {
	_, n, whole := source.Find(u.Tree, path)
	return whole && n != nil && n.Layer == source.ProfileRequire
}
