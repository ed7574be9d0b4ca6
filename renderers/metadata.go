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
	return metav1.ObjectMeta{
		Name:        computed(at, "name", plan, reason, name),
		Namespace:   copied(at, "namespace", "namespace", r.plan.Namespace),
		Labels:      r.objectLabels(at),
		Annotations: r.ownAnnotations(at),
	}
}

// objectLabels are the labels of pods, and those that say where an object comes from; at is the metadata.
func (r *renderer) objectLabels(at at) map[string]string {
	labels := r.podLabels(at)
	at = at.in("labels")
	put(at, &labels, labelManagedBy, origin{reason: "says which tool writes the object"}, managedBy)
	if r.plan.Project != "" {
		put(at, &labels, labelPartOf, origin{plan: "project", reason: "says which project the object belongs to"}, r.plan.Project)
	}
	if profile := profileLabel(r.plan.Machine); profile != "" {
		put(at, &labels, labelProfile, origin{plan: "machine.profile", reason: "finds everything that runs on the profile"}, profile)
	}
	if m := r.plan.Matrix; m != nil {
		put(at, &labels, labelMatrix, origin{plan: "matrix.run", reason: "finds all combinations of the run's matrix"}, m.Run)
	}
	return labels
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

// podLabels are the labels of pods: the user's and those that say which run it is. The others (profile, project, tool) say
// where an object comes from and may change when nothing that runs does; in a pod template, which a Job may never
// change and a Deployment answers with new pods, they would cost a run.
func (r *renderer) podLabels(at at) map[string]string {
	labels := copied(at, "labels", "labels", make(map[string]string, len(r.plan.Labels)+7)) // room for the three of objectLabels
	maps.Copy(labels, r.plan.Labels)
	at = at.in("labels")
	for key, value := range r.selector() {
		put(at, &labels, key, origin{plan: "name", reason: reasonSelector}, value)
	}
	put(at, &labels, labelComponent, origin{plan: "spec.action", reason: "says what the run is"}, r.spec.Action)
	put(at, &labels, labelRun, origin{plan: "name", reason: "finds everything of the run"}, r.plan.Name)
	return labels
}

const reasonSelector = "selectors are immutable in the cluster: only what never changes tells the run's pods from others"

// selector are the labels that tell the run's pods from all others. A job and a served model of one name may meet in a
// namespace, and the Service must not send requests to the job.
func (r *renderer) selector() map[string]string {
	instance := r.plan.Name
	if !isDeployed(r.plan) {
		instance += "-job"
	}
	return map[string]string{labelName: r.plan.Name, labelInstance: instance}
}

// profileLabel is the name of the profile, if it can be a label's value: names are DNS subdomains of up to 253
// characters, and half a name would select the wrong objects.
func profileLabel(m *schema.Machine) string {
	if m == nil || len(validation.IsValidLabelValue(m.Profile)) > 0 {
		return ""
	}
	return m.Profile
}
