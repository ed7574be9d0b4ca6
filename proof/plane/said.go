package plane

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// review is what `berth diff --output json` says.
type review struct{ Runs []said }

// said is what is said of one run.
type said struct {
	Name, Verdict, Why string
	Notes              []string
	Objects            []struct {
		Kind, Before, After string
		Stays               bool
		Fields              []struct{ Path string }
	}
	Refused []struct {
		Object, Path, Reason string
		Kept                 bool
	}
}

func readReview(text []byte) (review, error) {
	var r review
	err := json.Unmarshal(text, &r)
	return r, err
}

// refuses reports whether something of the change is said to be refused; where that depends on the cluster, what the review
// says to ask is asked here.
func (r review) refuses(before state) bool {
	for _, run := range r.Runs {
		for _, f := range run.Refused {
			if !f.Kept && !strings.Contains(f.Reason, "unless this is the one that it has") {
				return true
			}
		}
		for _, o := range run.Objects {
			if run.notes("a claim grows only when it is bound") && before.unbound[o.Kind+" "+o.Before] {
				return true
			}
		}
	}
	return false
}

// open reports whether what the cluster has from earlier commits decides whether something is refused.
func (r review) open(before state) bool {
	return slices.ContainsFunc(r.Runs, func(s said) bool { return s.mayBeChanged(before) })
}

// notes reports whether a note begins with a text.
func (s said) notes(text string) bool {
	return slices.ContainsFunc(s.Notes, func(note string) bool { return strings.HasPrefix(note, text) })
}

// mayBeThere reports whether the review said that nothing starts where the cluster has the Job already, and the cluster has.
func (s said) mayBeThere(before state) bool {
	if !s.notes("nothing starts where the cluster has this") {
		return false
	}
	return s.isThere(before)
}

// mayBeChanged reports whether the review said that a new object of a kind that the cluster has already is changed in place
// or refused, as what Git no longer knows decides, and the cluster has it.
func (s said) mayBeChanged(before state) bool {
	return s.notes("where the cluster has this") && s.isThere(before)
}

// isThere reports whether the cluster has an object of the change that is new in Git.
func (s said) isThere(before state) bool {
	for _, o := range s.Objects {
		if o.After != "" && o.After != o.Before && before.objects[o.Kind+" "+o.After] != "" {
			return true
		}
	}
	return false
}

// mayHaveFinished reports whether the review said that nothing starts where the Job has finished, and its pods have.
func (s said) mayHaveFinished(before state) bool {
	return strings.Contains(s.Why, "unless it has finished") && len(before.done[s.Name]) > 0
}

// mayBePruned reports whether the review said that Flux deletes the old Job where it was created under another run policy,
// and it was.
func (s said) mayBePruned(before state) bool {
	if !s.notes("where the old Job was created under another run_policy") {
		return false
	}
	for _, o := range s.Objects {
		if o.Kind == "Job" && o.Before != "" && o.Before != o.After && before.pruned["Job "+o.Before] {
			return true
		}
	}
	return false
}

// asked is what the review left open and the cluster answered, for the table.
func (s said) asked(before state) string {
	for _, question := range []struct {
		yes    bool
		answer string
	}{
		{s.mayBeThere(before), "the Job of that name is there"},
		{s.mayBeChanged(before), "one from an earlier commit is there"},
		{s.mayHaveFinished(before), "it has finished"},
		{s.mayBePruned(before), "the old Job was created under another run_policy"},
		{s.mayBeOwned(before), "another manager owns spec.replicas"},
	} {
		if question.yes {
			return " (asked: " + question.answer + ")"
		}
	}
	return ""
}

// mayBeOwned reports whether the review said that the number of pods stays where another manager owns it, and one does. With
// gitops none that depends on how it is applied, too.
func (s said) mayBeOwned(before state) bool {
	return strings.Contains(s.Why, "another manager owns spec.replicas") && before.scaled["Deployment "+s.Name] && before.serverSide
}

// changes reports whether one of the paths changes.
func (s said) changes(paths ...string) bool {
	for _, o := range s.Objects {
		for _, f := range o.Fields {
			for _, path := range paths {
				if f.Path == path {
					return true
				}
			}
		}
	}
	return false
}

// workloads are the kinds that make pods.
var workloads = []string{"Job", "CronJob", "Deployment"}

// old takes the pods of a run apart: those of the object that changes, and those of objects of earlier commits, which the
// change is not about. A run whose workload stays as it is has none of the latter.
func (s said) old(before state) (own, earlier pods) {
	own, earlier = pods{}, pods{}
	names := map[string]bool{}
	for _, o := range s.Objects {
		if o.Before != "" && slices.Contains(workloads, o.Kind) {
			names[o.Kind+" "+o.Before] = true
		}
	}
	for uid, root := range before.pods[s.Name] {
		if names[root] || len(names) == 0 && !s.starts() {
			own[uid] = root
		} else {
			earlier[uid] = root
		}
	}
	return own, earlier
}

// starts reports whether the run is new.
func (s said) starts() bool { return s.Verdict == "starts" }

// bySchedule reports whether what is new starts at its times alone.
func (s said) bySchedule() bool {
	for _, o := range s.Objects {
		if o.Kind == "CronJob" && o.Before == "" {
			return true
		}
	}
	return false
}

// happened is what a run's pods did, and whether that is what was said of it.
func (s said) happened(before, after state) (what string, came bool) {
	own, earlier := s.old(before)
	is := after.pods[s.Name]
	had, ended, begun := len(own), own.without(is), before.begun(after, s.Name)
	what = fmt.Sprintf("of %d pods %d ended, %d began", had, ended, begun)
	if s.mayBeChanged(before) {
		return what, true // what it was is in an earlier commit
	}
	if n := earlier.without(is); n > 0 {
		return fmt.Sprintf("%s, and %d of earlier commits ended", what, n), false
	}
	return what, s.came(had, ended, begun, before) && s.counted(before, after)
}

// counted reports whether a number of pods that leaves Git became what was said: one, or what it was where another manager
// owns it.
func (s said) counted(before, after state) bool {
	if !strings.Contains(s.Why, "Git says no number of pods any more") {
		return true
	}
	of := "Deployment " + s.Name
	if s.mayBeOwned(before) {
		return after.pods[s.Name].of(of) == before.pods[s.Name].of(of)
	}
	return after.pods[s.Name].of(of) == 1
}

// came reports whether a verdict came true, when of so many pods some ended, and others began.
func (s said) came(had, ended, begun int, before state) bool {
	none, all := ended == 0, ended == had
	starts := begun > 0
	if s.bySchedule() || s.mayBeThere(before) || s.mayHaveFinished(before) {
		starts = begun == 0
	}
	kept := none
	if s.mayBePruned(before) {
		kept = all
	}
	scaled := s.changes("spec.replicas", "spec.parallelism", "spec.completions")
	switch s.Verdict {
	case "starts":
		return starts && none
	case "starts again (old one kept)":
		return starts && kept
	case "keeps running, unmanaged":
		return kept && begun == 0
	case "starts again (old one pruned)", "starts again (old one killed)":
		return starts && all
	case "rolls out":
		return all && begun > 0
	case "stops":
		return all && begun == 0
	case "may stop":
		return begun == 0
	case "keeps running":
		return none && begun == 0 || scaled && ended < had
	}
	return none && begun == 0 // waits, re-schedules, no effect
}
