// The program sigs is floor F: sigs.k8s.io/yaml in and out.
package main

import (
	"os"

	"sigs.k8s.io/yaml"

	"berth/bench/floor"
)

func main() {
	os.Exit(floor.Main(floor.Tools{
		Read:  func(b []byte, into any) error { return yaml.UnmarshalStrict(b, into) },
		Print: func(v any) ([]byte, error) { return yaml.Marshal(v) },
	}))
}
