package compiler

import (
	"fmt"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// Lowering turns the shapes that people may write into the one shape that the schema knows, on the tree, so that every
// value keeps its place. What is wrong with a shape is said here, in the words of that shape.

// lowerSpec lowers the fields of a run, a partial spec, or a profile's settings. SecretsFrom names the Secret of which a
// bare name under `secrets` is a key, where the project says so; nil when there is none.
func (c *checker) lowerSpec(spec *source.Node, path string, secretsFrom *source.Node) *source.Node {
	return mapFields(spec, func(f source.Field) *source.Node {
		at := diag.Join(path, f.Key)
		switch f.Key {
		case "node_selector":
			return c.lowerNodeSelector(f.Node, at)
		case "files":
			return c.lowerFiles(f.Node, at)
		case "strategy":
			return lowerStrategy(f.Node, at)
		case "init_containers", "sidecars", "containers":
			return mapItems(f.Node, func(i int, item *source.Node) *source.Node {
				return c.lowerContainer(item, diag.At(at, i), secretsFrom)
			})
		case "leader":
			return c.lowerContainer(f.Node, at, nil)
		case "resources":
			lowered := c.lowerResources(f.Node, at)
			c.choices(lowered, at)
			return lowered
		}
		return c.lowerContainerField(f, at, secretsFrom)
	})
}

// mapFields copies a map with some of its values replaced; nil drops the field. A map without a change is not copied.
func mapFields(n *source.Node, replace func(source.Field) *source.Node) *source.Node {
	if n == nil || n.Kind != source.Map {
		return n
	}
	var fields []source.Field
	for i, f := range n.Fields {
		v := replace(f)
		// Copied from the first change on: most maps have none.
		if v != f.Node && fields == nil {
			fields = append(make([]source.Field, 0, len(n.Fields)), n.Fields[:i]...)
		}
		if fields != nil && v != nil {
			f.Node = v
			fields = append(fields, f)
		}
	}
	if fields == nil {
		return n
	}
	lowered := *n
	lowered.Fields = fields
	return &lowered
}

// kubernetesNames are Kubernetes' names of our resources.
var kubernetesNames = map[string]string{"cpu": "cpu", "memory": "mem", "ephemeral-storage": "disk"}

// lowerResources tells the two forms apart: Berth's {cpu: {requests, limits}} and Kubernetes' {requests: {cpu}, limits:
// {cpu}}. What is no map is left for the checker to refuse.
func (c *checker) lowerResources(n *source.Node, path string) *source.Node {
	if n.Kind != source.Map {
		return n
	}
	own, foreign := 0, 0
	for _, f := range n.Fields {
		if f.Key == "requests" || f.Key == "limits" {
			foreign++
		} else {
			own++
		}
	}
	if foreign > 0 && own > 0 {
		return c.mixture(n, path)
	}
	if foreign > 0 {
		return c.lowerKubernetesResources(n, path)
	}
	return mapFields(n, func(f source.Field) *source.Node { return lowerAmounts(f, path) })
}

// mixture refuses `requests` or `limits` beside the names of resources.
func (c *checker) mixture(n *source.Node, path string) *source.Node {
	for _, f := range n.Fields {
		if f.Key != "requests" && f.Key != "limits" {
			continue
		}
		c.add(diag.Diagnostic{
			Code: diag.Resources, Span: f.Span, Path: diag.Join(path, f.Key),
			Message: fmt.Sprintf("%s mixes two forms: %s stands beside the names of resources", path, f.Key),
			Hint:    "write {cpu: {requests: …, limits: …}} or {requests: {cpu: …}, limits: {cpu: …}}, not both",
		})
	}
	return mapFields(n, func(f source.Field) *source.Node {
		if f.Key == "requests" || f.Key == "limits" {
			return nil
		}
		return lowerAmounts(f, path)
	})
}

// lowerAmounts turns one amount into requests, and for what cannot be shared into limits as well; a choice of GPUs becomes
// one. Path is that of all resources.
func lowerAmounts(f source.Field, path string) *source.Node {
	n, at := f.Node, f.Below(path)
	switch {
	case f.Key == "gpu" && isChoice(n):
		return &source.Node{Kind: source.Map, Layer: n.Layer, Span: n.Span, Fields: []source.Field{{Key: "choice", Span: f.Span, Node: n, Path: at}}}
	case n.Scalar() || n.Kind == source.Constraint:
		amounts := &source.Node{Kind: source.Map, Layer: n.Layer, Span: n.Span}
		amounts.Fields = []source.Field{{Key: "requests", Span: f.Span, Node: n, Path: at}}
		if unsharable(f.Key) {
			amounts.Fields = append(amounts.Fields, source.Field{Key: "limits", Span: f.Span, Node: n, Path: at})
		}
		return amounts
	case n.Kind == source.Map && unsharable(f.Key):
		return bothAmounts(n, at)
	}
	return n
}

// bothAmounts completes the request or the limit by the other. Both keep their places, since the resource may be called
// gpu later.
func bothAmounts(n *source.Node, path string) *source.Node {
	both := *n
	both.Fields = slices.Clone(n.Fields)
	for i := range both.Fields {
		both.Fields[i].Path = both.Fields[i].Below(path)
	}
	requests, limits := both.Field("requests"), both.Field("limits")
	var other source.Field
	switch {
	case requests != nil && limits == nil:
		other = *requests
		other.Key = "limits"
	case limits != nil && requests == nil:
		other = *limits
		other.Key = "requests"
	default:
		return &both
	}
	both.Fields = append(both.Fields, other)
	return &both
}

// lowerKubernetesResources turns {requests: {cpu: 1}} into {cpu: {requests: 1}}.
func (c *checker) lowerKubernetesResources(n *source.Node, path string) *source.Node {
	lowered := &source.Node{Kind: source.Map, Layer: n.Layer, Span: n.Span}
	for _, side := range n.Fields {
		if side.Node.Kind != source.Map {
			c.wrongType(side.Node, diag.Join(path, side.Key), "a map of amounts by resource", "write "+side.Key+": {cpu: …, memory: …}")
			continue
		}
		for _, f := range side.Node.Fields {
			name, ok := c.kubernetesResource(f, diag.Join(path, side.Key))
			if !ok {
				continue
			}
			into := lowered.Get(name)
			if into == nil {
				into = &source.Node{Kind: source.Map, Layer: n.Layer, Span: f.Node.Span}
				lowered.Fields = append(lowered.Fields, source.Field{Key: name, Span: f.Span, Node: into})
			}
			into.Fields = append(into.Fields, source.Field{Key: side.Key, Span: f.Span, Node: f.Node, Path: f.Below(side.Below(path))})
		}
	}
	// From here on the two forms are one: what cannot be shared gets the other side, and a choice its place.
	return mapFields(lowered, func(f source.Field) *source.Node { return lowerAmounts(f, path) })
}

// kubernetesResource is our name of a resource in Kubernetes' form. Our own short names are refused there: mixing the
// two would leave a reader guessing which form it is. Extended resources are called alike in both.
func (c *checker) kubernetesResource(f source.Field, path string) (string, bool) {
	if name := kubernetesNames[f.Key]; name != "" {
		return name, true
	}
	for theirs, ours := range kubernetesNames {
		if ours == f.Key {
			c.foreignName(f, path, theirs)
			return "", false
		}
	}
	if f.Key == "gpu" {
		c.foreignName(f, path, "nvidia.com/gpu")
		return "", false
	}
	return f.Key, true
}

// foreignName refuses our name of a resource among Kubernetes' own.
func (c *checker) foreignName(f source.Field, path, theirs string) {
	c.mark(f.Node)
	c.add(diag.Diagnostic{
		Code: diag.Resources, Span: f.Span, Path: diag.Join(path, f.Key),
		Message: fmt.Sprintf("%s is not Kubernetes' name of a resource, and this is Kubernetes' form", diag.Quote(f.Key)),
		Hint:    "write " + theirs,
		Fix:     replacement(f.Span, theirs, true),
	})
}

// lowerNodeSelector turns {key, value} and lists of it into a map.
func (c *checker) lowerNodeSelector(n *source.Node, path string) *source.Node {
	switch {
	case n.Kind == source.List:
		lowered := &source.Node{Kind: source.Map, Layer: n.Layer, Span: n.Span}
		for i, item := range n.Items {
			c.addPair(lowered, item, diag.At(path, i), start(item.Span))
		}
		return lowered
	case n.Kind == source.Map && len(n.Fields) == 2 && n.Get("key").Scalar() && n.Get("value").Scalar():
		lowered := &source.Node{Kind: source.Map, Layer: n.Layer, Span: n.Span}
		c.addPair(lowered, n, path, start(n.Span))
		return lowered
	}
	return n
}

// pair is one item of a node selector written as a list.
var pair = schema.Type{Name: "NodeSelectorPair", Kind: schema.StructKind, Fields: []schema.Field{
	{Name: "key", Required: true, Type: &schema.TypeLabelKey, Doc: "The label's key."},
	{Name: "value", Required: true, Type: &schema.TypeLabelValue, Doc: "The label's value."},
}}

// addPair adds {key, value} to a map of labels. The same pair twice is harmless and left out; two values of one label
// are refused, since no node has both.
func (c *checker) addPair(into, item *source.Node, path string, at diag.Span) {
	before := len(c.diags)
	c.value(item, &pair, path, at)
	if len(c.diags) > before {
		return
	}
	key, value := item.Field("key"), item.Field("value")
	if first := into.Field(key.Node.Text); first != nil {
		if first.Node.Text != value.Node.Text {
			c.add(diag.Diagnostic{
				Code: diag.Scheduling, Span: value.Node.Span, Path: path,
				Message: fmt.Sprintf("%s cannot be both %s and %s: no node has two values of one label", key.Node.Text, first.Node.Text, value.Node.Text),
				Notes:   []diag.Note{{Span: first.Node.Span, Message: first.Node.Text + " stands here"}},
				Hint:    "keep one of them; for one of several values write an affinity with operator In",
			})
		}
		return
	}
	into.Fields = append(into.Fields, source.Field{Key: key.Node.Text, Span: key.Node.Span, Node: value.Node})
}

// lowerSecrets turns a bare name into {name}, or with secretsFrom into a key of that Secret.
func (c *checker) lowerSecrets(n *source.Node, path string, secretsFrom *source.Node) *source.Node {
	return mapItems(n, func(i int, item *source.Node) *source.Node { return c.lowerSecret(item, diag.At(path, i), secretsFrom) })
}

// lowerSecret is one item of `secrets`. A bare name is a whole Secret; with a project's `secrets: {from}` it is a key
// of that Secret, and the variable is called like the key.
func (c *checker) lowerSecret(item *source.Node, path string, secretsFrom *source.Node) *source.Node {
	if !item.Scalar() {
		return item
	}
	if secretsFrom == nil {
		return c.lowerName(item, path)
	}
	lowered := &source.Node{Kind: source.Map, Layer: item.Layer, Span: item.Span}
	if !schema.TypeShellName.AcceptsText(item.Text) {
		c.refuse(item, diag.Diagnostic{
			Code: diag.Env, Path: path,
			Message: fmt.Sprintf("%s is a key of Secret %s, and no shell can read a variable of that name", diag.Quote(item.Text), secretsFrom.Text),
			Hint:    fmt.Sprintf("write {name: %s, key: %s, env: NAME}", secretsFrom.Text, item.Text),
		})
		c.mark(lowered)
	}
	lowered.Fields = []source.Field{{Key: "name", Span: item.Span, Node: secretsFrom}, {Key: "key", Span: item.Span, Node: item}, {Key: "env", Span: item.Span, Node: item}}
	return lowered
}

// lowerStrategy turns the type of a strategy alone into one that says nothing else.
func lowerStrategy(n *source.Node, path string) *source.Node {
	if !n.Scalar() {
		return n
	}
	return &source.Node{Kind: source.Map, Layer: n.Layer, Span: n.Span, Fields: []source.Field{{Key: "type", Span: n.Span, Node: n, Path: path}}}
}

// listOf turns a single value into a list of one.
func listOf(n *source.Node) *source.Node {
	if !n.Scalar() {
		return n
	}
	return &source.Node{Kind: source.List, Layer: n.Layer, Span: n.Span, Items: []*source.Node{n}}
}

// canonicalResources gives the accelerator's own name of a resource the name `gpu`, so that both mean one thing, in the
// run's own container and in the others.
func canonicalResources(spec *source.Node, accelerator string) *source.Node {
	return mapFields(spec, func(f source.Field) *source.Node {
		switch f.Key {
		case "resources":
			return canonicalNames(f.Node, accelerator)
		case "leader":
			return canonicalResources(f.Node, accelerator)
		case "init_containers", "sidecars", "containers":
			return mapItems(f.Node, func(_ int, item *source.Node) *source.Node {
				if item.Get("resources") == nil {
					return item
				}
				return canonicalResources(item, accelerator)
			})
		}
		return f.Node
	})
}

// canonicalNames renames one resource. The field keeps its place, so that messages still point at what was written.
func canonicalNames(resources *source.Node, accelerator string) *source.Node {
	if resources.Field(accelerator) == nil || resources.Field("gpu") != nil {
		return resources // both names in one place: a rule refuses it
	}
	renamed := *resources
	renamed.Fields = append([]source.Field{}, resources.Fields...)
	for i := range renamed.Fields {
		if renamed.Fields[i].Key == accelerator {
			renamed.Fields[i].Key = "gpu"
		}
	}
	return &renamed
}
