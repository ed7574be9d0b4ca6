package krm

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/renderers"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// ownGroup begins the apiVersion of documents that are ours, in whichever version: one that is not known has to be
// refused, not passed on.
const ownGroup = "berth/"

// inputName is what positions are given in: the list as it came, since the files that its items were read from are not
// known line by line.
const inputName = "stdin"

// list is a ResourceList twice: as YAML nodes, which keep everything about foreign items, and as a positioned tree, of
// our own items alone.
type list struct {
	text   []byte
	root   *yaml.RNode // a map
	items  *yaml.Node  // a sequence; nil when there is none
	config *yaml.RNode // nil when there is none of ours
	file   *diag.File
	own    []*document
	byLine []*document        // own, in the order of their places
	made   []renderers.Object // which stand behind the items in the answer
}

// parse reads a list. It is nil when the text is none.
func parse(text []byte) (*list, []diag.Diagnostic) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	l := &list{text: text, file: &diag.File{Name: inputName}}
	root, err := onlyDocument(text)
	if err != nil {
		if _, diags := l.tree(text); len(diags) > 0 {
			return nil, diags // the same mistake, in better words
		}
		return nil, []diag.Diagnostic{l.refusal("the input is no YAML document", err.Error())}
	}
	l.root = root
	if root == nil || root.YNode().Kind != yaml.MappingNode || root.GetKind() != kio.ResourceListKind || root.GetApiVersion() != kio.ResourceListAPIVersion {
		return nil, []diag.Diagnostic{l.refusal("the input is no ResourceList of "+kio.ResourceListAPIVersion,
			"`berth fn` is called by kustomize or kpt; to compile files, use `berth build`")}
	}
	if items := root.Field("items"); items != nil && !items.Value.IsNil() {
		if items.Value.YNode().Kind != yaml.SequenceNode {
			return nil, []diag.Diagnostic{l.refusal("the items of the ResourceList are no list", "")}
		}
		l.items = items.Value.YNode()
	}
	if config := root.Field("functionConfig"); config != nil && isOwn(config.Value.YNode()) {
		l.config = config.Value
	}
	return l, nil
}

// restore makes the list what came in, once more.
func (l *list) restore() {
	if before, _ := parse(l.text); before != nil {
		l.root, l.items, l.made = before.root, before.items, nil
	}
}

// onlyDocument parses a text that holds one YAML document; nil when it holds none.
func onlyDocument(text []byte) (*yaml.RNode, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one document")
	}
	if len(first.Content) == 0 {
		return nil, nil
	}
	return yaml.NewRNode(first.Content[0]), nil
}

// refusal is a mistake of the list as a whole, without a line.
func (l *list) refusal(message, hint string) diag.Diagnostic {
	return diag.Diagnostic{Code: diag.Document, Span: diag.Span{File: l.file}, Message: message, Hint: hint}
}

// tree reads a text as a positioned tree.
func (l *list) tree(text []byte) (*source.Node, []diag.Diagnostic) {
	file, diags := source.FromBytes(inputName, text)
	if file == nil {
		return nil, diags
	}
	l.file = file
	file.Name += ".yaml" // for the loader, which goes by the extension
	docs, diags := source.Load(file, source.Options{})
	file.Name = inputName
	if len(docs) == 0 {
		return nil, diags
	}
	return docs[0].Root, diags
}

// isOwn reports whether an item is one of Berth's documents, by the group of its apiVersion.
func isOwn(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.MappingNode && strings.HasPrefix(yaml.NewRNode(n).GetApiVersion(), ownGroup)
}

// ownText is the list with the lines of foreign items emptied: what is left keeps its line numbers, and foreign items
// may be of any size and hold what Berth would refuse in a file of its own. Where items do not have lines of their own,
// as in JSON, it is the whole text.
func (l *list) ownText() []byte {
	if l.items == nil || l.items.Style&yaml.FlowStyle != 0 {
		return l.text
	}
	lines := bytes.SplitAfter(l.text, []byte("\n"))
	for _, item := range l.items.Content {
		if item.Line < 1 || item.Line > len(lines) || !bytes.HasPrefix(bytes.TrimLeft(lines[item.Line-1], " "), []byte("-")) {
			return l.text
		}
	}
	end := l.endOfItems(len(lines))
	for i, item := range l.items.Content {
		if isOwn(item) {
			continue
		}
		last := end
		if i+1 < len(l.items.Content) {
			last = l.items.Content[i+1].Line - 1
		}
		for n := item.Line; n <= last; n++ {
			lines[n-1] = lines[n-1][:0:0]
			if n < len(lines) {
				lines[n-1] = []byte("\n")
			}
		}
	}
	return bytes.Join(lines, nil)
}

// endOfItems is the last line before the field that follows the items.
func (l *list) endOfItems(last int) int {
	content := l.root.YNode().Content
	for i := 0; i+2 < len(content); i += 2 {
		if content[i+1] == l.items {
			return content[i+2].Line - 1
		}
	}
	return last
}
