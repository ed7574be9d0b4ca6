package compiler

import (
	"slices"

	"berth/internal/source"
)

// orderVariables puts the variables of the run's own container in the order in which `$(NAME)` may refer to earlier ones,
// the nearest to the run last: those of the layers before, then the run's own, those of its matrix first, as they are
// written. A variable that several layers speak of stands where the run has it, and where the run has none, where the
// first of them does: what replaces a value keeps its place.
func orderVariables(spec, own *source.Node, before ...*source.Node) *source.Node {
	envs := spec.Get("envs")
	if envs == nil || envs.Kind != source.List || len(envs.Items) < 2 {
		return spec
	}
	ofRun := map[string]int{}
	rank(ofRun, own, nil)
	places := make(map[string]int, len(envs.Items))
	for _, layer := range before {
		rank(places, layer, ofRun)
	}
	rank(places, own, nil)
	place := func(item *source.Node) int {
		if at, known := places[variableName(item)]; known {
			return at
		}
		return len(places) // which has no name, and is refused
	}
	compare := func(a, b *source.Node) int { return place(a) - place(b) }
	// Nearly always: then nothing is copied.
	if slices.IsSortedFunc(envs.Items, compare) {
		return spec
	}
	ordered := *envs
	ordered.Items = slices.Clone(envs.Items)
	slices.SortStableFunc(ordered.Items, compare)
	return mapFields(spec, func(f source.Field) *source.Node {
		if f.Key == "envs" {
			return &ordered
		}
		return f.Node
	})
}

// rank gives the variables of a layer the next places, but for those that are not its to place.
func rank(places map[string]int, layer *source.Node, but map[string]int) {
	envs := layer.Get("envs")
	if envs == nil {
		return
	}
	for _, item := range envs.Items {
		name := variableName(item)
		_, placed := places[name]
		if _, others := but[name]; !placed && !others {
			places[name] = len(places)
		}
	}
}

// variableName is the name of a variable, empty where it has none that can be read.
func variableName(item *source.Node) string {
	if n := item.Get("name"); n.Scalar() {
		return n.Text
	}
	return ""
}
