// The program own is floor F′: yaml v3 in, Berth's own printer out.
package main

import (
	"bytes"
	"os"

	"go.yaml.in/yaml/v3"

	"berth/bench/floor"
	"berth/internal/yamlprint"
)

func main() {
	os.Exit(floor.Main(floor.Tools{
		Read:  readStrictly,
		Print: func(v any) ([]byte, error) { return yamlprint.Append(nil, v) },
	}))
}

func readStrictly(b []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	return d.Decode(into)
}
