package layouts

import (
	"bytes"
	"path"
	"strings"

	"berth/internal/yamlprint"

	"sigs.k8s.io/yaml"
)

// Ours reports whether a file of a tree is such as a layout writes: an object with the label of the run whose folder it is
// in, or a file for kustomize, Flux or Argo CD of exactly the form that is written here.
func Ours(name string, data []byte) bool {
	folder, file := path.Split(name)
	folder = path.Base(folder)
	switch {
	case path.Ext(name) != ".yaml":
		return false
	case file == kustomizationFile:
		return exactly(data, &kustomization{})
	case folder == "flux":
		return exactly(data, &fluxObject{})
	case folder == "argocd":
		return exactly(data, &argoApplication{}) || exactly(data, &argoSet{})
	case strings.HasSuffix(file, ".patch.yaml"):
		var operations []operation
		return yaml.UnmarshalStrict(data, &operations) == nil && len(operations) > 0
	}
	return labelled(data, folder)
}

// exactly reports whether data is a value of the form of into, printed as it is written here.
func exactly(data []byte, into any) bool {
	if yaml.UnmarshalStrict(data, into) != nil {
		return false
	}
	text, err := yamlprint.Append(nil, into)
	return err == nil && bytes.Equal(text, data)
}

// runLabel names the run that an object is of.
const runLabel = "berth/run"

// labelled reports whether data is an object of the run that its folder is called after.
func labelled(data []byte, folder string) bool {
	var object struct {
		Metadata struct {
			Labels map[string]string `json:"labels"`
		} `json:"metadata"`
	}
	if yaml.Unmarshal(data, &object) != nil {
		return false
	}
	run := object.Metadata.Labels[runLabel]
	return run != "" && (folder == run || strings.HasPrefix(folder, run+"."))
}
