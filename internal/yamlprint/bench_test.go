package yamlprint_test

import (
	"testing"

	"berth/internal/yamlprint"

	"sigs.k8s.io/yaml"
)

// The printer and the one that everyone else uses, over the three objects of an ordinary run.
func BenchmarkPrint(b *testing.B) {
	objects := sampleObjects()
	b.Run("berth", func(b *testing.B) {
		b.ReportAllocs()
		var text []byte
		for b.Loop() {
			for _, object := range objects {
				text, _ = yamlprint.Append(text[:0], object)
			}
		}
		perObject(b, len(objects))
	})
	b.Run("sigs", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, object := range objects {
				if _, err := yaml.Marshal(object); err != nil {
					b.Fatal(err)
				}
			}
		}
		perObject(b, len(objects))
	})
}

func perObject(b *testing.B, objects int) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*objects), "µs/object")
}
