package lsp

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/schedule"
	"berth/internal/source"
	"berth/schema"
)

// lastPart is a file's name without its folders.
func lastPart(path string) string { return filepath.Base(path) }

// schedules are examples with their meaning.
var schedules = [][2]string{
	{"@hourly", "at minute 0 of every hour"}, {"@daily", "every day at midnight"}, {"@weekly", "every Sunday at midnight"}, {"@monthly", "on the first of every month"},
	{"0 2 * * *", "every day at 02:00"}, {"30 2 * * 1-5", "on weekdays at 02:30"}, {"*/15 * * * *", "every 15 minutes"},
}

// values offers what may be a field's value.
func (o *offer) values(p place) {
	name := o.fieldName()
	project := o.project()
	switch name {
	case "profile", "extends", "use":
		o.profiles()
	case "time_zone":
		o.names("", schedule.Zones()...)
	case "schedule":
		for _, s := range schedules {
			o.value(s[0], s[1], "", valueItem)
		}
	case "claim_name":
		names := append(project.claims(), project.used(name)...)
		slices.Sort(names)
		o.names("a claim of the project", slices.Compact(names)...)
	case "profile_set":
		if w := o.v.load(); w.Project != nil {
			for set := range w.Project.Spec.ProfileSets {
				o.names("a set of the project's profiles", set)
			}
		}
	default:
		if mentioned[name] {
			o.names("named elsewhere in the project", project.used(name)...)
		}
	}
	if strings.Contains(o.at.path, "resources.") {
		o.amounts(name)
	}
	o.ofType(p)
}

// fieldName is the field that the value is of; for an item of a list, the list's.
func (o *offer) fieldName() string {
	steps := diag.Split(o.at.path)
	for i := len(steps) - 1; i >= 0; i-- {
		if diag.Index(steps[i]) < 0 {
			return steps[i]
		}
	}
	return ""
}

// ofType offers what the type lists. Only what is true or false is offered both.
func (o *offer) ofType(p place) {
	t := p.typ
	if t == nil {
		return
	}
	switch {
	case t.Kind == schema.BoolKind:
		o.value("true", "", "", valueItem)
		o.value("false", "", "", valueItem)
	case t.Kind == schema.TextKind:
		for _, e := range t.Enum {
			if e != "" {
				o.value(e, "", "", enumItem)
			}
		}
	}
}

// profiles offers the profiles that may be named here, with their description; the project's own come first.
func (o *offer) profiles() {
	list := o.v.profiles()
	own := func(p *compiler.Profile) bool { return !strings.HasPrefix(p.Origin, "builtin/") }
	slices.SortStableFunc(list, func(a, b *compiler.Profile) int { return boolean(own(b)) - boolean(own(a)) })
	for _, p := range list {
		doc := fmt.Sprintf("%s\n\nFrom %s.", p.Spec.Description, p.Origin)
		if p.Spec.Deprecated != nil {
			doc += "\n\nDeprecated: " + p.Spec.Deprecated.Reason
		}
		for _, n := range p.Spec.Nodes {
			doc += fmt.Sprintf("\n- %s: %s", n.Name, allocatable(n))
		}
		o.value(p.Name, p.Spec.Description, doc, enumItem)
	}
}

// allocatable is what a machine offers, as one line in sorted order.
func allocatable(n schema.Node) string {
	var parts []string
	for name, amount := range n.Allocatable {
		parts = append(parts, name+" "+amount)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// profile is the one that the run at the cursor names, nil where there is none.
func (o *offer) profile() *compiler.Profile {
	name := specOf(o.at.doc).Get("profile")
	if compiler.Kind(o.at.doc) == "Profile" || !name.Scalar() {
		return nil
	}
	for _, p := range o.v.profiles() {
		if p.Name == name.Text {
			return p
		}
	}
	return nil
}

// maxCounts bounds how many numbers of GPUs are listed.
const maxCounts = 16

// amounts offers the amounts of a resource that the profile gives or allows.
func (o *offer) amounts(name string) {
	p := o.profile()
	if p == nil {
		return
	}
	resource := name
	if slices.Contains(sides, name) || name == "choice" {
		resource = o.resourceAbove()
	}
	bound := p.Bounds.Get(resource)
	offered := map[string]bool{}
	say := func(amount, detail string) {
		if amount != "" && !offered[amount] {
			offered[amount] = true
			o.value(amount, detail, "", valueItem)
		}
	}
	if n := p.Default.Get("resources").Get(resource).Get("requests"); n.Scalar() {
		say(n.Text, "the default of profile "+p.Name)
	}
	low, high := bound.Get("min"), bound.Get("max")
	if values := bound.Get("values"); values != nil {
		for _, n := range values.Items {
			say(n.Text, "profile "+p.Name+" allows it")
		}
	}
	if resource == "gpu" && low.Scalar() && high.Scalar() {
		o.counts(p, low, high, name, say)
	}
	if low.Scalar() {
		say(low.Text, "the least that profile "+p.Name+" allows")
	}
	if high.Scalar() {
		say(high.Text, "the most that profile "+p.Name+" allows")
	}
}

// counts offers numbers of GPUs, and the choice among them.
func (o *offer) counts(p *compiler.Profile, low, high *source.Node, name string, say func(amount, detail string)) {
	from, err1 := strconv.Atoi(low.Text)
	to, err2 := strconv.Atoi(high.Text)
	if err1 != nil || err2 != nil {
		return
	}
	if name != "choice" {
		for n := from; n <= min(to, from+maxCounts-1); n++ {
			say(strconv.Itoa(n), "profile "+p.Name+" allows "+low.Text+" to "+high.Text)
		}
	}
	if a := p.Spec.Accelerator; a != nil && a.Model != "" && !slices.Contains(sides, name) && from < to {
		say(fmt.Sprintf("%s:%d..%d", strings.ReplaceAll(a.Model, " ", "-"), from, to), "the least that profile "+p.Name+" allows, of this model")
	}
}

// resourceAbove is the resource that an amount's side stands under.
func (o *offer) resourceAbove() string {
	steps := diag.Split(o.at.path)
	if len(steps) < 2 {
		return ""
	}
	return steps[len(steps)-2]
}
