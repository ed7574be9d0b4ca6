package renderers

import (
	"cmp"
	"slices"
	"strings"

	"berth/internal/diag"
)

// Source is the place in the plan that decides what the object has, or lacks, at a path: the one that [Origin] gives for
// the value, for what was taken away from there, or for what stands below it; for what an item of a list lacks, it is the
// item's. It is empty where nothing in the plan does.
func Source(o *Object, path string) string {
	var recorded record
	if o.origins != nil {
		recorded = o.origins.of(o.File)
	}
	for above := path; above != ""; above = diag.Parent(above) {
		if place := o.merged[above]; place != "" {
			return place
		}
		if _, ok := recorded[above]; ok {
			break
		}
		if above != path && !strings.HasSuffix(above, "]") {
			continue
		}
		if place := broughtBelow(o.merged, func(place string) string { return place }, above); place != "" {
			return place
		}
		if place := broughtBelow(recorded, func(from origin) string { return from.plan }, above); place != "" && above != path {
			return place
		}
	}
	from, _ := recorded.at(path)
	return from.plan
}

// broughtBelow is the place of what was brought as a whole at a path: that of the first leaf there, without the steps that
// the two have in common.
func broughtBelow[T any](brought map[string]T, placeOf func(T) string, path string) string {
	leaf := ""
	for other, from := range brought {
		if rest, ok := strings.CutPrefix(other, path); ok && rest != "" && (rest[0] == '.' || rest[0] == '[') && placeOf(from) != "" {
			if leaf == "" || cmp.Or(cmp.Compare(len(diag.Split(other)), len(diag.Split(leaf))), strings.Compare(other, leaf)) < 0 {
				leaf = other
			}
		}
	}
	if leaf == "" {
		return ""
	}
	place := placeOf(brought[leaf])
	steps, said := diag.Split(leaf[len(path):]), diag.Split(place)
	for _, step := range slices.Backward(steps) {
		if len(said) == 0 || said[len(said)-1] != step {
			break
		}
		place, said = diag.Parent(place), said[:len(said)-1]
	}
	return place
}
