package workspace

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/renderers"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	resourcehelper "k8s.io/component-helpers/resource"
	jobset "sigs.k8s.io/jobset/api/jobset/v1alpha2"
	lws "sigs.k8s.io/lws/api/leaderworkerset/v1"
)

// held holds the finished objects against what the profile requires and bounds. What the run says in its own words the
// compiler has held already; patches and further containers come after it.
func (u *Unit) held() []diag.Problem {
	if u.Profile == nil {
		return nil
	}
	return append(u.heldRequirements(), u.heldBounds()...)
}

// heldRequirements finds what the profile requires and a patch took away or changed, by comparing the objects with those
// that the run would have without its patches.
func (u *Unit) heldRequirements() []diag.Problem {
	if len(u.Plan.Spec.Patches) == 0 {
		return nil
	}
	plan := *u.Plan
	plan.Spec.Patches = nil
	before, _ := renderers.Render(&plan)
	var problems []diag.Problem
	for i := range before {
		for k := range u.Objects {
			if o := &u.Objects[k]; o.Kind == before[i].Kind && o.File == before[i].File {
				c := comparison{u: u, before: &before[i], after: o, told: map[string]bool{}}
				c.value("", "", treeOf(before[i].Value), treeOf(o.Value))
				problems = append(problems, c.problems...)
			}
		}
	}
	return problems
}

// treeOf is an object as the API server gets it: the JSON form, in which fields that are empty and omitted do not appear.
func treeOf(object any) (tree any) {
	text, err := json.Marshal(object)
	if err == nil {
		err = json.Unmarshal(text, &tree)
	}
	if err != nil {
		return nil // which no renderer gives
	}
	return tree
}

// comparison is of one object without the run's patches and with them.
type comparison struct {
	u             *Unit
	before, after *renderers.Object
	problems      []diag.Problem
	told          map[string]bool // the places in the plan that are told of
}

// value compares what was at a path with what is there now, which may be at another path where a list changed.
func (c *comparison) value(path, now string, was, is any) {
	switch was := was.(type) {
	case map[string]any:
		have, _ := is.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(was)) {
			c.value(diag.Join(path, key), diag.Join(now, key), was[key], have[key])
		}
	case []any:
		have, _ := is.([]any)
		for i, item := range was {
			at, there := now, any(nil)
			if k := renderers.Counterpart(have, item); k >= 0 {
				at, there = diag.At(now, k), have[k]
			}
			c.value(diag.At(path, i), at, item, there)
		}
	default:
		if !reflect.DeepEqual(was, is) {
			c.lost(path, now, was, is)
		}
	}
}

// lost reports a value that is another one now, or none, if the profile requires it.
func (c *comparison) lost(path, now string, was, is any) {
	from := renderers.Source(c.before, path)
	machine := strings.HasPrefix(from, "machine.node_labels") || strings.HasPrefix(from, "machine.spot") || strings.HasPrefix(from, "machine.topology")
	item := from
	if i := strings.LastIndex(from, "]"); i > 0 {
		item = from[:i+1]
	}
	if !machine && !c.u.Required(from) || c.told[item] {
		return
	}
	c.told[item] = true
	p := diag.Problem{
		Code: diag.ProfileConflict, Path: renderers.Source(c.after, now),
		Hint:    "leave it out of the patch, or choose another profile",
		Related: []diag.RelatedPath{{Path: from, Message: fmt.Sprintf("the profile requires %s", diag.Quote(fmt.Sprint(was)))}},
	}
	steps := diag.Split(path)
	name := steps[len(steps)-1]
	p.Message = fmt.Sprintf("the patch takes away what profile %s requires: %s %s", c.u.Profile.Name, words(from), diag.Quote(fmt.Sprint(was)))
	if is != nil {
		p.Message = fmt.Sprintf("%s %s contradicts profile %s", name, diag.Quote(fmt.Sprint(is)), c.u.Profile.Name)
	}
	c.problems = append(c.problems, p)
}

// words is a path in the words of whoever writes the run, who writes neither spec nor machine.
func words(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, "spec."), "machine.")
}

// heldBounds holds what patches, base objects and further containers bring to the amounts that the profile bounds.
func (u *Unit) heldBounds() []diag.Problem {
	var problems []diag.Problem
	for i := range u.Objects {
		o := &u.Objects[i]
		for _, n := range u.boundedIn(o.Value) {
			if n.value == nil {
				continue
			}
			p, outside := u.Outside(n.field, n.field, fmt.Sprint(*n.value))
			if !outside {
				continue // whose place nobody asks for: finding it renders the plan once more
			}
			if p.Path = renderers.Source(o, n.path); u.rank(p.Path) != 1 && p.Path != "" {
				problems = append(problems, p)
			}
		}
		problems = append(problems, u.podBounds(o)...)
	}
	return problems
}

// boundedNumber is a field of an object that a profile can bound by a word.
type boundedNumber struct {
	field, path string
	value       *int64
}

// boundedIn are the numbers of a workload that a profile may bound, each under the run's word for it and with its path in
// the object. A patch can move such a number after the run was judged, which is why the object is looked at. Objects of
// other kinds have none; a value is nil where the object leaves it to its default.
func (u *Unit) boundedIn(object any) []boundedNumber {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return []boundedNumber{{"replicas", "spec.replicas", wide(o.Spec.Replicas)}}
	case *jobset.JobSet:
		if len(o.Spec.ReplicatedJobs) > 0 {
			return u.jobNumbers(&o.Spec.ReplicatedJobs[0].Template.Spec, "spec.replicatedJobs[0].template.spec.")
		}
	case *lws.LeaderWorkerSet:
		return []boundedNumber{{"replicas", "spec.replicas", wide(o.Spec.Replicas)}, {"num_nodes", "spec.leaderWorkerTemplate.size", wide(o.Spec.LeaderWorkerTemplate.Size)}}
	case *batchv1.Job:
		return u.jobNumbers(&o.Spec, "spec.")
	case *batchv1.CronJob:
		return u.jobNumbers(&o.Spec.JobTemplate.Spec, "spec.jobTemplate.spec.")
	}
	return nil
}

// jobNumbers are the bounded numbers of a Job's spec, which stands at a path that ends with a dot, in the object. What a run
// calls its parallelism, AtATime says.
func (u *Unit) jobNumbers(s *batchv1.JobSpec, at string) []boundedNumber {
	_, field := u.Plan.Spec.AtATime()
	return []boundedNumber{
		{strings.TrimPrefix(field, "spec."), at + "parallelism", wide(s.Parallelism)},
		{"active_deadline_seconds", at + "activeDeadlineSeconds", s.ActiveDeadlineSeconds},
	}
}

// wide is a number as int64, nil where there is none.
func wide(n *int32) *int64 {
	if n == nil {
		return nil
	}
	return new(int64(*n))
}

// boundedResources are Berth's words for the resources that have one.
var boundedResources = map[corev1.ResourceName]string{
	corev1.ResourceCPU: "cpu", corev1.ResourceMemory: "mem", corev1.ResourceEphemeralStorage: "disk",
}

// podBounds counts the pod as the scheduler does: its containers and sidecars together, or the init container that takes
// most.
func (u *Unit) podBounds(o *renderers.Object) []diag.Problem {
	kind, err := renderers.KindOf(o.Kind)
	if err != nil || !kind.MakesPods() {
		return nil
	}
	var problems []diag.Problem
	if kind.Leader != nil {
		if leader := kind.Leader(o.Value); leader != nil {
			problems = u.templateBounds(o, leader, kind.LeaderAt)
		}
	}
	if template, err := renderers.PodTemplate(o.Value); err == nil && template != nil && len(problems) == 0 {
		problems = u.templateBounds(o, template, kind.PodAt)
	}
	return problems
}

// templateBounds is podBounds of a pod template at a path of the object.
func (u *Unit) templateBounds(o *renderers.Object, template *corev1.PodTemplateSpec, path string) []diag.Problem {
	pod := &corev1.Pod{Spec: template.Spec}
	var problems []diag.Problem
	told := map[corev1.ResourceName]bool{}
	for _, of := range []struct {
		side   string
		totals corev1.ResourceList
	}{
		{"requests", resourcehelper.PodRequests(pod, resourcehelper.PodResourcesOptions{})},
		{"limits", resourcehelper.PodLimits(pod, resourcehelper.PodResourcesOptions{})},
	} {
		for _, name := range slices.Sorted(maps.Keys(of.totals)) {
			word := cmp.Or(boundedResources[name], string(name))
			total := of.totals[name]
			p, outside := u.Outside(word, word+" of the whole pod,", total.String())
			if !outside || told[name] {
				continue
			}
			place, several := u.contributor(o, &template.Spec, path+".spec", of.side, name)
			held := u.rank(place) == 1 && !strings.HasPrefix(place, "spec.leader.") // by the compiler
			if place != "" && (several || !held) {
				p.Path, told[name] = place, true
				problems = append(problems, p)
			}
		}
	}
	return problems
}

// contributor is the place of the container's amount that is to blame for a sum: a patch's before the run's, a further
// container's before the first one's. It also reports whether there are several amounts.
func (u *Unit) contributor(o *renderers.Object, pod *corev1.PodSpec, at, side string, name corev1.ResourceName) (place string, several bool) {
	count := 0
	for _, list := range []struct {
		key        string
		containers []corev1.Container
	}{{"containers", pod.Containers}, {"initContainers", pod.InitContainers}} {
		for i := range list.containers {
			r := list.containers[i].Resources
			amounts := map[string]corev1.ResourceList{"requests": r.Requests, "limits": r.Limits}[side]
			if _, ok := amounts[name]; !ok {
				continue
			}
			count++
			found := renderers.Source(o, diag.Join(diag.At(at+"."+list.key, i)+".resources."+side, string(name)))
			if place == "" || u.rank(found) <= u.rank(place) {
				place = found
			}
		}
	}
	return place, count > 1
}
