package renderers

import (
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PodTemplate is the pod template in a typed object, nil for an object that makes no pods.
func PodTemplate(value any) *corev1.PodTemplateSpec {
	switch v := value.(type) {
	case *batchv1.Job:
		return &v.Spec.Template
	case *batchv1.CronJob:
		return &v.Spec.JobTemplate.Spec.Template
	case *appsv1.Deployment:
		return &v.Spec.Template
	}
	return nil
}

// podTemplate renders the pod, which is the same in every kind. What is written into it is part of a Job's name; nothing
// may stand here that can change while the run stays the same (see podLabels).
func (r *renderer) podTemplate() corev1.PodTemplateSpec {
	pod := corev1.PodSpec{
		TerminationGracePeriodSeconds: r.spec.TerminationGracePeriodSeconds,
		ServiceAccountName:            r.spec.ServiceAccount,
		AutomountServiceAccountToken:  new(r.mountsToken()),
		PriorityClassName:             r.spec.PriorityClass,
		SecurityContext:               r.podSecurity(),
		Containers:                    []corev1.Container{r.container()},
		Volumes:                       r.volumes(),
	}
	if class := r.spec.RuntimeClass; class != "" {
		pod.RuntimeClassName = &class
	}
	for _, name := range r.spec.ImagePullSecrets {
		pod.ImagePullSecrets = append(pod.ImagePullSecrets, corev1.LocalObjectReference{Name: name})
	}
	r.place(&pod)
	r.claimDevices(&pod)
	return corev1.PodTemplateSpec{ObjectMeta: r.podMeta(), Spec: pod}
}

func (r *renderer) podMeta() metav1.ObjectMeta {
	meta := metav1.ObjectMeta{Labels: r.podLabels(), Annotations: maps.Clone(r.plan.Annotations)}
	for key, value := range r.topologyAnnotations() {
		metav1.SetMetaDataAnnotation(&meta, key, value)
	}
	return meta
}

// mountsToken reports whether the pod may speak to the API server: few runs do, and those name an account for it.
func (r *renderer) mountsToken() bool {
	if r.spec.AutomountToken != nil {
		return *r.spec.AutomountToken
	}
	return r.spec.ServiceAccount != ""
}
