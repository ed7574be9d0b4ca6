package compiler

import (
	"reflect"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// ProjectUnit is the name by which the project's own objects are known among its runs, which no run can have.
const ProjectUnit = "_project"

// Extra is the project's own objects in an environment and the environment's as a unit: a plan that has nothing else. It is
// nil where there are none. Their images are held to images.lock as those of runs are.
func (p *Project) Extra(opts Options) (*Unit, []diag.Diagnostic) {
	environment := p.environments[opts.Environment]
	extra := bothLists(p.field("extra"), environment.Get("extra"))
	if extra == nil {
		return nil, nil
	}
	c := &compilation{Options: opts}
	extra = c.locked(extra)
	u := &Unit{Doc: source.Document{File: p.File, Root: p.root}, env: &envelope{kind: kindProject}}
	name := &source.Node{Kind: source.String, Layer: source.ProjectDefault, Text: ProjectUnit}
	if p.NameNode != nil {
		name.Span = p.NameNode.Span
	}
	u.Tree = newMap(
		source.Field{Key: "name", Node: name},
		source.Field{Key: "namespace", Node: strongest(p.field("namespace"), environment.Get("namespace"))},
		source.Field{Key: "spec", Node: newMap(source.Field{Key: "extra", Span: extra.Span, Node: extra})})
	u.Plan = &schema.Plan{Environment: opts.Environment, Project: p.Name, OfProject: true}
	decoder{}.into(u.Tree, reflect.ValueOf(u.Plan).Elem(), "")
	u.Plan.Target = c.target(u)
	return u, p.unlocked(u)
}

// bothLists is one list after the other; nil where neither is one.
func bothLists(first, second *source.Node) *source.Node {
	var both *source.Node
	for _, n := range []*source.Node{first, second} {
		switch {
		case n == nil || n.Kind != source.List:
		case both == nil:
			both = n
		default:
			both = &source.Node{Kind: source.List, Layer: n.Layer, Span: both.Span, Items: append(slices.Clip(both.Items), n.Items...)}
		}
	}
	return both
}
