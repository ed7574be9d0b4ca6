package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// The releases of the peers.
const (
	helmRelease    = "helm.sh/helm/v4/cmd/helm@v4.3.1"
	jsonnetRelease = "github.com/google/go-jsonnet/cmd/jsonnet@v0.22.0"
)

// addPeers builds the peers and proves that they make the objects that Berth makes.
func (p *programs) addPeers(dir string) error {
	p.helm, p.jsonnet = filepath.Join(dir, "helm"), filepath.Join(dir, "jsonnet")
	for _, release := range []string{helmRelease, jsonnetRelease} {
		cmd := goCommand("install", "-ldflags=-s -w", release)
		cmd.Env = append(cmd.Env, "GOBIN="+dir)
		if err := done(cmd); err != nil {
			return err
		}
	}
	const runs = 21 // of each kind with each number that the generator counts in turn
	from, err := folders(filepath.Join(dir, "same"), runs, peers)
	if err != nil {
		return err
	}
	want, err := objects(from[withPeers], p.berth, "build", "--layout", "stream")
	if err != nil {
		return err
	}
	for _, c := range peers {
		got, err := objects(from[withPeers], c.args(*p, from[withPeers], "")...)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(got, want) {
			return fmt.Errorf("%s does not make the objects that Berth makes", c.name)
		}
	}
	return nil
}

// objects are what a program prints, by kind and name. The name of a Job without its digest is that of its run: no peer
// names Jobs by their content.
func objects(dir string, args ...string) (map[string]any, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%q: %w", args, err)
	}
	found := map[string]any{}
	decoder := yaml.NewDecoder(bytes.NewReader(out))
	for {
		var o struct {
			Kind     string
			Metadata map[string]any
			Rest     map[string]any `yaml:",inline"`
		}
		if err := decoder.Decode(&o); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, fmt.Errorf("%q: %w", args, err)
		}
		if o.Kind == "" {
			continue // between two marks
		}
		labels, _ := o.Metadata["labels"].(map[string]any)
		o.Metadata["name"] = labels["app.kubernetes.io/name"]
		found[fmt.Sprint(o.Kind, " ", o.Metadata["name"])] = o
	}
}
