package apivalid

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"sigs.k8s.io/yaml"
)

// refusedInCorpus are the manifests of Kubernetes' own repository that the server refuses or warns about, by the end of
// their path, and why. Most are wrong on purpose or are templates without a name.
var refusedInCorpus = map[string]string{
	"scheduler_perf/templates/namespace-with-labels.yaml":  "metadata.name", // a template: the name comes later
	"fluentd-gcp/event-exporter.yaml":                      "must not contain dots",
	"metrics-server/metrics-server-deployment.yaml":        "must not contain dots",
	"testdata/deployment-label-change3.yaml":               "does not match template",
	"invalid-deployment-unknown-and-duplicate-fields.yaml": "unknown field",
	"serviceloadbalancer/netexecsvc.yaml":                  `unknown field "spec.Type"`,
	"expose/appsv1deployment-no-selectors.yaml":            "spec.selector: Required value",
	"dra/templates/another-resourceclaimtemplate.yaml":     `unknown field "spec.spec.controller"`,
	"scheduler_perf/templates/pvc-once-pod.yaml":           "name or generateName is required",
	"scheduler_perf/templates/pvc.yaml":                    "name or generateName is required",
	"kubectl/cmd/apply/deploy-serverside.yaml":             "the server drops or changes",
	"kubemark/resources/kube_dns_template.yaml":            "duplicate port name",
}

const leastInCorpus = 100

// TestPublicManifests holds the oracle to manifests that nobody here wrote: every object of our kinds in Kubernetes' own
// source tree is accepted, but for those that the real server does not take either.
func TestPublicManifests(t *testing.T) {
	seen, refused := 0, map[string]bool{}
	for path, docs := range corpus(t) {
		for _, doc := range docs {
			seen++
			err := CheckAll(doc)
			suffix, why := expectedRefusal(path)
			switch {
			case err == nil:
			case suffix == "" || !strings.Contains(err.Error(), why):
				t.Errorf("%s: %v", path, err)
			default:
				refused[suffix] = true
			}
		}
	}
	if seen < leastInCorpus {
		t.Errorf("only %d manifests found", seen)
	}
	for suffix := range refusedInCorpus {
		if !refused[suffix] {
			t.Errorf("%s is no longer refused", suffix)
		}
	}
}

func expectedRefusal(path string) (suffix, why string) {
	for suffix, why := range refusedInCorpus {
		if strings.HasSuffix(filepath.ToSlash(path), suffix) {
			return suffix, why
		}
	}
	return "", ""
}

// corpus reads every document of our kinds out of the module that the oracle itself comes from.
func corpus(t *testing.T) map[string][][]byte {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/kubernetes").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][][]byte{}
	err = filepath.WalkDir(strings.TrimSpace(string(dir)), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		content, err := os.ReadFile(path)
		found[path] = ourDocuments(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// ourDocuments are those that are YAML at all (some files are templates) and of a kind and version that we emit.
func ourDocuments(content []byte) [][]byte {
	var docs [][]byte
	for _, doc := range bytes.Split(content, []byte("\n---")) {
		j, err := yaml.YAMLToJSON(doc)
		if err != nil {
			continue
		}
		if gvk, err := kindOf(j); err == nil && served[gvk] != nil {
			docs = append(docs, j)
		}
	}
	return docs
}

// kindOf reads the group, version and kind of a JSON document and nothing else.
func kindOf(doc []byte) (schema.GroupVersionKind, error) {
	gvk, err := json.DefaultMetaFactory.Interpret(doc)
	if err != nil {
		return schema.GroupVersionKind{}, err
	}
	return *gvk, nil
}
