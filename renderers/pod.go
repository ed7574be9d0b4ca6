package renderers

import (
	"strconv"

	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// podTemplate renders the pod, which is the same in every kind. What is written into it is part of a Job's name; nothing
// may stand here that can change while the run stays the same (see podLabels).
func (r *renderer) podTemplate(at at) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: r.podMeta(at.in("metadata")), Spec: r.podSpec(at.in("spec"))}
}

func (r *renderer) podSpec(at at) corev1.PodSpec {
	pod := corev1.PodSpec{
		TerminationGracePeriodSeconds: copied(at, "terminationGracePeriodSeconds", "spec.termination_grace_period_seconds",
			r.spec.TerminationGracePeriodSeconds),
		ServiceAccountName:           copied(at, "serviceAccountName", "spec.service_account", r.spec.ServiceAccount),
		AutomountServiceAccountToken: r.automountToken(at),
		PriorityClassName:            copied(at, "priorityClassName", "spec.priority_class", r.spec.PriorityClass),
		SecurityContext:              r.podSecurity(at),
		Containers:                   []corev1.Container{r.container(at.in("containers").item(0))},
		Volumes:                      r.volumes(at.in("volumes")),
		ImagePullSecrets:             r.pullSecrets(at),
	}
	if class := r.spec.RuntimeClass; class != "" {
		pod.RuntimeClassName = copied(at, "runtimeClassName", "spec.runtime_class", &class)
	}
	r.place(at, &pod)
	r.claimDevices(at, &pod)
	return pod
}

func (r *renderer) podMeta(at at) metav1.ObjectMeta {
	meta := metav1.ObjectMeta{Labels: r.podLabels(at), Annotations: r.annotations(at)}
	r.annotateTopology(at.in("annotations"), &meta.Annotations)
	if rerun := r.spec.Rerun; rerun != nil && *rerun != 0 && r.spec.RunPolicy == schema.RunPolicyRecreate {
		put(at.in("annotations"), &meta.Annotations, berthRerun, origin{plan: "spec.rerun"}, strconv.FormatInt(*rerun, 10))
	}
	return meta
}

func (r *renderer) pullSecrets(at at) []corev1.LocalObjectReference {
	var secrets []corev1.LocalObjectReference
	for i, name := range r.spec.ImagePullSecrets {
		secrets = append(secrets, named(copied(at.in("imagePullSecrets").item(i), "name", at.from("spec.image_pull_secrets").item(i).path, name)))
	}
	return secrets
}

// automountToken says whether the pod may speak to the API server: few runs do, and those name an account for it.
func (r *renderer) automountToken(at at) *bool {
	const field = "automountServiceAccountToken"
	switch {
	case r.spec.AutomountToken != nil:
		return copied(at, field, "spec.automount_token", new(*r.spec.AutomountToken))
	case r.spec.ServiceAccount != "":
		return computed(at, field, "spec.service_account", "a run that names an account means to use it", new(true))
	}
	return decided(at, field, "the token of the API server is for runs that name a service account", new(false))
}
