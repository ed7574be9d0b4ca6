package importer

import (
	"bytes"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/renderers"

	"go.yaml.in/yaml/v3"
)

// remark is what people wrote beside a place of an object: above it, at the end of its line, below it.
type remark struct{ path, head, line, foot string }

// remarks are the comments of a document, by the paths at which they stand; those above the whole have an empty one.
func (l layout) remarks(root *source.Node) []remark {
	var all []remark
	say := func(path string, nodes ...*yaml.Node) {
		r := remark{path: path}
		for _, n := range nodes {
			r.head, r.line, r.foot = join(r.head, n.HeadComment), join(r.line, n.LineComment), join(r.foot, n.FootComment)
		}
		if r.head+r.line+r.foot != "" {
			all = append(all, r)
		}
	}
	kinds := map[source.Kind]yaml.Kind{source.Map: yaml.MappingNode, source.List: yaml.SequenceNode}
	var walk func(n *source.Node, path string, key *yaml.Node)
	walk = func(n *source.Node, path string, key *yaml.Node) {
		say(path, key, l.at(n.Span, orElse(kinds[n.Kind], yaml.ScalarNode)))
		for _, f := range n.Fields {
			walk(f.Node, diag.Join(path, f.Key), l.at(f.Span, yaml.ScalarNode))
		}
		for i, item := range n.Items {
			walk(item, diag.At(path, i), &yaml.Node{})
		}
	}
	walk(root, "", l.at(root.Span, yaml.DocumentNode))
	return all
}

// comment puts the comments of the sources where their values stand in the runs. Those of what has no place stand beside the
// nearest thing that has one, or above the run.
func (b *batch) comment() {
	var plain, overlaid []object
	for _, p := range b.printed() {
		if p.members[0].environment() {
			overlaid = append(overlaid, p.run)
		} else {
			plain = append(plain, p.run)
		}
	}
	c := commenter{layouts: map[*diag.File]layout{}, plain: placesOf(plain), overlaid: placesOf(overlaid)}
	for _, p := range b.printed() {
		c.run(p)
		p.checkComments()
	}
}

// environment reports whether the workload is one of an environment.
func (w *workload) environment() bool { return w.proven.unit.Plan.Environment != "" }

// commenter puts comments into runs.
type commenter struct {
	layouts         map[*diag.File]layout
	plain, overlaid places // the nodes of the runs, by the places of the text that was built
}

// places are the nodes of runs above which a comment can stand, by the place in their text of what is below.
type places map[[2]int32]*yaml.Node

// placesOf finds the nodes of runs in their text.
func placesOf(runs []object) places {
	found := places{}
	decoder := yaml.NewDecoder(bytes.NewReader(write(runs)))
	for _, run := range runs {
		var text yaml.Node
		if decoder.Decode(&text) != nil {
			return found
		}
		found.pair(text.Content[0], run.Node, nil)
	}
	return found
}

// pair walks through a text and what it was written from. Within what stands on one line, over is the nearest node that
// begins one.
func (p places) pair(text, own, over *yaml.Node) {
	for i := 0; i < len(own.Content) && i < len(text.Content); i++ {
		at, at2 := own.Content[i], text.Content[i]
		if over != nil {
			at = over
		}
		if place := [2]int32{int32(at2.Line), int32(at2.Column)}; p[place] == nil {
			p[place] = at
		}
		if own.Kind == yaml.MappingNode {
			i++
		}
		below := own.Content[i]
		if over == nil && below.Style&yaml.FlowStyle == 0 {
			p.pair(text.Content[i], below, nil)
		} else {
			p.pair(text.Content[i], below, at)
		}
	}
}

// run puts the comments of all that a run was made of into it.
func (c *commenter) run(p *overlaid) {
	w := p.members[0]
	var top []string
	for _, o := range w.all() {
		file := o.src.Span.File
		if file == nil || len(o.src.Fields) == 0 {
			continue
		}
		l, known := c.layouts[file]
		if !known {
			// JSON has no comments: its layout stays empty.
			if !strings.HasSuffix(file.Name, ".json") {
				l = readLayout(file.Data)
			}
			c.layouts[file] = l
		}
		for _, r := range l.remarks(o.src) {
			if at := c.find(p.run, w, o, r.path); at != nil {
				r.put(p.run, at)
			} else {
				if r.path == "" && r.head != "" {
					r.head += "\n" // a licence stands by itself
				}
				// What the comment stood at is no field of the run: it goes to the top.
				top = append(top, r.head, r.line)
				p.run.FootComment = join(p.run.FootComment, r.foot)
			}
		}
	}
	first := p.run.Content[0]
	first.HeadComment = join(join(slices.DeleteFunc(top, func(text string) bool { return text == "" })...), first.HeadComment)
}

// put puts a comment above, beside or below a node that begins a line.
func (r remark) put(run object, at *yaml.Node) {
	at.HeadComment = join(at.HeadComment, r.head)
	if at.Style&yaml.FlowStyle == 0 {
		at.FootComment = join(at.FootComment, r.foot)
	} else {
		at.HeadComment = join(at.HeadComment, r.foot) // the writer has no place below a line
	}
	if value := valueBeside(run.Node, at); r.line != "" && value != nil && value.LineComment == "" {
		value.LineComment = r.line
	} else {
		at.HeadComment = join(at.HeadComment, r.line)
	}
}

// valueBeside is the node at whose end a comment can stand on the line of another one: its value, or itself as an item; nil
// where that has several lines.
func valueBeside(n, at *yaml.Node) *yaml.Node {
	for i, child := range n.Content {
		if child == at {
			if n.Kind == yaml.MappingNode {
				child = n.Content[i+1]
			}
			if child.Style&yaml.FlowStyle != 0 || child.Kind == yaml.ScalarNode && !strings.Contains(child.Value, "\n") {
				return child
			}
			return nil
		}
		if found := valueBeside(child, at); found != nil {
			return found
		}
	}
	return nil
}

// find is the node of a run above which a comment stands that is about a place of an object, nil where that is the run as a
// whole.
func (c *commenter) find(run object, w *workload, o *kubeObject, path string) *yaml.Node {
	whole := path == "" || path == "apiVersion" || path == "kind" || path == "metadata"
	if i := slices.Index(w.extra, o); i >= 0 {
		if whole {
			return run.get("extra").Content[i]
		}
		return nodeAt(run.get("extra").Content[i], path)
	}
	if built := w.builtAs(o); built != nil && !whole {
		if at := c.placed(w, o, built, path); at != nil {
			return at
		}
	}
	if key := map[string]string{kindService: "service_ports", kindAutoscaler: "autoscale", kindBudget: "disruption"}[o.kind]; key != "" {
		return keyNode(run.Node, key)
	}
	return nil
}

// placed is the node at which the value of a path stands in the run, or the first below it, or what is above.
func (c *commenter) placed(w *workload, o *kubeObject, built *renderers.Object, path string) *yaml.Node {
	from, to, places := dictOf(o.src), plainOf(built.Value), c.plain
	if w.environment() {
		places = c.overlaid
	}
	for ; path != ""; path = diag.Parent(path) {
		for _, leaf := range leavesBelow(o.src, path) {
			there, ok := samePlace(from, to, leaf)
			if !ok {
				continue
			}
			plan, _, _ := renderers.Origin(built, there)
			if plan == "" {
				continue
			}
			span := w.proven.unit.Locate(diag.Problem{Path: plan, AtKey: true}).Span
			if at := places[[2]int32{span.Line, span.Col}]; at != nil && span.File != nil && span.File.Name == proofFile {
				return at
			}
		}
	}
	return nil
}

// maxLeaves bounds how many values are looked at for one comment.
const maxLeaves = 10

// leavesBelow are the paths of the first values at or below a path, in the order of the source.
func leavesBelow(root *source.Node, path string) (leaves []string) {
	var walk func(n *source.Node, path string)
	walk = func(n *source.Node, path string) {
		if n == nil || len(leaves) == maxLeaves {
			return
		}
		if len(n.Fields)+len(n.Items) == 0 {
			leaves = append(leaves, path)
		}
		for _, f := range n.Fields {
			walk(f.Node, diag.Join(path, f.Key))
		}
		for i, item := range n.Items {
			walk(item, diag.At(path, i))
		}
	}
	_, n, _ := source.Find(root, path)
	walk(n, path)
	return leaves
}

// samePlace is the path in a built object of what stands at a path of the one that was read: items of lists have the same
// names, not the same indexes.
func samePlace(from, to any, path string) (there string, ok bool) {
	list := ""
	for _, step := range diag.Split(path) {
		switch have := from.(type) {
		case dict:
			tree, _ := to.(map[string]any)
			if from, to, ok = have[step], tree[step], tree[step] != nil; !ok {
				return "", false
			}
			there, list = diag.Join(there, step), step
		case []any:
			i, items := diag.Index(step), listOf(to)
			if i < 0 || i >= len(have) {
				return "", false
			}
			key := keyOf(list, i, mapOf(have[i]))
			k := slices.IndexFunc(items, func(item any) bool { return keyOf(list, i, item) == key })
			if k < 0 {
				return "", false
			}
			from, to, there = have[i], items[k], diag.At(there, k)
		default:
			return "", false
		}
	}
	return there, true
}

// listOf is a list, and nil for what is none.
func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

// mapOf is a dict as a map, so that items of both sides have one name.
func mapOf(v any) any {
	if d, ok := v.(dict); ok {
		m := make(map[string]any, len(d))
		for key, value := range d {
			m[key] = mapOf(value)
		}
		return m
	}
	return v
}

// nodeAt is the node above which a comment stands that is about a path of a tree: a key or an item that begins a line.
func nodeAt(n *yaml.Node, path string) *yaml.Node {
	at := n
	for _, step := range diag.Split(path) {
		if n.Style&yaml.FlowStyle != 0 {
			break
		}
		if n.Kind == yaml.SequenceNode {
			i := diag.Index(step)
			if i < 0 || i >= len(n.Content) {
				break
			}
			at, n = n.Content[i], n.Content[i]
			continue
		}
		key := keyNode(n, step)
		if key == nil {
			break
		}
		at, n = key, object{n}.get(step)
	}
	return at
}

// keyNode is the node of a key itself, not of its value: yaml.v3 hangs the comments above a field on the key. It is nil
// where there is no such key, or where n is no mapping.
func keyNode(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i]
		}
	}
	return nil
}

// checkComments moves all comments above the run where the text would be read otherwise with them.
func (p *overlaid) checkComments() {
	var text yaml.Node
	if yaml.Unmarshal(write([]object{p.run}), &text) == nil && len(text.Content) == 1 && sameNode(text.Content[0], p.run.Node) {
		return
	}
	all := takeComments(p.run.Node)
	p.run.Content[0].HeadComment = all
}

// takeComments takes every comment out of a tree, outer ones first, and gives them joined: what the tree becomes has no
// place for each of them, but none may get lost.
func takeComments(n *yaml.Node) string {
	all := join(n.HeadComment, n.LineComment, n.FootComment)
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for _, child := range n.Content {
		all = join(all, takeComments(child))
	}
	return all
}
