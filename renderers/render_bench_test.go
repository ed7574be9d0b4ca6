package renderers_test

import (
	"testing"

	"berth/internal/layouts"
	"berth/internal/plantest"
	"berth/renderers"
	"berth/schema"
)

// What a build does with every run once it is compiled: render it, hash the Job, print its objects.
func BenchmarkRender(b *testing.B) {
	for name, p := range map[string]*schema.Plan{
		"small":      plantest.Plan(b, []byte("{name: a, spec: {action: job, image: busybox}}")),
		"known":      plantest.Plan(b, []byte(plantest.Known)),
		"everything": plantest.Case(b, "testdata/render", "job-everything"), "serve": plantest.Case(b, "testdata/render", "serve"), "patch": plantest.Case(b, "testdata/render", "patch"), "base": plantest.Case(b, "testdata/render", "base-job"),
		"flux": plantest.Case(b, "testdata/render", "substitute"),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				renderers.Render(p)
			}
		})
		b.Run(name+"+print", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				objects, _ := renderers.Render(p)
				if _, err := layouts.Stream(objects); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
