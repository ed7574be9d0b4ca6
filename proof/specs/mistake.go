package specs

import (
	"math"
	"strings"
)

// Mistake changes one thing in a run: a value becomes one from the edges of what is accepted, or beyond. It returns the
// place and the value, for messages. The run's name and action stay.
func (g *Gen) Mistake(run Object) (place string, value any) {
	spec := run["spec"].(Object)
	var places []position
	collect(spec, "spec", &places)
	for _, part := range []string{"namespace", "labels", "annotations"} {
		if v, ok := run["metadata"].(Object)[part]; ok {
			places = append(places, position{run["metadata"].(Object), part, 0, "metadata." + part})
			collect(v, "metadata."+part, &places)
		}
	}
	at := pick(g, places...)
	value = g.edge(at.get())
	at.set(value)
	return at.path, value
}

// position is one value of a document: in an object under a key, or in a list at an index.
type position struct {
	in    any
	key   string
	index int
	path  string
}

func (p position) get() any {
	if o, ok := p.in.(Object); ok {
		return o[p.key]
	}
	return p.in.([]any)[p.index]
}

func (p position) set(v any) {
	if o, ok := p.in.(Object); ok {
		o[p.key] = v
		return
	}
	p.in.([]any)[p.index] = v
}

func collect(v any, path string, into *[]position) {
	switch v := v.(type) {
	case Object:
		for _, key := range sortedKeys(v) {
			if path == "spec" && key == "action" {
				continue
			}
			*into = append(*into, position{v, key, 0, path + "." + key})
			collect(v[key], path+"."+key, into)
		}
	case []any:
		for i := range v {
			*into = append(*into, position{v, "", i, path + "[]"})
			collect(v[i], path+"[]", into)
		}
	}
}

var edgeTexts = []string{
	"", " ", "Upper", "under_score", "a.b", "-x", "x-", "1abc", "é", "a b", "a/b", "/abs", "../x", "/a/../b", "a:b", " lead", "trail ",
	"a\tb", "a\nb", "null", "true", "..", ".", "a..b", "a--b", "kubernetes.io/x", "=", "a=b", "$(X)", "12345",
	strings.Repeat("a", 15), strings.Repeat("a", 16), strings.Repeat("a", 63), strings.Repeat("a", 64),
	strings.Repeat("a", 253), strings.Repeat("a", 254), strings.Repeat("A", 63),
	// quantities
	"0", "-1", "1.5", "64m", "1g", "32GB", "1e3", "1E", "0.1", "1Ki", "3Mi", "9223372036854775808", "1e-3", " 1Gi", "+1", ".5", "1.", "0x10", "1e30", "100Ei",
	// schedules
	"* * * * *", "60 * * * *", "0 0 31 2 *", "0 0 * * 7", "* * * * * *", "@reboot", "TZ=UTC 0 0 * * *", "@every 1s", "Local",
}

var edgeNumbers = []any{
	-1, 0, 1, 2, 255, 256, 511, 512, 29999, 30000, 32767, 32768, 65535, 65536, 100000, 100001,
	math.MaxInt32, math.MaxInt32 + 1, math.MaxInt64, 1.5, -0.5,
}

// edge is a value that may stand for the old one: mostly of its type, now and then of another, or the same item twice.
func (g *Gen) edge(old any) any {
	if g.chance(10) {
		return pick[any](g, nil, true, "text", 7, []any{}, Object{}, []any{"a"}, Object{"a": "b"})
	}
	switch old := old.(type) {
	case string:
		if g.chance(5) {
			return old + old
		}
		return pick(g, edgeTexts...)
	case bool:
		return !old
	case []any:
		if len(old) == 0 || g.chance(30) {
			return []any{}
		}
		return append(append([]any{}, old...), pick(g, old...))
	case Object:
		return g.edgeObject(old)
	}
	return pick(g, edgeNumbers...)
}

// edgeObject loses a key, or gains one of an awkward name.
func (g *Gen) edgeObject(old Object) Object {
	changed := merged(old, nil)
	keys := sortedKeys(old)
	if len(keys) > 0 && g.chance(60) {
		delete(changed, pick(g, keys...))
		return changed
	}
	changed[pick(g, edgeTexts...)] = "x"
	return changed
}
