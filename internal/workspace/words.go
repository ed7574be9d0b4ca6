package workspace

import (
	"regexp"
	"slices"
	"strings"

	"berth/schema"
)

// inKubernetesWords reports whether what stands at a path of the plan has Kubernetes' own fields, whose names a message
// about it keeps.
func inKubernetesWords(path string) bool {
	return path == "" || slices.ContainsFunc([]string{"spec.patches", "spec.extra", "machine.base"}, func(s string) bool { return strings.HasPrefix(path, s) })
}

var (
	// names are those of fields in messages: words in camel case, and any word before a colon.
	names = regexp.MustCompile(`\b[a-z]+(?:[A-Z]+[a-z0-9]*)+\b|\b[a-z]+(?:: )`)
	hump  = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// inFields says a field of Kubernetes by its name in a run: as it is called there, or where a run has it in its own spelling,
// such as backoff_limit for backoffLimit. What is quoted is somebody's own word, and stays.
func inFields(text string, called map[string]string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = names.ReplaceAllStringFunc(parts[i], func(found string) string {
			word, colon := strings.TrimSuffix(found, ": "), found[len(strings.TrimSuffix(found, ": ")):]
			if name := called[word]; name != "" {
				return name + colon
			}
			if name := strings.ToLower(hump.ReplaceAllString(word, "${1}_$2")); schema.TypeRunFields.Field(name) != nil {
				return name + colon
			}
			return found
		})
	}
	return strings.Join(parts, "`")
}
