package workspace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/source"
	"berth/renderers"
)

// breaches finds the lines that policies are broken by. The objects of a unit may be text by now, and are rendered once more
// for the units that break one.
type breaches struct {
	u       *Unit
	objects []renderers.Object
	lacks   map[lack]bool
}

// lack is a field that the run's own container does not have and a policy wants.
type lack struct {
	policy *compiler.Policy
	word   string
}

// newBreaches renders the run's objects once for all policies. A run that was refused has none: its mistakes come first.
func newBreaches(u *Unit) *breaches {
	b := &breaches{u: u, lacks: map[lack]bool{}}
	if !u.Refused {
		b.objects, _ = renderers.Render(u.Plan)
	}
	return b
}

// of is a violation as a diagnostic; ok is false for one that says nothing of the subject.
func (b *breaches) of(p *compiler.Policy, v source.Violation, s subject) (d diag.Diagnostic, ok bool) {
	if len(v.Path) == 0 {
		return b.u.Breach(p, v, "", "this run"), s.main
	}
	switch v.Path[0] {
	case compiler.PolicyObjects:
		return b.ofObject(p, v, s)
	case compiler.PolicyImages:
		return b.ofImage(p, v, s)
	}
	if s.together {
		return d, false // which is no run
	}
	word := ""
	if v.Path[0] == "spec" && len(v.Path) > 1 && wordsOfContainers[v.Path[1]] != "" {
		word = v.Path[1]
	}
	path := compiler.PlanPath(v.Path)
	switch {
	case !s.main && (word == "" || v.Kind == source.Missing && (s.volume || isDevice(v.Path) || inherited(word) && b.lacks[lack{p, word}])):
		return d, false
	case s.main && v.Kind == source.Missing && (b.u.Refused || b.u.Says(path)):
		return d, false // it stands there, perhaps in a form that was refused, or the policy's own error hides it
	case s.main && v.Kind == source.Missing:
		b.lacks[lack{p, word}] = true
		return b.u.Breach(p, v, path, ""), true
	case word == "" || s.of < 0 || s.main && b.u.Says(path) && len(b.u.Plan.Spec.Patches) == 0:
		return b.u.Breach(p, v, path, ""), true
	}
	at := b.inObject(s, v.Path[1:])
	if at == "" {
		return b.u.Breach(p, v, path, ""), true
	}
	words := ""
	if v.Kind == source.Missing {
		words = fmt.Sprintf("%s of container %s", strings.Join(v.Path[1:], "."), diag.Quote(b.nameOf(s)))
	}
	return b.u.Breach(p, v, at, words), true
}

// isDevice reports whether a path is of a device. Only the run's own container has to have those that a policy wants.
func isDevice(path []string) bool {
	return len(path) > 2 && path[1] == "resources" && (path[2] == "gpu" || strings.Contains(path[2], "/"))
}

// inherited reports whether a container that says nothing of a field has what the run says: to mend the run is enough.
func inherited(word string) bool {
	return word == "image" || word == "image_pull_policy" || word == "seccomp" || word == "app_armor" || word == "se_linux" || strings.HasPrefix(word, "run_as_")
}

// inObject is the place in the plan of a field of a container, or of an image volume.
func (b *breaches) inObject(s subject, path []string) string {
	o := &b.objects[s.of]
	if s.volume {
		field := map[string]string{"image": "reference", "image_pull_policy": "pullPolicy"}[path[0]]
		return renderers.Source(o, s.at+"."+field)
	}
	field := wordsOfContainers[path[0]]
	switch {
	case path[0] == "resources" && len(path) == 3:
		field = diag.Join("resources."+path[2], nameOfResource(path[1], s.gpu))
	default:
		for _, step := range path[1:] {
			field = continued(field, step)
		}
	}
	at := s.at + "." + field
	if _, _, there := renderers.Origin(o, at); !there {
		if inPod := s.pod + "." + field; strings.HasPrefix(field, "securityContext.") {
			if _, _, there := renderers.Origin(o, inPod); there {
				at = inPod
			}
		}
	}
	return renderers.Source(o, at)
}

// continued adds a step to a path: a number is an index, which is written in brackets, and all else a key.
func continued(path, step string) string {
	if i, err := strconv.Atoi(step); err == nil {
		return diag.At(path, i)
	}
	return diag.Join(path, step)
}

// nameOf is the name of a container.
func (b *breaches) nameOf(s subject) string {
	template, err := renderers.PodTemplate(b.objects[s.of].Value)
	if err != nil || template == nil {
		return ""
	}
	for _, c := range containersOf(&template.Spec) {
		if s.at == s.pod+"."+c.at {
			return c.Name
		}
	}
	return ""
}

// ofObject is a violation in a finished object. What a policy says of a name holds where there is such an object.
func (b *breaches) ofObject(p *compiler.Policy, v source.Violation, s subject) (diag.Diagnostic, bool) {
	if !s.main && !s.together || b.u.Refused {
		return diag.Diagnostic{}, false
	}
	i := -1
	if len(v.Path) > 2 {
		i = slices.IndexFunc(b.objects, func(o renderers.Object) bool { return o.Kind == v.Path[1] && o.Name == v.Path[2] })
	}
	if i < 0 {
		return b.u.Breach(p, v, "", strings.Join(v.Path[1:], " ")), len(v.Path) < 4 && v.Kind != source.Missing || len(v.Path) == 2
	}
	o, path := &b.objects[i], ""
	for _, step := range v.Path[3:] {
		path = continued(path, step)
	}
	at := renderers.Source(o, path)
	if v.Kind == source.Missing && o.IsExtra() {
		at = o.NamePath()
	}
	return b.u.Breach(p, v, at, fmt.Sprintf("%s of the %s %s", path, o.Kind, diag.Quote(o.Name))), true
}

// ofImage is a violation by one of all images.
func (b *breaches) ofImage(p *compiler.Policy, v source.Violation, s subject) (diag.Diagnostic, bool) {
	if !s.main && !s.together || b.u.Refused {
		return diag.Diagnostic{}, false
	}
	images := imagesOf(b.objects)
	if len(v.Path) > 1 {
		if i, err := strconv.Atoi(v.Path[1]); err == nil && i < len(images) {
			image := images[i]
			return b.u.Breach(p, v, renderers.Source(&b.objects[image.of], image.at), "image "+diag.Quote(image.reference)), true
		}
	}
	return b.u.Breach(p, v, "", "the images of this run"), true
}
