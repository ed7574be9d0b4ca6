package review

import (
	"strings"

	"berth/renderers"
)

// noteRenames tells a run that goes and one that comes with the same specification that they look like one.
func noteRenames(items []Item, before, after []Run) {
	was, is := byKey(before), byKey(after)
	came := map[string]int{} // the item of a new run by its specification
	for i := range items {
		if fresh := is[items[i].key()]; fresh != nil && was[items[i].key()] == nil {
			came[likeness(fresh)] = i
		}
	}
	for i := range items {
		gone := was[items[i].key()]
		if gone == nil || is[items[i].key()] != nil {
			continue
		}
		like := likeness(gone)
		k, ok := came[like]
		if !ok {
			continue
		}
		delete(came, like)
		items[i].Notes = append(items[i].Notes, "its specification goes on as "+title(items[k])+"; for a cluster these are two runs")
		items[k].Notes = append(items[k].Notes,
			"its specification is that of "+title(items[i])+"; for a cluster these are two runs"+ownData(gone, is[items[k].key()]))
	}
}

// likeness is the same for runs that differ in nothing but name and namespace.
func likeness(r *Run) string { return r.Environment + "\n" + compact(r.Plan.Spec) }

// key is what the run is known by on both sides.
func (i Item) key() runKey { return runKey{i.Environment, i.Namespace, i.Name, i.RunAction} }

// byKey finds the runs of a side by what they are known by.
func byKey(runs []Run) map[runKey]*Run {
	all := make(map[runKey]*Run, len(runs))
	for i := range runs {
		all[keyOf(&runs[i])] = &runs[i]
	}
	return all
}

// ownData says of a run with claims of its own that they are empty, and how it goes on with those of the old one.
func ownData(gone, fresh *Run) string {
	var claims []string
	for _, o := range gone.Objects {
		if o.Removal() == renderers.Kept {
			claims = append(claims, "claim_name: "+o.Name)
		}
	}
	switch {
	case len(claims) == 0:
		return ""
	case gone.Plan.Namespace != fresh.Plan.Namespace:
		return ", and this one starts with empty claims"
	}
	return ", and this one starts with empty claims; with " + strings.Join(claims, ", ") + " in place of size it goes on with the data"
}
