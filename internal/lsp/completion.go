package lsp

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/workspace"
	"berth/schema"
)

// completion offers what may be written at a place: fields with their meaning, and the names and values that are known.
func (s *server) completion(_ context.Context, p positionParams) (*completionList, error) {
	v, err := s.open(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	o := &offer{v: v, snippets: s.capabilities().TextDocument.Completion.CompletionItem.SnippetSupport}
	if !plain(v.path) {
		return o.list(), nil
	}
	if blank.Match(v.text.data) {
		o.at = cursor{token: textRange{p.Position, p.Position}}
		o.wholeDocument()
		return o.list(), nil
	}
	at, ok := v.cursor(p.Position)
	if !ok || !v.ours() && !startsOne(at.doc.Root) {
		return o.list(), nil
	}
	o.at = at
	where := placeOf(at.doc, at.path)
	switch {
	case at.onKey && where.typ != nil && where.typ.Kind == schema.TextKind: // an item of a list of names
		o.values(where)
	case at.onKey:
		o.keys(where)
		if where.owner == nil && isSecrets(at.path) {
			o.names("a Secret that the project names", o.project().used("secrets")...)
		}
	default:
		o.values(where)
	}
	return o.list(), nil
}

// blank matches a text of comments and separators alone.
var blank = regexp.MustCompile(`\A\s*(#[^\n]*\n\s*|---\s*)*\z`)

// startsOne reports whether the first fields of a run are being written: one that is no more than its name.
func startsOne(root *source.Node) bool {
	if root == nil {
		return false
	}
	for _, f := range root.Fields {
		if f.Key != mark && bareRun.Field(f.Key) == nil && schema.TypeRun.Field(f.Key) == nil {
			return false
		}
	}
	return true
}

// isSecrets reports whether a path is an item of `secrets`, which may be a name alone.
func isSecrets(path string) bool {
	steps := diag.Split(path)
	return len(steps) > 1 && diag.Index(steps[len(steps)-1]) >= 0 && steps[len(steps)-2] == "secrets"
}

// offer collects the items for one place.
type offer struct {
	v        *view
	at       cursor
	snippets bool
	items    []completionItem
}

// project is the project as it was checked last, nil where there is none.
func (o *offer) project() *project { return o.v.project() }

// list is the answer to the editor. The sort texts keep the order that Berth gave, which editors would otherwise take for
// the alphabet's; an empty list is [] in JSON, since null would mean no answer.
func (o *offer) list() *completionList {
	if o.items == nil {
		o.items = []completionItem{}
	}
	for i := range o.items {
		o.items[i].SortText = fmt.Sprintf("%04d", i)
	}
	return &completionList{Items: o.items}
}

// add offers a text for the token.
func (o *offer) add(item completionItem, insert string) {
	item.TextEdit = &textEdit{o.at.token, insert}
	item.FilterText = insert
	if o.at.quoted {
		item.FilterText = strings.Trim(insert, `"`)
	}
	o.items = append(o.items, item)
}

// keys offers the fields that may still stand in the map.
func (o *offer) keys(p place) {
	t := p.typ
	if t == nil {
		return
	}
	switch t.Kind {
	case schema.StructKind:
		fields := o.fieldsOf(p, t)
		slices.SortStableFunc(fields, func(a, b schema.Field) int { return boolean(b.Required) - boolean(a.Required) })
		for _, f := range fields {
			o.key(f.Name, detail(f), meaning(place{owner: t, field: &f, typ: f.Type, spec: p.spec}), f.Type)
		}
		o.partSnippets(t)
	case schema.MapKind:
		for _, name := range o.keyNames(p, t) {
			o.key(name, "", "", t.Elem)
		}
	}
}

// boolean is 1 for true, to sort by.
func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fieldsOf are the fields of a struct that do not stand there yet and belong to the action or the kind of volume.
func (o *offer) fieldsOf(p place, t *schema.Type) []schema.Field {
	spec := specOf(o.at.doc)
	action := spec.Get("action")
	var kind *schema.Field
	if t == &schema.TypeVolumeSpec {
		kind = schema.TypeVolumeSpecs.Field(o.sibling("volume_type"))
	}
	var fields []schema.Field
	for _, f := range t.Fields {
		actions := schema.FieldActions(f.Name)
		switch {
		case o.at.node.Get(f.Name) != nil:
		case p.spec == o.at.node && action.Scalar() && actions != nil && !slices.Contains(actions, action.Text):
		case kind != nil && kind.Type.Field(f.Name) == nil:
		default:
			if kind != nil {
				f.Required = kind.Type.Field(f.Name).Required
			}
			fields = append(fields, f)
		}
	}
	return fields
}

// sibling is the text of an entry beside the value that is written in.
func (o *offer) sibling(key string) string {
	node := o.at.doc.Root
	for _, step := range diag.Split(diag.Parent(o.at.path)) {
		node = child(node, step)
	}
	if n := node.Get(key); n.Scalar() {
		return n.Text
	}
	return ""
}

// detail is what stands beside a field's name in the list.
func detail(f schema.Field) string {
	if f.Required {
		return "required"
	}
	return ""
}

// keyNames are the names that a map may have.
func (o *offer) keyNames(p place, t *schema.Type) []string {
	var names []string
	switch lastStep(o.at.path) {
	case "environments":
		names = o.environments()
	case "bounds":
		names = append(slices.Clone(schema.TypeResourceName.Enum), "replicas", "parallelism", "num_nodes", "active_deadline_seconds")
	default:
		if t.Key != nil {
			names = t.Key.Enum
		}
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return o.at.node.Get(name) != nil })
}

// environments are the project's environments by name, none without a project.
func (o *offer) environments() []string {
	if w := o.v.load(); w.Project != nil {
		return w.Project.EnvironmentNames()
	}
	return nil
}

// key offers a field's name, with what follows it.
func (o *offer) key(name, detail, doc string, t *schema.Type) {
	insert := name
	switch {
	case o.at.json && !o.at.quoted:
		insert = `"` + name + `": `
	case o.at.quoted:
	case t != nil && (t.Kind == schema.StructKind || t.Kind == schema.ListKind || t.Kind == schema.MapKind):
		insert += ":"
	default:
		insert += ": "
	}
	item := completionItem{Label: name, Kind: fieldItem, Detail: detail}
	if doc != "" {
		item.Documentation = &markup{"markdown", doc}
	}
	o.add(item, insert)
}

// value offers a value, in quotes where the format or the text needs them.
func (o *offer) value(label, detail, doc string, kind int) {
	insert := label
	if !o.at.quoted && (o.at.json && !isLiteral(label) || !o.at.json && needsQuotes(label)) {
		insert = `"` + label + `"`
	}
	item := completionItem{Label: label, Kind: kind, Detail: detail}
	if doc != "" {
		item.Documentation = &markup{"markdown", doc}
	}
	o.add(item, insert)
}

// literal is a value that has no quotes in YAML.
var literal = regexp.MustCompile(`^(true|false|[0-9]+)$`)

func isLiteral(s string) bool { return literal.MatchString(s) }

// needsQuotes reports whether YAML would read a text as something else.
func needsQuotes(s string) bool {
	return s == "" || strings.ContainsAny(s[:1], "*&@!%#>|`'\"{[") || strings.Contains(s, ": ") || strings.Contains(s, " #") || versionLike.MatchString(s)
}

// versionLike is a version such as 1.30, which YAML without quotes reads as the number 1.3.
var versionLike = regexp.MustCompile(`^[0-9]+\.[0-9]+$`)

// names offers values that are all of one sort. The mark that stands for the cursor in the text is not offered back.
func (o *offer) names(detail string, names ...string) {
	for _, name := range names {
		if name != mark {
			o.value(name, detail, "", valueItem)
		}
	}
}

// role is what the file is read for, by its place where no project says so yet.
func (o *offer) role() workspace.Role {
	if slices.Contains(workspace.ProjectFiles, lastPart(o.v.path)) {
		return workspace.ProjectRole
	}
	return o.v.role()
}
