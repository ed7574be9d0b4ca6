package pipelines

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

// Objects are typed Kubernetes objects by kind, namespace and name.
type Objects map[string]runtime.Object

// Strict: a field that the type does not know is an error, and so is a key that is written twice.
var decoder = serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()

// Parse reads a stream of YAML documents. Two objects of one identity are an error.
func Parse(stream []byte) (Objects, error) {
	found := Objects{}
	for _, doc := range splitDocuments(stream) {
		if err := found.add(doc); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Typed reads what Flux answers.
func Typed(objects []*unstructured.Unstructured) (Objects, error) {
	found := Objects{}
	for _, u := range objects {
		doc, err := yaml.Marshal(u.Object)
		if err != nil {
			return nil, err
		}
		if err := found.add(doc); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ReadTree reads every manifest under dir, and no kustomization.
func ReadTree(dir string) (Objects, error) {
	found := Objects{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" || d.Name() == "kustomization.yaml" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, doc := range splitDocuments(content) {
			if err := found.add(doc); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		return nil
	})
	return found, err
}

func (o Objects) add(doc []byte) error {
	obj, gvk, err := decoder.Decode(doc, nil, nil)
	if err != nil {
		return fmt.Errorf("%w in:\n%s", err, doc)
	}
	m, err := meta.Accessor(obj)
	if err != nil {
		return err
	}
	id := strings.Join([]string{gvk.Kind, m.GetNamespace(), m.GetName()}, " ")
	if o[id] != nil {
		return fmt.Errorf("two objects are %s", id)
	}
	o[id] = obj
	return nil
}

// splitDocuments cuts at lines that are a document's start and nothing else; such a line cannot stand inside a value,
// which is indented.
func splitDocuments(stream []byte) [][]byte {
	var docs [][]byte
	for _, doc := range bytes.Split(append([]byte("\n"), stream...), []byte("\n---\n")) {
		if len(bytes.TrimSpace(doc)) > 0 {
			docs = append(docs, doc)
		}
	}
	return docs
}
