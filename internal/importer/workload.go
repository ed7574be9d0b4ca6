package importer

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"berth/schema"

	"go.yaml.in/yaml/v3"
)

// workload is one Job, CronJob or Deployment on its way to becoming a run. What a field of the run says is taken out of
// the object; what remains in the end is the patch.
type workload struct {
	*kubeObject
	opts Options
	rest dict // what no field of the run has said yet
	run  object
	need needs

	siblings      map[string]dict // what no field says of the objects in own
	sayable       map[string]bool // the volumes of the pod that a run knows, by name
	left          []leftOut
	own           map[string]*kubeObject // the objects that became words of the run, by kind
	powerful      bool                   // the namespace has to be declared as one that lets pods do everything
	runName       string                 // the run's name, where another run has the object's
	built         map[string]any         // what is built of the object that is being compared
	refused, code string                 // why no run is made of it
	refusedAt     int32                  // the line that says what is refused; 0 where that is not known
	proven        proven
	sameSecurity  bool // every container runs as whom it ran before
	verdicts      []Taken

	extra []*kubeObject // the objects that the run brings in Kubernetes' own form
}

// podPath is where a kind has its pod's template.
var podPath = map[string][]string{
	kindJob: {"spec", "template"}, kindDeployment: {"spec", "template"}, kindCronJob: {"spec", "jobTemplate", "spec", "template"},
}

// newWorkload is a workload that nothing belongs to yet; join finds its Services and the like.
func newWorkload(o *kubeObject, opts Options) *workload {
	return &workload{kubeObject: o, opts: opts, own: map[string]*kubeObject{}}
}

// template is the pod's template in what has not been said yet.
func (w *workload) template() dict {
	t, _ := w.rest.at(podPath[w.kind]...).(dict)
	return t
}

// podPath is the path of a field of the pod's template.
func (w *workload) at(field string) string {
	return strings.Join(append(slices.Clone(podPath[w.kind]), field), ".")
}

// leave says that a run does not say what stands at a path, and why.
func (w *workload) leave(path, why string) { w.left = append(w.left, leftOut{path, why}) }

// convert fills the run in the order in which people write one.
func (w *workload) convert() {
	// Each step below takes what it understands out of the rest; what remains becomes patches. It can be run again.
	w.rest, w.run, w.left, w.need = cloned(w.value).(dict), newObject(), nil, needs{}
	w.siblings = nil
	if w.powerful {
		w.need.privileged = map[string]bool{cmp.Or(w.namespace, schema.NamespaceOfNone): true}
	}
	for _, key := range []string{"apiVersion", "kind"} {
		delete(w.rest, key)
	}
	w.named()
	w.metadata()
	w.run.text("action", w.action())
	w.queue()
	w.hook()
	w.pod()
	if w.kind == kindDeployment {
		w.deployment()
	} else {
		w.job()
	}
	if s := w.own[kindService]; s != nil {
		w.service(s)
	}
	w.autoscale()
	w.disruption()
	// Last: only now is it known what no field of the run can say.
	w.run.put("patches", w.patches())
	w.run.put("extra", w.extras())
}

// action is the word of a run for this workload: serve where a Service of the workload's own belongs to it, deploy for a
// Deployment without one, and job for everything that ends.
func (w *workload) action() string {
	switch {
	case w.kind != kindDeployment:
		return schema.ActionJob
	case w.own[kindService] != nil:
		return schema.ActionServe
	}
	return schema.ActionDeploy
}

// named gives the run its name. Nothing in Git can have a name that is another one at every apply.
func (w *workload) named() {
	prefix := w.rest.text("metadata", "generateName")
	name := w.rest.text("metadata", "name")
	if prefix != "" {
		w.leave("metadata.generateName", "what Git keeps has one name: a Job gets one made of its content, so that a change runs it anew")
	}
	if name == "" {
		name = strings.Trim(prefix, "-")
		w.name = name
	}
	w.run.text("name", orElse(w.runName, name)).text("namespace", w.rest.text("metadata", "namespace"))
}

// patches are what remains: of the workload itself first.
func (w *workload) patches() *yaml.Node {
	patches := sequence()
	w.prunePod()
	if w.rest.prune(); len(w.rest) > 0 {
		patches.Content = append(patches.Content, patchFor(w.kind, w.rest))
	}
	for _, kind := range []string{kindService, kindAutoscaler, kindBudget} {
		if rest := w.siblings[kind]; len(rest) > 0 {
			patches.Content = append(patches.Content, patchFor(kind, rest))
		}
	}
	return patches
}

// extras are the objects that the run brings as they are.
func (w *workload) extras() *yaml.Node {
	list := sequence()
	for _, o := range w.extra {
		value := cloned(o.value).(dict)
		delete(value.sub("metadata"), "namespace")
		delete(value.sub("metadata").sub("labels"), labelManagedBy)
		list.Content = append(list.Content, ordered(value))
	}
	return list
}

// ordered is an object with its first fields in the usual order.
func ordered(value dict) *yaml.Node {
	o := newObject()
	for _, key := range []string{"apiVersion", "kind", "metadata"} {
		o.put(key, inline(value[key]))
		delete(value, key)
	}
	for _, key := range slices.Sorted(maps.Keys(value)) {
		o.put(key, inline(value[key]))
	}
	return o.Node
}
