package renderers

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// extraKind is a kind of namespaced object that a run may bring in Kubernetes' own form. What a run could give itself rights
// with, or what concerns others in its namespace (Role, RoleBinding, ResourceQuota, LimitRange …), is not among them.
type extraKind struct {
	apiVersion, name string

	// make makes an empty object to check the written one against; nil for kinds of which Berth knows no fields.
	make func() kubeObject

	// data says that deleting the object deletes data.
	data bool

	// cluster says that the object belongs to the whole cluster, or that nobody says where it lives.
	cluster bool

	// pod is the template of the pods that an object makes, at podAt; nil for one that makes none.
	pod   func(any) *corev1.PodTemplateSpec
	podAt string
}

// namespaced is true of all that a run may bring.
func (k extraKind) namespaced() bool { return !k.cluster }

// object is an empty one of the kind: typed where Berth knows its fields, and as it was written otherwise.
func (k extraKind) object() kubeObject {
	if k.make == nil {
		return &unstructured.Unstructured{}
	}
	return k.make()
}

// extraKinds are the kinds that a run may bring as they are. Those with a Go type are checked field by field; of the
// others, whose types are not compiled in, Berth knows no fields. Objects that hold data are kept when they leave Git.
var extraKinds = []extraKind{
	{apiVersion: "v1", name: "ConfigMap", make: func() kubeObject { return &corev1.ConfigMap{} }},
	{apiVersion: "v1", name: "Secret", make: func() kubeObject { return &corev1.Secret{} }},
	{apiVersion: "v1", name: "Service", make: func() kubeObject { return &corev1.Service{} }},
	{apiVersion: "v1", name: "ServiceAccount", make: func() kubeObject { return &corev1.ServiceAccount{} }},
	{apiVersion: "v1", name: "PersistentVolumeClaim", make: func() kubeObject { return &corev1.PersistentVolumeClaim{} }, data: true},
	{apiVersion: "networking.k8s.io/v1", name: "Ingress", make: func() kubeObject { return &networkingv1.Ingress{} }},
	{apiVersion: "networking.k8s.io/v1", name: "NetworkPolicy", make: func() kubeObject { return &networkingv1.NetworkPolicy{} }},
	{apiVersion: "policy/v1", name: "PodDisruptionBudget", make: func() kubeObject { return &policyv1.PodDisruptionBudget{} }},
	{apiVersion: "autoscaling/v2", name: "HorizontalPodAutoscaler", make: func() kubeObject { return &autoscalingv2.HorizontalPodAutoscaler{} }},
	{apiVersion: "autoscaling.k8s.io/v1", name: "VerticalPodAutoscaler"},
	{apiVersion: "gateway.networking.k8s.io/v1", name: "HTTPRoute", make: func() kubeObject { return &gatewayv1.HTTPRoute{} }},
	{apiVersion: "gateway.networking.k8s.io/v1", name: "GRPCRoute"},
	{apiVersion: "monitoring.coreos.com/v1", name: "PodMonitor"},
	{apiVersion: "monitoring.coreos.com/v1", name: "ServiceMonitor"},
	{apiVersion: "monitoring.coreos.com/v1", name: "PrometheusRule"},
	{apiVersion: "keda.sh/v1alpha1", name: "ScaledObject"},
	{apiVersion: "keda.sh/v1alpha1", name: "TriggerAuthentication"},
	{apiVersion: "external-secrets.io/v1", name: "ExternalSecret"},
	{apiVersion: "external-secrets.io/v1beta1", name: "ExternalSecret"},
	{apiVersion: "bitnami.com/v1alpha1", name: "SealedSecret"},
	{apiVersion: "secrets-store.csi.x-k8s.io/v1", name: "SecretProviderClass"},
	{apiVersion: "cert-manager.io/v1", name: "Certificate"},
	{apiVersion: "networking.istio.io/v1", name: "VirtualService"},
	{apiVersion: "networking.istio.io/v1", name: "DestinationRule"},
}

// projectNames are the names of the kinds that a project may bring beside those of a run.
func projectNames() []string {
	var names []string
	for _, k := range projectKinds {
		names = append(names, k.name)
	}
	return names
}

// projectKinds are the kinds that a project may bring beside those of a run and of which more is known than the name.
var projectKinds = []extraKind{
	{apiVersion: "apps/v1", name: "Deployment", make: func() kubeObject { return &appsv1.Deployment{} }},
	{apiVersion: "apps/v1", name: "DaemonSet", make: func() kubeObject { return &appsv1.DaemonSet{} }, podAt: "spec.template",
		pod: func(o any) *corev1.PodTemplateSpec { return &o.(*appsv1.DaemonSet).Spec.Template }},
	{apiVersion: "apps/v1", name: "StatefulSet", make: func() kubeObject { return &appsv1.StatefulSet{} }, podAt: "spec.template",
		pod: func(o any) *corev1.PodTemplateSpec { return &o.(*appsv1.StatefulSet).Spec.Template }},
	{apiVersion: "batch/v1", name: "Job", make: func() kubeObject { return &batchv1.Job{} }},
	{apiVersion: "batch/v1", name: "CronJob", make: func() kubeObject { return &batchv1.CronJob{} }},
	{apiVersion: "rbac.authorization.k8s.io/v1", name: "Role"}, {apiVersion: "rbac.authorization.k8s.io/v1", name: "RoleBinding"},
	{apiVersion: "v1", name: "ResourceQuota"}, {apiVersion: "v1", name: "LimitRange"},
	{apiVersion: "kueue.x-k8s.io/v1beta1", name: "LocalQueue"}, {apiVersion: "gateway.networking.k8s.io/v1", name: "Gateway"},
	{apiVersion: "v1", name: "Namespace", cluster: true, data: true}, {apiVersion: "v1", name: "PersistentVolume", cluster: true, data: true},
	{apiVersion: "apiextensions.k8s.io/v1", name: "CustomResourceDefinition", cluster: true, data: true},
}

// Pods is the template of the pods that the object makes, and its path there; nil where it makes none, or where nothing is
// known of its kind.
func (o *Object) Pods() (template *corev1.PodTemplateSpec, at string) {
	if row, err := o.Row(); err == nil {
		template, _ = PodTemplate(o.Value) // of a row
		return template, row.PodAt
	}
	for _, k := range projectKinds {
		if k.pod != nil && k.name == o.Kind && k.apiVersion == o.APIVersion && o.Value != nil {
			return k.pod(o.Value), k.podAt
		}
	}
	return nil, ""
}

// findExtraKind looks for the kind in that very version: another version may have other fields.
func findExtraKind(apiVersion, name string) (extraKind, bool) {
	i := slices.IndexFunc(extraKinds, func(k extraKind) bool { return k.apiVersion == apiVersion && k.name == name })
	if i < 0 {
		return extraKind{}, false
	}
	return extraKinds[i], true
}

// extraVersions are the apiVersions of the kind of that name.
func extraVersions(name string) []string {
	var versions []string
	for _, k := range extraKinds {
		if k.name == name {
			versions = append(versions, k.apiVersion)
		}
	}
	return versions
}

// extraNames are the names for a hint, sorted, each once: a kind may be there in two versions.
func extraNames() []string {
	var names []string
	for _, k := range extraKinds {
		names = append(names, k.name)
	}
	slices.SortFunc(names, strings.Compare)
	return slices.Compact(names)
}

// NewObject makes an empty object of a kind that Berth renders or that a run may bring, to decode into: a map for kinds of
// which Berth knows no fields, nil for kinds that it does not know.
func NewObject(apiVersion, kind string) any {
	if k, err := KindOf(kind); err == nil && k.APIVersion == apiVersion {
		return k.New()
	}
	switch k, ok := findExtraKind(apiVersion, kind); {
	case !ok:
		return nil
	case k.make == nil:
		return &map[string]any{}
	default:
		return k.make()
	}
}

// MayBring reports whether a run may bring objects of a kind under `extra` without a word of its project.
func MayBring(apiVersion, kind string) bool {
	_, ok := findExtraKind(apiVersion, kind)
	return ok
}
