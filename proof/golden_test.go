// Package proof holds the tests that Berth's output is what the API server takes: on the golden files and on random
// projects.
package proof

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"berth/proof/apivalid"
	"sigs.k8s.io/yaml"
)

const (
	goldenDir   = "../golden"
	leastGolden = 50 // objects; fewer means that the golden files are somewhere else
)

// foreign are the API groups of objects in golden trees that no API server validates by itself: kustomize's files, and
// what definitions describe that are not Kubernetes' own (Flux, Argo CD, Prometheus, a made-up one), and rights, which Berth
// only passes on.
var foreign = []string{"kustomize.config.k8s.io/", "kustomize.toolkit.fluxcd.io/", "argoproj.io/", "config.kubernetes.io/", "berth/", "monitoring.coreos.com/", "example.com/",
	"gateway.networking.k8s.io/", "external-secrets.io/", "jobset.x-k8s.io/", "leaderworkerset.x-k8s.io/", "kueue.x-k8s.io/", "rbac.authorization.k8s.io/"}

// TestGolden asks the oracle about every object that a golden file holds, and about the Pods that come of it.
func TestGolden(t *testing.T) {
	seen := 0
	for path, docs := range goldenDocuments(t) {
		for _, doc := range docs {
			seen++
			if err := apivalid.CheckAll(doc); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	if seen < leastGolden {
		t.Errorf("only %d objects found under %s", seen, goldenDir)
	}
}

// goldenDocuments reads every Kubernetes object under the golden folder, as JSON by file.
func goldenDocuments(t *testing.T) map[string][][]byte {
	t.Helper()
	found := map[string][][]byte{}
	err := filepath.WalkDir(goldenDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" || strings.HasSuffix(path, ".patch.yaml") {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, doc := range documents(content) {
			j, err := yaml.YAMLToJSONStrict(doc)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			if !isForeign(j) {
				found[path] = append(found[path], j)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// documents cuts a stream at its separator lines; in what Berth writes no value can hold such a line.
func documents(stream []byte) [][]byte {
	var docs [][]byte
	for _, doc := range bytes.Split(append([]byte("\n"), stream...), []byte("\n---\n")) {
		if len(bytes.TrimSpace(doc)) > 0 {
			docs = append(docs, doc)
		}
	}
	return docs
}

func isForeign(doc []byte) bool {
	var head struct {
		APIVersion string `json:"apiVersion"`
	}
	return yaml.Unmarshal(doc, &head) == nil && slices.ContainsFunc(foreign, func(group string) bool { return strings.HasPrefix(head.APIVersion, group) })
}
