// Package yamlprint writes Kubernetes objects as text: YAML that means the same to every reader, fast, and the one
// canonical text of everything that means the same, which is hashed into names.
package yamlprint

import (
	"errors"
	"fmt"
	"io"
	"reflect"
)

// Print writes obj to w as one YAML document, in one Write and without a leading `---`. See [Append].
func Print(w io.Writer, obj any) error {
	text, err := Append(nil, obj)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// Append appends obj to dst as one block-style YAML document that ends in a line feed. obj is a Kubernetes object,
// or any tree of structs with json tags, maps with string keys, slices and scalars.
//
// The text means the same to every YAML 1.1 and 1.2 reader. Fields stand in the order of fieldOrder, map keys are
// sorted, lists are indented as kubectl does. What encoding/json would leave out is left out, and so are a Kubernetes
// object's status, nulls, and structs (not pointers to structs) with nothing in them; `emptyDir: {}`, an explicit
// `replicas: 0` and the empty value of an environment variable stay.
//
// A string that is not UTF-8, a number that is not finite, a type that JSON has no form for and nesting deeper than
// maxDepth are errors; dst is then returned as it was. Append never changes obj and may be called concurrently.
func Append(dst []byte, obj any) ([]byte, error) {
	p := printer{dst: dst}
	p.document(obj)
	if p.err == nil {
		return p.dst, nil
	}
	// Paths are not kept on the way that succeeds. A second walk finds where the first one failed.
	_, err := AppendAnnotated(dst, obj, func(string) string { return "" })
	return dst, err
}

// Commenter returns the comment for the field or list item at path, such as
// `spec.template.spec.containers[0].image` or `metadata.labels["app.kubernetes.io/name"]`; empty for none.
type Commenter func(path string) string

// AppendAnnotated is [Append] with a YAML comment at the end of every line for whose field or item comment has one.
// The line of an object or a list is that of its key; an object in a list has none of its own, its fields do.
func AppendAnnotated(dst []byte, obj any, comment Commenter) ([]byte, error) {
	p := printer{dst: dst, comment: comment}
	p.document(obj)
	if p.err == nil {
		return p.dst, nil
	}
	if len(p.path) == 0 {
		return dst, p.err
	}
	return dst, fmt.Errorf("%s: %w", p.path, p.err)
}

// maxDepth bounds the nesting, so that a map that holds itself is an error and no endless walk.
const maxDepth = 1000

// A nil pointer has no document, and neither has a value that contains itself: the depth ends both that and what no
// reader would take.
var (
	errNothing = errors.New("nothing to print")
	errDepth   = fmt.Errorf("nested more than %d levels deep", maxDepth)
)

// printer is the state of one document. The first error stops the walk, with path standing where it happened.
type printer struct {
	dst     []byte
	comment Commenter
	path    []byte // kept only for comment
	depth   int
	err     error
}

// document writes a whole object as one YAML document.
func (p *printer) document(obj any) {
	v := reflect.ValueOf(obj)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		p.err = errNothing
		return
	}
	p.value(v, planOf(v.Type()), 0, atStart)
}

// endLine ends the line on which the key, item or scalar at path stands.
func (p *printer) endLine() {
	if p.comment != nil {
		if text := p.comment(string(p.path)); text != "" {
			p.dst = appendComment(p.dst, text)
		}
	}
	p.dst = append(p.dst, '\n')
}

// fail keeps the first error; what is written after it is thrown away.
func (p *printer) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}
