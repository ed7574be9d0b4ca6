package compiler

import (
	"fmt"
	"reflect"
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
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
// Metadata and spec are lowered; name is nil where the run has none that can be used, which was said.
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
	w.matrices(w.env.specPath())
	l := c.layer(w)
	unit := c.plan(w, l)
	w.diags = append(w.diags, unit.Diagnose(c.files(unit))...)
	w.diags = append(w.diags, c.Project.unlocked(unit)...)
	c.rules(w, unit)
	w.diags = append(w.diags, crowded(unit)...)
	unit.Refused = diag.HasErrors(w.diags)
	w.diags = unit.Allow(w.diags)
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
	// A bare run has the fields of its metadata beside those of its spec, so that a misspelt one is looked for among
	// both.
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
	// A project without environments of its own leaves it to each run to have some.
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
		// The others are checked all the same, so that a mistake is found before its environment is built.
		if f.Key == c.Environment {
			w.change = f.Node
		}
	}
}

// undeclared refuses an environment of a run that the project, which lists its own, does not have: it would never be
// built.
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

// plan decodes the layered tree.
func (c *compilation) plan(w *written, l layers) *Unit {
	u := &Unit{Doc: w.doc, Profile: l.profile, Bare: w.env.bare, env: w.env, bad: w.bad}
	l.spec = c.locked(l.spec)
	u.Tree = newMap(
		source.Field{Key: "name", Node: w.name}, source.Field{Key: "namespace", Node: l.namespace},
		source.Field{Key: "labels", Node: l.labels}, source.Field{Key: "annotations", Node: l.annotations},
		source.Field{Key: "spec", Node: l.spec})
	u.Tree.Span = w.doc.Root.Span
	u.misspelt = hasUnknown(w.spec) || hasUnknown(w.change)
	u.Plan = &schema.Plan{Environment: c.Environment, Matrix: combinationOf(w.doc)}
	decoder{bad: w.bad}.into(u.Tree, reflect.ValueOf(u.Plan).Elem(), "")
	u.meant = meantFor(c.Project, u.Plan.OfRun())
	u.severalEnvironments = w.spec.Get("environments") != nil || len(c.Project.EnvironmentNames()) > 0
	u.Plan.Target = c.target(u)
	u.Plan.Machine = l.profile.machine()
	u.MoreVariables = c.Environment == "" && (hasVariables(w.spec.Get("environments")) || c.Project != nil && hasVariables(c.Project.Tree.Get("environments")))
	if c.Project != nil {
		u.Plan.Project = c.Project.Name
	}
	return u
}

// hasVariables reports whether some environment says something of variables, or of containers that have them.
func hasVariables(environments *source.Node) bool {
	return environments != nil && slices.ContainsFunc(environments.Fields, func(env source.Field) bool {
		return slices.ContainsFunc(env.Node.Fields, func(f source.Field) bool { return contains(variableFields, f.Key) })
	})
}

// variableFields are the fields through which an environment can bring variables.
var variableFields = []string{"envs", "secrets", "config_maps", "matrix", "profile", "init_containers", "sidecars", "containers", "patches"}

// hasUnknown reports whether a spec has a field that no run has.
func hasUnknown(spec *source.Node) bool {
	return spec != nil && slices.ContainsFunc(spec.Fields, func(f source.Field) bool {
		return schema.TypeRunFields.Field(f.Key) == nil && schema.TypeRunEnvironment.Field(f.Key) == nil
	})
}

// rules holds the plan against the rules between fields.
func (c *compilation) rules(w *written, u *Unit) {
	ctx := &ruleContext{plan: u.Plan, tree: u.Tree, project: c.Project, profile: u.Profile, faulty: diag.HasErrors(w.diags), meant: u.meant}
	ctx.present = func(path string) bool { _, _, whole := source.Find(u.Tree, path); return whole }
	ctx.refused = u.RefusedIn
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
