package review

import (
	"slices"
	"strings"
)

// causes are the fields behind all changes, each once, those that decide the verdict first: whoever agrees to one of them
// has to know of the others.
func (p *pair) causes(decisive []Change, objects []ObjectChange) []Cause {
	c := &causes{}
	for _, path := range p.unseen() {
		c.add(p.successor(p.old.placed(path)))
	}
	c.changes(p, decisive)
	for _, o := range objects {
		c.changes(p, o.Fields)
	}
	return written(c.all)
}

// changes adds the fields behind changes, what is there before what is gone.
func (c *causes) changes(p *pair, all []Change) {
	for _, change := range all {
		c.add(change.Origin, false)
	}
	for _, change := range all {
		if change.Origin == nil {
			c.add(p.successor(change.OldOrigin))
		}
	}
}

// add adds a cause, unless it names no field or is known: by its field, or by its place in a file.
func (c *causes) add(place *Place, gone bool) {
	if place == nil || place.Field == "" {
		return
	}
	known := func(c Cause) bool {
		return c.Field == place.Field || place.File != "" && c.Place.String() == place.String()
	}
	if !slices.ContainsFunc(c.all, known) {
		c.all = append(c.all, Cause{place.Field, place, gone})
	}
}

// unseen are the fields that differ and stand in no field of an object as they are: they decide names and annotations.
func (p *pair) unseen() []string {
	if p.old == nil || p.new == nil {
		return nil
	}
	var paths []string
	was, is := p.old.Plan, p.new.Plan
	if valueOf(was.Spec.Rerun) != valueOf(is.Spec.Rerun) {
		paths = append(paths, "spec.rerun")
	}
	if was.Spec.RunPolicy != is.Spec.RunPolicy {
		paths = append(paths, "spec.run_policy")
	}
	if was.Target.GitOps != is.Target.GitOps {
		paths = append(paths, "target.gitops")
	}
	return paths
}

// written are the causes that someone wrote; all of them where nobody did.
func written(causes []Cause) []Cause {
	some := func(c Cause) bool { return c.Place.File != "" }
	if !slices.ContainsFunc(causes, some) {
		return causes
	}
	return slices.DeleteFunc(causes, func(c Cause) bool { return !some(c) })
}

// successor is where the new side speaks of what the old one said at a place, since a value that is gone may be so because
// another one has its place; else the old place, as one that is gone. Items of lists have no such place.
func (p *pair) successor(old *Place) (place *Place, gone bool) {
	if old == nil || p.new == nil {
		return old, true
	}
	if !strings.Contains(old.plan, "[") {
		if place := p.new.place(old.plan); place.File != "" {
			return &place, false
		}
	}
	return old, old.File != ""
}
