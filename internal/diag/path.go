package diag

import (
	"strconv"
	"strings"
)

// Join appends a key to a field path: a.b, or a["b.c/d"] where the key is no plain word.
func Join(path, key string) string {
	if path == "" && PlainKey(key) {
		return key
	}
	return path + Step(key)
}

// Step is how a key continues a field path that is not empty.
func Step(key string) string {
	if PlainKey(key) {
		return "." + key
	}
	return `["` + key + `"]`
}

// At appends an index to a field path: a[3].
func At(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// PlainKey reports whether a key may follow a dot in a field path.
func PlainKey(key string) bool {
	for i := range len(key) {
		c := key[i]
		if !(c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return false
		}
	}
	return key != ""
}

// Split is the inverse of [Join] and [At]: the keys of a path, and its indexes in their brackets (`[3]`).
func Split(path string) []string {
	var steps []string
	for path != "" {
		switch {
		case strings.HasPrefix(path, `["`):
			key, rest, _ := strings.Cut(path[2:], `"]`)
			steps, path = append(steps, key), rest
		case path[0] == '[':
			index, rest, _ := strings.Cut(path[1:], "]")
			steps, path = append(steps, "["+index+"]"), rest
		case path[0] == '.':
			path = path[1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			steps, path = append(steps, path[:end]), path[end:]
		}
	}
	return steps
}

// Index is the number in a step of [Split] such as `[3]`; a key is no item, -1.
func Index(step string) int {
	digits, ok := strings.CutPrefix(step, "[")
	if !ok {
		return -1
	}
	n, err := strconv.Atoi(strings.TrimSuffix(digits, "]"))
	if err != nil {
		return -1
	}
	return n
}

// Within reports whether a path is another one, or leads to a part of what is there: spec.envs[0] is within spec.envs, and
// spec.envs_from is not.
func Within(path, whole string) bool {
	rest, ok := strings.CutPrefix(path, whole)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// Parent is the path without its last step, empty for a path of one step.
func Parent(path string) string {
	steps := Split(path)
	if len(steps) <= 1 {
		return ""
	}
	parent := Join("", steps[0])
	for _, step := range steps[1 : len(steps)-1] {
		if Index(step) >= 0 {
			parent += step
		} else {
			parent += Step(step)
		}
	}
	return parent
}
