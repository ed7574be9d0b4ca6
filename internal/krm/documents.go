package krm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/workspace"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// document is an item of ours, or functionConfig.
type document struct {
	node *yaml.RNode
	tree *source.Node
	path string // of the document in the list, such as items[2]
}

// bookkeeping are the domains of annotations that kustomize and kpt write on what passes through them. They say nothing
// of the run, and must neither reach its objects nor change its hash.
var bookkeeping = []string{"config.kubernetes.io", "internal.config.kubernetes.io", "config.k8s.io", "kustomize.config.k8s.io", "internal.kpt.dev"}

// localConfig marks what lives beside the output and never reaches a cluster.
const localConfig = "config.kubernetes.io/local-config"

// documents finds the list's documents that are ours, each with its tree. As the config of a generator comes a second
// time as an item, a copy of it is passed over.
func (l *list) documents() []diag.Diagnostic {
	text := l.ownText()
	l.strip()
	root, diags := l.tree(text)
	if diag.HasErrors(diags) || root == nil {
		return diags
	}
	if l.config != nil {
		l.own = append(l.own, &document{node: l.config, tree: cleaned(root.Get("functionConfig")), path: "functionConfig"})
	}
	items := root.Get("items")
	if items == nil {
		l.byLine = l.own
		return diags
	}
	trees := slices.DeleteFunc(slices.Clone(items.Items), func(n *source.Node) bool {
		version := n.Get("apiVersion")
		return version == nil || !strings.HasPrefix(version.Text, ownGroup)
	})
	for i, item := range l.items.Content {
		if !isOwn(item) || len(trees) == 0 {
			continue
		}
		d := &document{node: yaml.NewRNode(item), tree: cleaned(trees[0]), path: diag.At("items", i)}
		trees = trees[1:]
		if l.config == nil || !equal(l.own[0].tree, d.tree) {
			l.own = append(l.own, d)
		}
	}
	l.byLine = slices.SortedFunc(slices.Values(l.own), func(a, b *document) int {
		return cmp.Or(cmp.Compare(a.tree.Span.Line, b.tree.Span.Line), cmp.Compare(a.tree.Span.Col, b.tree.Span.Col))
	})
	return diags
}

// strip lets go of what the runs say: nodes take more memory than all else, and the trees have it. Who they are is
// asked later, and [list.restore] brings all back.
func (l *list) strip() {
	for _, item := range l.content() {
		if !isOwn(item) || yaml.NewRNode(item).GetAnnotations()[localConfig] == "true" {
			continue
		}
		for i := 0; i+1 < len(item.Content); i += 2 {
			if item.Content[i].Value == "spec" {
				item.Content = slices.Concat(item.Content[:i], item.Content[i+2:])
				break
			}
		}
	}
}

// cleaned is a document without the bookkeeping of others, in the layer of its kind.
func cleaned(root *source.Node) *source.Node {
	layer := source.RunSpec
	switch compiler.Kind(source.Document{Root: root}) {
	case "Profile":
		layer = source.ProfileDefault
	case "Project":
		layer = source.ProjectDefault
	}
	return copied(root, layer, "")
}

// copied copies a tree with each node in the given layer, and without the annotations that kustomize and kpt add to the items
// to keep their books (paths, indexes). An annotations field that held nothing else is left out with them.
func copied(n *source.Node, layer source.Layer, path string) *source.Node {
	c := *n
	// The copy shares nothing with the item, which is written back as it was.
	c.Layer, c.Fields, c.Items = layer, nil, nil
	for _, f := range n.Fields {
		at := diag.Join(path, f.Key)
		if path == "metadata.annotations" && isBookkeeping(f.Key) {
			continue
		}
		f.Node = copied(f.Node, layer, at)
		if at == "metadata.annotations" && len(n.Get(f.Key).Fields) > 0 && len(f.Node.Fields) == 0 {
			continue // there were none but those
		}
		c.Fields = append(c.Fields, f)
	}
	for i, item := range n.Items {
		c.Items = append(c.Items, copied(item, layer, diag.At(path, i)))
	}
	return &c
}

// isBookkeeping reports whether an annotation is the orchestrator's, by its domain: config.kubernetes.io/path, for instance.
func isBookkeeping(key string) bool {
	domain, _, _ := strings.Cut(key, "/")
	return slices.Contains(bookkeeping, domain)
}

// equal reports whether two documents say the same, wherever they stand and in whatever order their fields are.
func equal(a, b *source.Node) bool {
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Fields) != len(b.Fields) || len(a.Items) != len(b.Items) {
		return false
	}
	for _, f := range a.Fields {
		if other := b.Get(f.Key); other == nil || !equal(f.Node, other) {
			return false
		}
	}
	for i := range a.Items {
		if !equal(a.Items[i], b.Items[i]) {
			return false
		}
	}
	return true
}

// sort gives each document its place in the workspace.
func (l *list) sort(w *workspace.Workspace) []diag.Diagnostic {
	var diags []diag.Diagnostic
	for i, d := range l.own {
		doc := source.Document{File: l.file, Index: i, Root: d.tree}
		switch compiler.Kind(doc) {
		case "Profile":
			w.Profiles = append(w.Profiles, doc)
		case "Project":
			diags = append(diags, openProject(w, doc)...)
		default:
			w.Runs = append(w.Runs, doc)
		}
	}
	return diags
}

// openProject takes a document for the list's project. What it says of files cannot be followed, and a policy or profile
// that is passed over in silence would let through what it forbids.
func openProject(w *workspace.Workspace, doc source.Document) []diag.Diagnostic {
	if w.Project != nil {
		return []diag.Diagnostic{{Code: diag.Duplicate, Span: head(doc.Root.Span), Path: "kind",
			Message: "there are two projects in the list", Hint: "give one of them alone"}}
	}
	project, diags := compiler.OpenProject(doc, "")
	if project == nil {
		return diags
	}
	w.Project = project
	for _, field := range []string{"profiles", "profile_sets", "policies", "kueue"} {
		if f := project.Tree.Field(field); f != nil {
			diags = append(diags, diag.Diagnostic{Code: diag.FileRead, Span: f.Span, Path: diag.Join("spec", field),
				Message: fmt.Sprintf("a function reads no files, so that the project's %s cannot be followed", field),
				Hint:    "give Profiles as items and leave the field out; for policies, use `berth build`"})
		}
	}
	return diags
}

// head is where a span begins.
func head(s diag.Span) diag.Span {
	s.EndLine, s.EndCol = s.Line, s.Col
	return s
}
