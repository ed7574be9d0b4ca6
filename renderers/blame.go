package renderers

import (
	"cmp"
	"slices"
	"strings"

	"berth/internal/diag"
)

// Source is the place in the plan that decides what the object has, or lacks, at a path: the one that [Origin] gives for
// the value, for what was taken away from there, or for what stands below it. It is empty where nothing in the plan does.
func Source(o *Object, path string) string {
	if place := o.merged[path]; place != "" {
		return place
	}
	if place := broughtBelow(o.merged, path); place != "" || o.origins == nil {
		return place
	}
	from, _ := o.origins.of(o.File).at(path)
	return from.plan
}

// Lacking is the place of the nearest part around a path that a base object or a patch brought, or took away: what an item
// of a list lacks, its author left out. It is empty where they brought none.
func Lacking(o *Object, path string) string {
	for above := diag.Parent(path); above != ""; above = diag.Parent(above) {
		if place := o.merged[above]; place != "" {
			return place
		}
		if !strings.HasSuffix(above, "]") {
			continue
		}
		if place := broughtBelow(o.merged, above); place != "" {
			return place
		}
	}
	return ""
}

// broughtBelow is the place of what was brought as a whole at a path: that of the first leaf there, without the steps that
// the two have in common.
func broughtBelow(brought map[string]string, path string) string {
	leaf := ""
	for other := range brought {
		if other != path && diag.Within(other, path) {
			if leaf == "" || cmp.Or(cmp.Compare(len(diag.Split(other)), len(diag.Split(leaf))), strings.Compare(other, leaf)) < 0 {
				leaf = other
			}
		}
	}
	if leaf == "" {
		return ""
	}
	place := brought[leaf]
	steps, said := diag.Split(leaf[len(path):]), diag.Split(place)
	for _, step := range slices.Backward(steps) {
		if len(said) == 0 || said[len(said)-1] != step {
			break
		}
		place, said = diag.Parent(place), said[:len(said)-1]
	}
	return place
}
