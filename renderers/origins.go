package renderers

import (
	"strings"
	"sync"

	"berth/internal/diag"
	"berth/internal/yamlprint"

	corev1 "k8s.io/api/core/v1"
)

// Origin says where the leaf at path of a rendered object comes from; path is in the notation of [yamlprint.Commenter]. planPath is the place in the plan that the value was copied or computed from (spec.image,
// machine.node_labels …), in the notation of diag.Problem; reason says what the tool decided and why. Either may be empty;
// both are set for a value that the tool computed from the plan. ok is false for a path
// that the object does not have.
//
// Values that a patch or a base object brought lead to it (spec.patches[0].patch…, machine.base.Job…).
func Origin(o *Object, path string) (planPath, reason string, ok bool) {
	if place, ok := o.merged[path]; ok {
		return place, "", true
	}
	if !yamlprint.HasPath(o.Value, path) {
		return "", "", false
	}
	for _, s := range originSections[o.Kind] {
		rest, ok := strings.CutPrefix(path, s.prefix)
		if !ok {
			continue
		}
		steps := diag.Split(rest)
		for _, rule := range s.rules {
			if matched, ok := rule.match(steps); ok {
				planPath, reason = rule.trace(leaf{o, matched})
				return planPath, reason, planPath != "" || reason != ""
			}
		}
	}
	return "", "", false
}

// originSections are the parts of each kind, the inner ones first, with the rules of their leaves.
var originSections = map[string][]originSection{
	"Job": {{"spec.template.", podOrigins}, {"spec.", jobOrigins}, {"", objectOrigins}},
	"CronJob": {
		{"spec.jobTemplate.spec.template.", podOrigins}, {"spec.jobTemplate.spec.", jobOrigins},
		{"spec.jobTemplate.", objectOrigins}, {"spec.", cronJobOrigins}, {"", objectOrigins},
	},
	"Deployment":            {{"spec.template.", podOrigins}, {"spec.", deploymentOrigins}, {"", objectOrigins}},
	"Service":               {{"spec.", serviceOrigins}, {"", objectOrigins}},
	"PersistentVolumeClaim": {{"spec.", claimOrigins}, {"", objectOrigins}},
	"ResourceClaimTemplate": {{"spec.spec.devices.", deviceOrigins}, {"", objectOrigins}},
}

type originSection struct {
	prefix string
	rules  []originRule
}

// originRule says where the leaves come from whose path has the pattern, in which `*` is any key or index and `**` at the
// end any path.
type originRule struct {
	pattern string
	trace   func(leaf) (planPath, reason string)
}

// leaf is a leaf whose origin is asked for, with what the stars of the rule's pattern stand for.
type leaf struct {
	*Object
	matched []string
}

// copied is the trace of a value that stands in the plan. A star at the end of its path is the last one of the pattern.
func copied(path string) func(leaf) (string, string) { return computed(path, "") }

// decided is the trace of a value that the tool alone decides.
func decided(reason string) func(leaf) (string, string) { return computed("", reason) }

// computed is the trace of a value that the tool decides because of what stands in the plan.
func computed(path, reason string) func(leaf) (string, string) {
	before, star := strings.CutSuffix(path, ".*")
	all, rest := strings.CutSuffix(path, ".**")
	return func(l leaf) (string, string) {
		switch {
		case rest:
			return all + l.matched[len(l.matched)-1], reason
		case star:
			return before + stepOf(l.matched[len(l.matched)-1]), reason
		}
		return path, reason
	}
}

// patterns are the steps of the rules' patterns.
var patterns = sync.OnceValue(func() map[string][]string {
	steps := map[string][]string{}
	for _, sections := range originSections {
		for _, s := range sections {
			for _, rule := range s.rules {
				steps[rule.pattern] = diag.Split(rule.pattern)
			}
		}
	}
	return steps
})

// match compares the steps of a path with the pattern. For `**` it gives a path that continues another one.
func (rule originRule) match(steps []string) ([]string, bool) {
	var matched []string
	pattern := patterns()[rule.pattern]
	for i, want := range pattern {
		switch {
		case want == "**":
			var rest strings.Builder
			for _, s := range steps[min(i, len(steps)):] {
				rest.WriteString(stepOf(s))
			}
			return append(matched, rest.String()), true
		case i >= len(steps):
			return nil, false
		case want == "*" || want == "[*]":
			matched = append(matched, steps[i])
		case want != steps[i]:
			return nil, false
		}
	}
	return matched, len(steps) == len(pattern)
}

// stepOf is a step of diag.Split as it continues a path.
func stepOf(s string) string {
	if strings.HasPrefix(s, "[") {
		return s
	}
	return diag.Step(s)
}

// pod is the pod of the leaf's object; only the rules of pods ask for it.
func (l leaf) pod() *corev1.PodSpec { return &PodTemplate(l.Value).Spec }

// index is the n-th star as the index that it is.
func (l leaf) index(n int) int { return diag.Index(l.matched[n]) }
