package compiler

import (
	"fmt"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// matrix is a matrix taken apart.
// Path is where the matrix stands in its document, at is its key. With mistakes the combinations are not all there.
type matrix struct {
	path         string
	at           diag.Span
	axes         []source.Field // variables in the order of their names, each with its list
	combinations []combination
	mistakes     []diag.Diagnostic
}

// mistake keeps a diagnostic; [Expand] only asks whether there is one, and compiling the run tells them.
func (m *matrix) mistake(code diag.Code, at diag.Span, path, message, hint string) {
	m.mistakes = append(m.mistakes, diag.Diagnostic{Code: code, Span: at, Path: path, Message: message, Hint: hint})
}

// matrixForm is the hint for what is no matrix at all.
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
	// What is excluded may name some of the variables: it takes away every combination that has these values.
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

// tooMany refuses a product above the limit; count is in words, since very large ones are not multiplied out.
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
	// An entry with a mistake is left out as a whole, so that nothing more is said because of it.
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

// entryField checks one variable of an entry: it is one of the axes, and its value is a scalar. The value need not be
// on the axis: include may bring new ones.
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

// names are the variables in their order.
func (m *matrix) names() []string {
	names := make([]string, len(m.axes))
	for i, axis := range m.axes {
		names[i] = axis.Key
	}
	return names
}

// missing are the variables that an entry gives no value.
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
		// The environment's matrix is laid over the run's own, variable by variable.
		whole := *f
		if own != nil {
			whole.Node = overlay(own.Node, f.Node)
		}
		w.matrix(&whole, diag.Join(diag.Join(diag.Join(path, "environments"), env.Key), "matrix"))
	}
}

// matrix tells the mistakes of one matrix, and refuses a name that leaves no room for the hash of a combination.
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
