package rules

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"
)

// references warns of a `$(NAME)` that stays as it is, because no variable of that name stands before it. The kubelet puts
// in the variables that the container's own list has, in their order, and none of the image or the shell
// (k8s.io/kubernetes/third_party/forked/golang/expansion).
func (j *judge) references(p *pod, c *container) {
	if len(c.EnvFrom) > 0 {
		return // whose keys nobody here knows
	}
	v := variables{judge: j, places: make(map[string]int, len(c.Env)), list: c.at.in("env"), links: p.EnableServiceLinks == nil || *p.EnableServiceLinks}
	for i := range c.Env {
		if _, known := v.places[c.Env[i].Name]; !known {
			v.places[c.Env[i].Name] = i
		}
	}
	for i := range c.Env {
		v.warn(v.unknown(c.Env[i].Value, i), v.list.item(i).in("value"))
	}
	v.words(c.Command, c.at.in("command"))
	v.words(c.Args, c.at.in("args"))
	for i := range c.VolumeMounts {
		v.subPath(c.VolumeMounts[i].SubPathExpr, c.at.in("volumeMounts").item(i).in("subPathExpr"))
	}
}

// variables are those of one container.
type variables struct {
	*judge
	places map[string]int // by name, the first of several
	list   *place
	links  bool // there are those of Services as well
}

// words holds command and args against all variables. A shell's own `$(command)` looks alike, so that only what is written
// like a variable counts there.
func (v *variables) words(words []string, at *place) {
	for i, word := range words {
		if name := v.unknown(word, len(v.places)); name == strings.ToUpper(name) {
			v.warn(name, at.item(i))
		}
	}
}

// subPath: where the name of a folder has a variable that is not there, the kubelet does not start the container.
func (v *variables) subPath(text string, at *place) {
	if name := v.unknown(text, len(v.places)); name != "" {
		v.lint(diag.Env, at, fmt.Sprintf("no pod starts: the container has no variable %s for `$(%s)`", name, name), "write "+name+" under envs")
	}
}

// unknown is the first reference of a text to none of the variables before the given place.
func (v *variables) unknown(text string, before int) string {
	for name := range referencesIn(text) {
		place, known := v.places[name]
		added := name == v.appended && before == len(v.places) || slices.Contains(v.given, name)
		if known && place < before || !known && (v.ofService(name) || added) || !envName.fits(name) || strings.ContainsAny(name, " \t/'\"") {
			continue
		}
		return name
	}
	return ""
}

// ofService reports whether the cluster may set the variable for one of its Services; it always does for its own.
func (v *variables) ofService(name string) bool {
	return strings.HasPrefix(name, "KUBERNETES_") || v.links && (strings.Contains(name, "_SERVICE_") || strings.Contains(name, "_PORT"))
}

// warn tells of a reference that stays as it is; an empty name is none. A variable that is defined further down in the
// list is not known yet, and so the hint is about the order there.
func (v *variables) warn(name string, at *place) {
	if name == "" {
		return
	}
	message := fmt.Sprintf("`$(%s)` stays these very characters: the container has no variable %s", name, name)
	hint := fmt.Sprintf("write %s under envs, or $$(%s) where the characters are meant", name, name)
	if best, ok := diag.Nearest(name, v.names()); ok {
		hint = fmt.Sprintf("did you mean $(%s)? $$(%s) means the characters themselves", best, name)
	}
	later, defined := v.places[name]
	if defined {
		message = fmt.Sprintf("`$(%s)` stays these very characters: %s is set after it", name, name)
		hint = fmt.Sprintf("set %s before it: a variable knows those of profile, project and environments, and the run's own that stand above it", name)
	}
	p := v.lint(diag.Env, at, message, hint)
	if defined {
		p.Related = []diag.RelatedPath{{Path: v.list.item(later).in("name").path(), Message: name + " is set here"}}
	}
}

// names are the variables of the container for a hint, sorted.
func (v *variables) names() []string {
	return slices.Sorted(maps.Keys(v.places))
}

// referencesIn are the names in a text's `$(NAME)`, of which `$$(NAME)` is none.
func referencesIn(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			_, rest, found := strings.Cut(text, "$")
			if !found || rest == "" {
				return
			}
			text = rest[1:]
			if rest[0] != '(' {
				continue
			}
			name, after, closed := strings.Cut(text, ")")
			if !closed {
				continue
			}
			if !yield(name) {
				return
			}
			text = after
		}
	}
}
