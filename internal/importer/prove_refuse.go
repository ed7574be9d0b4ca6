package importer

import (
	"cmp"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"

	"go.yaml.in/yaml/v3"
)

// refuse leaves the workload and what belongs to it outside.
func (w *workload) refuse() {
	w.refused = "build refuses the run that it would be"
	if kind := secretIn(w.src); kind != "" {
		w.refused, w.code = kind+" stands in it, and would stay in Git for ever: write it into a Secret, and name that under secrets", string(diag.Credential)
		w.refusedAt = findScalar(w.src, func(key, text string) bool { return diag.SecretKind(text) != "" })
		return
	}
	if len(w.proven.why) > 0 {
		d := w.proven.why[0]
		w.refused, w.code = d.Message, string(d.Code)
		if w.refused = said(d); d.Path != "" {
			w.refusedAt = w.sourceOf(d.Path)
		}
	}
}

// sourceOf is the line of the object at which stands what a path of its run says: a field of the same name with the same
// text, else one of the same text, else one of the same name; 0 where several could be meant.
func (w *workload) sourceOf(path string) int32 {
	word, text := "", ""
	for _, step := range diag.Split(path) {
		if diag.Index(step) < 0 {
			word = camel(step)
		}
	}
	if n := valueAt(w.run.Node, strings.TrimPrefix(path, "spec.")); n != nil && n.Kind == yaml.ScalarNode {
		text = n.Value
	}
	for _, is := range []func(key, value string) bool{
		func(key, value string) bool { return text != "" && key == word && value == text },
		func(_, value string) bool { return text != "" && value == text },
		func(key, _ string) bool { return key == word },
	} {
		if line := findScalar(w.src, is); line != 0 {
			return line
		}
	}
	return 0
}

// valueAt is the value at a path of a run; nil for none.
func valueAt(n *yaml.Node, path string) *yaml.Node {
	for _, step := range diag.Split(path) {
		switch i := diag.Index(step); {
		case n == nil:
			return nil
		case n.Kind == yaml.SequenceNode && i >= 0 && i < len(n.Content):
			n = n.Content[i]
		case n.Kind == yaml.MappingNode:
			n = object{n}.get(step)
		default:
			return nil
		}
	}
	return n
}

// findScalar is the line of the one value of a tree that is looked for, by its field and its text; 0 where there is none or
// there are several lines with such.
func findScalar(n *source.Node, is func(key, text string) bool) (line int32) {
	several := false
	var walk func(n *source.Node, key string, at int32)
	walk = func(n *source.Node, key string, at int32) {
		if is(key, str(n)) {
			several = several || line != 0 && line != at
			line = at
		}
		for _, f := range n.Fields {
			walk(f.Node, f.Key, f.Span.Line)
		}
		for _, item := range n.Items {
			walk(item, key, item.Span.Line)
		}
	}
	if walk(n, "", n.Span.Line); several {
		return 0
	}
	return line
}

// camel is a word of a run in Kubernetes' spelling.
func camel(word string) string {
	parts := strings.Split(word, "_")
	for i, p := range parts[1:] {
		if p != "" {
			parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}

// secretIn is what kind of secret stands in a document, empty for none.
func secretIn(n *source.Node) string {
	kind := diag.SecretKind(str(n))
	for _, f := range n.Fields {
		kind = cmp.Or(kind, secretIn(f.Node))
	}
	for _, item := range n.Items {
		kind = cmp.Or(kind, secretIn(item))
	}
	return kind
}

// said is what a diagnostic says, with its path where its words do not begin with that.
func said(d diag.Diagnostic) string {
	if d.Path == "" || strings.HasPrefix(d.Message, d.Path) {
		return d.Message
	}
	return d.Path + ": " + d.Message
}
