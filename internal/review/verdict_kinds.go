package review

import (
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/renderers"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// volume is a short name: schema.Volume is met in signatures of closures.
type volume = schema.Volume

// workload is the object that runs; the zero Object for no run.
func workload(r *Run) renderers.Object {
	if r != nil {
		for _, o := range r.Objects {
			if k, err := o.Row(); err == nil && k.MakesPods() {
				return o
			}
		}
	}
	return renderers.Object{}
}

// idle says why a run runs nothing by itself; empty for one that does.
func idle(r *Run) string {
	o := workload(r)
	f, ok := families[change(o)]
	if !ok {
		return ""
	}
	return f.idle(r, o)
}

// family is what the review says of the kinds that a change does the same to.
type family struct {
	idle    func(*Run, renderers.Object) string      // why the object runs nothing by itself; empty for one that does
	starts  func(*judge, renderers.Object) string    // how a new object starts
	changes func(j *judge, was, is renderers.Object) // the verdict on an object that differs
}

// families are all that make pods.
var families map[renderers.Change]family

func init() { // the verdicts ask for the families again
	families = map[renderers.Change]family{
		renderers.Once:     {idleJob, startOfJob, (*judge).job},
		renderers.Schedule: {idleCronJob, startOfCronJob, (*judge).cronJob},
		renderers.Rollout:  {idleRollout, startOfRollout, (*judge).rollout},
	}
}

// change is what a change of the object does; empty for no object.
func change(o renderers.Object) renderers.Change {
	k, err := o.Row()
	if err != nil {
		return ""
	}
	return k.Change
}

// pods is how many pods the object has at a time while it runs.
func pods(o renderers.Object) int64 {
	k, err := o.Row()
	if err != nil || o.Value == nil {
		return 0
	}
	return k.Pods(o.Value)
}

// leaderTemplate is the template of the pods that are different in the object, one in each of its groups; nil for none.
func leaderTemplate(o renderers.Object) *corev1.PodTemplateSpec {
	k, err := o.Row()
	if err != nil || k.Leader == nil || o.Value == nil {
		return nil
	}
	return k.Leader(o.Value)
}

// leaders is how many pods of the object are different from the others.
func leaders(o renderers.Object) int64 {
	if leaderTemplate(o) == nil {
		return 0
	}
	return renderers.GroupsOf(o.Value)
}

// ofPods reports whether a path of the object is the pods': below its template, or of a group of pods.
func ofPods(o renderers.Object, path string) bool {
	k, err := o.Row()
	if err != nil {
		return false
	}
	return strings.HasPrefix(path, k.PodAt+".") || k.LeaderAt != "" && strings.HasPrefix(path, diag.Parent(k.PodAt)+".")
}

// refusal is what the API server does with a field of an object that differs.
func (c *ObjectChange) refusal(path string) renderers.Refusal {
	if c.old == nil || c.new == nil {
		return renderers.Refusal{}
	}
	k, err := c.new.Row()
	if err != nil || c.old.APIVersion != c.new.APIVersion {
		return renderers.Refusal{}
	}
	return k.Refused(path, c.old.Value, c.new.Value)
}

// removal is what becomes of the object, or became of it.
func (c *ObjectChange) removal() renderers.Removal {
	if c.old != nil {
		return c.old.Removal()
	}
	return c.new.Removal()
}

// also is text where yes, for one part of a sentence.
func also(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

// count is a number with its noun, whose plural ends in s.
func count(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// anyChange reports whether the main object differs at a path that begins with prefix. It must differ at all: main is
// not nil.
func (j *judge) anyChange(prefix string) bool {
	for _, c := range j.main.Fields {
		if strings.HasPrefix(c.Path, prefix) {
			return true
		}
	}
	return false
}

// anyOf is [judge.anyChange] for several paths.
func (j *judge) anyOf(paths ...string) bool {
	for _, path := range paths {
		if j.anyChange(path) {
			return true
		}
	}
	return false
}
