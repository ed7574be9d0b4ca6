package apivalid

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"

	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/resource/install"

	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/resource/resourceclaimtemplate"
)

// served names the versions of our kinds that a server of the supported releases serves. The scheme knows more
// (batch/v1beta1, extensions/v1beta1 …): those are refused.
var served = map[schema.GroupVersionKind]rest.RESTCreateStrategy{
	{Group: "batch", Version: "v1", Kind: "Job"}:                             job.Strategy,
	{Group: "batch", Version: "v1", Kind: "CronJob"}:                         cronjob.Strategy,
	{Group: "apps", Version: "v1", Kind: "Deployment"}:                       deployment.Strategy,
	{Group: "resource.k8s.io", Version: "v1", Kind: "ResourceClaimTemplate"}: resourceclaimtemplate.NewStrategy(namespaces{}),
	{Group: "autoscaling", Version: "v2", Kind: "HorizontalPodAutoscaler"}:   horizontalpodautoscaler.Strategy,
	{Group: "policy", Version: "v1", Kind: "PodDisruptionBudget"}:            poddisruptionbudget.Strategy,
	{Group: "networking.k8s.io", Version: "v1", Kind: "Ingress"}:             ingress.Strategy,
	{Group: "networking.k8s.io", Version: "v1", Kind: "NetworkPolicy"}:       networkpolicy.Strategy,
	{Version: "v1", Kind: "Service"}:                                         service.Strategy,
	{Version: "v1", Kind: "PersistentVolumeClaim"}:                           persistentvolumeclaim.Strategy,
	{Version: "v1", Kind: "ConfigMap"}:                                       configmap.Strategy,
	{Version: "v1", Kind: "Secret"}:                                          secret.Strategy,
	{Group: "apps", Version: "v1", Kind: "DaemonSet"}:                        daemonset.Strategy,
	{Version: "v1", Kind: "Namespace"}:                                       namespace.Strategy,
	{Version: "v1", Kind: "ServiceAccount"}:                                  serviceaccount.Strategy,
}

// namespaces are all open to the administration of devices, which only the cluster knows of a namespace.
type namespaces struct {
	corev1client.NamespaceInterface
}

func (namespaces) Get(_ context.Context, name string, _ metav1.GetOptions) (*corev1.Namespace, error) {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{resourcev1.DRAAdminNamespaceLabelKey: "true"}}}, nil
}

// requestContext carries what the strategies read of a request; declarative validation picks its version by it.
func requestContext(gvk schema.GroupVersionKind, namespace string) context.Context {
	ctx := request.WithNamespace(context.Background(), namespace)
	return request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true, Verb: "create", APIGroup: gvk.Group, APIVersion: gvk.Version, Namespace: namespace,
	})
}
