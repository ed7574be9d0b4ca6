package compiler

import (
	"maps"
	"reflect"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// Project is a berth.yaml: where things are, and what holds for all runs.
// What an environment changes is kept apart and laid over it when a run is compiled.
type Project struct {
	Name string
	Dir  string // the folder that its paths are relative to
	File *diag.File
	Spec schema.ProjectSpec
	Tree *source.Node // the spec, lowered
	// NameNode is where the name stands.
	NameNode *source.Node

	root         *source.Node // the whole document
	defaults     *source.Node
	environments map[string]*source.Node // partial specs
	meant        *meant
}

// OpenProject reads a document of kind Project. Dir is the folder that its paths are relative to. The project is nil when
// the document is none.
func OpenProject(doc source.Document, dir string) (*Project, []diag.Diagnostic) {
	c := &checker{report: &report{}}
	e := c.open(doc)
	if e == nil || e.kind != kindProject {
		if e != nil {
			c.add(diag.Diagnostic{Code: diag.Document, Span: start(doc.Root.Span), Path: "kind",
				Message: "this is no project", Hint: "begin it with apiVersion: berth/v1 and kind: Project"})
		}
		return nil, c.diags
	}
	c.value(e.metadata, &schema.TypeProjectMetadata, "metadata", e.metaAt)
	spec := c.lowerProject(e.spec)
	c.value(spec, &schema.TypeProjectSpec, "spec", e.specAt)
	p := &Project{Dir: dir, File: doc.File, Tree: spec, root: doc.Root, environments: map[string]*source.Node{}}
	decoder{bad: c.bad}.into(newMap(source.Field{Key: "credentials", Node: spec.Get("credentials")}), reflect.ValueOf(&p.Spec).Elem(), "")
	p.meant = meantFor(p, "")
	c.credentials(e.metadata, "metadata", p.meant)
	c.credentials(spec, "spec", p.meant)
	if n := e.metadata.Get("name"); n.Scalar() {
		p.Name, p.NameNode = n.Text, n
	}
	// Defaults are a partial spec of a run: they are checked for duplicates as a run is, and layered, never decoded
	// here.
	p.defaults = spec.Get("defaults")
	c.duplicates(p.defaults, "spec.defaults")
	if envs := spec.Get("environments"); envs != nil {
		for _, f := range envs.Fields {
			p.environments[f.Key] = f.Node
			c.duplicates(f.Node, diag.Join("spec.environments", f.Key))
		}
	}
	c.profileSets(spec)
	// Project and environment are looked at one by one: an environment's cluster replaces the project's as a whole.
	c.oneCluster(spec.Get("argocd"), "spec.argocd")
	for name, environment := range p.environments {
		c.oneCluster(environment.Get("argocd"), diag.Join("spec.environments", name)+".argocd")
	}
	decoder{bad: c.bad}.into(without(spec, "defaults"), reflect.ValueOf(&p.Spec).Elem(), "")
	return p, c.diags
}

// EnvironmentNames lists the project's environments, sorted.
func (p *Project) EnvironmentNames() []string {
	if p == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(p.environments))
}

// lowerProject lowers a project's spec: single paths become lists, short forms maps, and defaults and environments are
// put into the layers of those names.
func (c *checker) lowerProject(spec *source.Node) *source.Node {
	from := secretsFrom(spec)
	return mapFields(c.renamePriority(spec, "spec"), func(f source.Field) *source.Node {
		at := diag.Join("spec", f.Key)
		switch f.Key {
		case "runs", "profiles", "policies", "projects", "kueue":
			return listOf(f.Node)
		case "output":
			return wrap(f.Node, "path")
		case "secrets":
			return wrap(f.Node, "from")
		case "profile_sets":
			return mapFields(f.Node, func(s source.Field) *source.Node { return listOf(s.Node) })
		case "defaults":
			return c.lowerSpec(relayer(f.Node, source.ProjectDefault), at, from)
		case "environments":
			return mapFields(f.Node, func(env source.Field) *source.Node {
				here := diag.Join(at, env.Key)
				return c.lowerSpec(c.renamePriority(relayer(lowerQueues(env.Node), source.ProjectEnvironment), here), here, from)
			})
		}
		return f.Node
	})
}

// lowerQueues gives the one path of an environment's `kueue` a list.
func lowerQueues(environment *source.Node) *source.Node {
	return mapFields(environment, func(f source.Field) *source.Node {
		if f.Key == "kueue" {
			return listOf(f.Node)
		}
		return f.Node
	})
}

// secretsFrom is where a project's spec names the Secret of which a bare name is a key, nil where it does not.
func secretsFrom(spec *source.Node) *source.Node {
	n := spec.Get("secrets")
	if n != nil && n.Kind == source.Map {
		n = n.Get("from")
	}
	if !n.Scalar() || n.Text == "" {
		return nil
	}
	return n
}

// secretsFrom is where the project names the Secret of which a bare name is a key.
func (p *Project) secretsFrom() *source.Node {
	if p == nil {
		return nil
	}
	return secretsFrom(p.Tree)
}

// field gives a value of the project's own spec, nil without a project.
func (p *Project) field(name string) *source.Node {
	if p == nil {
		return nil
	}
	return p.Tree.Get(name)
}

// profileSets refuses an environment that names a set of profiles which the project does not have.
func (c *checker) profileSets(spec *source.Node) {
	envs := spec.Get("environments")
	if envs == nil {
		return
	}
	var known []string
	if sets := spec.Get("profile_sets"); sets != nil {
		for _, f := range sets.Fields {
			known = append(known, f.Key)
		}
	}
	for _, env := range envs.Fields {
		name := env.Node.Get("profile_set")
		if !name.Scalar() || contains(known, name.Text) || c.bad[name] {
			continue
		}
		d := diag.Diagnostic{Code: diag.WrongValue, Span: name.Span, Path: diag.Join("spec.environments", env.Key) + ".profile_set",
			Message: "there is no set of profiles " + diag.Quote(name.Text), Hint: "declare it under profile_sets"}
		if best, ok := diag.Nearest(name.Text, known); ok {
			d.Hint, d.Fix = "did you mean "+best+"?", replacement(name.Span, best, false)
		}
		c.refuse(name, d)
	}
}

// oneCluster refuses a cluster that is named twice: Argo CD takes an address or a name, never both.
func (c *checker) oneCluster(argocd *source.Node, at string) {
	name := argocd.Field("cluster_name")
	if name == nil || argocd.Get("server") == nil || c.bad[argocd] {
		return
	}
	c.refuse(argocd, diag.Diagnostic{Code: diag.WrongValue, Span: name.Span, Path: at + ".cluster_name",
		Message: "a cluster is named by its address or by its name, never by both", Hint: "remove server or cluster_name"})
}

// levels are the Pod Security levels, the one that forbids the least first.
var levels = []string{schema.PodSecurityPrivileged, schema.PodSecurityBaseline, schema.PodSecurityRestricted}

// HoldTo holds the project to what a project above it says of the Pod Security levels of namespaces, which can only become
// stricter by that.
func (p *Project) HoldTo(above *Project) {
	for namespace, level := range above.Spec.PodSecurity {
		// As strict, or stricter: the project's own level stays.
		if own, ok := p.Spec.PodSecurity[namespace]; ok && slices.Index(levels, own) >= slices.Index(levels, level) {
			continue
		}
		if p.Spec.PodSecurity == nil {
			p.Spec.PodSecurity = map[string]string{}
		}
		p.Spec.PodSecurity[namespace] = level
		own := p.Tree.Get("pod_security")
		if own == nil {
			own = &source.Node{Kind: source.Map}
		}
		p.Tree = withField(p.Tree, "pod_security", withField(own, namespace, above.Tree.Get("pod_security").Get(namespace)))
	}
}
