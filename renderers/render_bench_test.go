package renderers_test

import (
	"testing"

	"berth/renderers"
	"berth/schema"
)

// What a build does with every run once it is compiled: render it, hash the Job, print its objects.
func BenchmarkRender(b *testing.B) {
	for name, p := range map[string]*schema.Plan{
		"small":      planOfYAML(b, []byte("{name: a, spec: {action: job, image: busybox}}")),
		"known":      planOfYAML(b, []byte(known)),
		"everything": casePlan(b, "job-everything"), "serve": casePlan(b, "serve"), "patch": casePlan(b, "patch"), "base": casePlan(b, "base-job"),
		"flux": casePlan(b, "substitute"),
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
				if _, err := renderers.Stream(objects); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
