// Package source turns bytes into one positioned tree, whatever the format: YAML and JSON are parsed into it, CUE and
// Jsonnet are evaluated into it. Everything after this package sees trees alone.
package source

import "berth/internal/diag"

// Kind is the kind of a [Node].
type Kind uint8

// The kinds of node.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
	// Constraint is a CUE value that is not concrete, such as `>=1 & <=8`: only profiles and policies may hold one.
	Constraint
)

// Layer says who wrote a value. The order is the precedence of language.md §3, weakest first.
type Layer uint8

// The layers, weakest first.
const (
	ToolDefault Layer = iota
	ProjectDefault
	ProfileDefault
	RunSpec
	ProjectEnvironment
	RunEnvironment
	ProfileRequire
	Patch
	Locked // images.lock, which adds a digest to what was written
)

// Node is one value with the place where it stands. Trees are shared between runs and goroutines: once loaded, a node
// is never changed.
type Node struct {
	Kind  Kind
	Layer Layer
	// Quoted is true for a string that was marked as one in the source: quoted or a block in YAML, always in the other
	// formats. A plain YAML scalar that is no number, boolean or null under YAML 1.2's core schema is a String with
	// Quoted false.
	Quoted bool
	// Text is a scalar's text: the decoded value of a string; for the other kinds what stands in the source (`010`,
	// `1_000`, `1e3`, `true`), or for CUE and Jsonnet, whose source text is gone, the canonical JSON form.
	// For a Constraint it is the CUE expression.
	Text   string
	Span   diag.Span // the value's own token; for a map or list from its first to its last character
	Fields []Field   // of a Map, in written order
	Items  []*Node   // of a List; of a Constraint that marks a default (`*1 | 2`), that default alone
	// Beat is the value that this one replaced when layers were merged, nil when there was none.
	Beat *Node
	// Of is the node that this one is a copy of, where laying layers over one another had to copy it.
	Of *Node
}

// Field is one entry of a map.
type Field struct {
	Key  string
	Span diag.Span // the key's own token
	Node *Node
	// Path is where the entry stands in its document, if another shape was written there; else it is empty.
	Path string
}

// Below is the place of an entry of the map at path.
func (f *Field) Below(path string) string {
	if f.Path != "" {
		return f.Path
	}
	return diag.Join(path, f.Key)
}

// Get returns the value under key, nil when the node is no map or has no such key.
func (n *Node) Get(key string) *Node {
	if f := n.Field(key); f != nil {
		return f.Node
	}
	return nil
}

// Field returns the entry under key, nil when the node is no map or has no such key.
func (n *Node) Field(key string) *Field {
	if n == nil {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Key == key {
			return &n.Fields[i]
		}
	}
	return nil
}

// Scalar reports whether the node is a string, number or boolean.
func (n *Node) Scalar() bool { return n != nil && n.Kind >= Bool && n.Kind <= String }
