package review

import (
	"slices"

	"berth/internal/defaults"
	"berth/renderers"

	"k8s.io/apimachinery/pkg/runtime"
)

// meant leaves out the fields of a changed object that say no more than what the API server writes where nothing is said: for
// a cluster the object is the same. How many pods there are is not among them, since what Git says of it decides who scales.
//
// A Job that is another one by every word, as its name or the hash that Argo CD looks at says, keeps all of them.
func (c *ObjectChange) meant(deltas []delta) []delta {
	old, new := filled(c.old), filled(c.new)
	byWord := slices.ContainsFunc(deltas, func(d delta) bool { return d.path == contentPath })
	if c.Before != c.After || byWord || old == nil || new == nil {
		return deltas
	}
	real := map[string]bool{replicas: true}
	for _, d := range differ(parsed(printed(old)), parsed(printed(new)), "", "", "") {
		real[d.path] = true
	}
	return slices.DeleteFunc(deltas, func(d delta) bool { return !real[d.path] })
}

// filled is a copy of an object with the API server's defaults; nil for an object of no type.
func filled(o *renderers.Object) *renderers.Object {
	typed, ok := o.Value.(runtime.Object)
	if !ok {
		return nil
	}
	copied := *o
	value := typed.DeepCopyObject()
	defaults.Fill(value)
	copied.Value = value
	return &copied
}
