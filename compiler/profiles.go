package compiler

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
	"berth/schema"
)

// Profile is a hardware profile with what it inherits and what its cloud changes already laid over it.
type Profile struct {
	Name   string
	Origin string       // where it comes from: the file's name
	File   *diag.File   // of the profile itself
	Tree   *source.Node // the spec, lowered
	Spec   schema.ProfileFields
	// Default and Require are partial specs in the layers of those names; Bounds and PerGPU are maps.
	Default, Require, Bounds, PerGPU *source.Node
	Extends                          []string

	open bool // what it requires holds a rule in CUE
}

// profileFile is one document of kind Profile, lowered and checked on its own.
// Name is nil where the profile has none. Diags are told once, whoever uses the profile.
type profileFile struct {
	name    *source.Node
	doc     source.Document
	spec    *source.Node
	builtIn bool
	diags   []diag.Diagnostic
}

// openProfile lowers and checks a profile's document, of which some values are said to be no credentials.
func openProfile(doc source.Document, e *envelope, c *checker, m *meant) *profileFile {
	c.constraints = true
	p := &profileFile{doc: doc}
	c.value(e.metadata, &schema.TypeProfileMetadata, "metadata", e.metaAt)
	p.name = e.metadata.Get("name")
	p.spec = c.lowerProfile(c.settleProfile(e.spec, "spec"), "spec")
	c.value(p.spec, &schema.TypeProfileSpec, "spec", e.specAt)
	c.profileParts(p.spec, "spec")
	c.credentials(p.spec, "spec", m)
	if clouds := p.spec.Get("clouds"); clouds != nil {
		for _, f := range clouds.Fields {
			c.profileParts(f.Node, diag.Join("spec.clouds", f.Key))
		}
	}
	p.diags = c.diags
	return p
}

// lowerProfile lowers the shapes of a profile's spec or of one cloud's part of it.
func (c *checker) lowerProfile(spec *source.Node, path string) *source.Node {
	return mapFields(c.renamePriority(spec, path), func(f source.Field) *source.Node {
		at := diag.Join(path, f.Key)
		switch f.Key {
		case "default", "require":
			layer := source.ProfileDefault
			if f.Key == "require" {
				layer = source.ProfileRequire
			}
			return c.lowerSpec(relayer(f.Node, layer), at, nil)
		case "extends":
			return listOf(f.Node)
		case "bounds":
			return mapFields(f.Node, func(b source.Field) *source.Node { return lowerBound(b.Node) })
		case "node_labels":
			return mapFields(f.Node, func(l source.Field) *source.Node { return listOf(l.Node) })
		case "deprecated":
			return wrap(f.Node, "reason")
		case "clouds":
			return mapFields(f.Node, func(cloud source.Field) *source.Node {
				return c.lowerProfile(cloud.Node, diag.Join(at, cloud.Key))
			})
		}
		return f.Node
	})
}

// lowerBound turns one amount into the only accepted value, and lists of amounts into all of them.
func lowerBound(n *source.Node) *source.Node {
	switch {
	case n.Scalar():
		n = listOf(n)
	case n.Kind != source.List:
		return n
	}
	return &source.Node{Kind: source.Map, Layer: n.Layer, Span: n.Span, Fields: []source.Field{{Key: "values", Span: n.Span, Node: n}}}
}

// wrap turns a bare value into a map with that value under a key: the short form of fields that have more to say.
func wrap(n *source.Node, key string) *source.Node {
	if !n.Scalar() {
		return n
	}
	return &source.Node{Kind: source.Map, Layer: n.Layer, Span: n.Span, Fields: []source.Field{{Key: key, Span: n.Span, Node: n}}}
}

// boundedNumbers are the fields beside resources that bounds may name.
var boundedNumbers = []string{"replicas", "parallelism", "num_nodes", "active_deadline_seconds"}

// profileParts checks what the tables cannot say of a profile.
func (c *checker) profileParts(spec *source.Node, path string) {
	for _, part := range []string{"default", "require"} {
		c.duplicates(spec.Get(part), diag.Join(path, part))
	}
	bounds := spec.Get("bounds")
	if bounds == nil || bounds.Kind != source.Map {
		return
	}
	for i := range bounds.Fields {
		f := &bounds.Fields[i]
		if !schema.TypeResourceName.AcceptsText(f.Key) && !contains(boundedNumbers, f.Key) {
			// The keys of bounds are free in the schema, since any extended resource may be bounded.
			known := append(slices.Clone(schema.TypeResourceName.Enum), boundedNumbers...)
			d := diag.Diagnostic{Code: diag.UnknownField, Span: f.Span, Path: diag.Join(path+".bounds", f.Key)}
			d.Message = fmt.Sprintf("%s is nothing that a profile can bound", diag.Quote(f.Key))
			d.Hint = "bound a resource, or " + diag.OneOf(boundedNumbers)
			if best, ok := diag.Nearest(f.Key, known); ok {
				rename(&d, f, bounds, best, false)
			} else if meant, ok := resourceWords[f.Key]; ok {
				rename(&d, f, bounds, meant, true)
			}
			c.mark(f.Node)
			c.add(d)
			continue
		}
		c.boundOrder(f, diag.Join(path+".bounds", f.Key))
	}
}

// boundOrder refuses a minimum above the maximum.
func (c *checker) boundOrder(f *source.Field, path string) {
	low, high := f.Node.Get("min"), f.Node.Get("max")
	if low == nil || high == nil || c.bad[low] || c.bad[high] {
		return
	}
	a, okA := quantity.Parse(low.Text)
	b, okB := quantity.Parse(high.Text)
	if okA && okB && a.Cmp(b) > 0 {
		c.add(diag.Diagnostic{Code: diag.ProfileInvalid, Span: high.Span, Path: path + ".max",
			Message: fmt.Sprintf("no amount of %s is at least %s and at most %s", f.Key, low.Text, high.Text),
			Notes:   []diag.Note{{Span: low.Span, Message: "min stands here"}}})
	}
}

// Catalog finds profiles by name.
// BuiltIn gives a profile of Berth's own catalog, nil for an unknown name; cloud decides which part of `clouds` counts.
// It is not safe for several goroutines: [compilation] guards it.
type catalog struct {
	layers   []map[string]*profileFile // the first that knows a name wins
	builtIn  func(name string) *profileFile
	names    func() []string // of the built-in ones
	cloud    string
	locked   func(*source.Node) *source.Node // holds the images of a tree to images.lock
	resolved map[string]*resolvedProfile
	allNames []string
	collect  sync.Once
	visited  int // profiles that the one being resolved is made of so far, each as often as it is extended
}

// maxInherited bounds what one profile is made of: twenty that each extend the next one twice would be a million.
const maxInherited = 100

// resolvedProfile is kept so that a profile that many runs name is resolved, and its mistakes are told, once.
type resolvedProfile struct {
	profile *Profile
	diags   []diag.Diagnostic
}

// find gives the file of a profile: one among the documents that are compiled comes first, then the environment's set,
// the project's, and the catalog. It is nil where nobody knows the name.
func (c *catalog) find(name string) *profileFile {
	for _, layer := range c.layers {
		if p := layer[name]; p != nil {
			return p
		}
	}
	return c.builtIn(name)
}

// all lists the names of all profiles, sorted.
func (c *catalog) all() []string {
	c.collect.Do(func() {
		names := c.names()
		for _, layer := range c.layers {
			names = slices.AppendSeq(names, maps.Keys(layer))
		}
		slices.Sort(names)
		c.allNames = slices.Compact(names)
	})
	return c.allNames
}

// resolve gives the profile of that name with all that it inherits; ok is false when there is none.
func (c *catalog) resolve(name string) (*Profile, []diag.Diagnostic, bool) {
	if r := c.resolved[name]; r != nil {
		return r.profile, r.diags, r.profile != nil
	}
	file := c.find(name)
	if file == nil {
		return nil, nil, false
	}
	r := &report{}
	c.visited = 0
	tree := mapFields(c.inherit(file, []string{name}, r), func(f source.Field) *source.Node {
		if f.Key == "base" {
			return c.locked(f.Node)
		}
		return f.Node
	})
	p := &Profile{Name: name, Origin: file.doc.File.Name, File: file.doc.File, Tree: tree}
	p.Default, p.Require, p.Bounds, p.PerGPU = tree.Get("default"), tree.Get("require"), tree.Get("bounds"), tree.Get("per_gpu")
	p.open = isOpen(p.Require)
	// Default and require are partial specs, which are layered as trees.
	decoder{bad: r.bad}.into(without(tree, "default", "require"), reflect.ValueOf(&p.Spec).Elem(), "")
	if extends := file.spec.Get("extends"); extends != nil {
		for _, item := range extends.Items {
			p.Extends = append(p.Extends, item.Text)
		}
	}
	c.replacementKnown(file, r)
	c.consistent(p, r)
	realDays(tree, r)
	c.resolved[name] = &resolvedProfile{profile: p, diags: r.diags}
	return p, r.diags, true
}

// inherit lays a profile over those that it extends, and the part of its cloud over both.
func (c *catalog) inherit(file *profileFile, chain []string, r *report) *source.Node {
	var base *source.Node
	own := without(file.spec, "extends", "clouds")
	// The part of a cloud beats what the same profile says for all clouds.
	if cloud := file.spec.Get("clouds").Get(c.cloud); cloud != nil && cloud.Kind == source.Map {
		own = overlay(own, cloud)
	}
	if extends := file.spec.Get("extends"); extends != nil && extends.Kind == source.List {
		for _, item := range extends.Items {
			parent := c.parent(item, chain, r)
			if parent == nil {
				continue
			}
			if base != nil {
				c.orthogonal(base, parent, own, item, r)
			}
			base = overlay(base, parent)
		}
	}
	if base != nil {
		// These are said of one profile, and not of those that extend it.
		base = ownAmounts(without(base, "deprecated", "description"), own)
	}
	return overlay(base, own)
}

// ownAmounts drops the inherited amounts for each GPU where the profile has a default request of its own.
func ownAmounts(base, own *source.Node) *source.Node {
	return mapFields(base, func(f source.Field) *source.Node {
		if f.Key != "per_gpu" {
			return f.Node
		}
		return mapFields(f.Node, func(amount source.Field) *source.Node {
			if own.Get("default").Get("resources").Get(amount.Key).Get("requests") != nil {
				return nil
			}
			return amount.Node
		})
	})
}

// parent resolves one item of `extends`. The chain are the profiles on the way to it, to refuse a cycle; nil is
// returned for what was refused.
func (c *catalog) parent(item *source.Node, chain []string, r *report) *source.Node {
	if !item.Scalar() {
		return nil
	}
	if contains(chain, item.Text) {
		r.refuse(item, diag.Diagnostic{Code: diag.ProfileInvalid, Path: "spec.extends",
			Message: fmt.Sprintf("profile %s extends itself: %s", chain[0], strings.Join(append(chain, item.Text), " → "))})
		return nil
	}
	file := c.find(item.Text)
	if file == nil {
		r.refuse(item, unknownProfile(item.Text, c.all(), "spec.extends", item.Span))
		return nil
	}
	if c.visited++; c.visited > maxInherited {
		if c.visited == maxInherited+1 {
			r.refuse(item, diag.Diagnostic{Code: diag.ProfileInvalid, Path: "spec.extends",
				Message: fmt.Sprintf("profile %s extends more than %d profiles, counting what those extend", chain[0], maxInherited),
				Hint:    "extend fewer, or write what they say into one"})
		}
		return nil
	}
	return c.inherit(file, append(slices.Clone(chain), item.Text), r)
}

// unknownProfile refuses a name that no profile has, in a run or under `extends`. Only another spelling of the same
// name is a certain fix.
func unknownProfile(name string, known []string, path string, span diag.Span) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.UnknownProfile, Span: span, Path: path,
		Message: fmt.Sprintf("there is no profile %s", diag.Quote(name)),
		Hint:    "`berth profiles` lists them"}
	if near := nearProfiles(name, known); len(near) > 0 {
		d.Hint = "did you mean " + diag.OneOf(near) + "?"
		d.Fix = replacement(span, near[0], diag.SameName(name, near[0]))
	}
	return d
}
