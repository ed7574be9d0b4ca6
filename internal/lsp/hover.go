package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/review"
	"berth/internal/source"
	"berth/schema"

	"github.com/robfig/cron/v3"
)

// hover says what stands under the cursor: what a field means and which fields of Kubernetes it becomes, and of a value
// what it becomes in each environment, and who decides that.
func (s *server) hover(_ context.Context, p positionParams) (*hover, error) {
	v, err := s.open(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	at, ok := v.spot(p.Position)
	if !ok || at.path == "" || !v.ours() {
		return nil, nil
	}
	var parts []string
	add := func(part string) {
		if part != "" {
			parts = append(parts, strings.TrimRight(part, "\n"))
		}
	}
	where := placeOf(at.doc, at.path)
	span := at.node.Span
	if at.onKey {
		span = at.field.Span
		add(meaning(where))
	}
	switch last := lastStep(at.path); {
	case last == "profile" && !at.onKey:
		add(v.aboutProfile(at))
	case last == "schedule" && !at.onKey:
		add(v.nextRuns(at))
		fallthrough
	default:
		add(v.becomes(at))
	}
	if len(parts) == 0 {
		add(meaning(where))
	}
	if len(parts) == 0 {
		return nil, nil
	}
	return &hover{markup{"markdown", strings.Join(parts, "\n\n---\n\n")}, v.rangeOf(span)}, nil
}

// lastStep is the last key or index of a path, empty at the root.
func lastStep(path string) string {
	steps := diag.Split(path)
	if len(steps) == 0 {
		return ""
	}
	return steps[len(steps)-1]
}

// meaning is what the schema says of a field.
func meaning(p place) string {
	if p.field == nil {
		if p.typ == nil || p.typ.Doc == "" {
			return ""
		}
		return p.typ.Doc
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** — %s", p.field.Name, p.field.Doc)
	if accepts := accepted(p.typ); accepts != "" {
		fmt.Fprintf(&b, "\n\nAccepts %s.", accepts)
	}
	if actions := schema.FieldActions(p.field.Name); p.spec != nil && actions != nil && len(actions) < len(schema.ActionSpecs) {
		fmt.Fprintf(&b, "\n\nOnly for %s.", diag.AllOf(actions))
	}
	for _, d := range schema.Defaults {
		if (p.owner == &schema.TypeRunSpec || p.owner == bareRun) && d.Field == p.field.Name {
			fmt.Fprintf(&b, "\n\nDefault: `%s`.", d.Value)
		}
	}
	return b.String()
}

// accepted words what a type takes, where that is more than a text.
func accepted(t *schema.Type) string {
	switch {
	case t == nil:
		return ""
	case t.Kind == schema.BoolKind:
		return "`true` or `false`"
	case len(t.Enum) > 0 && len(t.Or) == 0:
		quoted := make([]string, len(t.Enum))
		for i, e := range t.Enum {
			quoted[i] = "`" + e + "`"
		}
		return diag.OneOf(quoted)
	}
	return t.Says
}

// maxBecomes bounds how many values of the output a hover lists.
const maxBecomes = 12

// becomes lists the values of the output that come from the place, by environment; what is the same in several is said
// once.
func (v *view) becomes(at spot) string {
	said := map[string][]string{} // environments by line
	var order []string
	for _, r := range v.runsOf(at.doc) {
		field := planField(r, at.path)
		for _, o := range review.Explain(&r, review.Filter{Field: field}) {
			for _, leaf := range o.Fields {
				line := becoming(o.Kind, leaf)
				if said[line] == nil {
					order = append(order, line)
				}
				if r.Environment != "" && !slices.Contains(said[line], r.Environment) {
					said[line] = append(said[line], r.Environment)
				}
				if said[line] == nil {
					said[line] = []string{}
				}
			}
		}
	}
	all := len(v.environments())
	var b strings.Builder
	for i, line := range order {
		if i == maxBecomes {
			fmt.Fprintf(&b, "- and %d more\n", len(order)-i)
			break
		}
		b.WriteString("- " + line)
		if n := len(said[line]); n > 0 && n < all {
			fmt.Fprintf(&b, ", in %s", diag.AllOf(said[line]))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// planField is a path of a document as the plan has it.
func planField(r review.Run, path string) string {
	steps := diag.Split(path)
	if len(steps) > 2 && steps[0] == "environments" {
		steps = steps[2:]
	} else if len(steps) > 3 && steps[0] == "spec" && steps[1] == "environments" {
		steps = steps[3:]
	} else {
		return strings.TrimPrefix(path, "spec.")
	}
	return pathOfSteps(steps)
}

// pathOfSteps joins keys and indexes ("[0]") to a path as diagnostics write it.
func pathOfSteps(steps []string) string {
	path := ""
	for _, step := range steps {
		if diag.Index(step) >= 0 {
			path += step
		} else {
			path = diag.Join(path, step)
		}
	}
	return path
}

// becoming is a value of the output with who decided it and what it beat.
func becoming(kind string, leaf review.Leaf) string {
	value := leaf.Value
	if len(value) > 80 {
		value = value[:80] + "…"
	}
	line := fmt.Sprintf("`%s` %s: `%s`", kind, leaf.Path, diag.Safe(value))
	if leaf.Origin != nil {
		line += " — " + leaf.Origin.String()
		if leaf.Origin.Reason != "" {
			line += ", " + leaf.Origin.Reason
		}
	}
	for _, b := range leaf.Beat {
		line += fmt.Sprintf("; instead of `%s` (%s)", diag.Safe(b.Value), b.Place.String())
	}
	return line
}

// aboutProfile describes the profile that a run names, with the machines that the run fits.
func (v *view) aboutProfile(at spot) string {
	name := at.node.Text
	var b strings.Builder
	for _, p := range v.profiles() {
		if p.Name != name {
			continue
		}
		fmt.Fprintf(&b, "**%s** — %s\n\nFrom %s.\n", p.Name, p.Spec.Description, p.Origin)
		if len(p.Extends) > 0 {
			fmt.Fprintf(&b, "\nExtends %s.\n", diag.AllOf(p.Extends))
		}
	}
	for _, r := range v.runsOf(at.doc) {
		if r.Plan.Spec.Profile == name {
			b.WriteString(aboutFit(r))
		}
	}
	return b.String()
}

// aboutFit says of a run what its profile fills in, and which machines it fits.
func aboutFit(r review.Run) string {
	var b strings.Builder
	title := r.Plan.Name
	if r.Environment != "" {
		title += " in " + r.Environment
	}
	fmt.Fprintf(&b, "\n%s:\n```text\n", title)
	for _, f := range filledIn(r) {
		fmt.Fprintf(&b, "%s: %s\n", f.path, diag.Safe(f.value))
	}
	if len(r.Fit.Shapes) > 0 {
		b.WriteString(r.Fit.Text())
	}
	b.WriteString("```\n")
	return b.String()
}

// filling is a field that the profile decided.
type filling struct{ path, value string }

// filledIn are the fields of a run that its profile decided.
func filledIn(r review.Run) []filling {
	var found []filling
	var walk func(n *source.Node, path string)
	walk = func(n *source.Node, path string) {
		if n.Scalar() && (n.Layer == source.ProfileDefault || n.Layer == source.ProfileRequire) {
			found = append(found, filling{path, n.Text})
		}
		for _, f := range n.Fields {
			walk(f.Node, diag.Join(path, f.Key))
		}
		for i, item := range n.Items {
			walk(item, diag.At(path, i))
		}
	}
	if spec := r.Tree.Get("spec"); spec != nil {
		walk(spec, "")
	}
	return found
}

// profiles are all that the run may name, in the project's first environment.
func (v *view) profiles() []*compiler.Profile {
	w := v.load()
	list, _ := compiler.ListProfiles(w.Options(""))
	return list
}

// upcoming is how many times of a schedule are told.
const upcoming = 5

// nextRuns tells when a schedule comes next, where its clock hangs and in UTC.
func (v *view) nextRuns(at spot) string {
	schedule, err := cron.ParseStandard(at.node.Text)
	if err != nil {
		return ""
	}
	zones := []string{}
	for _, r := range v.runsOf(at.doc) {
		if !slices.Contains(zones, r.Plan.Spec.TimeZone) {
			zones = append(zones, r.Plan.Spec.TimeZone)
		}
	}
	if len(zones) == 0 {
		zones = append(zones, zoneBeside(at))
	}
	var b strings.Builder
	for _, zone := range zones {
		name, location := clockOf(zone)
		fmt.Fprintf(&b, "Next times, %s:\n\n", name)
		t := v.s.Now().In(location)
		for range upcoming {
			if t = schedule.Next(t); t.IsZero() {
				break
			}
			fmt.Fprintf(&b, "- %s", t.Format("Mon 2 Jan 2006 15:04 MST"))
			if location != time.UTC {
				fmt.Fprintf(&b, " (%s)", t.UTC().Format("Mon 15:04 UTC"))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// zoneBeside is the time zone that is written beside a schedule.
func zoneBeside(at spot) string {
	parent := diag.Parent(at.path)
	node := at.doc.Root
	for _, step := range diag.Split(parent) {
		node = child(node, step)
	}
	if n := node.Get("time_zone"); n.Scalar() {
		return n.Text
	}
	return ""
}

// clockOf is the clock of a zone; a schedule without one goes by the clock of the cluster's controller, which is mostly UTC.
func clockOf(zone string) (name string, location *time.Location) {
	if zone == "" {
		return "by the clock of the cluster's controller, mostly UTC", time.UTC
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		return "in UTC", time.UTC
	}
	return "in " + zone, location
}
