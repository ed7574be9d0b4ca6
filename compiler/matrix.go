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

var matrixAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567")

// suffix is eight letters and digits that depend on the combination alone, so that a further value renames no other run.
func (c combination) suffix() string {
	sum := sha256.Sum256([]byte(c.key()))
	return matrixAlphabet.EncodeToString(sum[:])[:8]
}

// root is the document of the combination: its own name, no matrix, and the variables before the run's own.
func (c combination) root(root, name *source.Node, e *envelope) *source.Node {
	named := source.Node{Kind: source.String, Layer: source.RunSpec, Span: name.Span, Text: name.Text + "-" + c.suffix(), Quoted: true}
	if e.bare {
		return c.spec(withField(root, "name", &named), root)
	}
	out := mapFields(root, func(f source.Field) *source.Node {
		switch f.Key {
		case "metadata":
			return withField(f.Node, "name", &named)
		case "spec":
			return c.spec(f.Node, f.Node)
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

// spec takes the matrix out of a specification and puts the combination's variables before those that own has.
func (c combination) spec(spec, own *source.Node) *source.Node {
	envs := &source.Node{Kind: source.List, Layer: source.RunSpec, Items: c.items()}
	written := own.Field("envs")
	if written != nil {
		if written.Node.Kind != source.List {
			envs = written.Node // which is refused
		} else {
			envs.Span = written.Node.Span
			for i, item := range written.Node.Items {
				envs.Items = append(envs.Items, placedAt(item, diag.At("envs", i)))
			}
		}
	}
	return withField(without(spec, "matrix"), "envs", envs)
}

func (c combination) items() []*source.Node {
	items := make([]*source.Node, len(c))
	for i, f := range c {
		at := diag.Join("matrix", f.Key)
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

// matrix is a matrix taken apart.
type matrix struct {
	path         string
	at           diag.Span
	axes         []source.Field // variables in the order of their names, each with its list
	combinations []combination
	mistakes     []diag.Diagnostic
}

func (m *matrix) mistake(code diag.Code, at diag.Span, path, message, hint string) {
	m.mistakes = append(m.mistakes, diag.Diagnostic{Code: code, Span: at, Path: path, Message: message, Hint: hint})
}

const matrixForm = "write {LR: [\"0.1\", \"0.01\"], SEED: [1, 2, 3]}"

// readMatrix reads the matrix that stands at path.
func readMatrix(f *source.Field, path string) *matrix {
	m := &matrix{path: path, at: f.Span}
	if f.Node.Kind != source.Map {
		m.mistake(diag.WrongType, head(f.Node), path, path+" has to be a map from variables to lists of values, not "+kindWords(f.Node), matrixForm)
		return m
	}
	for i := range f.Node.Fields {
		if axis := &f.Node.Fields[i]; axis.Key != "include" && axis.Key != "exclude" {
			m.axis(axis)
		}
	}
	slices.SortFunc(m.axes, func(a, b source.Field) int { return strings.Compare(a.Key, b.Key) })
	switch {
	case len(m.axes) > 0:
		m.combine(f.Node)
	case len(m.mistakes) == 0:
		m.mistake(diag.MissingField, f.Span, path, path+" has no variable", matrixForm)
	}
	return m
}

// axis reads one variable with its values.
func (m *matrix) axis(f *source.Field) {
	path := diag.Join(m.path, f.Key)
	if !schema.TypeEnvName.AcceptsText(f.Key) {
		m.mistake(diag.BadName, f.Span, path, diag.Quote(f.Key)+" is not the name of an environment variable: it has to be "+schema.TypeEnvName.Says, "")
		return
	}
	if f.Node.Kind != source.List || len(f.Node.Items) == 0 {
		m.mistake(diag.WrongType, head(f.Node), path, path+" has to be a list of values", fmt.Sprintf("write %s: [1, 2, 3]", f.Key))
		return
	}
	seen := map[string]bool{}
	for i, value := range f.Node.Items {
		at := diag.At(path, i)
		switch {
		case !value.Scalar():
			m.mistake(diag.WrongType, head(value), at, fmt.Sprintf("a value of %s has to be a string or a number, not %s", path, kindWords(value)), `write "" for an empty value`)
		case seen[value.Text]:
			m.mistake(diag.Duplicate, value.Span, at, fmt.Sprintf("%s has the value %s twice", path, diag.Quote(value.Text)), "remove one of the two")
		default:
			seen[value.Text] = true
		}
	}
	m.axes = append(m.axes, *f)
}

// combine makes the combinations: the product of the axes, less what is excluded, and what is included.
func (m *matrix) combine(n *source.Node) {
	exclude, include := m.entries(n.Field("exclude"), false), m.entries(n.Field("include"), true)
	count := 1
	for _, axis := range m.axes {
		count *= len(axis.Node.Items)
		if count > 100*maxCombinations { // of which no excluding can be meant
			break
		}
	}
	if count > 100*maxCombinations {
		m.tooMany(fmt.Sprintf("more than %d", 100*maxCombinations))
	}
	if len(m.mistakes) > 0 {
		return
	}
	m.product(nil, exclude)
	if len(m.combinations)+len(include) == 0 {
		m.mistake(diag.NothingToDo, n.Field("exclude").Span, m.path+".exclude", m.path+" has no combination left: exclude takes every one away", "exclude fewer, or take the run away")
		return
	}
	m.add(include)
	if len(m.combinations) > maxCombinations {
		m.tooMany(fmt.Sprint(len(m.combinations)))
	}
}

func (m *matrix) tooMany(count string) {
	m.mistake(diag.OutOfRange, m.at, m.path, fmt.Sprintf("%s has %s combinations, and %d may be", m.path, count, maxCombinations), "divide the values among several runs")
}

// product adds every continuation of the values that were chosen so far.
func (m *matrix) product(chosen combination, exclude []combination) {
	if len(chosen) == len(m.axes) {
		if !slices.ContainsFunc(exclude, chosen.has) {
			m.combinations = append(m.combinations, slices.Clone(chosen))
		}
		return
	}
	axis := m.axes[len(chosen)]
	for _, value := range axis.Node.Items {
		m.product(append(chosen, source.Field{Key: axis.Key, Span: axis.Span, Node: value}), exclude)
	}
}

// has reports whether the combination has all values of another one.
func (c combination) has(part combination) bool {
	mine := c.values()
	for _, f := range part {
		if mine[f.Key] != f.Node.Text {
			return false
		}
	}
	return true
}

// add takes whole combinations beside those of the product.
func (m *matrix) add(include []combination) {
	known := map[string]bool{}
	for _, c := range m.combinations {
		known[c.key()] = true
	}
	for _, c := range include {
		if known[c.key()] {
			m.mistake(diag.Duplicate, c[0].Span, m.path+".include", m.path+".include has a combination that is already there", "remove it")
			continue
		}
		known[c.key()] = true
		m.combinations = append(m.combinations, c)
	}
}

// entries reads `include` or `exclude`.
func (m *matrix) entries(f *source.Field, whole bool) []combination {
	if f == nil {
		return nil
	}
	path := diag.Join(m.path, f.Key)
	if f.Node.Kind != source.List {
		m.mistake(diag.WrongType, head(f.Node), path, path+" has to be a list of maps, not "+kindWords(f.Node), fmt.Sprintf("write %s: [{%s: …}]", f.Key, m.axes[0].Key))
		return nil
	}
	var all []combination
	for i, item := range f.Node.Items {
		if c := m.entry(item, diag.At(path, i), whole); c != nil {
			all = append(all, c)
		}
	}
	return all
}

// entry reads one combination, or a part of one.
func (m *matrix) entry(item *source.Node, path string, whole bool) combination {
	if item.Kind != source.Map || len(item.Fields) == 0 {
		m.mistake(diag.WrongType, head(item), path, path+" has to be a map from variables to values, not "+kindWords(item), fmt.Sprintf("write {%s: …}", m.axes[0].Key))
		return nil
	}
	before := len(m.mistakes)
	var c combination
	for _, f := range item.Fields {
		m.entryField(&f, diag.Join(path, f.Key))
		c = append(c, f)
	}
	if missing := m.missing(item); whole && len(missing) > 0 {
		m.mistake(diag.MissingField, start(item.Span), path, fmt.Sprintf("%s is no whole combination: %s has no value", path, diag.AllOf(missing)), "give each variable a value")
	}
	if len(m.mistakes) > before {
		return nil
	}
	slices.SortFunc(c, func(a, b source.Field) int { return strings.Compare(a.Key, b.Key) })
	return c
}

func (m *matrix) entryField(f *source.Field, path string) {
	names := m.names()
	if !slices.Contains(names, f.Key) {
		hint := "the variables are " + diag.AllOf(names)
		if best, ok := diag.Nearest(f.Key, names); ok {
			hint = "did you mean " + best + "?"
		}
		m.mistake(diag.UnknownField, f.Span, path, diag.Quote(f.Key)+" is no variable of "+m.path, hint)
		return
	}
	if !f.Node.Scalar() {
		m.mistake(diag.WrongType, head(f.Node), path, path+" has to be a string or a number, not "+kindWords(f.Node), "")
	}
}

func (m *matrix) names() []string {
	names := make([]string, len(m.axes))
	for i, axis := range m.axes {
		names[i] = axis.Key
	}
	return names
}

func (m *matrix) missing(item *source.Node) []string {
	return slices.DeleteFunc(m.names(), func(name string) bool { return item.Get(name) != nil })
}

// matrices tells what is wrong with the matrix of a run and with those of its environments.
func (w *written) matrices(path string) {
	own := w.spec.Field("matrix")
	if own != nil {
		w.matrix(own, diag.Join(path, "matrix"))
	}
	envs := w.spec.Get("environments")
	if envs == nil {
		return
	}
	for _, env := range envs.Fields {
		f := env.Node.Field("matrix")
		if f == nil {
			continue
		}
		whole := *f
		if own != nil {
			whole.Node = overlay(own.Node, f.Node)
		}
		w.matrix(&whole, diag.Join(diag.Join(diag.Join(path, "environments"), env.Key), "matrix"))
	}
}

func (w *written) matrix(f *source.Field, path string) {
	if w.bad[f.Node] {
		return // it is no map, which was said
	}
	w.diags = append(w.diags, readMatrix(f, path).mistakes...)
	if w.name.Scalar() && len(w.name.Text) > maxMatrixName && !w.bad[w.name] {
		w.refuse(w.name, diag.Diagnostic{Code: diag.NamesTooLong, Span: w.name.Span, Path: w.env.path("name"),
			Message: fmt.Sprintf("the name of a run with a matrix may have %d characters, and %s has %d", maxMatrixName, diag.Quote(w.name.Text), len(w.name.Text)),
			Hint:    "shorten it: each combination adds a hash of 8 characters to it"})
	}
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
