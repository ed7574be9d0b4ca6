package apivalid

import (
	"context"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"

	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/resource/install"

	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/service"
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
	{Group: "resource.k8s.io", Version: "v1", Kind: "ResourceClaimTemplate"}: resourceclaimtemplate.NewStrategy(nil),
	{Group: "autoscaling", Version: "v2", Kind: "HorizontalPodAutoscaler"}:   horizontalpodautoscaler.Strategy,
	{Group: "policy", Version: "v1", Kind: "PodDisruptionBudget"}:            poddisruptionbudget.Strategy,
	{Group: "networking.k8s.io", Version: "v1", Kind: "Ingress"}:             ingress.Strategy,
	{Group: "networking.k8s.io", Version: "v1", Kind: "NetworkPolicy"}:       networkpolicy.Strategy,
	{Version: "v1", Kind: "Service"}:                                         service.Strategy,
	{Version: "v1", Kind: "PersistentVolumeClaim"}:                           persistentvolumeclaim.Strategy,
	{Version: "v1", Kind: "ConfigMap"}:                                       configmap.Strategy,
}

// requestContext carries what the strategies read of a request; declarative validation picks its version by it.
func requestContext(gvk schema.GroupVersionKind, namespace string) context.Context {
	ctx := request.WithNamespace(context.Background(), namespace)
	return request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true, Verb: "create", APIGroup: gvk.Group, APIVersion: gvk.Version, Namespace: namespace,
	})
}
