package renderers

import (
	"encoding/json"
	"maps"

	"berth/schema"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Labels that Berth owns. The first two are the selectors of Deployments and Services: they are immutable in the cluster, so
// nothing that can change may enter them.
const (
	labelName      = "app.kubernetes.io/name"
	labelInstance  = "app.kubernetes.io/instance"
	labelComponent = "app.kubernetes.io/component"
	labelManagedBy = "app.kubernetes.io/managed-by"
	labelPartOf    = "app.kubernetes.io/part-of"
	labelRun       = "berth/run"
	labelProfile   = "berth/profile"
	labelMatrix    = "berth/matrix"

	// annotationValues says which values of its matrix a run has.
	annotationValues = "berth/matrix-values"

	managedBy = "berth"
)

// objectMeta is the metadata of an object of the run, whose name comes from a place of the plan for a reason.
func (r *renderer) objectMeta(at at, plan, reason, name string) metav1.ObjectMeta {
	if reason == "" && r.plan.Matrix != nil {
		reason = reasonCombination
	}
	return metav1.ObjectMeta{
		Name:        computed(at, "name", plan, reason, name),
		Namespace:   copied(at, "namespace", "namespace", r.plan.Namespace),
		Labels:      r.objectLabels(at),
		Annotations: r.ownAnnotations(at),
	}
}

// reasonCombination says why a combination of a matrix is not called as its run is written.
const reasonCombination = "the run's name and a hash of its values"

// objectLabels are the labels of the run's objects: the user's, which may say what the object is called and belongs to, those
// that say which run it is, and those that say where it comes from; at is the metadata.
func (r *renderer) objectLabels(at at) map[string]string {
	labels := r.runLabels(at)
	at = at.in("labels")
	add := func(key, value string, from origin) {
		if _, said := r.plan.Labels[key]; !said && value != "" {
			put(at, &labels, key, from, value)
		}
	}
	for key, value := range r.ownSelector() {
		add(key, value, origin{plan: "name", reason: reasonSelector})
	}
	add(labelManagedBy, managedBy, origin{reason: "says which tool writes the object"})
	add(labelPartOf, r.plan.Project, origin{plan: "project", reason: "says which project the object belongs to"})
	add(labelProfile, profileLabel(r.plan.Machine), origin{plan: "machine.profile", reason: "finds everything that runs on the profile"})
	if m := r.plan.Matrix; m != nil {
		put(at, &labels, labelMatrix, origin{plan: "matrix.run", reason: "finds all combinations of the run's matrix"}, m.Run)
	}
	return labels
}

// childMeta is the metadata of what a controller makes of an object that cannot be changed: no label that may change.
func (r *renderer) childMeta(at at) metav1.ObjectMeta {
	labels := r.runLabels(at)
	for key, value := range r.ownSelector() {
		put(at.in("labels"), &labels, key, origin{plan: "name", reason: reasonSelector}, value)
	}
	return metav1.ObjectMeta{Labels: labels, Annotations: r.annotations(at)}
}

// ownAnnotations are the user's and those that tell one object from others; at is the metadata.
func (r *renderer) ownAnnotations(at at) map[string]string {
	annotations := r.annotations(at)
	if m := r.plan.Matrix; m != nil {
		put(at.in("annotations"), &annotations, annotationValues, origin{plan: "matrix.values", reason: "tells this combination from the others"}, matrixValues(m.Values))
	}
	return annotations
}

// matrixValues are the values of a combination as JSON, so that programs can read them.
func matrixValues(values map[string]string) string {
	text, _ := json.Marshal(values) // of strings, which never fails; keys are sorted
	return string(text)
}

// annotations are the user's; at is the metadata.
func (r *renderer) annotations(at at) map[string]string {
	return copied(at, "annotations", "annotations", maps.Clone(r.plan.Annotations))
}

// runLabels are the user's labels, with the action and the run where the user says no other.
func (r *renderer) runLabels(at at) map[string]string {
	labels := copied(at, "labels", "labels", make(map[string]string, len(r.plan.Labels)+7)) // room for those of objectLabels
	maps.Copy(labels, r.plan.Labels)
	at = at.in("labels")
	if labels[labelComponent] == "" {
		put(at, &labels, labelComponent, origin{plan: "spec.action", reason: "says what the run is"}, r.spec.Action)
	}
	put(at, &labels, labelRun, origin{plan: "name", reason: "finds everything of the run"}, r.plan.Name)
	return labels
}

// podLabels are the labels of pods: the run's, those by which the pods are found, and the user's for pods alone. The others
// (profile, project, tool) say where an object comes from and may change when nothing that runs does; in a pod template,
// which a Job may never change and a Deployment answers with new pods, they would cost a run.
func (r *renderer) podLabels(at at) map[string]string {
	labels := r.runLabels(at)
	at = at.in("labels")
	for key, value := range r.ownSelector() {
		put(at, &labels, key, origin{plan: "name", reason: reasonSelector}, value)
	}
	for key, value := range r.spec.PodLabels {
		put(at, &labels, key, origin{plan: at.from("spec.pod_labels").key(key).path}, value)
	}
	for key, value := range r.spec.Selector {
		put(at, &labels, key, origin{plan: at.from("spec.selector").key(key).path}, value)
	}
	return labels
}

// The reason beside the labels by which an object knows its pods.
const reasonSelector = "selectors are immutable in the cluster: only what never changes tells the run's pods from others"

// selector are the labels that tell the run's pods from all others: what the run says, or Berth's.
func (r *renderer) selector() map[string]string {
	if len(r.spec.Selector) > 0 {
		return maps.Clone(r.spec.Selector)
	}
	return r.ownSelector()
}

// ownSelector is Berth's. A job and a served model of one name may meet in a namespace, and the Service must not send
// requests to the job.
func (r *renderer) ownSelector() map[string]string {
	instance := r.plan.Name
	if !isDeployed(r.plan) {
		instance += "-job"
	}
	return map[string]string{labelName: r.plan.Name, labelInstance: instance}
}

// selectorPlace is the place that the selector comes from.
func (r *renderer) selectorPlace() string {
	if len(r.spec.Selector) > 0 {
		return "spec.selector"
	}
	return "name"
}

// selected records where a selector comes from: what the run says key by key, or the run's name.
func selected[T any](r *renderer, at at, field, labels string, value T) T {
	if len(r.spec.Selector) == 0 {
		return computed(at, field, "name", reasonSelector, value)
	}
	copied(at, labels, "spec.selector", 0)
	return value
}

// profileLabel is the name of the profile, if it can be a label's value: names are DNS subdomains of up to 253
// characters, and half a name would select the wrong objects.
func profileLabel(m *schema.Machine) string {
	if m == nil || len(validation.IsValidLabelValue(m.Profile)) > 0 {
		return ""
	}
	return m.Profile
}
