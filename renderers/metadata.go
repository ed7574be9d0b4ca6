package renderers

import (
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

	managedBy = "berth"
)

// objectMeta is the metadata of an object of the run.
func (r *renderer) objectMeta(name string) metav1.ObjectMeta {
	labels := r.podLabels()
	labels[labelManagedBy] = managedBy
	if r.plan.Project != "" {
		labels[labelPartOf] = r.plan.Project
	}
	if profile := profileLabel(r.plan.Machine); profile != "" {
		labels[labelProfile] = profile
	}
	return metav1.ObjectMeta{
		Name: name, Namespace: r.plan.Namespace, Labels: labels, Annotations: maps.Clone(r.plan.Annotations),
	}
}

// podLabels are the labels of pods: the user's and those that say which run it is. The others (profile, project, tool) say
// where an object comes from and may change when nothing that runs does; in a pod template, which a Job may never
// change and a Deployment answers with new pods, they would cost a run.
func (r *renderer) podLabels() map[string]string {
	labels := make(map[string]string, len(r.plan.Labels)+7) // room for the three of objectMeta
	maps.Copy(labels, r.plan.Labels)
	maps.Copy(labels, r.selector())
	labels[labelComponent] = r.spec.Action
	labels[labelRun] = r.plan.Name
	return labels
}

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
