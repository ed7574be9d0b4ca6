package review

import (
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/yamlprint"
	"berth/renderers"
)

// Explained is one rendered object with the origin of each of its fields.
type Explained struct {
	Environment string `json:"environment,omitempty"`
	Run         string `json:"run"`
	Kind        string `json:"kind"`
	Namespace   string `json:"namespace,omitempty"`
	Name        string `json:"name"`
	Fields      []Leaf `json:"fields"`
}

// Leaf is one value of an object: who decided it, and what lost against it, the strongest first.
type Leaf struct {
	Path   string  `json:"path"`
	Value  string  `json:"value"`
	Origin *Place  `json:"origin,omitempty"`
	Beat   []Loser `json:"beat,omitempty"`
}

// Loser is a value that a stronger layer replaced.
type Loser struct {
	Value string `json:"value"`
	Place Place  `json:"place"`
}

// Filter chooses among the leaves of a run; the zero Filter takes all.
type Filter struct {
	// Field is a path of the output or a field of the run, or a part above some of them.
	Field string
	// File and Line are a place in a source; Line 0 means that no place is asked for.
	File string
	Line int32
}

// Explain lists the leaves of a run's objects with their origins, in the order of the output. Objects without a leaf that
// the filter takes are left out.
func Explain(r *Run, f Filter) []Explained {
	var all []Explained
	until := f.lastLine(r)
	for i := range r.Objects {
		o := &r.Objects[i]
		e := Explained{Environment: r.Environment, Run: r.Plan.Name, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
		for _, path := range printedLeaves(o) {
			if leaf := r.leaf(o, path); f.takes(leaf, until) {
				e.Fields = append(e.Fields, leaf)
			}
		}
		if len(e.Fields) > 0 {
			e.fill(o)
			all = append(all, e)
		}
	}
	return all
}

// fill adds the values, which are read of what is written: few objects have a leaf that is asked for.
func (e *Explained) fill(o *renderers.Object) {
	tree := parsed(printed(o))
	for i := range e.Fields {
		e.Fields[i].Value = shown(valueAt(tree, e.Fields[i].Path))
	}
}

// leaf is a leaf without its value.
func (r *Run) leaf(o *renderers.Object, path string) Leaf {
	leaf := Leaf{Path: path, Origin: r.origin(o, path)}
	if leaf.Origin == nil || leaf.Origin.node == nil {
		return leaf
	}
	for beaten := r.beaten(leaf.Origin); beaten != nil; beaten = beaten.Beat {
		place := Place{Field: leaf.Origin.Field, Layer: layerWords[beaten.Layer], node: beaten}
		place.locate(beaten.Span)
		if beaten.Layer == source.ToolDefault && place.File != "" { // a profile that this one extends
			place.Layer = leaf.Origin.Layer
		}
		leaf.Beat = append(leaf.Beat, Loser{Value: nodeText(beaten), Place: place})
	}
	return leaf
}

// beaten is the value that lost against the one at a place: alone, or as a part of what was replaced as a whole. Of a list
// that is the list, since its items have no counterparts.
func (r *Run) beaten(p *Place) *source.Node {
	root, path, _ := r.treeOf(p.plan)
	var lost *source.Node
	node := root
	for _, step := range diag.Split(path) {
		if node == p.node {
			break
		}
		if lost != nil && lost.Kind != source.List {
			lost = lost.Get(step)
		}
		_, node, _ = source.Find(node, step)
		if node != nil && node.Beat != nil {
			lost = node.Beat
		}
	}
	return lost
}

// nodeText is a value of a source in one line.
func nodeText(n *source.Node) string {
	switch n.Kind {
	case source.Map:
		parts := make([]string, len(n.Fields))
		for i, f := range n.Fields {
			parts[i] = f.Key + ": " + nodeText(f.Node)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case source.List:
		parts := make([]string, len(n.Items))
		for i, item := range n.Items {
			parts[i] = nodeText(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return shown(n.Text)
}

// printedLeaves are the paths of the values of an object in the order in which they are written.
func printedLeaves(o *renderers.Object) []string {
	var paths []string
	if _, err := yamlprint.AppendAnnotated(nil, o.Value, func(path string) string {
		if n := len(paths); n > 0 && diag.Within(path, paths[n-1]) {
			paths = paths[:n-1] // the key of an object or list
		}
		paths = append(paths, path)
		return ""
	}); err != nil {
		return nil
	}
	return paths
}

// valueAt is the value at a path of a tree; nil where a key is not there. An index has to be in the list.
func valueAt(tree any, path string) any {
	for _, step := range diag.Split(path) {
		switch v := tree.(type) {
		case map[string]any:
			tree = v[step]
		case []any:
			tree = v[diag.Index(step)]
		}
	}
	return tree
}

// lastLine is the last line of the filter's place: the line of a key is that of all that stands below it.
func (f Filter) lastLine(r *Run) int32 {
	last := f.Line
	var walk func(n *source.Node)
	walk = func(n *source.Node) {
		for _, field := range n.Fields {
			if at := field.Span; at.File != nil && at.File.Name == f.File && at.Line == f.Line {
				last = max(last, lastLine(field.Node))
			}
			walk(field.Node)
		}
		for _, item := range n.Items {
			walk(item)
		}
	}
	for _, root := range []*source.Node{r.Tree, r.Profile, r.Project} {
		if root != nil && f.Line > 0 {
			walk(root)
		}
	}
	return last
}

// takes reports whether the filter, whose place ends with the line until, takes a leaf.
func (f Filter) takes(l Leaf, until int32) bool {
	if f.Field != "" && !f.names(l) {
		return false
	}
	return f.Line == 0 || l.Origin != nil && f.covers(*l.Origin, until) ||
		slices.ContainsFunc(l.Beat, func(b Loser) bool { return f.covers(b.Place, until) })
}

// names reports whether a leaf is asked for: by its path in the object, or by the field of the run that it comes from.
// The spec. in front of a field may be left out on either side.
func (f Filter) names(l Leaf) bool {
	if diag.Within(l.Path, f.Field) {
		return true
	}
	if l.Origin == nil || l.Origin.Field == "" {
		return false
	}
	return diag.Within(strings.TrimPrefix(l.Origin.Field, "spec."), strings.TrimPrefix(f.Field, "spec."))
}

// covers reports whether a place is on the filter's lines.
func (f Filter) covers(p Place, until int32) bool {
	if p.node == nil || p.File != f.File {
		return false
	}
	return p.Line <= until && f.Line <= max(p.Line, lastLine(p.node))
}

// lastLine is the last line that a value has a character on.
func lastLine(n *source.Node) int32 {
	if n.Span.EndCol <= 1 {
		return n.Span.EndLine - 1
	}
	return n.Span.EndLine
}

// Stream prints the objects of runs as one YAML stream, each value with its origin in a comment.
func Stream(runs []Run) ([]byte, error) {
	var out []byte
	for i := range runs {
		for k := range runs[i].Objects {
			o := &runs[i].Objects[k]
			var err error
			if out, err = yamlprint.AppendAnnotated(separated(out), o.Value, runs[i].comments(o)); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// separated is a stream ready for its next document.
func separated(stream []byte) []byte {
	if len(stream) == 0 {
		return stream
	}
	return append(stream, "---\n"...)
}

// comments gives each value of an object a comment with its origin.
func (r *Run) comments(o *renderers.Object) yamlprint.Commenter {
	leaves := map[string]bool{}
	for _, path := range printedLeaves(o) {
		leaves[path] = true
	}
	return func(path string) string {
		if !leaves[path] {
			return ""
		}
		if place := r.origin(o, path); place != nil {
			return place.String()
		}
		return ""
	}
}
