package compiler

import (
	"fmt"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/template"
)

// cloud is the cloud of the environment.
func (c *compilation) cloud() string {
	if c.Project != nil {
		if cloud := c.Project.Spec.Environments[c.Environment].Cloud; cloud != "" {
			return cloud
		}
		if c.Project.Spec.Cloud != "" {
			return c.Project.Spec.Cloud
		}
	}
	return "generic"
}

// openCatalog reads the profiles of the project; what is wrong with them is said whether a run uses them or not.
func (c *compilation) openCatalog(sets [][]source.Document) []diag.Diagnostic {
	var diags []diag.Diagnostic
	c.catalog = &catalog{cloud: c.cloud(), locked: c.locked, resolved: map[string]*resolvedProfile{}, names: func() []string { return slices.Clone(c.BuiltInNames) }}
	loaded := map[string]*profileFile{}
	c.catalog.builtIn = func(name string) *profileFile {
		if p, ok := loaded[name]; ok {
			return p
		}
		loaded[name] = c.openBuiltIn(name)
		return loaded[name]
	}
	for _, set := range sets {
		layer, ds := openProfiles(set, c.meant)
		c.catalog.layers = append(c.catalog.layers, layer)
		diags = append(diags, ds...)
	}
	for _, layer := range c.catalog.layers {
		for name := range layer {
			_, ds, _ := c.catalog.resolve(name)
			diags = append(diags, ds...)
		}
	}
	return diags
}

// openBuiltIn reads one profile of the catalog, nil when it has none of that name. Diagnostics are dropped: the files
// are Berth's own, and no user could mend them.
func (c *compilation) openBuiltIn(name string) *profileFile {
	if c.BuiltIn == nil {
		return nil
	}
	file := c.BuiltIn(name)
	if file == nil {
		return nil
	}
	docs, _ := source.Load(file, source.Options{})
	layer, _ := openProfiles(docs, nil)
	if p := layer[name]; p != nil {
		p.builtIn = true
		return p
	}
	return nil
}

// openProfiles reads the profiles among documents, by name; some of their values are said to be no credentials.
func openProfiles(docs []source.Document, m *meant) (map[string]*profileFile, []diag.Diagnostic) {
	layer := map[string]*profileFile{}
	var diags []diag.Diagnostic
	for group := range byFile(docs) {
		// A file in the platform's form is one profile, whatever other objects stand in it.
		group, ds := untemplate(group)
		diags = append(diags, ds...)
		for _, doc := range group {
			c := &checker{report: &report{}}
			e := c.open(doc)
			if e != nil && e.kind != kindProfile {
				c.add(diag.Diagnostic{Code: diag.Document, Span: start(doc.Root.Span), Path: "kind",
					Message: "this is no profile", Hint: "begin it with apiVersion: berth/v1 and kind: Profile"})
				e = nil
			}
			if e == nil {
				diags = append(diags, c.diags...)
				continue
			}
			p := openProfile(doc, e, c, m)
			diags = append(diags, p.diags...)
			diags = append(diags, register(layer, p)...)
		}
	}
	return layer, diags
}

// byFile yields the documents file by file; those of one file stand next to each other.
func byFile(docs []source.Document) func(yield func([]source.Document) bool) {
	return func(yield func([]source.Document) bool) {
		for i := 0; i < len(docs); {
			j := i + 1
			for j < len(docs) && docs[j].File == docs[i].File {
				j++
			}
			if !yield(docs[i:j]) {
				return
			}
			i = j
		}
	}
}

// untemplate turns a file in the form of the platform's templates into the profile that it means.
func untemplate(group []source.Document) ([]source.Document, []diag.Diagnostic) {
	profile, ok, diags := template.Read(group)
	if !ok {
		return group, nil
	}
	if profile == nil {
		return nil, diags
	}
	return []source.Document{{File: group[0].File, Root: profile}}, diags
}

// register adds a profile to its layer under its name, and refuses a second one of that name. A profile without a name
// was refused before.
func register(layer map[string]*profileFile, p *profileFile) []diag.Diagnostic {
	if !p.name.Scalar() {
		return nil
	}
	first := layer[p.name.Text]
	if first == nil {
		layer[p.name.Text] = p
		return nil
	}
	return []diag.Diagnostic{{Code: diag.Duplicate, Span: p.name.Span, Path: "metadata.name",
		Message: fmt.Sprintf("there are two profiles called %s", p.name.Text),
		Notes:   []diag.Note{{Span: first.name.Span, Message: "the first stands here"}},
		Hint:    "give one of them another name"}}
}

// ListProfiles resolves every profile that a run could name, sorted by name.
func ListProfiles(opts Options) ([]*Profile, []diag.Diagnostic) {
	c := &compilation{Options: opts, meant: meantFor(opts.Project, "")}
	diags := c.openCatalog(opts.Profiles)
	var list []*Profile
	for _, name := range c.catalog.all() {
		p, ds, ok := c.catalog.resolve(name)
		diags = append(diags, ds...)
		if ok {
			list = append(list, p)
		}
	}
	return list, diag.Sort(diags)
}
