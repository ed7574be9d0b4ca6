package layouts_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/internal/layouts"
)

// TestOurs knows every file of the golden trees, and takes nothing else for one.
func TestOurs(t *testing.T) {
	known := 0
	for _, top := range []string{"files", "kustomize"} {
		root := filepath.Join("../../golden/environments", top)
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
				return err
			}
			data, err := os.ReadFile(path)
			rel, _ := filepath.Rel(root, path)
			if known++; !layouts.Ours(filepath.ToSlash(rel), data) {
				t.Errorf("%s is not known", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if known < 20 {
		t.Errorf("only %d files", known)
	}
	const object = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  labels: {berth/run: train}\n"
	for name, text := range map[string]string{
		"README.md":              "words",
		"main.go":                "package main",
		"train/job.yaml":         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n",
		"train/job.txt":          object,
		"other/job.yaml":         object,
		"kustomization.yaml":     "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a]\nimages: [{name: x}]\n",
		"a/kustomization.yaml":   "# mine\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- a\n",
		"flux/prod.yaml":         "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n",
		"argocd/prod.yaml":       "[]",
		"train/job.patch.yaml":   "a: b\n",
		"train/empty.patch.yaml": "[]\n",
		"runs/train.yaml":        "name: train\naction: job\nimage: x\n",
		"train/bad.yaml":         "a: [",
	} {
		if layouts.Ours(name, []byte(text)) {
			t.Errorf("%s is taken for ours", name)
		}
	}
	if !layouts.Ours("train/job.yaml", []byte(object)) {
		t.Error("an object of a run is not known")
	}
}
