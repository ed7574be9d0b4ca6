package gates

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// words are those that were asked for, by type.
var words sync.Map

// Words are the constants of a string type of k8s.io/api in the newest release, such as Default of core/v1.DNSPolicy, in
// order; none for a type that has no constants.
func (x *Index) Words(t reflect.Type) []string {
	if !ours(t) {
		return nil
	}
	if known, ok := words.Load(t); ok {
		return known.([]string)
	}
	var found []string
	for id := range x.releases[Newest].values {
		if kind, word, _ := strings.Cut(id, "="); kind == name(t) {
			found = append(found, word)
		}
	}
	slices.Sort(found)
	words.Store(t, found)
	return found
}
