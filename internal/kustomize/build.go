// Package kustomize finds the kustomizations of a folder, and builds them with kustomize's own library: offline, from files
// in memory, without plugins, charts or anything that is fetched.
package kustomize

import (
	"fmt"
	"path"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Build is what `kustomize build` prints for a folder of some files, which are given by their paths with slashes; every
// object says by an annotation of kustomize's own which file it is from (see [Origin]). It is meant for a process of its own
// with limits: a small kustomization may stand for a large result.
func Build(tree map[string][]byte, folder string) ([]byte, error) {
	fs := filesys.MakeFsInMemory()
	for at, data := range tree {
		if err := fs.WriteFile("/"+at, data); err != nil {
			return nil, err
		}
	}
	folder = path.Join("/", folder) // "." is the root
	if err := tellOrigins(fs, folder); err != nil {
		return nil, err
	}
	opts := krusty.MakeDefaultOptions() // no plugins but kustomize's own, no file from outside of a kustomization's folder
	opts.Reorder = krusty.ReorderOptionNone
	built, err := krusty.MakeKustomizer(opts).Run(fs, folder)
	if err != nil {
		return nil, err
	}
	return built.AsYaml()
}

// tellOrigins asks for the origin of every object, unless the kustomization asks for annotations of its build itself.
func tellOrigins(fs filesys.FileSystem, folder string) error {
	for _, name := range FileNames {
		at := path.Join(folder, name)
		data, err := fs.ReadFile(at)
		if err != nil {
			continue
		}
		n, err := yaml.Parse(string(data))
		if err != nil {
			return fmt.Errorf("%s: %w", at[1:], err)
		}
		if n.Field("buildMetadata") != nil {
			return nil
		}
		if err := n.PipeE(yaml.SetField("buildMetadata", yaml.NewListRNode(types.OriginAnnotations))); err != nil {
			return err
		}
		text, err := n.String()
		if err != nil {
			return err
		}
		return fs.WriteFile(at, []byte(text))
	}
	return nil
}
