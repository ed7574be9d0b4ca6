// Package apivalid answers, in process, whether the Kubernetes API server would take an object: the server's own
// strict decoding, defaulting, preparation and validation run on it, in the order of a POST.
//
// What a POST does and this does not: authentication, authorization, admission plugins, the storage allocators (node
// ports, cluster IPs) and anything that needs another object to exist. The node-port range is checked by hand.
package apivalid

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/api/service"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/capabilities"
)

// Result is an object as the server would store it.
type Result struct {
	GVK    schema.GroupVersionKind
	Object runtime.Object // internal version, defaulted and prepared
}

// The codec of a request with fieldValidation=Strict: unknown and duplicate fields are errors.
var decoder = serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).DecoderToVersion(
	json.NewSerializerWithOptions(json.DefaultMetaFactory, legacyscheme.Scheme, legacyscheme.Scheme, json.SerializerOptions{Strict: true}),
	runtime.InternalGroupVersioner)

// Without --allow-privileged=true, which distributions set, the server refuses every privileged container.
func init() { capabilities.Setup(true, 0) }

// Check judges one JSON document as `create --validate=strict` would. A warning counts as a refusal, and so does a field
// that the server would drop.
func Check(doc []byte) (Result, error) {
	obj, gvk, err := decoder.Decode(doc, nil, nil)
	if err != nil {
		return Result{}, fmt.Errorf("decode: %w", err)
	}
	res := Result{GVK: *gvk, Object: obj}
	kind, ok := served[*gvk]
	if !ok {
		return res, fmt.Errorf("%v is not served", gvk)
	}
	if err := create(kind, *gvk, obj); err != nil {
		return res, err
	}
	if svc, ok := obj.(*core.Service); ok {
		if err := checkNodePorts(svc); err != nil {
			return res, err
		}
	}
	return res, checkDropped(doc, res)
}

// CheckAll is Check and then CheckPod: everything that can be known before the object is in a cluster.
func CheckAll(doc []byte) error {
	res, err := Check(doc)
	if err != nil {
		return err
	}
	return CheckPod(res)
}

// create runs the part of Store.Create that stands before admission and storage. Where the server's own code panics, it
// answers with an error (500), and goes on.
func create(strategy rest.RESTCreateStrategy, gvk schema.GroupVersionKind, obj runtime.Object) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the server panics: %v", r)
		}
	}()
	m, err := meta.Accessor(obj)
	if err != nil {
		return err
	}
	if m.GetNamespace() == "" && strategy.NamespaceScoped() {
		m.SetNamespace(metav1.NamespaceDefault)
	}
	ctx := requestContext(gvk, m.GetNamespace())
	rest.FillObjectMetaSystemFields(m)
	if m.GetGenerateName() != "" && m.GetName() == "" {
		m.SetName(strategy.GenerateName(m.GetGenerateName()))
	}
	if svc, ok := obj.(*core.Service); ok {
		allocate(svc)
	}
	if err := rest.BeforeCreate(strategy, ctx, obj); err != nil {
		return err
	}
	var warnings []string
	for _, w := range strategy.WarningsOnCreate(ctx, obj) {
		if given(w) {
			warnings = append(warnings, w)
		}
	}
	if len(warnings) > 0 {
		return errors.New("warning: " + strings.Join(warnings, "; "))
	}
	return nil
}

// allocate does what the Service storage does to a new object before its strategy sees it. Without it every headless
// Service would be refused, and every one whose traffic policy needs a port for health checks.
func allocate(svc *core.Service) {
	if svc.Spec.ClusterIP != "" && len(svc.Spec.ClusterIPs) == 0 {
		svc.Spec.ClusterIPs = []string{svc.Spec.ClusterIP}
	}
	if service.NeedsHealthCheck(svc) && svc.Spec.HealthCheckNodePort == 0 {
		svc.Spec.HealthCheckNodePort = firstNodePort
	}
}
