package rules

import (
	"fmt"
	"iter"
	"slices"

	"berth/internal/diag"
)

// maxProblems is how many problems of one object are told. An object of thousands of mistakes mostly has one, thousands
// of times.
const maxProblems = 50

// Problem is what Kubernetes has against an object. Its paths are those of the object, such as
// spec.template.spec.containers[0].image; a field that is missing is named as if it were there. A related path without a
// message is another field that the problem may come from.
type Problem struct {
	diag.Problem
	// Absent says that something is missing, which the whole object may have: it proves nothing of a part.
	Absent bool
}

// judge collects the problems of one object.
type judge struct {
	minor    int      // of the target Kubernetes
	given    []string // variables that a controller puts before a container's own
	appended string   // the one that a controller puts after them: known to command, args and mounts alone
	problems []Problem
	warnings []Problem
}

// refuse reports a mistake at a place. It may come from one of the others as well. What it has no argument for is set in
// the problem that it returns.
func (j *judge) refuse(code diag.Code, at *place, message, hint string, others ...*place) *Problem {
	if len(j.problems) == maxProblems {
		return &Problem{Problem: diag.Problem{Related: make([]diag.RelatedPath, len(others))}} // which nobody is told
	}
	p := Problem{Problem: diag.Problem{Code: code, Path: at.path(), Message: message, Hint: hint}}
	for _, other := range others {
		p.Related = append(p.Related, diag.RelatedPath{Path: other.path()})
	}
	j.problems = append(j.problems, p)
	return &j.problems[len(j.problems)-1]
}

// lint warns of what Kubernetes takes and does not do as it reads.
func (j *judge) lint(code diag.Code, at *place, message, hint string) *Problem {
	p := Problem{Problem: diag.Problem{Code: code, Severity: diag.Warning, Path: at.path(), Message: message, Hint: hint}}
	if len(j.warnings) == maxProblems {
		return &p // which nobody is told
	}
	j.warnings = append(j.warnings, p)
	return &j.warnings[len(j.warnings)-1]
}

// absent is refuse of what is wrong because something is missing.
func (j *judge) absent(code diag.Code, at *place, message, hint string, others ...*place) *Problem {
	p := j.refuse(code, at, message, hint, others...)
	p.Absent = true
	return p
}

// missing reports that a mapping lacks a field.
func (j *judge) missing(code diag.Code, at *place, key, hint string) {
	j.absent(code, at.in(key), at.name()+" has no "+key, hint, at)
}

// excess reports a field that may not be there.
func (j *judge) excess(code diag.Code, at *place, why string, others ...*place) {
	j.refuse(code, at, at.name()+" "+why, "take "+at.name()+" out", others...)
}

// notNegative refuses a number below 0.
func notNegative[N int32 | int64](j *judge, code diag.Code, n *N, at *place) {
	if n != nil && *n < 0 {
		j.refuse(code, at, fmt.Sprintf("%s is negative: %d", at.name(), *n), "write 0 or more")
	}
}

// within refuses a number outside of a range, both ends of which belong to it.
func within[N int | int32 | int64](j *judge, code diag.Code, n, low, high N, at *place) {
	if n < low || n > high {
		j.refuse(code, at, fmt.Sprintf("%s %d is not within %d to %d", at.name(), n, low, high), fmt.Sprintf("write a number from %d to %d", low, high))
	}
}

// oneOf refuses a word that is none of the known ones. The empty word stands for a default.
func oneOf[S ~string](j *judge, code diag.Code, word S, at *place, known ...S) {
	if word == "" || slices.Contains(known, word) {
		return
	}
	words := wordsOf(known)
	p := j.refuse(code, at, fmt.Sprintf("%s is not a %s that Kubernetes knows", diag.Quote(string(word)), at.name()), "write "+diag.OneOf(words))
	if best, ok := diag.Nearest(string(word), words); ok {
		p.Replace, p.Certain = best, diag.SameName(string(word), best)
	}
}

// wordsOf are the constants of a type of words, such as a RestartPolicy, as hints list them.
func wordsOf[S ~string](known []S) []string {
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	return words
}

// oneOfPtr is oneOf of a word that may be absent, and may not be empty.
func oneOfPtr[S ~string](j *judge, code diag.Code, word *S, at *place, known ...S) {
	switch {
	case word == nil:
	case *word == "":
		j.refuse(code, at, at.name()+" is empty", "write "+diag.OneOf(wordsOf(known)))
	default:
		oneOf(j, code, *word, at, known...)
	}
}

// alike finds the items of a list whose key an earlier item has, with the first such item.
func alike[T any, K comparable](items []T, key func(*T) K) iter.Seq2[int, int] {
	return func(yield func(i, first int) bool) {
		if len(items) < 2 {
			return
		}
		seen := make(map[K]int, len(items))
		for i := range items {
			k := key(&items[i])
			first, again := seen[k]
			if !again {
				seen[k] = i
			} else if !yield(i, first) {
				return
			}
		}
	}
}

// twice refuses the second of two items that may not be alike.
func (j *judge) twice(what string, first, second *place) {
	p := j.refuse(diag.Duplicate, second, "duplicate "+what, "change or remove one of the two", first)
	p.Related[0].Message = "the other stands here"
}
