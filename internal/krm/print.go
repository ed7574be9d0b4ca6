package krm

import (
	"bytes"
	"fmt"

	"berth/renderers"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// printer writes a list piece by piece, so that no more than one object of it is there as nodes, which take twenty times
// what its text takes.
type printer struct {
	text   bytes.Buffer
	indent yaml.SequenceIndentStyle
}

// print writes the list as it stands now, lists indented as the input has them.
func (l *list) print() ([]byte, error) {
	p := &printer{indent: yaml.SequenceIndentStyle(yaml.DeriveSeqIndentStyle(string(l.text)))}
	root := l.root.YNode()
	if l.items == nil || (root.Style|l.items.Style)&yaml.FlowStyle != 0 || l.items.Anchor != "" {
		err := l.printWhole(p, root)
		return p.text.Bytes(), err
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		var err error
		if key, value := root.Content[i], root.Content[i+1]; value == l.items && len(l.made)+len(value.Content) > 0 {
			err = l.printItems(p, key)
		} else {
			err = p.fields([]*yaml.Node{key, value}, false)
		}
		if err != nil {
			return nil, err
		}
	}
	return p.text.Bytes(), nil
}

// printWhole writes a list in one piece: one that is written in braces, as in JSON, has no lines to go on from.
func (l *list) printWhole(p *printer, root *yaml.Node) error {
	for i := range l.made {
		object, err := nodeOf(&l.made[i])
		if err != nil {
			return err
		}
		l.items.Content = append(l.items.Content, object)
	}
	return p.encode(&p.text, root)
}

// nodeOf is an object that was made, as nodes.
func nodeOf(made *renderers.Object) (*yaml.Node, error) {
	object, err := yaml.Parse(string(made.Text))
	if err != nil || made.Text == nil {
		return nil, fmt.Errorf("the %s %s has no YAML form", made.Kind, made.Name)
	}
	return object.YNode(), nil
}

// printItems writes the items that stay and, behind them, the objects that were made.
func (l *list) printItems(p *printer, key *yaml.Node) error {
	kept, last := l.items.Content, len(l.items.Content)+len(l.made)-1
	for i := range last + 1 {
		one, of := *l.items, *key
		if i > 0 {
			of.HeadComment, of.LineComment, one.HeadComment, one.LineComment = "", "", "", ""
		}
		if i < last {
			of.FootComment, one.FootComment = "", ""
		}
		if i < len(kept) {
			one.Content = kept[i : i+1 : i+1]
		} else {
			object, err := nodeOf(&l.made[i-len(kept)])
			if err != nil {
				return err
			}
			one.Content = []*yaml.Node{object}
		}
		if err := p.fields([]*yaml.Node{&of, &one}, i > 0); err != nil {
			return err
		}
	}
	return nil
}

// fields writes fields of the list. With go on, the name of the first one stands there already.
func (p *printer) fields(content []*yaml.Node, goOn bool) error {
	var text bytes.Buffer
	if err := p.encode(&text, &yaml.Node{Kind: yaml.MappingNode, Content: content}); err != nil {
		return err
	}
	written := text.Bytes()
	if goOn {
		_, written, _ = bytes.Cut(written, []byte("\n"))
	}
	p.text.Write(written)
	return nil
}

// encode writes a node with the indentation of lists that the input has, so that what Berth leaves alone stays byte for byte.
func (p *printer) encode(text *bytes.Buffer, n *yaml.Node) error {
	encoder := yaml.NewEncoderWithOptions(text, &yaml.EncoderOptions{SeqIndent: p.indent})
	if err := encoder.Encode(n); err != nil {
		return err
	}
	return encoder.Close()
}
