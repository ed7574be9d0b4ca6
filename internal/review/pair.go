package review

import (
	"bytes"
	"cmp"
	"slices"

	"berth/renderers"
)

// Compare pairs the runs of two sides and says what the difference means. Neither side is changed.
func Compare(before, after []Run, o Options) Report {
	before, after, o = told(before, after, o)
	report := Report{FormatVersion: FormatVersion, Before: o.Before, After: o.After, Notes: slices.Clone(o.Notes), Runs: []Item{}}
	before, after, broken := setApart(before, after, o)
	var theirs []Item
	if o.Branched != nil {
		report.Notes = append(report.Notes, o.Branched.note(o))
		if o.Branched.Known {
			after, theirs = o.Branched.settle(before, after, o)
		}
	}
	// Asked before the sides are regrouped, which gives runs other environments.
	there := environmentNames(after)
	if !o.Environments {
		var notes []string
		before, after, notes = regroup(before, after)
		report.Notes = append(report.Notes, notes...)
	}
	report.Totals = totals(before, after, o.Environments)
	report.Queues = queues(before, after, o)
	all := pairs(before, after, o.Environments)
	for i := range all {
		all[i].alone = all[i].key.environment != "" && !there[all[i].key.environment]
	}
	if !o.Environments {
		report.Notes = append(report.Notes, handovers(all)...)
		report.Notes = append(report.Notes, raised(all)...)
	}
	for _, p := range all {
		item, differs := p.compare(o)
		if !differs {
			report.Same++
			continue
		}
		report.Runs = append(report.Runs, item)
	}
	noteRenames(report.Runs, before, after)
	report.Runs = append(report.Runs, broken...)
	if o.Branched != nil && o.Branched.Known {
		o.Branched.noteBoth(report.Runs, before, after, o)
	}
	// What only the other side has changed is told as theirs, and no longer counts as the same.
	report.Same -= kept(theirs, after)
	report.Runs = append(report.Runs, theirs...)
	for i := range report.Runs {
		report.Runs[i].Action = actionOf(report.Runs[i].Verdict)
	}
	// Last, since it needs what each run starts.
	report.Costs = costs(all, report.Runs, o.Environments)
	return report
}

// pair is one run on both sides; one of them is nil for a run that is new or gone.
type pair struct {
	key      runKey
	old, new *Run
	alone    bool // the whole environment of the old run is gone
}

// runKey is what a run is known by. Any part may be empty: without environments, without a namespace, or where the
// environments themselves are compared. The action is part of it only where there are
// several runs of the name.
type runKey struct{ environment, namespace, name, action string }

// compare orders runs by environment, then namespace, then name.
func (k runKey) compare(other runKey) int {
	return cmp.Or(cmp.Compare(k.environment, other.environment), cmp.Compare(k.namespace, other.namespace), cmp.Compare(k.name, other.name), cmp.Compare(k.action, other.action))
}

// keyOf is the key by which a run is paired with itself on the other side.
func keyOf(r *Run) runKey { return runKey{r.Environment, r.Plan.Namespace, r.Plan.Name, r.action} }

// contrasted is how the runs of two environments are paired: by their names, since an environment has a namespace of its
// own, and by their namespaces too where a name stands in several.
func contrasted(sides ...[]Run) func(*Run) runKey {
	twins := map[string]bool{}
	for _, runs := range sides {
		seen := map[string]bool{}
		for i := range runs {
			name := runs[i].Plan.Name + "/" + runs[i].action
			twins[name] = twins[name] || seen[name]
			seen[name] = true
		}
	}
	return func(r *Run) runKey {
		if twins[r.Plan.Name+"/"+r.action] {
			return runKey{namespace: r.Plan.Namespace, name: r.Plan.Name, action: r.action}
		}
		return runKey{name: r.Plan.Name, action: r.action}
	}
}

// pairs puts the runs of two sides together, sorted by their keys. Each run is in one pair; the pairs point into the
// two slices.
func pairs(before, after []Run, environments bool) []pair {
	key := keyOf
	if environments {
		key = contrasted(before, after)
	}
	found := map[runKey]*pair{}
	at := func(r *Run) *pair {
		key := key(r)
		if found[key] == nil {
			found[key] = &pair{key: key}
		}
		return found[key]
	}
	for i := range before {
		at(&before[i]).old = &before[i]
	}
	for i := range after {
		at(&after[i]).new = &after[i]
	}
	var all []pair
	for _, p := range found {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(a, b pair) int { return a.key.compare(b.key) })
	return all
}

// compare compares one run. It differs when anything would be written differently, in the spelling of an amount even:
// the verdict is then "no effect".
func (p *pair) compare(o Options) (Item, bool) {
	item := Item{Environment: p.key.environment, Namespace: p.key.namespace, Name: p.key.name, RunAction: p.key.action}
	objects, differs := p.objects()
	if !differs {
		return item, false
	}
	item.Objects = objects
	if p.old == nil {
		item.About = about(p.new)
	}
	if o.Environments {
		item.Verdict, item.Why = p.contrast(o, objects)
		return item, true
	}
	j := judge{pair: p, objects: objects}
	j.decide()
	item.Verdict, item.Why, item.Notes, item.Command = j.verdict, j.why, j.notes, j.command
	item.Starts = p.new.start(j.verdict)
	item.Causes = p.causes(j.decisive(), objects)
	item.Refused = p.refused(objects)
	item.Notes = append(item.Notes, p.objectNotes(objects)...)
	return item, true
}

// contrast is the verdict on two environments.
func (p *pair) contrast(o Options, objects []ObjectChange) (Verdict, string) {
	switch {
	case p.old == nil:
		return OnlyAfter, "only " + o.After + " has it"
	case p.new == nil:
		return OnlyBefore, "only " + o.Before + " has it"
	case !hasFields(objects):
		return NoEffect, "the difference is one of spelling"
	}
	return Differs, "the environments ask for different things"
}

// objects pairs the objects by their files, which are stable where names are not, and compares each pair.
func (p *pair) objects() (changes []ObjectChange, differs bool) {
	for _, file := range files(p.old, p.new) {
		change := ObjectChange{old: objectIn(p.old, file), new: objectIn(p.new, file)}
		before, after := printed(change.old), printed(change.new)
		if bytes.Equal(before, after) {
			continue
		}
		differs = true
		change.name()
		if change.old != nil && change.new != nil {
			change.Fields = p.fields(&change, change.meant(differ(parsed(before), parsed(after), "", "", "")))
		}
		change.Stays = change.new == nil && p.old.stays(change.old)
		changes = append(changes, change)
	}
	return changes, differs
}

// name says of which kind the object is and what it is called on each side.
func (c *ObjectChange) name() {
	if c.old != nil {
		c.Kind, c.Before = c.old.Kind, c.old.Name
	}
	if c.new != nil {
		c.Kind, c.After = c.new.Kind, c.new.Name
	}
}

// files are the names of the objects' files, each once, in the order of the runs; nil runs have none.
func files(runs ...*Run) []string {
	var all []string
	for _, r := range runs {
		if r == nil {
			continue
		}
		for _, o := range r.Objects {
			if !slices.Contains(all, o.File) {
				all = append(all, o.File)
			}
		}
	}
	return all
}

// objectIn is the object in a file of a run; nil for none, and for no run.
func objectIn(r *Run, file string) *renderers.Object {
	if r == nil {
		return nil
	}
	for i := range r.Objects {
		if r.Objects[i].File == file {
			return &r.Objects[i]
		}
	}
	return nil
}

// contentPath is the hash that makes Argo CD see that a Job differs.
const contentPath = `metadata.annotations["berth/content"]`

// fields adds the origins to the differences. A name or hash that is made of the content says nothing that the content does
// not.
func (p *pair) fields(c *ObjectChange, deltas []delta) []Change {
	var changes []Change
	for _, d := range deltas {
		if d.path == "metadata.name" && c.contentNamed() || d.path == contentPath {
			continue
		}
		change := Change{Path: d.path, Order: d.order}
		if !d.fresh {
			change.Before = new(shown(d.before))
			change.OldOrigin = p.old.originOf(c.old, d.oldPath, d.before, d.order)
		}
		if !d.gone {
			change.After = new(shown(d.after))
			change.Origin = p.new.originOf(c.new, d.path, d.after, d.order)
		}
		changes = append(changes, change)
	}
	return changes
}

// originOf is the origin of a value: that of its first leaf, or of the first item's where the list itself is meant.
func (r *Run) originOf(o *renderers.Object, path string, value any, list bool) *Place {
	if list {
		value = valueAt(parsed(printed(o)), path)
	}
	for _, leaf := range leavesOf(path, value) {
		if place := r.origin(o, leaf); place != nil {
			return place
		}
	}
	return nil
}

// hasFields reports whether anything differs but the spelling: an object that comes or goes, or a field.
func hasFields(objects []ObjectChange) bool {
	return slices.ContainsFunc(objects, func(c ObjectChange) bool { return c.Before == "" || c.After == "" || len(c.Fields) > 0 })
}

// causes gathers causes, each once.
type causes struct{ all []Cause }

// valueOf takes a number that is not set for 0.
func valueOf(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// contentNamed reports whether the object's name is made of its content.
func (c *ObjectChange) contentNamed() bool {
	o := c.new
	if o == nil {
		o = c.old
	}
	k, err := o.Row()
	return err == nil && k.ContentNamed
}
