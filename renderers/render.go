// Package renderers turns plans into Kubernetes objects.
//
// A [schema.Plan] says everything that one run means in one environment; [Render] reads nothing else and knows no input
// language. One file stands for each kind (job.go, service.go …) and for each part of a pod (container.go, placement.go …).
// What a profile's base objects and a run's patches change comes after that, the name that depends on the content last.
package renderers

import (
	"bytes"
	"strings"
	"sync"

	"berth/internal/diag"
	"berth/internal/yamlprint"
	"berth/schema"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kubeschema "k8s.io/apimachinery/pkg/runtime/schema"
)

// Object is one rendered Kubernetes object.
type Object struct {
	Kind, APIVersion, Namespace, Name string

	// File is the name of the object's file in its run's folder, stable when the object's name is not:
	// job.yaml, cronjob.yaml, deployment.yaml, service.yaml, persistentvolumeclaim-<volume>.yaml,
	// resourceclaimtemplate.yaml.
	File string

	// Value is the typed object, such as *batchv1.Job; nil once the object is text alone.
	Value any

	// Text is the object as YAML, once it is printed: see [Object.Printed].
	Text []byte

	// Plan is what the object was rendered from.
	Plan *schema.Plan

	// merged says by path where leaves come from that a base object or a patch brought.
	merged map[string]string

	origins *origins // of all objects of the plan

	extra string // where the object stands in the run's `extra`; empty for one that Berth makes
}

// typed is an object of k8s.io/api on its way out.
type typed struct {
	object kubeObject
	at     at     // where it begins
	noBase bool   // a profile's base object of the kind is not for it
	part   string // tells its file from those of other objects of its kind: what stands for the star of [Kind.File]

	kind  *Kind
	names []string // of all objects of its kind, as they are before they depend on the content
}

// allOfKind are the objects of one kind, each with what it shares with the others.
func allOfKind(k *Kind, all []typed) []typed {
	var names []string
	for i := range all {
		names = append(names, all[i].object.GetName())
	}
	for i := range all {
		all[i].kind, all[i].names = k, names
		all[i].object.GetObjectKind().SetGroupVersionKind(kubeschema.FromAPIVersionAndKind(k.APIVersion, k.Name))
	}
	return all
}

// kubeObject is any typed object of Kubernetes: it has metadata, and it knows its kind.
type kubeObject interface {
	runtime.Object
	metav1.Object
}

// renderer is the rendering of one plan.
type renderer struct {
	plan     *schema.Plan
	spec     *schema.RunFields
	pod      []schema.PodContainer
	template string       // the name of the ResourceClaimTemplate, once it is known
	aimed    map[int]bool // the patches that are for some object
	problems []diag.Problem
	files    map[string]record // the origins by file; nil where nobody asks
}

// newRenderer prepares for one plan. It keeps no origins: whoever wants those sets files.
func newRenderer(p *schema.Plan) *renderer {
	return &renderer{plan: p, spec: &p.Spec, pod: p.Containers(), aimed: map[int]bool{}}
}

// Render turns a plan into its objects. The problems are those that only rendering can find: a patch or a profile's base
// object that does not fit. A plan that no compiler checked may give objects that no cluster takes, or problems, but
// never a panic.
func Render(p *schema.Plan) ([]Object, []diag.Problem) {
	r := newRenderer(p)
	objects := r.render()
	asked := &origins{plan: p}
	for i := range objects {
		objects[i].origins = asked
	}
	return objects, r.problems
}

// render gives all objects in the order of the output: what the run brings as `extra` comes first, since its pods may
// need it. Of a plan that is the project's own there is nothing else. What can only be judged once all objects are
// known, such as a patch that was for none of them, comes last.
func (r *renderer) render() []Object {
	objects := r.extras()
	for _, k := range kinds {
		if r.plan.OfProject || !k.wanted(r.plan) {
			continue
		}
		for _, t := range allOfKind(k, k.render(r)) {
			objects = append(objects, r.finish(t))
		}
	}
	r.patchesWithoutTarget(objects)
	r.extraTwins(objects)
	return objects
}

// begin is where a new object begins, which is there because of a place in the plan.
func (r *renderer) begin(plan, reason string) at {
	var at at
	if r.files != nil {
		at.record = record{}
	}
	computed(at, "apiVersion", plan, reason, "")
	computed(at, "kind", plan, reason, "")
	return at
}

// finish gives an object what depends on the whole of it.
func (r *renderer) finish(t typed) Object {
	k := t.kind
	o := Object{Kind: k.Name, APIVersion: k.APIVersion, File: strings.Replace(k.File, "*", t.part, 1), Plan: r.plan}
	value := r.changed(&o, t)
	r.checkJobInGit(&o, value)
	if k.seal != nil {
		k.seal(r, t.at, value)
	}
	r.protectFromFlux(t.at, value)
	if r.files != nil {
		r.files[o.File] = t.at.record
	}
	o.Namespace, o.Name, o.Value = value.GetNamespace(), value.GetName(), value
	return o
}

// changed is the object with what a base object and patches make of it.
func (r *renderer) changed(o *Object, t typed) kubeObject {
	base, patches := r.base(t), r.aimedAt(t)
	if base == nil && len(patches) == 0 {
		return t.object
	}
	m, err := newMerge(t.object, t.at.record != nil)
	if err == nil {
		r.overBase(m, base)
		for _, i := range patches {
			r.patch(m, t, i)
		}
		var value kubeObject
		if value, err = m.object(); err == nil {
			m.credit(o, t.at.record)
			return value
		}
	}
	r.problem(diag.PatchFailed, "spec.patches", "what patches and base objects make of the "+t.kind.Name+" is none any more", "take them out one by one: "+err.Error())
	return t.object
}

// Printed is the object as text alone, which takes a fraction of the memory; as it was where it has no YAML form, which
// the layouts then say.
func (o Object) Printed() Object {
	scratch := scratches.Get().(*[]byte)
	defer scratches.Put(scratch)
	text, err := yamlprint.Append((*scratch)[:0], o.Value)
	if err != nil {
		return o
	}
	*scratch = text
	o.Text, o.Value, o.merged = bytes.Clone(text), nil, nil
	o.origins = nil
	return o
}

// scratches are what is printed into before its length is known.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

// problem reports a mistake that only rendering finds, at a path of the plan.
func (r *renderer) problem(code diag.Code, path, message, hint string) {
	r.problems = append(r.problems, diag.Problem{Code: code, Path: path, Message: message, Hint: hint})
}

// isDeployed reports whether the run's pods run until somebody ends them.
func isDeployed(p *schema.Plan) bool {
	return p.Spec.Action == schema.ActionDeploy || p.Spec.Action == schema.ActionServe
}

// isServed reports whether other pods reach the run by a Service.
func isServed(p *schema.Plan) bool { return p.Spec.Action == schema.ActionServe }

// isOnce and isCronJob divide the runs that end. What runs once is a Job, or a JobSet.
func isOnce(p *schema.Plan) bool { return !isDeployed(p) && !isCronJob(p) }

// isJob reports whether the run is one Job: it starts once, and its pods need no controller that starts them all
// together.
func isJob(p *schema.Plan) bool { return isOnce(p) && !isJobSet(p) }

// isDeployment and isGroupSet divide the runs that stay.
func isDeployment(p *schema.Plan) bool { return isDeployed(p) && !isGroupSet(p) }

// isCronJob reports whether the run starts at times, or by hand from a template, which is a suspended CronJob.
func isCronJob(p *schema.Plan) bool {
	return !isDeployed(p) && (p.Spec.Schedule != "" || p.Spec.RunPolicy == schema.RunPolicyTemplate)
}
