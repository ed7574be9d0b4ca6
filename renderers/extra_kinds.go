package renderers

import (
	"slices"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
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
}

func (k extraKind) object() kubeObject {
	if k.make == nil {
		return &unstructured.Unstructured{}
	}
	return k.make()
}

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
