package compiler

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

const (
	// maxCombinations bounds a matrix: each combination is a Job.
	maxCombinations = 256
	// queueFrom is how many combinations want a queue: a cluster has no room for all at once.
	queueFrom = 9
	// maxMatrixName leaves room for the hash of a combination in the 52 characters of a run's name.
	maxMatrixName = 43
)

// Expand puts the combinations of each run's matrix in the environment into the place of the run: documents with names
// and variables of their own. A matrix with a mistake in it stays where it is, and compiling the run tells the mistake.
func Expand(docs []source.Document, environment string) []source.Document {
	if !slices.ContainsFunc(docs, func(d source.Document) bool { return matrixOf(d, environment) != nil }) {
		return docs
	}
	var all []source.Document
	for i, doc := range docs {
		all = append(all, variants(doc, environment, aloneIn(docs, i))...)
	}
	return all
}

// matrixOf is the matrix of a job in an environment, nil when it has none.
func matrixOf(doc source.Document, environment string) *source.Field {
	if Kind(doc) != kindRun {
		return nil
	}
	spec := doc.Root
	if doc.Root.Get("kind") != nil {
		spec = doc.Root.Get("spec")
	}
	own, change := spec.Field("matrix"), spec.Get("environments").Get(environment).Field("matrix")
	switch action := spec.Get("action"); {
	case !action.Scalar() || action.Text != "job":
		return nil
	case own == nil || change == nil:
		return cmp.Or(change, own)
	}
	return &source.Field{Key: own.Key, Span: change.Span, Node: overlay(own.Node, change.Node)}
}

// variants are the combinations of a document, or the document itself where it has no matrix that can be read.
func variants(doc source.Document, environment string, alone bool) []source.Document {
	field := matrixOf(doc, environment)
	if field == nil {
		return []source.Document{doc}
	}
	c := &checker{report: &report{}}
	e := c.open(doc)
	if e == nil {
		return []source.Document{doc}
	}
	name := c.runName(e, doc, alone)
	m := readMatrix(field, "matrix")
	if !name.Scalar() || len(name.Text) > maxMatrixName || len(m.mistakes) > 0 {
		return []source.Document{doc}
	}
	out := make([]source.Document, len(m.combinations))
	for i, combination := range m.combinations {
		out[i] = source.Document{File: doc.File, Index: doc.Index, Root: combination.root(doc.Root, name, e)}
		out[i].Of = &source.Origin{Name: name, Values: combination.values(), At: field.Span, Count: len(m.combinations), First: i == 0}
	}
	return out
}

// combination is one value for each variable, in the order of the variables' names.
type combination []source.Field

// values are the texts by variable, without their places.
func (c combination) values() map[string]string {
	values := make(map[string]string, len(c))
	for _, f := range c {
		values[f.Key] = f.Node.Text
	}
	return values
}

// key is the one text of a combination, whatever the order in which it was written.
func (c combination) key() string {
	var b strings.Builder
	for _, f := range c {
		b.WriteString(f.Key + "=" + f.Node.Text + "\n")
	}
	return b.String()
}

// matrixAlphabet has only what a DNS label may have: RFC 4648's base32 in lower case.
var matrixAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567")

// suffix is eight letters and digits that depend on the combination alone, so that a further value renames no other run.
func (c combination) suffix() string {
	sum := sha256.Sum256([]byte(c.key()))
	return matrixAlphabet.EncodeToString(sum[:])[:8]
}

// root is the document of the combination: its own name, no matrix, and the variables before the run's own.
func (c combination) root(root, name *source.Node, e *envelope) *source.Node {
	named := source.Node{Kind: source.String, Layer: source.RunSpec, Span: name.Span, Text: name.Text + "-" + c.suffix(), Quoted: true}
	// A bare run has its name among its fields.
	if e.bare {
		return c.spec(withField(root, "name", &named), root, e.specPath())
	}
	out := mapFields(root, func(f source.Field) *source.Node {
		switch f.Key {
		case "metadata":
			return withField(f.Node, "name", &named)
		case "spec":
			return c.spec(f.Node, f.Node, e.specPath())
		}
		return f.Node
	})
	return out
}

// withField replaces a field, or puts it first.
func withField(n *source.Node, key string, value *source.Node) *source.Node {
	if n.Field(key) == nil {
		out := *n
		out.Fields = slices.Insert(slices.Clone(n.Fields), 0, source.Field{Key: key, Span: value.Span, Node: value})
		return &out
	}
	return mapFields(n, func(f source.Field) *source.Node {
		if f.Key == key {
			return value
		}
		return f.Node
	})
}

// spec takes the matrix out of a specification, which stands at a path, and puts the combination's variables before those
// that own has.
func (c combination) spec(spec, own *source.Node, path string) *source.Node {
	envs := &source.Node{Kind: source.List, Layer: source.RunSpec, Items: c.items(diag.Join(path, "matrix"))}
	written := own.Field("envs")
	if written != nil {
		if written.Node.Kind != source.List {
			envs = written.Node // which is refused
		} else {
			envs.Span = written.Node.Span
			for i, item := range written.Node.Items {
				envs.Items = append(envs.Items, placedAt(item, diag.At(diag.Join(path, "envs"), i)))
			}
		}
	}
	return withField(without(spec, "matrix"), "envs", envs)
}

// items are the variables as entries of `envs`. Each keeps the place of its value in the matrix, where a mistake in it
// has to be mended.
func (c combination) items(path string) []*source.Node {
	items := make([]*source.Node, len(c))
	for i, f := range c {
		at := diag.Join(path, f.Key)
		items[i] = &source.Node{Kind: source.Map, Layer: source.RunSpec, Span: f.Span, Fields: []source.Field{
			{Key: "name", Span: f.Span, Path: at, Node: &source.Node{Kind: source.String, Quoted: true, Layer: source.RunSpec, Text: f.Key, Span: f.Span}},
			{Key: "value", Span: f.Node.Span, Path: at, Node: f.Node},
		}}
	}
	return items
}

// placedAt says of the fields of an item where they stand, since others stand before it now.
func placedAt(item *source.Node, path string) *source.Node {
	if item.Kind != source.Map {
		return item
	}
	placed := *item
	placed.Fields = slices.Clone(item.Fields)
	for i := range placed.Fields {
		placed.Fields[i].Path = placed.Fields[i].Below(path)
	}
	return &placed
}

// combinationOf is what the plan says of the combination that a document is; nil for a run by itself.
func combinationOf(doc source.Document) *schema.Combination {
	if doc.Of == nil {
		return nil
	}
	return &schema.Combination{Run: doc.Of.Name.Text, Values: maps.Clone(doc.Of.Values), First: doc.Of.First}
}

// crowded is said of more combinations than a cluster is likely to run at once without a queue.
func crowded(u *Unit) []diag.Diagnostic {
	if u.Doc.Of == nil || u.Doc.Of.Count < queueFrom || u.Plan.Spec.Queue != "" {
		return nil
	}
	return []diag.Diagnostic{{Code: diag.Scheduling, Severity: diag.Warning, Span: u.Doc.Of.At, Path: u.env.path("spec.matrix"),
		Message: fmt.Sprintf("the matrix makes %d runs, which all start at once", u.Doc.Of.Count),
		Hint:    "name a Kueue queue, which starts them as there is room"}}
}
