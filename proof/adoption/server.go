package adoption

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/internal/importer"
	"berth/proof/apivalid"

	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"sigs.k8s.io/yaml"
)

// APIServer is Kubernetes' own code: its decoding, defaults and validation.
type APIServer struct{}

// Takes implements [Server]. Kinds of others' definitions are taken.
func (APIServer) Takes(object []byte) error {
	text, err := yaml.YAMLToJSON(object)
	if err != nil {
		return err
	}
	_, err = apivalid.Check(text)
	if err != nil && !isForeign(err) {
		return err
	}
	if err == nil {
		return apivalid.CheckAll(text)
	}
	return nil
}

// isForeign reports whether the server's refusal is of a kind that it does not know.
func isForeign(err error) bool {
	return strings.Contains(err.Error(), "is not served") || strings.Contains(err.Error(), "no kind ")
}

// Silent implements [Server].
func (APIServer) Silent(before, after []byte, said []importer.Difference) []string {
	old, okOld := stored(before)
	new, okNew := stored(after)
	if !okOld || !okNew {
		return nil
	}
	var silent []string
	for place, value := range old {
		if new[place] != value && !isSaid(place, said) {
			silent = append(silent, fmt.Sprintf("%s was %s, and is %s", place, value, new[place]))
		}
	}
	for place, value := range new {
		if _, ok := old[place]; !ok && !isSaid(place, said) {
			silent = append(silent, fmt.Sprintf("%s is %s, and was not there", place, value))
		}
	}
	slices.Sort(silent)
	return silent
}

// stored are the leaves of an object as the server would store it; ok is false for a kind that it does not know.
func stored(object []byte) (map[string]string, bool) {
	result, err := apivalid.Check(object)
	if err != nil {
		return nil, false
	}
	versioned, err := legacyscheme.Scheme.ConvertToVersion(result.Object, result.GVK.GroupVersion())
	if err != nil {
		return nil, false
	}
	text, err := json.Marshal(versioned)
	var tree map[string]any
	if err != nil || json.Unmarshal(text, &tree) != nil {
		return nil, false
	}
	delete(tree, "status")
	leaves := map[string]string{}
	flatten(leaves, "", tree)
	maps.DeleteFunc(leaves, func(place, value string) bool { // a pod that asks for nothing beside its containers
		return value == "{}" && strings.HasSuffix(place, "spec.resources")
	})
	for place := range leaves {
		if ofServer.MatchString(place) {
			delete(leaves, place)
		}
	}
	return leaves, true
}

// ofServer are the places that the server writes into each object anew: its identity, and that of the pods of a Job.
var ofServer = regexp.MustCompile(`metadata\.(uid|creationTimestamp|generation|resourceVersion)$|(controller-uid|job-name)("\])?$`)

func flatten(leaves map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			leaves[path] = "{}"
		}
		for key, value := range v {
			flatten(leaves, diag.Join(path, key), value)
		}
	case []any:
		for i, item := range v {
			flatten(leaves, path+"["+itemName(item, i)+"]", item)
		}
	case nil:
	default:
		leaves[path] = fmt.Sprint(v)
	}
}

// itemName tells the items of a list apart: by what they are called, or by their index.
func itemName(item any, i int) string {
	m, _ := item.(map[string]any)
	for _, key := range []string{"name", "mountPath", "containerPort"} {
		if m[key] != nil {
			return fmt.Sprint(m[key])
		}
	}
	return fmt.Sprint(i)
}

// loose are lists whose items a report may tell apart in another way.
var loose = regexp.MustCompile(`\b(ports|envFrom|httpHeaders|imagePullSecrets|hostAliases|resourceClaims|claims)\[[^\]]*\]`)

// isSaid reports whether a report names a place, or what stands above or below it.
func isSaid(place string, said []importer.Difference) bool {
	place = loose.ReplaceAllString(place, "$1[]")
	for _, d := range said {
		path := loose.ReplaceAllString(d.Path, "$1[]")
		if d.Path != "" && (begins(place, path) || begins(path, place)) {
			return true
		}
	}
	return false
}

// begins reports whether a path is another one or stands below it.
func begins(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
