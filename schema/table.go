// Package schema says what a run, a profile and a project are. The CUE files beside this one are the only place that
// decides it; the Go types (types_gen.go) and the tables (tables_gen.go) are generated from them.
package schema

//go:generate go run ./gen

import (
	"embed"
	"regexp"
	"slices"
	"sync"
	"unicode/utf8"
)

// Files are the CUE files themselves, for `berth schema` and for everything that asks CUE.
//
//go:embed *.cue
var Files embed.FS

// Kind is what a [Type] accepts.
type Kind uint8

// The kinds of type.
const (
	AnyKind Kind = iota // anything: the inside of a patch
	TextKind
	IntKind
	BoolKind
	ListKind
	MapKind
	StructKind
)

// Type is what CUE says of one value, as data: enough to decode strictly, to say what is wrong, and to document.
// Lengths and patterns are for texts, Min and Max (nil for none, both included) for integers.
type Type struct {
	Name     string // the definition's name, empty for an inline type
	Doc      string
	Kind     Kind
	Enum     []string // accepted texts; with Or, texts that match one of its patterns are accepted too
	Or       []string
	Match    []string // patterns that a text has to match
	NotMatch []string // patterns that a text may not match
	MinLen   int      // in characters; 0 when there is none
	MaxLen   int
	Min, Max *int64
	Says     string // the rule in words, for the texts that have one
	// Either are alternatives of two kinds, such as a port by number or by name: a text that obeys one of them is right.
	Either []*Type
	Key    *Type // of a map
	Elem   *Type // of a list or map
	Fields []Field
}

// Field is one field of a struct.
// Doc is a sentence or more of Markdown, from the comment in CUE.
type Field struct {
	Name     string
	Doc      string
	Required bool
	Type     *Type
}

// Default is one of the tool's own defaults.
// Reason is a sentence that explains the value to users.
type Default struct {
	Field  string // of [RunFields]
	Value  string // its text
	Kind   Kind
	Reason string
}

// KeyField is a field by which the items of a keyed list are told apart.
type KeyField struct {
	Name    string
	Default string // what it is where an item leaves it out
}

// Field returns the field of that name, nil when there is none.
func (t *Type) Field(name string) *Field {
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return &t.Fields[i]
		}
	}
	return nil
}

// Below is the type of what stands under a key of a struct or map, nil where nothing may or anything does.
func (t *Type) Below(key string) *Type {
	if t.Kind == MapKind {
		return t.Elem
	}
	if f := t.Field(key); f != nil {
		return f.Type
	}
	return nil
}

// Names lists the names of a struct's fields in the order of the schema.
func (t *Type) Names() []string {
	names := make([]string, len(t.Fields))
	for i := range t.Fields {
		names[i] = t.Fields[i].Name
	}
	return names
}

// AcceptsText reports whether the text obeys the type's enumeration, patterns and lengths.
func (t *Type) AcceptsText(s string) bool {
	if len(t.Either) > 0 {
		return slices.ContainsFunc(t.Either, func(a *Type) bool { return a.acceptsEither(s) })
	}
	if t.MinLen > 0 || t.MaxLen > 0 {
		n := utf8.RuneCountInString(s)
		if n < t.MinLen || t.MaxLen > 0 && n > t.MaxLen {
			return false
		}
	}
	if len(t.Enum)+len(t.Or) > 0 && !slices.Contains(t.Enum, s) && !slices.ContainsFunc(t.Or, func(p string) bool { return matches(p, s) }) {
		return false
	}
	return !slices.ContainsFunc(t.Match, func(p string) bool { return !matches(p, s) }) &&
		!slices.ContainsFunc(t.NotMatch, func(p string) bool { return matches(p, s) })
}

// acceptsEither reports whether the text is one of the numbers or strings of an alternative.
func (t *Type) acceptsEither(s string) bool {
	if t.Kind == TextKind {
		return t.AcceptsText(s)
	}
	n, ok := wholeNumber(s)
	return ok && (t.Min == nil || n >= *t.Min) && (t.Max == nil || n <= *t.Max)
}

// patterns holds the compiled patterns: there are some thirty in the schema, and most builds need a dozen.
var patterns sync.Map

// matches reports whether a text matches a pattern, in Go's syntax, anchored only where the pattern is. Patterns were
// tried when the tables were generated, so that compiling one cannot fail.
func matches(pattern, s string) bool {
	re, ok := patterns.Load(pattern)
	if !ok {
		re, _ = patterns.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	return re.(*regexp.Regexp).MatchString(s)
}

// FieldActions lists the actions that a field of [RunFields] belongs to, nil when it belongs to all of them.
func FieldActions(field string) []string {
	if TypePodFields.Field(field) != nil || TypeCommonFields.Field(field) != nil || field == "action" {
		return nil
	}
	var actions []string
	for _, a := range ActionSpecs {
		if a.Type.Field(field) != nil {
			actions = append(actions, a.Action)
		}
	}
	return actions
}

// ActionSpec is an action with the fields that it may have.
type ActionSpec struct {
	Action string
	Type   *Type
}

// ActionSpecs are the actions in the order of the documentation.
var ActionSpecs = []ActionSpec{{ActionJob, &TypeJobSpec}, {ActionDeploy, &TypeDeploySpec}, {ActionServe, &TypeServeSpec}}
