// Package floor is the least that a compiler of runs can do, to measure against: read the YAML strictly into plain
// structs, fill typed objects, print them, write the files. It checks nothing, merges nothing and keeps no index.
package floor

import (
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// Tools are how a floor reads and prints.
type Tools struct {
	Read  func([]byte, any) error
	Print func(any) ([]byte, error)
}

// Main builds the project of the first argument into the folder of the second, and returns the exit code.
func Main(t Tools) int {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: floor PROJECT OUT")
		return 2
	}
	if err := Build(t, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		return 1
	}
	return 0
}

// Build does the whole work: the project's runs into the folder out.
func Build(t Tools, project, out string) error {
	profiles, err := readProfiles(filepath.Join(project, "profiles"))
	if err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(project, "runs", "*.yaml"))
	if err != nil {
		return err
	}
	var folders []string
	for _, name := range names {
		var r run
		if err := readFile(t, name, &r); err != nil {
			return err
		}
		if err := write(t, filepath.Join(out, r.Metadata.Name), render(r, profiles[r.Spec.Profile])); err != nil {
			return err
		}
		folders = append(folders, r.Metadata.Name)
	}
	return writeFile(t, filepath.Join(out, "kustomization.yaml"), kustomization(folders))
}

// readProfiles is lenient: a profile has parts that the floor does not read.
func readProfiles(dir string) (map[string]profile, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	found := map[string]profile{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var p profile
		if err := yaml.Unmarshal(b, &p); err != nil {
			return nil, err
		}
		found[p.Metadata.Name] = p
	}
	return found, nil
}

func readFile(t Tools, name string, into any) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := t.Read(b, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// write makes a run's folder: its objects, and the kustomization that lists them.
func write(t Tools, dir string, objects []object) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var names []string
	for _, o := range objects {
		if err := writeFile(t, filepath.Join(dir, o.file), o.value); err != nil {
			return err
		}
		names = append(names, o.file)
	}
	return writeFile(t, filepath.Join(dir, "kustomization.yaml"), kustomization(names))
}

func kustomization(resources []string) any {
	return struct {
		APIVersion string   `json:"apiVersion"`
		Kind       string   `json:"kind"`
		Resources  []string `json:"resources"`
	}{"kustomize.config.k8s.io/v1beta1", "Kustomization", resources}
}

func writeFile(t Tools, path string, value any) error {
	text, err := t.Print(value)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, text, 0o644)
}
