package importer

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"

	"go.yaml.in/yaml/v3"
)

// Overlay is a kustomization that was built.
type Overlay struct {
	// Environment is the one that an overlay stands for, empty for a kustomization that stands alone; Where is a longer name.
	Environment, Where string
	// Folder is the kustomization's folder, and File its file, as the user names them.
	Folder string
	File   *diag.File
	// Built is what `kustomize build` gives, with the origins of the objects.
	Built []byte
	// Source is the file of a path relative to the folder; nil for one that is not known.
	Source func(path string) *diag.File
	// Problem says why it could not be built, with the line of File at which the reason stands.
	Problem string
	Line    int32
}

// environment is what overlays of one name built, on its way to becoming runs.
type environment struct {
	name string
	*batch
}

// originAnnotation is how kustomize says which file an object is from.
const originAnnotation = "config.kubernetes.io/origin"

// readOverlays reads what kustomizations gave: objects of the batch, or of one of its environments.
func (b *batch) readOverlays(overlays []Overlay) {
	where := false
	// The first round names environments after their overlays, the second, where that is not unique, after the folders.
	for range 2 {
		b.environments = nil
		for _, o := range overlays {
			if o.Environment != "" && o.Problem == "" {
				b.environment(orElse(map[bool]string{true: o.Where}[where], o.Environment)).readOverlay(o)
			}
		}
		if where || !slices.ContainsFunc(b.environments, func(e *environment) bool { return e.hasTwins() }) {
			break
		}
		where = true // two overlays of one name are of the same objects
	}
	slices.SortFunc(b.environments, func(x, y *environment) int { return strings.Compare(x.name, y.name) })
	// Objects under other names in each overlay are runs of their own, not environments of one.
	renamed := b.renamed()
	if renamed {
		b.environments = nil
	}
	for _, o := range overlays {
		switch {
		case o.Problem != "":
			b.broken = append(b.broken, Taken{File: o.File.Name, Line: max(o.Line, 1), APIVersion: "kustomize.config.k8s.io/v1beta1",
				Kind: "Kustomization", Name: o.Folder, Refused: o.Problem})
		case o.Environment == "" || renamed:
			b.readOverlay(o)
		}
	}
	for _, e := range b.environments {
		b.diags = append(b.diags, e.diags...)
	}
}

// environment finds or makes the environment of a name.
func (b *batch) environment(name string) *environment {
	i := slices.IndexFunc(b.environments, func(e *environment) bool { return e.name == name })
	if i < 0 {
		i = len(b.environments)
		b.environments = append(b.environments, &environment{name, &batch{opts: b.opts, shared: newObject()}})
	}
	return b.environments[i]
}

// readOverlay reads the objects that one kustomization gave, each with the document that it is from.
func (b *batch) readOverlay(o Overlay) {
	docs, diags := source.Load(o.built(o.Built), source.Options{})
	b.diags = append(b.diags, diags...)
	read, files := map[string][]source.Document{}, map[string]*diag.File{"": o.File}
	for _, root := range flatten(docs) {
		at := takeOrigin(root)
		if read[at] == nil && at != "" {
			if files[at] = o.Source(at); files[at] != nil {
				read[at], _ = source.Load(files[at], source.Options{})
			}
		}
		before := len(b.objects)
		b.readObject(root)
		for _, object := range b.objects[before:] {
			if object.src = originOf(object, read[at]); object.src == nil {
				object.src = &source.Node{Kind: source.Map, Span: diag.Span{File: orElse(files[at], o.File), Line: 1, Col: 1}}
			}
		}
	}
}

// built is what kustomize gives as a file of YAML.
func (o *Overlay) built(data []byte) *diag.File {
	name := o.File.Name
	if path.Ext(name) == "" {
		name += ".yaml"
	}
	return &diag.File{Name: name, Data: data}
}

// takeOrigin takes out what kustomize says of an object's origin: the path of its file.
func takeOrigin(root *source.Node) string {
	meta := root.Get("metadata")
	annotations := meta.Get("annotations")
	said := annotations.Get(originAnnotation)
	if said == nil {
		return ""
	}
	annotations.Fields = slices.DeleteFunc(annotations.Fields, func(f source.Field) bool { return f.Key == originAnnotation })
	if len(annotations.Fields) == 0 {
		meta.Fields = slices.DeleteFunc(meta.Fields, func(f source.Field) bool { return f.Key == "annotations" })
	}
	var origin struct {
		Path       string `yaml:"path"`
		Configured string `yaml:"configuredIn"`
	}
	_ = yaml.Unmarshal([]byte(said.Text), &origin) // of kustomize's own making
	return orElse(origin.Path, origin.Configured)
}

// originOf is the document of a file that an object is from: the one of its kind and name, or else the only one of its kind
// whose name is part of its own, as under a prefix.
func originOf(o *kubeObject, docs []source.Document) *source.Node {
	var alike []*source.Node
	for _, root := range flatten(docs) {
		name := str(root.Get("metadata").Get("name"))
		if str(root.Get("kind")) != o.kind || !strings.Contains(o.name, name) {
			continue
		}
		if name == o.name {
			return root
		}
		alike = append(alike, root)
	}
	if len(alike) == 1 {
		return alike[0]
	}
	return nil
}

// id names an object for people and tells it from all others of one overlay.
func (o *kubeObject) id() string { return o.kind + " " + o.namespace + "/" + o.name }

// hasTwins reports whether an object is there twice.
func (b *batch) hasTwins() bool {
	seen := map[string]bool{}
	return slices.ContainsFunc(b.objects, func(o *kubeObject) bool {
		twin := seen[o.id()]
		seen[o.id()] = true
		return twin
	})
}

// renamed reports whether overlays call one object of their base differently, as with a prefix: a run has one name in every
// environment.
func (b *batch) renamed() bool {
	names := map[string]string{}
	for _, e := range b.environments {
		for _, w := range e.workloads {
			if w.src.Get("kind") == nil {
				continue // its document is not known
			}
			at := fmt.Sprint(w.src.Span.File.Name, ":", w.src.Span.Line)
			if have := names[at]; have != "" && have != w.name {
				return true
			}
			names[at] = w.name
		}
	}
	return false
}

// outside reads files that no kustomization names.
func (b *batch) outside(files []*diag.File) {
	for _, file := range files {
		docs, diags := source.Load(file, source.Options{})
		if diag.HasErrors(diags) {
			continue // it may be anything
		}
		for _, root := range flatten(docs) {
			if root == nil || root.Get("kind") == nil || root.Get("apiVersion") == nil {
				continue
			}
			o := &kubeObject{root: root, src: root, apiVersion: str(root.Get("apiVersion")), kind: str(root.Get("kind")), name: str(root.Get("metadata").Get("name"))}
			o.refused, o.taken = "no kustomization names this file", true
			b.objects = append(b.objects, o)
		}
	}
}

// names are the environments'.
func (b *batch) environmentNames() []string {
	var names []string
	for _, e := range b.environments {
		names = append(names, e.name)
	}
	return names
}

// everyWorkload are those of the batch and of its environments.
func (b *batch) everyWorkload() []*workload {
	all := slices.Clone(b.workloads)
	for _, e := range b.environments {
		all = append(all, e.workloads...)
	}
	return all
}
