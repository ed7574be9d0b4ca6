package layouts_test

import (
	"testing"

	"berth/internal/layouts"
	"berth/internal/plantest"
	"berth/renderers"
)

// One run in one environment as an overlay, with its proof, which is nearly all of the time.
func BenchmarkKustomize(b *testing.B) {
	base, prod := plantest.Plan(b, []byte(plantest.Known)), plantest.Plan(b, []byte(plantest.Known))
	prod.Environment, prod.Namespace, prod.Spec.Image = "prod", "prod", "ghcr.io/acme/churn:2"
	plain, _ := renderers.Render(base)
	changed, _ := renderers.Render(prod)
	units := []layouts.Unit{{Base: plain, Environments: map[string][]renderers.Object{"prod": changed}}}
	for b.Loop() {
		if _, problems := layouts.Kustomize(units, layouts.Delivery{}); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}
