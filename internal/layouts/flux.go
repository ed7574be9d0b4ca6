package layouts

import (
	"cmp"
	"strings"
)

// The fields of Flux' kustomize.toolkit.fluxcd.io/v1 Kustomization that are written.
type fluxObject struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"`
	Metadata   crossPointer `json:"metadata"`
	Spec       fluxSpec     `json:"spec"`
}

// crossPointer names an object in a namespace.
type crossPointer struct {
	Kind      string `json:"kind,omitempty"`
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// fluxSpec is the spec of a Kustomization. Interval is a duration such as 10m; Path begins at the root of the source;
// Prune deletes what has left Git.
type fluxSpec struct {
	Interval  string       `json:"interval"`
	SourceRef crossPointer `json:"sourceRef"`
	Path      string       `json:"path"`
	Prune     bool         `json:"prune"`
	Wait      bool         `json:"wait"`
}

// fluxKustomization makes Flux apply one environment. It does not wait: a Kustomization that waits is not ready before
// every Job in it has run, and holds up what depends on it.
func fluxKustomization(d Delivery, one delivered) *fluxObject {
	path := inRepository(cmp.Or(d.Flux.Path, d.Output), one.folder)
	return &fluxObject{
		APIVersion: "kustomize.toolkit.fluxcd.io/v1",
		Kind:       "Kustomization",
		Metadata:   crossPointer{Name: one.name, Namespace: cmp.Or(d.Flux.Namespace, "flux-system")},
		Spec: fluxSpec{
			Interval: cmp.Or(d.Flux.Interval, "10m"),
			SourceRef: crossPointer{
				Kind: cmp.Or(d.Flux.Source.Kind, "GitRepository"), Name: d.Flux.Source.Name, Namespace: d.Flux.Source.Namespace,
			},
			Path:  "./" + strings.TrimPrefix(path, "./"),
			Prune: true,
		},
	}
}
