package krm

import (
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/renderers"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Labels of everything that Berth renders.
const (
	labelManagedBy = "app.kubernetes.io/managed-by"
	labelRun       = "berth/run"
)

// identity tells one object of a cluster from another.
type identity struct{ group, kind, namespace, name string }

// identityOf is what makes an object one and the same for the API server: group, kind, namespace and name. The version is
// left out, since all versions of a group hold one object; the core group is empty.
func identityOf(apiVersion, kind, namespace, name string) identity {
	group, _, grouped := strings.Cut(apiVersion, "/")
	if !grouped {
		group = ""
	}
	return identity{group, kind, namespace, name}
}

// replace puts the objects in the place of the documents that they were made from, and of the objects that an earlier
// call made of the same runs. Nothing changes when one of them has the identity of a foreign item.
func (l *list) replace(objects []renderers.Object) []diag.Diagnostic {
	runs, made := map[identity]bool{}, map[identity]bool{}
	for _, o := range objects {
		runs[identity{"", "Run", o.Plan.Namespace, o.Plan.Name}] = true
		made[identityOf(o.APIVersion, o.Kind, o.Namespace, o.Name)] = true
	}
	var items []*yaml.Node
	var diags []diag.Diagnostic
	for i, item := range l.content() {
		node := yaml.NewRNode(item)
		switch {
		case isOwn(item) && node.GetAnnotations()[localConfig] != "true":
		case l.earlier(node, runs):
		default:
			if id := identityOf(node.GetApiVersion(), node.GetKind(), node.GetNamespace(), node.GetName()); made[id] {
				diags = append(diags, taken(l.file, i, id))
			}
			items = append(items, item)
		}
	}
	if diag.HasErrors(diags) {
		return diags
	}
	l.setItems(items)
	l.made = objects
	return diags
}

// content are the list's items, none where the list has no field items.
func (l *list) content() []*yaml.Node {
	if l.items == nil {
		return nil
	}
	return l.items.Content
}

// earlier reports whether an item was rendered from one of the runs by an earlier call, whose answer is the input of
// this one when a tool works on a folder in place.
func (l *list) earlier(item *yaml.RNode, runs map[identity]bool) bool {
	if item.YNode().Kind != yaml.MappingNode {
		return false
	}
	labels := item.GetLabels()
	return labels[labelManagedBy] == "berth" && runs[identity{"", "Run", item.GetNamespace(), labels[labelRun]}]
}

// taken refuses an object that the list holds already: replacing it would take away another function's work. The index is
// that of the item whose run makes the object.
func taken(file *diag.File, index int, id identity) diag.Diagnostic {
	return diag.Diagnostic{Code: diag.DuplicateRun, Span: diag.Span{File: file}, Path: fmt.Sprintf("items[%d]", index),
		Message: fmt.Sprintf("a run makes a %s named %s, and the list has one already that Berth did not make", id.kind, diag.Quote(id.name)),
		Hint:    "rename the run, or take the other object out"}
}

// setItems replaces the items.
func (l *list) setItems(items []*yaml.Node) {
	if l.items == nil {
		l.items = &yaml.Node{Kind: yaml.SequenceNode}
		l.drop("items")
		l.set("items", l.items)
	}
	l.items.Content = items
	l.items.Style &^= yaml.FlowStyle // which `items: []` has
}

// set appends a field to the list's own map.
func (l *list) set(key string, value *yaml.Node) {
	root := l.root.YNode()
	root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
}

// drop takes a field out of the list's own map.
func (l *list) drop(key string) {
	root := l.root.YNode()
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == key {
			root.Content = slices.Delete(root.Content, i, i+2)
			return
		}
	}
}
