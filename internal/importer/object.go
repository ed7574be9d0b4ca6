package importer

import (
	"encoding/json"
	"fmt"
	"strings"

	"berth/internal/diag"
	"berth/internal/source"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"
)

// The kinds that become a run.
const (
	kindJob        = "Job"
	kindCronJob    = "CronJob"
	kindDeployment = "Deployment"
)

// The kinds that are words of the run that they belong to, where they are as Berth writes them.
const (
	kindService    = "Service"
	kindAutoscaler = "HorizontalPodAutoscaler"
	kindBudget     = "PodDisruptionBudget"
)

// typedKinds are the kinds whose fields are known, with the apiVersion whose fields those are.
var typedKinds = []struct {
	kind, apiVersion string
	make             func() metav1.Object
}{
	{kindJob, "batch/v1", func() metav1.Object { return &batchv1.Job{} }},
	{kindCronJob, "batch/v1", func() metav1.Object { return &batchv1.CronJob{} }},
	{kindDeployment, "apps/v1", func() metav1.Object { return &appsv1.Deployment{} }},
	{kindService, "v1", func() metav1.Object { return &corev1.Service{} }},
	{kindAutoscaler, "autoscaling/v2", func() metav1.Object { return &autoscalingv2.HorizontalPodAutoscaler{} }},
	{kindBudget, "policy/v1", func() metav1.Object { return &policyv1.PodDisruptionBudget{} }},
	{"ConfigMap", "v1", func() metav1.Object { return &corev1.ConfigMap{} }},
	{"PersistentVolumeClaim", "v1", func() metav1.Object { return &corev1.PersistentVolumeClaim{} }},
	{"ServiceAccount", "v1", func() metav1.Object { return &corev1.ServiceAccount{} }},
	{"Ingress", "networking.k8s.io/v1", func() metav1.Object { return &networkingv1.Ingress{} }},
	{"NetworkPolicy", "networking.k8s.io/v1", func() metav1.Object { return &networkingv1.NetworkPolicy{} }},
}

// oldVersions are apiVersions that no server has any more, and whose fields the present one has too.
var oldVersions = map[string]string{
	"CronJob batch/v1beta1": "batch/v1", "CronJob batch/v2alpha1": "batch/v1",
	"Deployment apps/v1beta1": "apps/v1", "Deployment apps/v1beta2": "apps/v1", "Deployment extensions/v1beta1": "apps/v1",
	"PodDisruptionBudget policy/v1beta1":          "policy/v1",
	"HorizontalPodAutoscaler autoscaling/v2beta2": "autoscaling/v2",
}

// kubeObject is one object of Kubernetes as it was read.
type kubeObject struct {
	root *source.Node
	// src is the document that the user wrote, where root is what something else made of it.
	src                               *source.Node
	apiVersion, kind, namespace, name string
	// value is the object as it was written, whose traces of controllers are taken out.
	value dict
	// typed is the object as Kubernetes' own type; nil for kinds whose fields are not known.
	typed metav1.Object
	// left are the fields that were taken out of value, or that no server knows, by their place, with the reason.
	left []leftOut
	// taken says that the object stands in a run, twin that another one of its kind and name does.
	taken, twin bool
	// refused says why no run may bring it.
	refused string
}

// leftOut is what a run does not say of an object, and why.
type leftOut struct{ path, why string }

// readObject reads one document as an object of Kubernetes.
func readObject(root *source.Node) (*kubeObject, []diag.Diagnostic) {
	o := &kubeObject{root: root, src: root, apiVersion: str(root.Get("apiVersion")), kind: str(root.Get("kind")), value: dictOf(root)}
	meta := root.Get("metadata")
	o.name, o.namespace = str(meta.Get("name")), str(meta.Get("namespace"))
	if now := oldVersions[o.kind+" "+o.apiVersion]; now != "" {
		o.left = append(o.left, leftOut{"apiVersion", "no server has " + o.apiVersion + " any more; " + now + " has the same fields"})
		o.apiVersion = now
		o.value["apiVersion"] = now
	}
	if o.kind == kindAutoscaler && o.apiVersion == "autoscaling/v1" {
		o.autoscalerOfVersion1()
	}
	o.dropTraces()
	return o, o.decode()
}

// decode reads the object into its type. Fields that the type does not have are left out; what no server takes is refused.
func (o *kubeObject) decode() []diag.Diagnostic {
	for _, k := range typedKinds {
		if k.kind != o.kind || k.apiVersion != o.apiVersion {
			continue
		}
		text, _ := json.Marshal(o.value) // of plain values
		typed := k.make()
		unknown, err := kjson.UnmarshalStrict(text, typed)
		if err != nil {
			return []diag.Diagnostic{{Code: diag.Document, Span: first(o.root),
				Message: fmt.Sprintf("no API server takes this %s: %s", o.kind, reasonOf(err)), Hint: "kubectl apply --dry-run=server says the same"}}
		}
		for _, u := range unknown {
			if path, ok := unknownField(u); ok {
				o.value.takePath(path)
				o.left = append(o.left, leftOut{path, fmt.Sprintf("%s has no such field", o.kind)})
			}
		}
		o.typed = typed
	}
	return nil
}

// unknownField is the path in a strict decoder's word for a field that a type does not have.
func unknownField(err error) (string, bool) {
	_, rest, ok := strings.Cut(err.Error(), `unknown field "`)
	return strings.TrimSuffix(rest, `"`), ok
}

// reasonOf is what a decoder says, without its own name.
func reasonOf(err error) string {
	text := strings.TrimPrefix(err.Error(), "json: ")
	return diag.Safe(strings.ReplaceAll(text, "Go struct field ", ""))
}

// autoscalerOfVersion1 says in the fields of autoscaling/v2 what an object of autoscaling/v1 says.
func (o *kubeObject) autoscalerOfVersion1() {
	o.apiVersion = "autoscaling/v2"
	o.left = append(o.left, leftOut{"apiVersion", "autoscaling/v2 says the same in its own fields"})
	o.value["apiVersion"] = o.apiVersion
	spec, _ := o.value["spec"].(dict)
	percent := spec.take("targetCPUUtilizationPercentage")
	if spec == nil || percent == nil {
		return
	}
	spec["metrics"] = []any{dict{"type": "Resource", "resource": dict{
		"name": "cpu", "target": dict{"type": "Utilization", "averageUtilization": percent}}}}
}

// isWorkload reports whether a run can be made of the object.
func (o *kubeObject) isWorkload() bool {
	return o.typed != nil && (o.kind == kindJob || o.kind == kindCronJob || o.kind == kindDeployment)
}

// title is how a report calls the object.
func (o *kubeObject) title() string { return o.kind + " " + o.name }
