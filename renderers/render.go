// Package renderers turns plans into Kubernetes objects.
//
// A [schema.Plan] says everything that one run means in one environment; [Render] reads nothing else and knows no input
// language. One file stands for each kind (job.go, service.go …) and for each part of a pod (container.go, placement.go …).
// What a profile's base objects and a run's patches change comes after that, the name that depends on the content last.
package renderers

import (
	"bytes"
	"sync"

	"berth/internal/diag"
	"berth/internal/yamlprint"
	"berth/schema"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
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
}

// kinds are the kinds in the order of the output. The claim template comes first because pods refer to it by a name made
// of its content; a pod that comes before its volume's claim waits for it.
var kinds = []struct {
	wanted func(*schema.Plan) bool
	render func(*renderer) []typed
}{
	{wantsDeviceClaim, (*renderer).claimTemplate},
	{isJob, (*renderer).job},
	{isCronJob, (*renderer).cronJob},
	{isDeployed, (*renderer).deployment},
	{isServed, (*renderer).service},
	{hasClaims, (*renderer).claims},
}

// typed is an object of k8s.io/api with the name of its file.
type typed struct {
	file   string
	object kubeObject
}

type kubeObject interface {
	runtime.Object
	metav1.Object
}

// renderer is the rendering of one plan.
type renderer struct {
	plan     *schema.Plan
	spec     *schema.RunFields
	template string       // the name of the ResourceClaimTemplate, once it is known
	aimed    map[int]bool // the patches that are for some object
	problems []diag.Problem
}

// Render turns a plan into its objects. The problems are those that only rendering can find: a patch or a profile's base
// object that does not fit. A plan that no compiler checked may give objects that no cluster takes, or problems, but
// never a panic.
func Render(p *schema.Plan) ([]Object, []diag.Problem) {
	r := renderer{plan: p, spec: &p.Spec, aimed: map[int]bool{}}
	var objects []Object
	for _, k := range kinds {
		if !k.wanted(p) {
			continue
		}
		for _, t := range k.render(&r) {
			objects = append(objects, r.finish(t))
		}
	}
	r.patchesWithoutTarget(objects)
	return objects, r.problems
}

// finish gives an object what depends on the whole of it.
func (r *renderer) finish(t typed) Object {
	o := Object{File: t.file, Plan: r.plan}
	value := r.overBase(&o, t.object)
	value = r.patched(&o, value)
	r.checkMerged(&o, value)
	r.identify(value)
	o.APIVersion, o.Kind = value.GetObjectKind().GroupVersionKind().ToAPIVersionAndKind()
	o.Namespace, o.Name, o.Value = value.GetNamespace(), value.GetName(), value
	return o
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
	return o
}

// scratches are what is printed into before its length is known.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

func (r *renderer) problem(code diag.Code, path, message, hint string) {
	r.problems = append(r.problems, diag.Problem{Code: code, Path: path, Message: message, Hint: hint})
}

func isDeployed(p *schema.Plan) bool {
	return p.Spec.Action == schema.ActionDeploy || p.Spec.Action == schema.ActionServe
}

func isServed(p *schema.Plan) bool { return p.Spec.Action == schema.ActionServe }

// isJob and isCronJob divide the runs that end.
func isJob(p *schema.Plan) bool { return !isDeployed(p) && !isCronJob(p) }

func isCronJob(p *schema.Plan) bool {
	return !isDeployed(p) && (p.Spec.Schedule != "" || p.Spec.RunPolicy == schema.RunPolicyTemplate)
}
