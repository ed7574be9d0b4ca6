package compiler

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// checker holds a tree against the schema's tables and reports everything that is wrong with its shape in one pass.
type checker struct {
	*report
	// constraints allows CUE constraints in place of values, as profiles may have.
	constraints bool
}

// value checks one value against a type. Path is the value's place in words; at is where a field that is missing in it
// is reported: its key, or the first character of a list's item.
func (c *checker) value(n *source.Node, t *schema.Type, path string, at diag.Span) {
	if c.bad[n] || n.Kind == source.Constraint && c.constraints {
		return
	}
	if n.Kind == source.Null && t.Kind != schema.AnyKind {
		c.null(n, t, path)
		return
	}
	switch t.Kind {
	case schema.TextKind:
		c.text(n, t, path)
	case schema.IntKind:
		c.integer(n, t, path)
	case schema.BoolKind:
		c.boolean(n, t, path)
	case schema.ListKind:
		c.list(n, t, path)
	case schema.MapKind:
		c.mapping(n, t, path)
	case schema.StructKind:
		c.structure(n, t, path, at)
	}
}

// null refuses a field that has a key and no value: YAML reads `image:` as null, and Kubernetes would take that as
// absent without a word.
func (c *checker) null(n *source.Node, t *schema.Type, path string) {
	d := diag.Diagnostic{Code: diag.WrongType, Path: path, Message: fmt.Sprintf("%s has no value", path)}
	switch t.Kind {
	case schema.TextKind:
		d.Hint = `give it one, or leave the field out; an empty text is ""`
	case schema.ListKind, schema.MapKind, schema.StructKind:
		d.Hint = "indent what belongs to it below it, or leave the field out"
	default:
		d.Hint = "give it one, or leave the field out"
	}
	c.refuse(n, d)
}

// amounts are the types that mean a number, whatever its digits.
var amounts = map[string]bool{"Quantity": true, "Price": true}

// text checks a value where a text is expected. Scalars of another kind are taken as they are written (`1.20` and
// `true` are texts then), but for fractions that CUE or Jsonnet have computed, whose digits are no longer the author's.
func (c *checker) text(n *source.Node, t *schema.Type, path string) {
	if number := onlyNumber(n, t); number != nil {
		c.value(n, number, path, n.Span)
		return
	}
	switch {
	case n.Kind == source.List || n.Kind == source.Map || n.Kind == source.Constraint:
		c.wrongType(n, path, "a text", instead(n, t, path))
	case n.Kind == source.Float && evaluated(n) && !amounts[t.Name]:
		c.wrongType(n, path, "a text", fmt.Sprintf("the text of a fraction is gone once it is computed: write %s", strconv.Quote(n.Text)))
	// A bare number has to meet the number's own limits; quoted, it is held against the texts below.
	case len(t.Either) > 0 && (n.Kind == source.Int || n.Kind == source.Float):
		c.integer(n, t.Either[slices.IndexFunc(t.Either, isInt)], path)
	case !t.AcceptsText(n.Text):
		c.wrongText(n, n.Span, n.Text, t, path)
	}
}

// isInt picks the number among a type's alternatives (an int-or-string has one).
func isInt(t *schema.Type) bool { return t.Kind == schema.IntKind }

// onlyNumber is the number among the alternatives of a type whose other alternatives are words, none of which the value
// is: then it was meant for a number.
func onlyNumber(n *source.Node, t *schema.Type) *schema.Type {
	var number *schema.Type
	for _, a := range t.Either {
		switch {
		case a.Kind == schema.IntKind:
			number = a
		case len(a.Enum) == 0 || n.Scalar() && contains(a.Enum, n.Text):
			return nil
		}
	}
	return number
}

// evaluated reports whether a value was computed by CUE or Jsonnet, so that the text as written is gone.
func evaluated(n *source.Node) bool {
	if n.Span.File == nil {
		return false
	}
	ext := filepath.Ext(n.Span.File.Name)
	return ext == ".cue" || ext == ".jsonnet"
}

// list checks each item; items of the wrong kind are reported at their first character.
func (c *checker) list(n *source.Node, t *schema.Type, path string) {
	if n.Kind != source.List {
		c.noList(n, t, path)
		return
	}
	for i, item := range n.Items {
		c.value(item, t.Elem, diag.At(path, i), start(item.Span))
	}
}

// noList refuses one value where a list is expected. A command line is offered as a list of its words, never where it
// holds a credential, which no hint may repeat.
func (c *checker) noList(n *source.Node, t *schema.Type, path string) {
	d := diag.Diagnostic{Code: diag.WrongType, Path: path}
	d.Message = fmt.Sprintf("%s has to be a list, not %s", path, kindWords(n))
	d.Hint = listInstead(n, t.Elem)
	if n.Kind == source.String && (t.Elem.Kind == schema.TextKind || t.Elem.Name == "SecretRef" || t.Elem.Name == "ConfigMapRef") {
		list := asList(n.Text)
		d.Hint = "write a list: " + list
		d.Fix = replacement(n.Span, list, false)
		if diag.SecretKind(n.Text) != "" {
			d.Hint, d.Fix = "write a list, and take the credential from `secrets`", nil
		}
	}
	c.refuse(n, d)
}

// asList shows a command line as a list in flow style, with quotes where YAML needs them.
func asList(text string) string {
	words := strings.Fields(text)
	if strings.ContainsAny(text, `'"|&;<>$`+"`\\") {
		words = []string{"sh", "-c", text}
	}
	for i, w := range words {
		words[i] = strconv.Quote(w)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// mapping checks keys against the key's type and values against the element's. A value below a wrong key is not looked
// at.
func (c *checker) mapping(n *source.Node, t *schema.Type, path string) {
	if n.Kind != source.Map {
		c.wrongType(n, path, "a map", instead(n, t, path))
		return
	}
	for i := range n.Fields {
		f := &n.Fields[i]
		if t.Key.Kind == schema.TextKind && !t.Key.AcceptsText(f.Key) {
			c.wrongKey(f, t, path)
			continue
		}
		c.value(f.Node, t.Elem, f.Below(path), f.Span)
	}
}

// wrongKey refuses a key of a map: the name of a resource, one of a closed list, or a text of a certain form. The path
// names the key itself, although the wording speaks of the map.
func (c *checker) wrongKey(f *source.Field, t *schema.Type, path string) {
	if t.Key.Name == "ResourceName" || t.Key.Name == "NodeResource" {
		c.unknownResource(f, t.Key, path)
		return
	}
	if len(t.Key.Enum) > 0 {
		c.refuse(f.Node, wrongChoice(f.Key, f.Span, path, t.Key.Enum))
		return
	}
	told := len(c.diags)
	c.wrongText(f.Node, f.Span, f.Key, t.Key, "the key in "+path)
	if len(c.diags) > told {
		c.diags[told].Path = diag.Join(path, diag.Cut(f.Key))
	}
}

// structure checks the fields of a struct: unknown ones are refused, and required ones that are missing, unless an
// unknown field was probably meant for one.
func (c *checker) structure(n *source.Node, t *schema.Type, path string, at diag.Span) {
	if n.Kind != source.Map {
		c.wrongType(n, path, "a map", instead(n, t, path))
		return
	}
	// What a volume's spec may hold depends on its type, so that the type is judged first.
	if t == &schema.TypeVolume {
		c.volumeType(n, path)
	}
	var guessed []string
	for i := range n.Fields {
		f := &n.Fields[i]
		if known := t.Field(f.Key); known != nil {
			c.value(f.Node, known.Type, f.Below(path), f.Span)
			continue
		}
		guessed = append(guessed, c.unknownField(f, n, t, path))
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Required && n.Field(f.Name) == nil && !contains(guessed, f.Name) {
			c.missing(f, path, at)
		}
	}
	if t == &schema.TypeVolume {
		c.volumeSpec(n, path)
	}
}

// structHint shows up to five fields: with more a hint is no longer read.
func structHint(t *schema.Type) string {
	names := t.Names()
	if len(names) > 5 {
		names = names[:5]
	}
	return "write a map with fields such as " + diag.OneOf(names)
}

// missing reports a required field at the place of the map that lacks it, with what the field is for or which values it
// takes.
func (c *checker) missing(f *schema.Field, path string, at diag.Span) {
	d := diag.Diagnostic{Code: diag.MissingField, Path: diag.Join(path, f.Name), Span: at}
	if path == "" {
		d.Message = fmt.Sprintf("%s is missing", f.Name)
	} else {
		d.Message = fmt.Sprintf("%s is missing in %s", f.Name, path)
	}
	switch {
	case len(f.Type.Enum) > 0:
		d.Hint = fmt.Sprintf("write %s: %s", f.Name, diag.OneOf(f.Type.Enum))
	case f.Doc != "":
		d.Hint = fmt.Sprintf("write %s: … (%s)", f.Name, gist(f.Doc))
	}
	c.add(d)
}

// gist is the first clause of a field's documentation, to stand inside a sentence.
func gist(doc string) string {
	first, _, _ := strings.Cut(doc, ". ")
	first, _, _ = strings.Cut(strings.TrimSuffix(first, "."), ": ")
	if len(first) > 1 && first[1] >= 'a' && first[1] <= 'z' {
		first = strings.ToLower(first[:1]) + first[1:]
	}
	return first
}

// start is the first character of a span.
func start(s diag.Span) diag.Span {
	if s.Known() {
		s.EndLine, s.EndCol = s.Line, s.Col+1
	}
	return s
}

// wrongType refuses a value of another kind than the schema has; want is in words ("a map"), and an empty hint is left
// out.
func (c *checker) wrongType(n *source.Node, path, want, hint string) {
	c.refuse(n, diag.Diagnostic{Code: diag.WrongType, Path: path, Span: head(n),
		Message: fmt.Sprintf("%s has to be %s, not %s", path, want, kindWords(n)), Hint: hint})
}

// head is the place to point at for a whole value: a scalar's token, a map's or list's first character.
func head(n *source.Node) diag.Span {
	if n.Kind == source.Map || n.Kind == source.List {
		return start(n.Span)
	}
	return n.Span
}

// kindWords names what was written, in words that need no knowledge of YAML's types.
func kindWords(n *source.Node) string {
	switch n.Kind {
	case source.List:
		return "a list"
	case source.Map:
		return "a map"
	case source.Constraint:
		return "a value that is left open"
	case source.String:
		return "a text"
	case source.Bool:
		return "true or false"
	case source.Null:
		return "nothing"
	}
	return "a number"
}
