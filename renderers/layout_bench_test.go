package renderers_test

import (
	"testing"

	"berth/renderers"
)

// One run in one environment as an overlay, with its proof, which is nearly all of the time.
func BenchmarkKustomize(b *testing.B) {
	base, prod := planOfYAML(b, []byte(known)), planOfYAML(b, []byte(known))
	prod.Environment, prod.Namespace, prod.Spec.Image = "prod", "prod", "ghcr.io/acme/churn:2"
	plain, _ := renderers.Render(base)
	changed, _ := renderers.Render(prod)
	units := []renderers.Unit{{Base: plain, Environments: map[string][]renderers.Object{"prod": changed}}}
	for b.Loop() {
		if _, problems := renderers.Kustomize(units, renderers.Delivery{}); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}
