package apivalid

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/apps"
	"k8s.io/kubernetes/pkg/apis/batch"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/registry/core/pod"
)

// maxGeneratedPrefix is what SimpleNameGenerator keeps of a prefix before it appends its five random characters.
const maxGeneratedPrefix = 58

// CheckPod judges the Pod that a controller would make from the object's template. Pods obey rules that templates do
// not (white space in an image, for one). An object without a template is accepted.
func CheckPod(res Result) error {
	template := podTemplate(res.Object)
	if template == nil {
		return nil
	}
	owner, err := meta.Accessor(res.Object)
	if err != nil {
		return err
	}
	// The controllers take these parts of the template's metadata (GetPodFromTemplate).
	p := &core.Pod{Spec: *template.Spec.DeepCopy()}
	p.Labels, p.Annotations, p.Finalizers = maps.Clone(template.Labels), maps.Clone(template.Annotations), slices.Clone(template.Finalizers)
	p.Name = generatedName(owner.GetName())
	p.Namespace = metav1.NamespaceDefault
	posted, err := defaulted(p)
	if err != nil {
		return err
	}
	return create(pod.Strategy, corev1.SchemeGroupVersion.WithKind("Pod"), posted)
}

// defaulted sends the Pod through its versioned form, as the controller's request would: a Pod has defaults that a
// template has not (host ports, requests from limits).
func defaulted(p *core.Pod) (runtime.Object, error) {
	versioned, err := legacyscheme.Scheme.ConvertToVersion(p, corev1.SchemeGroupVersion)
	if err != nil {
		return nil, err
	}
	legacyscheme.Scheme.Default(versioned)
	return legacyscheme.Scheme.ConvertToVersion(versioned, core.SchemeGroupVersion)
}

func podTemplate(obj runtime.Object) *core.PodTemplateSpec {
	switch o := obj.(type) {
	case *batch.Job:
		return &o.Spec.Template
	case *batch.CronJob:
		return &o.Spec.JobTemplate.Spec.Template
	case *apps.Deployment:
		return &o.Spec.Template
	}
	return nil
}

// generatedName is a Pod name of the longest form that the owner's controller can give.
func generatedName(owner string) string {
	prefix := owner + "-"
	return prefix[:min(len(prefix), maxGeneratedPrefix)] + "abcde"
}

// Admitted is the Pod as the server would store it, with its defaults and what the server prepares, but not validated.
func Admitted(p *corev1.Pod) (*corev1.Pod, error) {
	versioned := p.DeepCopy()
	legacyscheme.Scheme.Default(versioned)
	internal, err := legacyscheme.Scheme.ConvertToVersion(versioned, core.SchemeGroupVersion)
	if err != nil {
		return nil, err
	}
	pod.Strategy.PrepareForCreate(requestContext(corev1.SchemeGroupVersion.WithKind("Pod"), p.Namespace), internal)
	stored := &corev1.Pod{}
	return stored, legacyscheme.Scheme.Convert(internal, stored, nil)
}
