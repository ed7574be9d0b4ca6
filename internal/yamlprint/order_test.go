package yamlprint

import (
	"slices"
	"strings"
	"testing"
)

// TestFieldOrderNamesFields catches a name that a newer Kubernetes renamed, or that was mistyped.
func TestFieldOrderNamesFields(t *testing.T) {
	for owner, order := range fieldOrder {
		names := fieldNames(planOf(owner))
		listed := strings.Fields(order)
		for i, name := range listed {
			if name != "*" && !slices.Contains(names, name) {
				t.Errorf("%v has no field %s", owner, name)
			}
			if slices.Contains(listed[:i], name) {
				t.Errorf("%v lists %s twice", owner, name)
			}
		}
	}
	for owner, kept := range keptEmpty {
		for field := range strings.FieldsSeq(kept.fields) {
			if !slices.Contains(fieldNames(planOf(owner)), field) {
				t.Errorf("%v has no field %s", owner, field)
			}
		}
	}
}

func fieldNames(p *plan) (names []string) {
	for _, f := range p.fields {
		names = append(names, f.name)
	}
	return names
}
