package compiler

import (
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
)

// share is what one container asks of a resource.
// The path is as the author of the amount knows it.
type share struct {
	amount *source.Node
	path   string
	init   bool // it ends before the others begin
	stays  bool // a sidecar, which init containers find running
}

// totals holds what all containers of the pod ask together against the profile's bounds, and gives the resources for which
// a container beside the run's own asks.
func (b *bounder) totals(spec *source.Node) (shared []string) {
	if b.profile.Bounds == nil {
		return nil
	}
	for _, resource := range othersResources(spec) {
		bound := b.profile.bound(resource)
		if bound == nil {
			continue
		}
		shared = append(shared, resource)
		for _, side := range []string{"requests", "limits"} {
			if !b.total(spec, resource, side, bound) {
				break
			}
		}
	}
	return shared
}

// othersResources are the resources that containers beside the run's own ask for, sorted.
func othersResources(spec *source.Node) []string {
	var names []string
	for _, container := range otherContainers(spec) {
		if resources := container.Get("resources"); resources != nil {
			for _, f := range resources.Fields {
				names = append(names, f.Key)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sharesOf lists what each container of the pod asks of a resource, on one side (requests or limits), with the path
// that its author wrote. Containers that say nothing of it are left out.
func sharesOf(spec *source.Node, resource, side string) []share {
	var all []share
	add := func(container *source.Node, path string, init, stays bool) {
		amounts := container.Get("resources").Field(resource)
		if amounts == nil {
			return
		}
		if f := amounts.Node.Field(side); f != nil {
			all = append(all, share{f.Node, f.Below(amounts.Below(path + ".resources")), init, stays})
		}
	}
	add(spec, "spec", false, false)
	for _, list := range []string{"sidecars", "containers", "init_containers"} {
		if n := spec.Get(list); n != nil {
			for i, item := range n.Items {
				add(item, diag.At("spec."+list, i), list == "init_containers", list == "sidecars")
			}
		}
	}
	return all
}

// total holds the sum against a bound as the scheduler makes it: all containers that run together, or an init container
// beside the sidecars, whichever is more. It reports whether the sum lies within.
func (b *bounder) total(spec *source.Node, resource, side string, bound *source.Field) bool {
	shares := sharesOf(spec, resource, side)
	var together, before quantity.Quantity
	var parts []share
	for _, s := range shares {
		q, ok := amountOf(s.amount)
		if !ok || b.isBad(s.amount) {
			return true
		}
		// A sidecar counts twice: beside the init containers and beside what runs later.
		if s.stays {
			before.Add(q)
		}
		if !s.init {
			together.Add(q)
			parts = append(parts, s)
		}
	}
	for _, s := range shares {
		alone := before.DeepCopy()
		q, _ := amountOf(s.amount)
		// Init containers run one at a time, and every sidecar is taken to run beside them.
		if alone.Add(q); s.init && alone.Cmp(together) > 0 {
			together, parts = alone, append(slices.DeleteFunc(slices.Clone(shares), func(o share) bool { return !o.stays }), s)
		}
	}
	if len(parts) == 0 {
		return true
	}
	x := b.profile.breach(together, bound)
	if x == nil {
		return true
	}
	b.leaves(spec, x, parts, resource, together)
	return false
}

// leaves reports at the last amount that the run itself says that all of them leave a bound, and where it says none at the
// profile's name.
func (b *bounder) leaves(spec *source.Node, x *breach, parts []share, resource string, total quantity.Quantity) {
	at, own := parts[len(parts)-1], false
	words := make([]string, len(parts))
	for i, s := range parts {
		words[i] = s.amount.Text
		if s.amount.Layer >= source.RunSpec && s.amount.Layer < source.ProfileRequire {
			at, own = s, true
		}
	}
	d := x.of(b.words(at.path), at.amount.Text, diag.ProfileBounds)
	d.Span = at.amount.Span
	if len(parts) > 1 {
		d.Message = fmt.Sprintf("the pod's %s of %s (%s) %s", resource, total.String(), strings.Join(words, " + "), x.what)
		d.Hint = "ask for less in one of the containers, or choose a bigger profile"
	}
	// Where no amount is the run's own, its choice of the profile is what can be changed.
	if name := spec.Get("profile"); !own && name.Scalar() {
		d.Span, d.Path = name.Span, b.words("spec.profile")
		at = share{}
	}
	for _, s := range parts {
		if s != at && s.amount.Span.File != nil {
			d.Notes = append(d.Notes, diag.Note{Span: s.amount.Span, Message: "this is counted as well"})
		}
	}
	b.refuse(parts[len(parts)-1].amount, d)
}
