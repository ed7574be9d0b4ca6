package growth

import (
	"encoding/json"
	"fmt"
	"strings"

	"berth/schema"
)

// ofSchema grows every list, mapping and string of the schema, wherever it stands in a run, a profile or a project; a list
// once with items that differ and once with items that are the same.
func ofSchema() []grown {
	var all []grown
	for _, a := range schema.ActionSpecs {
		a := a
		of := document{action: a.Action, file: func(spec string) map[string]string {
			return map[string]string{"runs/r.yaml": run("r", spec)}
		}}
		for _, f := range a.Type.Fields {
			if actions := schema.FieldActions(f.Name); len(actions) > 0 && actions[0] != a.Action || len(actions) == 0 && a.Action != schema.ActionJob {
				continue // grown with another action
			}
			all = append(all, of.below(f.Type, "run "+f.Name, func(v any) any { return map[string]any{f.Name: v} }, 0)...)
		}
		all = append(all, of.together(a.Type))
	}
	profile := document{file: func(spec string) map[string]string {
		return map[string]string{"runs/r.yaml": run("r", `{"action": "job", "image": "x:1", "profile": "p"}`),
			"profiles/p.yaml": fmt.Sprintf(`{"apiVersion": "berth/v1", "kind": "Profile", "metadata": {"name": "p"}, "spec": %s}`+"\n", spec)}
	}}
	all = append(all, profile.below(&schema.TypeProfileSpec, "profile", func(v any) any { return v }, 0)...)
	project := document{file: func(spec string) map[string]string {
		return map[string]string{"runs/r.yaml": run("r", `{"action": "job", "image": "x:1"}`),
			"berth.yaml": fmt.Sprintf(`{"apiVersion": "berth/v1", "kind": "Project", "metadata": {"name": "p"}, "spec": %s}`+"\n", spec)}
	}}
	return append(all, project.below(&schema.TypeProjectSpec, "project", func(v any) any { return v }, 0)...)
}

// document is what a grown value is put into.
type document struct {
	action string // of a run
	file   func(spec string) map[string]string
}

func run(name, spec string) string {
	return fmt.Sprintf(`{"apiVersion": "berth/v1", "kind": "Run", "metadata": {"name": %q}, "spec": %s}`+"\n", name, spec)
}

// with is the input with a specification in it.
func (d document) with(spec any) input {
	if m, ok := spec.(map[string]any); ok && d.action != "" {
		for key, value := range map[string]any{"action": d.action, "image": "x:1"} {
			if _, given := m[key]; !given {
				m[key] = value
			}
		}
	}
	text, err := json.MarshalIndent(spec, "", " ")
	if err != nil {
		panic(err) // of texts and numbers
	}
	files := d.file(string(text))
	if files["berth.yaml"] == "" {
		files["berth.yaml"] = aProject
	}
	return input{files: files, args: []string{"build"}}
}

const aProject = `{apiVersion: berth/v1, kind: Project, metadata: {name: p}, spec: {namespace: ml}}` + "\n"

// deepest bounds how deep a grown value stands: the same types come back below.
const deepest = 5

// below grows what a type holds. Around puts a value of the type into the specification.
func (d document) below(t *schema.Type, name string, around func(any) any, depth int) (all []grown) {
	if depth > deepest {
		return nil
	}
	switch t.Kind {
	case schema.TextKind:
		all = append(all, grown{name: name, of: func(n int) input { return d.with(around(strings.Repeat("a", n))) }})
	case schema.ListKind:
		all = append(all, d.list(t, name, around, false), d.list(t, name+" of one name", around, true))
		all = append(all, d.below(t.Elem, name+"[]", func(v any) any { return around([]any{v}) }, depth+1)...)
	case schema.MapKind:
		all = append(all, grown{name: name, weight: weight(t.Elem), of: func(n int) input { return d.with(around(manyIn(t, n))) }})
		all = append(all, d.below(t.Elem, name+"{}", func(v any) any { return around(map[string]any{key(t.Key, 0): v}) }, depth+1)...)
	case schema.StructKind:
		for _, f := range t.Fields {
			all = append(all, d.below(f.Type, name+"."+f.Name, func(v any) any {
				with, _ := usual(t, 0).(map[string]any)
				with[f.Name] = v
				return around(with)
			}, depth+1)...)
		}
	case schema.AnyKind:
		all = append(all, grown{name: name, weight: 1, of: func(n int) input {
			list := make([]any, n)
			for i := range list {
				list[i] = fmt.Sprint("a", i)
			}
			return d.with(around(map[string]any{"a": list}))
		}})
	}
	return all
}

func (d document) list(t *schema.Type, name string, around func(any) any, same bool) grown {
	return grown{name: name, weight: weight(t.Elem), of: func(n int) input {
		list := make([]any, n)
		for i := range list {
			at := i
			if same {
				at = 0
			}
			list[i] = usual(t.Elem, at)
		}
		return d.with(around(list))
	}}
}

// together grows all lists and mappings of an action at once, so that one is not looked through for each item of another.
func (d document) together(t *schema.Type) grown {
	g := grown{name: "all lists of a " + d.action + " together", of: func(n int) input {
		spec := map[string]any{}
		for _, f := range t.Fields {
			switch f.Type.Kind {
			case schema.ListKind:
				list := make([]any, n)
				for i := range list {
					list[i] = usual(f.Type.Elem, i)
				}
				spec[f.Name] = list
			case schema.MapKind:
				spec[f.Name] = manyIn(f.Type, n)
			}
		}
		return d.with(spec)
	}}
	for _, f := range t.Fields {
		if f.Type.Kind == schema.ListKind || f.Type.Kind == schema.MapKind {
			g.weight += weight(f.Type.Elem)
		}
	}
	return g
}

func manyIn(t *schema.Type, n int) map[string]any {
	m := make(map[string]any, n)
	for i := range n {
		m[key(t.Key, i)] = usual(t.Elem, i)
	}
	return m
}

func key(t *schema.Type, i int) string {
	if t == nil {
		return fmt.Sprint("a", i)
	}
	if text, ok := usual(t, i).(string); ok {
		return text
	}
	return fmt.Sprint("a", i)
}

// weight is how many values one value of a type has.
func weight(t *schema.Type) int { return values(usual(t, 0)) }

func values(v any) int {
	n := 1
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			n += values(item)
		}
	case map[string]any:
		for _, item := range v {
			n += values(item)
		}
	}
	return n
}

// usual is the i-th value of a type, with what it has to have.
func usual(t *schema.Type, i int) any {
	switch t.Kind {
	case schema.TextKind:
		return text(t, i)
	case schema.IntKind:
		n := int64(i)
		if t.Min != nil {
			n += *t.Min
		}
		if t.Max != nil {
			n = min(n, *t.Max)
		}
		return n
	case schema.BoolKind:
		return true
	case schema.ListKind:
		return []any{usual(t.Elem, i)}
	case schema.MapKind:
		return map[string]any{key(t.Key, i): usual(t.Elem, i)}
	case schema.StructKind:
		m := map[string]any{}
		for _, f := range t.Fields {
			if f.Required {
				m[f.Name] = usual(f.Type, i)
			}
		}
		return m
	}
	return map[string]any{"a": fmt.Sprint("b", i)}
}

// text is the i-th text that a type accepts.
func text(t *schema.Type, i int) string {
	if len(t.Enum) > 0 {
		return t.Enum[i%len(t.Enum)]
	}
	for _, form := range []string{"a%d", "A%d", "/a%d", "%d", "%dGi", "10.0.%d.1", "%ds", "a%d.example.com", "example.com/a%d", "1.33"} {
		candidate := strings.ReplaceAll(form, "%d", fmt.Sprint(i+1))
		if t.AcceptsText(candidate) {
			return candidate
		}
	}
	return fmt.Sprint("a", i)
}
