// The program own is floor F′: yaml v3 in, Berth's own printer out.
package main

import (
	"bytes"
	"os"

	"berth/bench/floor"
	"berth/renderers"
	"go.yaml.in/yaml/v3"
)

func main() {
	os.Exit(floor.Main(floor.Tools{
		Read:  readStrictly,
		Print: func(v any) ([]byte, error) { return renderers.AppendYAML(nil, v) },
	}))
}

func readStrictly(b []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	return d.Decode(into)
}
