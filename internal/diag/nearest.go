package diag

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNearest is the length in bytes beyond which no word is compared: a long text is no slip of the finger.
const maxNearest = 100

// Nearest finds the known name that was probably meant by a word, if there is one: the same name in another spelling
// (`nodeSelector` for `node_selector`), one with a few letters wrong, left out, doubled or swapped, one with its words
// in another order, or the only one that the word is the beginning of or begins with.
func Nearest(word string, known []string) (best string, ok bool) {
	found := candidates(word, known)
	if len(found) == 0 || found[0].distance == byPrefix && len(found) > 1 {
		return "", false
	}
	return found[0].name, true
}

// Nearby lists up to n known names that may have been meant by a word, the likeliest first.
func Nearby(word string, known []string, n int) []string {
	var names []string
	for _, c := range candidates(word, known) {
		if len(names) == n {
			break
		}
		names = append(names, c.name)
	}
	return names
}

// SameName reports whether two names differ at most in case and separators, so that nothing else can have been meant.
func SameName(a, b string) bool {
	fa, fb := fold(a), fold(b)
	return fa != "" && fa == fb
}

// candidate is a known name and how far it is from the word; less is nearer.
type candidate struct {
	name     string
	distance int
	shared   int // the length of the common beginning, which decides between equals
}

// Distances that are not counted in letters.
const (
	byWords  = 2   // the same words in another order
	byPrefix = 100 // one begins with the other
	tooFar   = 101
)

// candidates are the known names within reach of a word, the nearest first: by distance, then by the length of the
// common beginning, then by name, so that the order never depends on that of the list.
func candidates(word string, known []string) []candidate {
	if word == "" || len(word) > maxNearest {
		return nil
	}
	var found []candidate
	for _, name := range known {
		if name == "" || len(name) > maxNearest {
			continue
		}
		if d := nameDistance(word, name); d < tooFar {
			found = append(found, candidate{name, d, commonPrefix(fold(word), fold(name))})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(b.shared, a.shared), cmp.Compare(a.name, b.name))
	})
	return slices.Compact(found)
}

// nameDistance is the number of wrong letters, or one of the constants for names that are near in another way.
func nameDistance(word, name string) int {
	a, b := fold(word), fold(name)
	shorter, longer := a, b
	if len(a) > len(b) {
		shorter, longer = b, a
	}
	if a == b && a != "" {
		return 0
	}
	length := utf8.RuneCountInString(longer)
	// A third of the letters may be wrong, as in other compilers, but not every one of a short word.
	allowed := min(max(length, 3)/3, 3, utf8.RuneCountInString(shorter)-1)
	if d := editDistance([]rune(a), []rune(b)); d <= allowed {
		return d
	}
	if sameWords(word, name) {
		return byWords
	}
	if len(shorter) >= 3 && strings.HasPrefix(longer, shorter) {
		return byPrefix
	}
	return tooFar
}

// fold drops case and separators.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r == ' ' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// sameWords reports whether two names of several words have the same words.
func sameWords(a, b string) bool {
	x, y := words(a), words(b)
	slices.Sort(x)
	slices.Sort(y)
	return len(x) > 1 && slices.Equal(x, y)
}

// words splits snake_case, kebab-case and camelCase, and folds case.
func words(name string) []string {
	var split strings.Builder
	var last rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(last) {
			split.WriteByte('_')
		}
		split.WriteRune(unicode.ToLower(r))
		last = r
	}
	return strings.FieldsFunc(split.String(), func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == ' ' })
}

// commonPrefix is the length in bytes of what two names begin with alike.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// editDistance counts the letters to insert, delete, replace or swap with their neighbour (the optimal string alignment
// distance of Damerau and Levenshtein), in three rows of the table.
func editDistance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// Distance counts the letters that are wrong, left out, too many or swapped between two names, without case and
// separators.
func Distance(a, b string) int { return editDistance([]rune(fold(a)), []rune(fold(b))) }
