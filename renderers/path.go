package renderers

import (
	"strconv"
	"strings"
)

// Paths are those of [Commenter] and of diag.Problem: a.b[0], and a["b.c/d"] for a key that is no plain word.

// step is how a key continues a path that is not empty.
func step(key string) string {
	if isIdentifier(key) {
		return "." + key
	}
	return `["` + key + `"]`
}

// join is step for a path that may be empty.
func join(path, key string) string {
	if path == "" && isIdentifier(key) {
		return key
	}
	return path + step(key)
}

func item(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// splitPath is the inverse of join and item: keys, and indexes as numbers in brackets (`[0]`).
func splitPath(path string) []string {
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
