package krm

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"berth/internal/diag"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The results of a ResourceList. Those of kyaml's fn/framework would link a validator of OpenAPI schemas, whose start
// is a tenth of the whole program's.
type (
	result struct {
		Message     string                   `yaml:"message"`
		Severity    string                   `yaml:"severity"`
		ResourceRef *yaml.ResourceIdentifier `yaml:"resourceRef,omitempty"`
		Field       *field                   `yaml:"field,omitempty"`
		File        *file                    `yaml:"file,omitempty"`
		Tags        map[string]string        `yaml:"tags"`
	}
	field struct {
		Path string `yaml:"path"`
	}
	file struct {
		Path  string `yaml:"path"`
		Index int    `yaml:"index,omitempty"`
	}
)

// at finds the document that a place in the list belongs to; nil when it is in none, or in another file.
func (l *list) at(s diag.Span) *document {
	if s.File != l.file || !s.Known() {
		return nil
	}
	i := sort.Search(len(l.byLine), func(i int) bool { return before(s, l.byLine[i].tree.Span) })
	if i == 0 {
		return nil
	}
	d := l.byLine[i-1]
	if in := d.tree.Span; s.Line < in.EndLine || s.Line == in.EndLine && s.Col <= in.EndCol {
		return d
	}
	return nil
}

// before reports whether a place begins before another one.
func before(a, b diag.Span) bool { return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col }

// attribute adds to each diagnostic which document it is about: a line of standard input is something that few have
// seen.
func (l *list) attribute(ds []diag.Diagnostic) []diag.Diagnostic {
	for i, d := range ds {
		doc := l.at(d.Span)
		if doc == nil {
			continue
		}
		text := "in " + doc.path + " of the ResourceList"
		if name := strings.TrimSpace(doc.node.GetKind() + " " + doc.node.GetName()); name != "" {
			text = fmt.Sprintf("in the %s, which is %s of the ResourceList", name, doc.path)
		}
		if file := doc.file(); file != nil {
			text += ", from " + file.Path
		}
		ds[i].Notes = append(d.Notes[:len(d.Notes):len(d.Notes)], diag.Note{Message: text})
		ds[i].Fix = nil // there is no file here that `berth fix` could mend
	}
	return ds
}

// file is the file that a document was read from, as far as the one who read it says so.
func (d *document) file() *file {
	path, index, err := kioutil.GetFileAnnotations(d.node)
	if err != nil || path == "" {
		return nil
	}
	n, _ := strconv.Atoi(index) // none means the first
	return &file{Path: path, Index: n}
}

// report turns diagnostics into the list's results, in place of those that stood there.
func (l *list) report(ds []diag.Diagnostic) {
	l.drop("results")
	if len(ds) == 0 {
		return
	}
	results := make([]result, len(ds))
	for i, d := range ds {
		results[i] = l.result(d)
	}
	text, err := yaml.Marshal(results)
	if err != nil {
		return // texts and numbers have a YAML form
	}
	if node, err := yaml.Parse(string(text)); err == nil {
		l.set("results", node.YNode())
	}
}

// result says in one message what a printer says in several lines. The line and column are of the list, and the tag
// `lines-of` says so: the file that the item came from may be laid out in another way.
func (l *list) result(d diag.Diagnostic) result {
	r := result{Message: d.Message, Severity: d.Severity.String(), Tags: map[string]string{"code": string(d.Code)}}
	if d.Hint != "" {
		r.Message += "; " + d.Hint
	}
	if d.Span.Known() {
		r.Message = fmt.Sprintf("%s:%d:%d: %s", d.Span.File.Name, d.Span.Line, d.Span.Col, r.Message)
		r.Tags["line"], r.Tags["column"] = strconv.Itoa(int(d.Span.Line)), strconv.Itoa(int(d.Span.Col))
		r.Tags["lines-of"] = d.Span.File.Name
	}
	if d.Path != "" {
		r.Field = &field{Path: d.Path}
	}
	if doc := l.at(d.Span); doc != nil {
		r.File = doc.file()
		r.ResourceRef = &yaml.ResourceIdentifier{
			TypeMeta: yaml.TypeMeta{APIVersion: doc.node.GetApiVersion(), Kind: doc.node.GetKind()},
			NameMeta: yaml.NameMeta{Name: doc.node.GetName(), Namespace: doc.node.GetNamespace()},
		}
	}
	return r
}
