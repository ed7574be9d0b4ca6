package lsp

import (
	"maps"
	"slices"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/workspace"
)

// mention is a name that stands somewhere in a project: of a profile, a claim, a queue.
type mention struct {
	field string // under which it stands
	name  string
	path  string
	at    textRange
}

// declares is the field of a mention that is a profile's own name.
const declares = "metadata.name of a profile"

// mentioned are the fields whose names are remembered: for those who write one again, and for references.
var mentioned = map[string]bool{
	"profile": true, "extends": true, "use": true, "profile_set": true, "namespace": true, "queue": true, "priority": true,
	"service_account": true, "claim_name": true, "storage_class": true, "priority_class": true, "runtime_class": true,
	"image_pull_secrets": true, "secrets": true, "config_map": true, "namespaces": true,
}

// indexer collects what is mentioned in trees.
type indexer struct {
	names names
	texts map[*diag.File]*text
	found map[string][]mention // by path
}

// newIndexer is an index without mentions; n gives the paths of the files by their names.
func newIndexer(n names) *indexer {
	return &indexer{n, map[*diag.File]*text{}, map[string][]mention{}}
}

// workspace indexes all that was read.
func (x *indexer) workspace(w *workspace.Workspace) {
	for _, doc := range w.Runs {
		x.tree("", doc.Root)
	}
	for _, docs := range append(slices.Collect(maps.Values(w.Sets)), w.Profiles) {
		for _, doc := range docs {
			if name := doc.Root.Get("metadata").Get("name"); compiler.Kind(doc) == "Profile" && name.Scalar() {
				x.add(declares, name)
			}
			x.tree("", doc.Root)
		}
	}
	if w.Project != nil {
		x.tree("", w.Project.Tree)
	}
}

// tree collects the mentions below a node. The field is the nearest key above, since items of a list are mentioned under
// the list's key; the names of secrets and of config maps stand one key deeper.
func (x *indexer) tree(field string, n *source.Node) {
	if mentioned[field] && n.Scalar() {
		x.add(field, n)
	}
	for _, f := range n.Fields {
		switch {
		case (field == "secrets" || field == "config_map") && f.Key == "name":
			x.tree(field, f.Node)
		case f.Key == "patches" || f.Key == "base": // Kubernetes' own words
		default:
			x.tree(f.Key, f.Node)
		}
	}
	for _, item := range n.Items {
		x.tree(field, item)
	}
}

// add keeps one mention. Nodes without a place (defaults, values that CUE computed) and files that the editor cannot
// open are passed over. The text of a file is divided into lines once for all its mentions.
func (x *indexer) add(field string, n *source.Node) {
	if !n.Span.Known() || n.Text == "" {
		return
	}
	path, ok := x.names.path(n.Span.File.Name)
	if !ok {
		return
	}
	t := x.texts[n.Span.File]
	if t == nil {
		t = newText(n.Span.File.Data)
		x.texts[n.Span.File] = t
	}
	x.found[path] = append(x.found[path], mention{field, n.Text, path, t.of(n.Span)})
}

// mentions are those of a project that the function wants, in the order of their places.
func (p *project) mentions(want func(mention) bool) []mention {
	if p == nil {
		return nil
	}
	var found []mention
	for _, path := range slices.Sorted(maps.Keys(p.index)) {
		for _, m := range p.index[path] {
			if want(m) {
				found = append(found, m)
			}
		}
	}
	return found
}

// used are the names that stand under any of the fields, sorted.
func (p *project) used(fields ...string) []string {
	var names []string
	for _, m := range p.mentions(func(m mention) bool { return slices.Contains(fields, m.field) }) {
		names = append(names, m.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// claims are the PersistentVolumeClaims that the project's runs make.
func (p *project) claims() []string {
	if p == nil {
		return nil
	}
	var names []string
	for claim := range p.claimed {
		if parts := strings.Split(claim, "/"); len(parts) == 4 && parts[1] == "PersistentVolumeClaim" && len(p.claimed[claim]) > 0 {
			names = append(names, parts[3])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
