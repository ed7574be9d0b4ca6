package compiler

import (
	"reflect"

	"berth/internal/source"
	"berth/schema"
)

// ProjectUnit is the name by which the project's own objects are known among its runs, which no run can have.
const ProjectUnit = "_project"

// Extra is the project's own objects in an environment as a unit: a plan that has nothing else. It is nil where there are
// none.
func (p *Project) Extra(opts Options) *Unit {
	extra := p.field("extra")
	if extra == nil || extra.Kind != source.List {
		return nil
	}
	c := &compilation{Options: opts}
	u := &Unit{Doc: source.Document{File: p.File, Root: p.root}, env: &envelope{kind: kindProject}}
	name := &source.Node{Kind: source.String, Layer: source.ProjectDefault, Text: ProjectUnit}
	if p.NameNode != nil {
		name.Span = p.NameNode.Span
	}
	u.Tree = newMap(
		source.Field{Key: "name", Node: name},
		source.Field{Key: "namespace", Node: strongest(p.field("namespace"), p.environments[opts.Environment].Get("namespace"))},
		source.Field{Key: "spec", Node: newMap(source.Field{Key: "extra", Span: p.Tree.Field("extra").Span, Node: extra})})
	u.Plan = &schema.Plan{Environment: opts.Environment, Project: p.Name, OfProject: true}
	decoder{}.into(u.Tree, reflect.ValueOf(u.Plan).Elem(), "")
	u.Plan.Target = c.target(u)
	return u
}
