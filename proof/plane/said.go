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

// notes reports whether a note begins with a text.
func (s said) notes(text string) bool {
	return slices.ContainsFunc(s.Notes, func(note string) bool { return strings.HasPrefix(note, text) })
}

// mayBeThere reports whether the review said that nothing starts where the cluster has the Job already, and the cluster has.
func (s said) mayBeThere(before state) bool {
	if !s.notes("nothing starts where the cluster has this") {
		return false
	}
	for _, o := range s.Objects {
		if o.After != "" && o.After != o.Before && before.objects[o.Kind+" "+o.After] != "" {
			return true
		}
	}
	return false
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

// differs compares what was said of a run with what its pods did; empty for what came true.
func (s said) differs(before, after state) string {
	had, ended, begun := len(before.pods[s.Name]), before.ended(after, s.Name), before.begun(after, s.Name)
	happened := fmt.Sprintf("of %d pods %d ended, %d began", had, ended, begun)
	none, all := ended == 0, ended == had
	starts := begun > 0
	if s.mayBeThere(before) {
		starts = begun == 0
	}
	kept := none
	if s.mayBePruned(before) {
		kept = all
	}
	scaled := s.changes("spec.replicas", "spec.parallelism", "spec.completions")
	ok := false
	switch s.Verdict {
	case "starts":
		ok = starts && none
	case "starts again (old one kept)":
		ok = starts && kept
	case "keeps running, unmanaged":
		ok = kept && begun == 0
	case "starts again (old one pruned)", "starts again (old one killed)":
		ok = starts && all
	case "rolls out":
		ok = all && begun > 0
	case "stops":
		ok = all && begun == 0
	case "may stop":
		ok = begun == 0
	case "keeps running":
		ok = none && begun == 0 || scaled && ended < had
	default: // waits, re-schedules, no effect
		ok = none && begun == 0
	}
	if ok {
		return ""
	}
	return happened
}
