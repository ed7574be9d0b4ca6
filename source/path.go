package source

import (
	"strconv"
	"strings"
)

// Join appends a key to a path in the notation of diagnostics: a.b, or a["b.c/d"] where the key is no plain word.
func Join(path, key string) string {
	if key != "" && strings.IndexFunc(key, special) < 0 {
		if path == "" {
			return key
		}
		return path + "." + key
	}
	return path + `["` + key + `"]`
}

// At appends an index to a path: a[3].
func At(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func special(r rune) bool {
	return !(r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
}

// Split is the inverse of [Join] and [At]: the keys and indexes of a path, an index in its decimal form.
func Split(path string) []string {
	var parts []string
	for path != "" {
		switch {
		case strings.HasPrefix(path, `["`):
			key, rest, _ := strings.Cut(path[2:], `"]`)
			parts, path = append(parts, key), rest
		case path[0] == '[':
			index, rest, _ := strings.Cut(path[1:], "]")
			parts, path = append(parts, index), rest
		case path[0] == '.':
			path = path[1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			parts, path = append(parts, path[:end]), path[end:]
		}
	}
	return parts
}

// Find walks down the path as far as it leads. It returns the field and node where it ended, and whether that is the
// whole path; the field is nil at the root and inside lists.
func Find(root *Node, path string) (field *Field, node *Node, whole bool) {
	node = root
	for _, part := range Split(path) {
		var f *Field
		var next *Node
		if node != nil && node.Kind == List {
			if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(node.Items) {
				next = node.Items[i]
			}
		} else if f = node.Field(part); f != nil {
			next = f.Node
		}
		if next == nil {
			return field, node, false
		}
		field, node = f, next
	}
	return field, node, true
}
