package review

import (
	"slices"
	"strings"
)

// The verdicts on what one side could not compile.
const (
	CouldNotBuild Verdict = "could not be built before"
	CannotBuild   Verdict = "cannot be built now"
)

// Broken is what a side refuses: a run, as far as it is known, or a whole file.
type Broken struct {
	Environment, Namespace, Name, Action string
	// File is the file as the review calls it.
	File string
	// Messages say what is wrong, with the place of each.
	Messages []string
}

// is reports whether what is broken is, or may be, a run: the one of its name, or any of its file or folder where no name is known.
func (b *Broken) is(r *Run, environments bool) bool {
	if environments && b.Name != "" {
		return r.Plan.Name == b.Name && (r.action == "" || r.action == b.Action)
	}
	if b.Name == "" {
		return (b.File == r.File || strings.HasPrefix(r.File, b.File+"/")) && (b.Environment == "" || b.Environment == r.Environment)
	}
	key := runKey{b.Environment, b.Namespace, b.Name, b.Action}
	if r.action == "" {
		key.action = ""
	}
	return keyOf(r) == key
}

// setApart takes the runs out of both sides of which one of them says nothing, and lists them with the reason.
func setApart(before, after []Run, o Options) (was, is []Run, items []Item) {
	was, is = slices.Clone(before), slices.Clone(after)
	listed := map[runKey]bool{}
	list := func(all []Broken, verdict Verdict, why string) {
		for i := range all {
			b := &all[i]
			isBroken := func(r Run) bool { return b.is(&r, o.Environments) }
			item := b.item(verdict, why)
			if k := slices.IndexFunc(slices.Concat(was, is), isBroken); k >= 0 {
				item.RunAction = slices.Concat(was, is)[k].action
			}
			if k := slices.IndexFunc(is, isBroken); verdict == CouldNotBuild && k >= 0 {
				item.About = about(&is[k])
			}
			was, is = slices.DeleteFunc(was, isBroken), slices.DeleteFunc(is, isBroken)
			if key := item.key(); b.Name == "" || !listed[key] {
				listed[key] = true
				items = append(items, item)
			}
		}
	}
	list(o.BrokenAfter, CannotBuild, "what becomes of it is not known: "+o.After+" is refused here")
	list(o.BrokenBefore, CouldNotBuild, "what changes is not known: "+o.Before+" was refused here")
	slices.SortStableFunc(items, func(a, b Item) int { return a.key().compare(b.key()) })
	return was, is, items
}

// item is a run with a verdict and no objects. A run whose name is not known is called by its file.
func (b *Broken) item(v Verdict, why string) Item {
	item := Item{Environment: b.Environment, Namespace: b.Namespace, Name: b.Name, Verdict: v, Why: why, Messages: b.Messages}
	if b.Name == "" {
		item.Namespace, item.Name = "", b.File
	}
	return item
}
