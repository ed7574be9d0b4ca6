package compiler

import (
	"cmp"
	"slices"
	"strings"

	"berth/internal/diag"
)

// maxCompared is how many profiles a name that is not known is compared with: with more, thousands of such names would
// take minutes.
const maxCompared = 1_000

// nearProfiles lists up to three profiles that may have been meant by a name, the likeliest first: the one of that name in
// another spelling; those that say all that the name says and more (`a100`); those a few letters away; those of the same
// model (`nvidia-a100`).
func nearProfiles(name string, known []string) []string {
	if len(known) > maxCompared {
		return nil
	}
	for _, k := range known {
		if diag.SameName(k, name) {
			return []string{k}
		}
	}
	// A name with fewer words than a profile's is more likely meant for it than one with other letters.
	words := nameWords(name)
	more := matching(known, func(k []string) bool { return containsAll(k, words) })
	if len(more) == 0 {
		more = diag.Nearby(name, known, 3)
	}
	if len(more) == 0 {
		more = matching(known, func(k []string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.ContainsAny(w, "0123456789") && contains(k, w) })
		})
	}
	return more[:min(len(more), 3)]
}

// nameWords are the parts of a profile's name, in lower case: nvidia, a100 and 40gb.
func nameWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == ' ' || r == ':' })
}

// containsAll reports whether all words are in the list.
func containsAll(list, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !contains(list, w) })
}

// matching are the names whose words are accepted, the shortest first.
func matching(names []string, accept func(words []string) bool) []string {
	var found []string
	for _, n := range names {
		if accept(nameWords(n)) {
			found = append(found, n)
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	return found
}
