package compiler

import (
	"slices"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

// layers are the layers of one run, laid over one another.
// Each of the trees may be nil. Profile is nil where the run names none, or one that was refused.
type layers struct {
	profile                        *Profile
	namespace, labels, annotations *source.Node
	spec                           *source.Node
}

// layer lays all that speaks of a run over one another in the fixed order of the language.
func (c *compilation) layer(w *written) layers {
	// What stands under environments and matrix has been taken: the one as a layer of its own, the other as runs.
	own := without(without(w.spec, "environments"), "matrix")
	w.change = without(w.change, "matrix")
	var projectDefaults, projectEnv *source.Node
	action := ""
	if n := own.Get("action"); n.Scalar() {
		action = n.Text
	}
	if c.Project != nil {
		projectDefaults = ofAction(c.Project.defaults, action)
		projectEnv = without(ofAction(c.Project.environments[c.Environment], action), "queue", queuePriority, "extra") // the environment's extra is of no run
	}
	l := layers{profile: c.profileOf(w, projectDefaults, own, projectEnv)}
	// A profile may be nil here; gpu is NVIDIA's then.
	accelerator := l.profile.resource()
	var profileDefault, require *source.Node
	if l.profile != nil {
		profileDefault, require = l.profile.Default, l.profile.Require
	}
	// A queue that the project or the profile names is for their jobs; what stays says its own.
	if action == schema.ActionJob {
		projectDefaults, profileDefault = c.withQueues(projectDefaults, profileDefault, l.profile)
	}
	scheduled := own.Get("schedule") != nil || projectEnv.Get("schedule") != nil || w.change.Get("schedule") != nil || projectDefaults.Get("schedule") != nil
	if scheduled {
		projectDefaults = without(projectDefaults, "run_policy") // a schedule is one by itself
	}
	l.spec = toolDefaults(c.edition().Fields, action, scheduled)
	for _, s := range []*source.Node{projectDefaults, profileDefault, own, projectEnv, w.change} {
		l.spec = overlay(l.spec, canonicalResources(fields(s, &schema.TypeRunFields), accelerator))
	}
	if own.Get("route") == nil && w.change.Get("route") == nil && l.spec.Get("route").Get("hosts") == nil {
		l.spec = without(l.spec, "route") // what the project says of all routes makes none of its own
	}
	// Of what excludes one another one gives way first; the amounts for each GPU then need the number of GPUs.
	l.spec = c.choose(w, oneScale(withGangBackoff(withoutTotalBackoff(l.spec), c.edition().GangBackoff)), l.profile)
	l.spec = w.perGPU(l.spec, l.profile)
	l.namespace = strongest(c.Project.field("namespace"), w.metadata.Get("namespace"), projectEnv.Get("namespace"), w.change.Get("namespace"))
	for _, s := range []*source.Node{c.projectOwn(), profileDefault, w.metadata, projectEnv, w.change} {
		l.labels = overlay(l.labels, mapOrNil(s.Get("labels")))
		l.annotations = overlay(l.annotations, mapOrNil(s.Get("annotations")))
	}
	if l.profile != nil {
		// What the profile requires comes after all layers: none of them can beat it.
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
	// Merging has kept each variable in the place of the first layer that has it, which is not yet the order of
	// $(NAME).
	l.spec = orderVariables(l.spec, own, require, profileDefault, projectDefaults, projectEnv, w.change)
	return l
}

// projectOwn is the project's spec, nil without one; of it, labels and annotations hold for every run.
func (c *compilation) projectOwn() *source.Node {
	if c.Project == nil {
		return nil
	}
	return c.Project.Tree
}

// mapOrNil drops what was written in place of a map, which is refused where it stands.
func mapOrNil(n *source.Node) *source.Node {
	if n == nil || n.Kind != source.Map {
		return nil
	}
	return n
}

// strongest is the last of several scalars, the strongest layer being last, with what it has beaten. Values that are
// none are passed over.
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

// withoutTotalBackoff drops the tool's own limit of retries where each index has one: Kubernetes then has none for all of
// them together.
func withoutTotalBackoff(spec *source.Node) *source.Node {
	if limit := spec.Get("backoff_limit"); limit == nil || limit.Layer != source.ToolDefault || spec.Get("backoff_limit_per_index") == nil {
		return spec
	}
	return without(spec, "backoff_limit")
}

// oneScale drops replicas or autoscale where a stronger layer says the other: both in one layer are left for a rule to
// refuse.
func oneScale(spec *source.Node) *source.Node {
	replicas, autoscale := spec.Get("replicas"), spec.Get("autoscale")
	switch {
	case replicas == nil || autoscale == nil || replicas.Layer == autoscale.Layer:
		return spec
	case replicas.Layer < autoscale.Layer:
		return without(spec, "replicas")
	}
	return without(spec, "autoscale")
}

// withoutIdleTolerations drops the profile's tolerations of the accelerator's taint from a pod that asks for none: GKE
// Autopilot refuses them there.
func withoutIdleTolerations(spec *source.Node, accelerator string) *source.Node {
	if asksFor(spec, "gpu") || slices.ContainsFunc(otherContainers(spec), func(n *source.Node) bool { return asksFor(n, "gpu") }) {
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
