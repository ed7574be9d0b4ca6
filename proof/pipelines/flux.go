// Package pipelines does to a generated tree what the GitOps pipelines do: the kustomize program's build, and what
// Flux's kustomize-controller does before it talks to the cluster.
package pipelines

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fluxcd/pkg/kustomize"
	"github.com/fluxcd/pkg/ssa/normalize"
	ssautil "github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/resmap"
)

// FluxBuild builds the folder path of the tree root with a Flux Kustomization's settings, in kustomize-controller's
// own order: generate, build, substitute, read, normalize. The controller rewrites kustomization.yaml in place, so a
// copy of the tree is built. Without postBuild in the settings nothing is substituted; strict refuses unset variables.
func FluxBuild(root, path string, settings map[string]any, strict bool) ([]*unstructured.Unstructured, error) {
	scratch, err := os.MkdirTemp("", "flux")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	if err := os.CopyFS(scratch, os.DirFS(root)); err != nil {
		return nil, err
	}
	ks := unstructured.Unstructured{Object: settings}
	path = filepath.Join(scratch, path)
	if _, err := kustomize.NewGenerator(scratch, ks).WriteFile(path); err != nil {
		return nil, fmt.Errorf("generate: %w", err)
	}
	resources, err := kustomize.SecureBuild(scratch, path, false)
	if err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	if _, ok, _ := unstructured.NestedMap(settings, "spec", "postBuild"); ok {
		if err := substitute(resources, ks, strict); err != nil {
			return nil, err
		}
	}
	return normalized(resources)
}

func substitute(resources resmap.ResMap, ks unstructured.Unstructured, strict bool) error {
	for _, r := range resources.Resources() {
		out, err := kustomize.SubstituteVariables(context.Background(), nil, ks, r,
			kustomize.SubstituteWithDryRun(true), kustomize.SubstituteWithStrict(strict))
		if err != nil {
			return fmt.Errorf("substitute in %s: %w", r.CurId(), err)
		}
		if out == nil {
			continue
		}
		if _, err := resources.Replace(r); err != nil {
			return err
		}
	}
	return nil
}

func normalized(resources resmap.ResMap) ([]*unstructured.Unstructured, error) {
	y, err := resources.AsYaml()
	if err != nil {
		return nil, err
	}
	objects, err := ssautil.ReadObjects(bytes.NewReader(y))
	if err != nil {
		return nil, fmt.Errorf("read objects: %w", err)
	}
	if err := normalize.UnstructuredList(objects); err != nil {
		return nil, fmt.Errorf("normalize: %w", err)
	}
	return objects, nil
}
