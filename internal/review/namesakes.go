package review

import "slices"

// told gives copies of the sides of a comparison in which the runs that share a name and namespace know that it is their
// actions which tell them apart.
func told(before, after []Run, o Options) (was, is []Run, options Options) {
	was, is = slices.Clone(before), slices.Clone(after)
	sides := [][]Run{was, is}
	if o.Branched != nil {
		b := *o.Branched
		b.Base = slices.Clone(b.Base)
		o.Branched, sides = &b, append(sides, b.Base)
	}
	namesakes := map[runKey]bool{}
	for side, runs := range sides {
		seen := map[runKey]bool{}
		for _, b := range [][]Broken{o.BrokenBefore, o.BrokenAfter, nil}[side] {
			seen[runKey{b.Environment, b.Namespace, b.Name, ""}] = true
		}
		for i := range runs {
			r := &runs[i]
			one := runKey{r.Environment, r.Plan.Namespace, r.Plan.Name, ""}
			whole := runKey{"", r.Plan.Namespace, r.Plan.Name, ""}
			namesakes[whole] = namesakes[whole] || seen[one]
			seen[one] = true
		}
	}
	for _, runs := range sides {
		for i := range runs {
			if r := &runs[i]; namesakes[runKey{"", r.Plan.Namespace, r.Plan.Name, ""}] {
				r.action = r.Plan.Spec.Action
			}
		}
	}
	return was, is, o
}
