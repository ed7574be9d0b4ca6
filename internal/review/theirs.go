package review

import (
	"bytes"
	"fmt"
	"slices"
)

// Theirs is the verdict on a run that the side before changed after the other side left it: merging does nothing to it.
const Theirs Verdict = "not of this change"

// Branched says that the side before is a branch that has commits which the side after lacks.
type Branched struct {
	// Commits is how many there are.
	Commits int64
	// Base are the runs of the newest commit that both sides have; Known says that they are known.
	Base  []Run
	Known bool
}

// settle takes what is not of the change out of a comparison: a run that the side after has as the common commit had it is
// what the side before makes of it. It returns the side after as it is once merged, and what of the other side's changes
// there is to say.
func (b *Branched) settle(before, after []Run, o Options) (merged []Run, theirs []Item) {
	was, is, base := byKey(before), byKey(after), byKey(b.Base)
	var keys []runKey
	for _, side := range []map[runKey]*Run{was, is} {
		for key := range side {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, runKey.compare)
	for _, key := range slices.Compact(keys) {
		// This side has changed it, or the other has not: it is as this side has it.
		if !sameObjects(is[key], base[key]) || sameObjects(was[key], base[key]) {
			if is[key] != nil {
				merged = append(merged, *is[key])
			}
			continue
		}
		if was[key] != nil {
			merged = append(merged, *was[key])
		}
		theirs = append(theirs, theirItem(key, was[key], base[key], o))
	}
	return merged, theirs
}

// theirItem says of a run that changed on the side before alone what happened there. was is the run on that side, base
// the one where the two sides parted; either is nil where the run was not there.
func theirItem(key runKey, was, base *Run, o Options) Item {
	did := "changed"
	switch {
	case base == nil:
		did = "added"
	case was == nil:
		did = "removed"
	}
	return Item{
		Environment: key.environment, Namespace: key.namespace, Name: key.name, RunAction: key.action, Verdict: Theirs,
		Why: fmt.Sprintf("%s %s it, and this side does not touch it: merging leaves it as %s has it", o.Before, did, o.Before),
	}
}

// sameObjects reports whether two runs write the same; none is the same as none.
func sameObjects(a, b *Run) bool {
	if a == nil || b == nil {
		return a == b
	}
	return !slices.ContainsFunc(files(a, b), func(file string) bool {
		return !bytes.Equal(printed(objectIn(a, file)), printed(objectIn(b, file)))
	})
}

// note says what the side before has and the other lacks.
func (b *Branched) note(o Options) string {
	note := fmt.Sprintf("%s has %s that this side lacks: --against %s... leaves out what they did", o.Before, count(b.Commits, "commit"), o.Before)
	if !b.Known {
		note = fmt.Sprintf("%s has %s that this side lacks, and no commit in common with it is known: what they added is shown as leaving", o.Before, count(b.Commits, "commit"))
	}
	return note
}

// noteBoth says of a run that both sides changed that it is the merge that settles it.
func (b *Branched) noteBoth(items []Item, before, after []Run, o Options) {
	was, is, base := byKey(before), byKey(after), byKey(b.Base)
	for i := range items {
		key := items[i].key()
		if !sameObjects(was[key], base[key]) && !sameObjects(is[key], base[key]) {
			items[i].Notes = append(items[i].Notes, o.Before+" changed it too since the commit that both have: the merge settles which of them stays")
		}
	}
}

// kept counts the runs of items that are in the merged side: they are the same there, and stand in the review already.
func kept(theirs []Item, merged []Run) int {
	is, n := byKey(merged), 0
	for _, item := range theirs {
		if is[item.key()] != nil {
			n++
		}
	}
	return n
}
