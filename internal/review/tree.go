package review

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/yamlprint"
	"berth/renderers"

	"sigs.k8s.io/yaml"
)

// printed is what is written of an object; nothing for none.
func printed(o *renderers.Object) []byte {
	if o == nil {
		return nil
	}
	text, err := yamlprint.Append(nil, o.Value)
	if err != nil {
		return nil
	}
	return text
}

// parsed is the tree of what is written of an object.
func parsed(text []byte) any {
	var tree any
	exact := func(d *json.Decoder) *json.Decoder { d.UseNumber(); return d }
	if err := yaml.Unmarshal(text, &tree, exact); err != nil {
		return nil
	}
	return tree
}

// leavesOf are the paths of a tree's leaves; an empty map or list is one.
func leavesOf(path string, value any) []string {
	var paths []string
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			paths = append(paths, leavesOf(diag.Join(path, key), v[key])...)
		}
	case []any:
		for i, item := range v {
			paths = append(paths, leavesOf(diag.At(path, i), item)...)
		}
	}
	if len(paths) == 0 && path != "" {
		return []string{path}
	}
	return paths
}

// shown is a value in one line, as YAML's flow style would have it. What looks like a secret is not shown.
func shown(value any) string {
	text, ok := value.(string)
	if !ok {
		text = compact(value)
	}
	if diag.SecretKind(text) != "" {
		return "***"
	}
	if ok && (text == "" || strings.TrimSpace(text) != text || strings.ContainsFunc(text, isControl)) {
		return compact(text)
	}
	return text
}

// isControl reports whether a character steers a terminal or breaks a line: those of C0 and C1, and Unicode's own line
// and paragraph separators.
func isControl(r rune) bool {
	return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029
}

// compact is a value as JSON without HTML escapes.
func compact(value any) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil {
		return ""
	}
	return strings.TrimSuffix(out.String(), "\n")
}
