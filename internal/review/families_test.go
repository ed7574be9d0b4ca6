package review

import (
	"testing"

	"berth/renderers"
	"berth/schema"
)

// Every kind that makes pods has a family with all that a verdict needs, and a new one of it has a verdict.
func TestFamilies(t *testing.T) {
	for _, k := range renderers.Kinds() {
		f, ok := families[k.Change]
		if ok != k.MakesPods() {
			t.Errorf("%s makes pods: %t, and has a family: %t", k.Name, k.MakesPods(), ok)
			continue
		}
		if ok && (f.idle == nil || f.starts == nil || f.changes == nil) {
			t.Errorf("the family of %s lacks a part", k.Name)
		}
		switch k.Removal(&renderers.Object{Plan: &schema.Plan{}}) {
		case renderers.Deleted, renderers.WithJob, renderers.Kept, renderers.Left:
		default:
			t.Errorf("nobody knows what becomes of a %s that leaves Git", k.Name)
		}
	}
}
