package workspace

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/fit"
	"berth/internal/source"
	"berth/schema"
)

// trial is a run made up to try a profile: the profile's own defaults, or one amount that its bounds allow.
type trial struct {
	profile  *compiler.Profile
	asks     string    // what the run asks for, in words
	resource string    // empty for the defaults
	amount   string    // of the resource
	at       diag.Span // where the profile says so
	path     string
}

// ProveProfiles proves of every profile that declares machines that it was written for them: a run that says nothing
// itself, and one that asks for the least or the most of what a bound allows, fits one of them, and each label that is
// selected on is one that they have.
func (w *Workspace) ProveProfiles(environment string, list []*compiler.Profile) []diag.Diagnostic {
	var diags []diag.Diagnostic
	var docs []source.Document
	trials := map[*diag.File]trial{}
	for _, p := range list {
		if len(p.Spec.Nodes) == 0 {
			continue
		}
		diags = append(diags, unknownLabels(p)...)
		for _, t := range trialsOf(p) {
			doc := t.run(len(trials))
			docs, trials[doc.File] = append(docs, doc), t
		}
	}
	units, _ := compiler.Compile(docs, w.Options(environment))
	for _, unit := range units {
		u, _ := render(unit, nil)
		if u.Fit.Verdict == fit.Never {
			diags = append(diags, trials[unit.Doc.File].failed(&u))
		}
	}
	return diag.Sort(diags)
}

// trialsOf are the runs that a profile has to have a machine for.
func trialsOf(p *compiler.Profile) []trial {
	start := p.Tree.Field("nodes")
	for _, key := range []string{"default", "per_gpu"} {
		if f := p.Tree.Field(key); f != nil {
			start = f
			break
		}
	}
	trials := []trial{{profile: p, asks: "a run that leaves everything to the profile", at: start.Span, path: "spec." + start.Key}}
	if p.Bounds == nil {
		return trials
	}
	for _, bound := range p.Bounds.Fields {
		if !schema.TypeResourceName.AcceptsText(bound.Key) {
			continue
		}
		add := func(amount *source.Node, path, which string) {
			if amount.Scalar() && amount.Text != "0" {
				asks := fmt.Sprintf("a run that asks for %s %s, %s that it may,", bound.Key, amount.Text, which)
				trials = append(trials, trial{p, asks, bound.Key, amount.Text, amount.Span, diag.Join("spec.bounds", bound.Key) + path})
			}
		}
		add(bound.Node.Get("min"), ".min", "the least")
		add(bound.Node.Get("max"), ".max", "the most")
		if values := bound.Node.Get("values"); values != nil {
			for i, item := range values.Items {
				add(item, diag.At(".values", i), "one of the amounts")
			}
		}
	}
	return trials
}

// run writes the trial as a run that its profile lets in.
func (t trial) run(i int) source.Document {
	spec := map[string]any{"name": "trial-" + strconv.Itoa(i), "action": schema.ActionJob, "image": "trial", "profile": t.profile.Name}
	if t.resource != "" {
		spec["resources"] = map[string]string{t.resource: t.amount}
	}
	if allowed := t.profile.Spec.AllowedIn; allowed != nil {
		if len(allowed.Namespaces) > 0 {
			spec["namespace"] = allowed.Namespaces[0]
		}
		if len(allowed.Actions) > 0 && !slices.Contains(allowed.Actions, schema.ActionJob) {
			spec["action"] = allowed.Actions[0]
		}
		if spec["action"] == schema.ActionServe {
			spec["service_ports"] = []any{map[string]int{"port": 80}}
		}
	}
	data, _ := json.Marshal(spec) // of texts
	file := &diag.File{Name: "trial.json", Data: data}
	docs, _ := source.Load(file, source.Options{Layer: source.RunSpec})
	return docs[0]
}

// failed says that a sample of what a profile permits fits none of its machines, at the place in the profile that permits
// it. The notes say for each machine what is in the way.
func (t trial) failed(u *Unit) diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.ProfileInvalid, Span: t.at, Path: t.path,
		Message: t.asks + " fits no machine of profile " + diag.Quote(t.profile.Name),
		Hint:    "ask for less here, or add the machine under nodes"}
	for _, p := range fit.Problems(u.Plan, u.Fit) {
		d.Notes = append(d.Notes, diag.Note{Message: p.Message})
	}
	return d
}

// unknownLabels warns of values to select on that no machine has, where the machines mention the label.
func unknownLabels(p *compiler.Profile) []diag.Diagnostic {
	var diags []diag.Diagnostic
	for _, key := range slices.Sorted(maps.Keys(p.Spec.NodeLabels)) {
		var known []string
		for _, n := range p.Spec.Nodes {
			if value, ok := n.Labels[key]; ok {
				known = append(known, value)
			}
		}
		for i, value := range p.Spec.NodeLabels[key] {
			if len(known) == 0 || slices.Contains(known, value) {
				continue
			}
			path := diag.At(diag.Join("spec.node_labels", key), i)
			d := diag.Diagnostic{Code: diag.ProfileInvalid, Severity: diag.Warning, Path: path,
				Message: fmt.Sprintf("no machine of profile %s has the label %s with the value %s", diag.Quote(p.Name), key, diag.Quote(value)),
				Hint:    "add the machine under nodes, or take the value out"}
			if near, ok := diag.Nearest(value, known); ok {
				d.Hint = "did you mean " + near + "?"
			}
			if _, n, whole := source.Find(p.Tree, diag.At(diag.Join("node_labels", key), i)); whole {
				d.Span = n.Span
			}
			diags = append(diags, d)
		}
	}
	return diags
}
