package compiler

import (
	"fmt"
	"reflect"
	"slices"

	"berth/diag"
	"berth/schema"
	"berth/source"
)

// metadataType is #Metadata without the demand for a name, which a bare run may leave out.
var metadataType = func() *schema.Type {
	t := schema.TypeMetadata
	t.Fields = append([]schema.Field{}, t.Fields...)
	for i := range t.Fields {
		t.Fields[i].Required = false
	}
	return &t
}()

// bareType is #RunSpec with the fields that a bare run has beside it.
var bareType = func() *schema.Type {
	t := schema.TypeRunSpec
	t.Fields = append(append([]schema.Field{}, t.Fields...), metadataType.Fields...)
	return &t
}()

// written is a run as it stands in its file, lowered and checked.
type written struct {
	*checker
	doc      source.Document
	env      *envelope
	name     *source.Node
	metadata *source.Node
	spec     *source.Node
	change   *source.Node // for the environment, nil when it has none
}

// run compiles one run: read, layer, enforce, decode, and hold against the rules.
func (c *compilation) run(doc source.Document, alone bool) outcome {
	w := c.read(doc, alone)
	if w.env == nil || w.env.kind != kindRun {
		return outcome{diags: w.diags}
	}
	l := c.layer(w)
	unit := c.plan(w, l)
	c.rules(w, unit)
	unit.Refused = diag.HasErrors(w.diags)
	return outcome{unit, w.diags}
}

// read takes a document apart, lowers it and checks its shape.
func (c *compilation) read(doc source.Document, alone bool) *written {
	w := &written{checker: &checker{report: &report{}}, doc: doc}
	w.env = w.open(doc)
	if w.env == nil || w.env.kind != kindRun {
		return w
	}
	e := w.env
	w.name = w.runName(e, doc, alone)
	w.metadata = e.metadata
	w.value(e.metadata, metadataType, e.metadataPath(), e.metaAt)
	path := e.specPath()
	w.spec = w.lowerSpec(e.spec, path, c.Project.secretsFrom())
	w.spec = mapFields(w.spec, func(f source.Field) *source.Node {
		if f.Key != "environments" {
			return f.Node
		}
		return mapFields(f.Node, func(env source.Field) *source.Node {
			return w.lowerSpec(relayer(env.Node, source.RunEnvironment), diag.Join(diag.Join(path, "environments"), env.Key), c.Project.secretsFrom())
		})
	})
	t := &schema.TypeRunSpec
	if e.bare {
		t = bareType
	}
	w.value(w.spec, t, path, e.specAt)
	c.checkWhole(w, path)
	return w
}

// checkWhole checks what the tables cannot say: actions, duplicates, and the names of environments.
func (c *compilation) checkWhole(w *written, path string) {
	action := w.spec.Get("action")
	known := action.Scalar() && !w.bad[action]
	if known {
		w.actionFields(w.spec, action.Text, path)
	}
	w.duplicates(w.spec, path)
	envs := w.spec.Get("environments")
	if envs == nil || envs.Kind != source.Map {
		return
	}
	declared := c.Project.EnvironmentNames()
	for i := range envs.Fields {
		f := &envs.Fields[i]
		here := diag.Join(diag.Join(path, "environments"), f.Key)
		if len(declared) > 0 && !contains(declared, f.Key) && !w.bad[f.Node] {
			w.undeclared(f, declared, here)
		}
		if f.Node.Kind != source.Map {
			continue
		}
		if known {
			w.actionFields(f.Node, action.Text, here)
		}
		w.duplicates(f.Node, here)
		if f.Key == c.Environment {
			w.change = f.Node
		}
	}
}

func (c *checker) undeclared(f *source.Field, declared []string, path string) {
	d := diag.Diagnostic{Code: diag.UnknownEnvironment, Span: f.Span, Path: path,
		Message: fmt.Sprintf("the project has no environment %s", diag.Quote(f.Key)),
		Hint:    "its environments are " + diag.AllOf(declared)}
	if best, ok := diag.Nearest(f.Key, declared); ok {
		d.Hint = "did you mean " + best + "?"
		d.Fix = replacement(f.Span, best, false)
	}
	c.add(d)
}

// layers are the layers of one run, laid over one another.
type layers struct {
	profile                        *Profile
	namespace, labels, annotations *source.Node
	spec                           *source.Node
}

// layer lays all that speaks of a run over one another in the fixed order of the language.
func (c *compilation) layer(w *written) layers {
	own := without(w.spec, "environments")
	var projectDefaults, projectEnv *source.Node
	action := ""
	if n := own.Get("action"); n.Scalar() {
		action = n.Text
	}
	if c.Project != nil {
		projectDefaults = ofAction(c.Project.defaults, action)
		projectEnv = ofAction(c.Project.environments[c.Environment], action)
	}
	l := layers{profile: c.profileOf(w, projectDefaults, own, projectEnv)}
	accelerator := l.profile.resource()
	var profileDefault, require *source.Node
	if l.profile != nil {
		profileDefault, require = l.profile.Default, l.profile.Require
	}
	scheduled := own.Get("schedule") != nil || projectEnv.Get("schedule") != nil || w.change.Get("schedule") != nil || projectDefaults.Get("schedule") != nil
	if scheduled {
		projectDefaults = without(projectDefaults, "run_policy") // a schedule is one by itself
	}
	l.spec = toolDefaults(action, scheduled)
	for _, s := range []*source.Node{projectDefaults, profileDefault, own, projectEnv, w.change} {
		l.spec = overlay(l.spec, canonicalResources(fields(s, &schema.TypeRunFields), accelerator))
	}
	l.spec = c.choose(w, l.spec, l.profile)
	l.spec = perGPU(l.spec, l.profile)
	l.namespace = strongest(c.Project.field("namespace"), w.metadata.Get("namespace"), projectEnv.Get("namespace"), w.change.Get("namespace"))
	for _, s := range []*source.Node{c.projectOwn(), profileDefault, w.metadata, projectEnv, w.change} {
		l.labels = overlay(l.labels, mapOrNil(s.Get("labels")))
		l.annotations = overlay(l.annotations, mapOrNil(s.Get("annotations")))
	}
	if l.profile != nil {
		e := enforcer{report: w.report, profile: l.profile, words: w.wordsIn(l)}
		l.spec = e.unify(l.spec, canonicalResources(fields(require, &schema.TypeRunFields), accelerator), "spec", "")
		l.labels = e.unify(l.labels, mapOrNil(require.Get("labels")), "labels", "")
		l.annotations = e.unify(l.annotations, mapOrNil(require.Get("annotations")), "annotations", "")
		name := l.spec.Get("profile")
		l.spec = w.settleRun(l.spec, name, l.profile, "spec")
		l.labels, l.annotations = w.settleRun(l.labels, name, l.profile, "labels"), w.settleRun(l.annotations, name, l.profile, "annotations")
		l.spec = withoutIdleTolerations(l.spec, accelerator)
		b := bounder{report: w.report, profile: l.profile, words: w.env.path}
		b.spec(l.spec)
		c.constraints(w, l)
	}
	return l
}

func (c *compilation) projectOwn() *source.Node {
	if c.Project == nil {
		return nil
	}
	return c.Project.Tree
}

func mapOrNil(n *source.Node) *source.Node {
	if n == nil || n.Kind != source.Map {
		return nil
	}
	return n
}

func strongest(nodes ...*source.Node) *source.Node {
	var winner *source.Node
	for _, n := range nodes {
		if n != nil && n.Scalar() {
			winner = overlay(winner, n)
		}
	}
	return winner
}

// fields keeps the fields that a struct of the schema knows.
func fields(n *source.Node, t *schema.Type) *source.Node {
	return mapFields(n, func(f source.Field) *source.Node {
		if t.Field(f.Key) == nil {
			return nil
		}
		return f.Node
	})
}

// ofAction keeps the fields that belong to an action: what a project says for all runs is passed over where it does not.
func ofAction(n *source.Node, action string) *source.Node {
	return mapFields(n, func(f source.Field) *source.Node {
		if actions := schema.FieldActions(f.Key); actions != nil && schema.TypeRunFields.Field(f.Key) != nil && !contains(actions, action) {
			return nil
		}
		return f.Node
	})
}

// profileOf finds the profile that the strongest layer names.
func (c *compilation) profileOf(w *written, specs ...*source.Node) *Profile {
	var name *source.Node
	for _, s := range append(specs, w.change) {
		if n := s.Get("profile"); n.Scalar() && !w.bad[n] {
			name = n
		}
	}
	if name == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p, diags, ok := c.catalog.resolve(name.Text)
	if !ok && c.SomeUnread {
		w.mark(name)
		return nil
	}
	if !ok {
		w.refuse(name, unknownProfile(name.Text, c.catalog.all(), w.env.path("spec.profile"), name.Span))
		return nil
	}
	if diag.HasErrors(diags) || c.catalog.find(name.Text).diags != nil {
		return nil // said once, of the profile itself
	}
	return p
}

// withoutIdleTolerations drops the profile's tolerations of the accelerator's taint from a pod that asks for none: GKE
// Autopilot refuses them there.
func withoutIdleTolerations(spec *source.Node, accelerator string) *source.Node {
	if asksFor(spec, "gpu") {
		return spec
	}
	return mapFields(spec, func(f source.Field) *source.Node {
		if f.Key != "tolerations" {
			return f.Node
		}
		kept := *f.Node
		kept.Items = nil
		for _, item := range f.Node.Items {
			ofProfile := item.Layer == source.ProfileDefault || item.Layer == source.ProfileRequire
			if key := item.Get("key"); !ofProfile || key == nil || key.Text != accelerator {
				kept.Items = append(kept.Items, item)
			}
		}
		if len(kept.Items) == 0 {
			return nil
		}
		return &kept
	})
}

// plan decodes the layered tree.
func (c *compilation) plan(w *written, l layers) *Unit {
	u := &Unit{Doc: w.doc, Profile: l.profile, Bare: w.env.bare, env: w.env, bad: w.bad}
	u.Tree = newMap(
		source.Field{Key: "name", Node: w.name}, source.Field{Key: "namespace", Node: l.namespace},
		source.Field{Key: "labels", Node: l.labels}, source.Field{Key: "annotations", Node: l.annotations},
		source.Field{Key: "spec", Node: l.spec})
	u.Tree.Span = w.doc.Root.Span
	u.Plan = &schema.Plan{Environment: c.Environment}
	decoder{bad: w.bad}.into(u.Tree, reflect.ValueOf(u.Plan).Elem(), "")
	u.Plan.Target = c.target(u)
	u.Plan.Machine = l.profile.machine()
	if c.Project != nil {
		u.Plan.Project = c.Project.Name
	}
	return u
}

// newestKubernetes is the target of a project that names none.
var newestKubernetes = schema.TypeKubernetesVersion.Enum[len(schema.TypeKubernetesVersion.Enum)-1]

// target is where the run's objects go, and what they meet there.
func (c *compilation) target(u *Unit) schema.Target {
	t := schema.Target{GitOps: "none", Kubernetes: newestKubernetes}
	if p := c.Project; p != nil {
		env := p.Spec.Environments[c.Environment]
		u.settings = []*source.Node{p.Tree.Get("environments").Get(c.Environment), p.Tree}
		t.GitOps = first(p.Spec.GitOps, t.GitOps)
		t.Kubernetes = first(env.Kubernetes, p.Spec.Kubernetes, t.Kubernetes)
		t.Queue, t.Priority = first(env.Queue, p.Spec.Queue), first(env.Priority, p.Spec.Priority)
		t.PodSecurity = p.Spec.PodSecurity[u.Plan.Namespace]
		if p.Spec.ArgoCD != nil && t.GitOps == "argocd" {
			t.SyncWave = p.Spec.ArgoCD.SyncWave
		}
	}
	if u.Profile != nil {
		u.settings = append([]*source.Node{u.Profile.Tree}, u.settings...)
		t.Queue, t.Priority = first(u.Profile.Spec.Queue, t.Queue), first(u.Profile.Spec.Priority, t.Priority)
	}
	return t
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// machine is what of a profile concerns the objects.
func (p *Profile) machine() *schema.Machine {
	if p == nil {
		return nil
	}
	s := p.Spec
	return &schema.Machine{Profile: p.Name, Accelerator: s.Accelerator, NodeLabels: s.NodeLabels, Spot: s.Spot,
		SpotNodes: s.SpotNodes, Topology: s.Topology, Nodes: s.Nodes, Base: s.Base}
}

// hasUnknown reports whether a spec has a field that no run has.
func hasUnknown(spec *source.Node) bool {
	return spec != nil && slices.ContainsFunc(spec.Fields, func(f source.Field) bool {
		return schema.TypeRunFields.Field(f.Key) == nil && schema.TypeRunEnvironment.Field(f.Key) == nil
	})
}

// rules holds the plan against the rules between fields.
func (c *compilation) rules(w *written, u *Unit) {
	ctx := &ruleContext{plan: u.Plan, tree: u.Tree, project: c.Project, profile: u.Profile, faulty: diag.HasErrors(w.diags)}
	ctx.present = func(path string) bool { _, _, whole := source.Find(u.Tree, path); return whole }
	ctx.refused = func(path string) bool {
		if path == "spec" { // its unknown fields are not in the tree of the layers
			return hasUnknown(w.spec) || hasUnknown(w.change)
		}
		_, n, whole := source.Find(u.Tree, path)
		return whole && slices.ContainsFunc(n.Fields, func(f source.Field) bool { return u.bad[f.Node] })
	}
	ctx.layer = func(path string) source.Layer {
		if _, n, whole := source.Find(u.Tree, path); whole && n != nil {
			return n.Layer
		}
		return source.ToolDefault
	}
	ctx.written = u.written
	checkRules(ctx)
	w.diags = append(w.diags, u.Diagnose(ctx.problems)...)
}
