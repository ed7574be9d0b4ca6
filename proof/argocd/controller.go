package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/argoproj/gitops-engine/pkg/cache"
	"github.com/argoproj/gitops-engine/pkg/diff"
	"github.com/argoproj/gitops-engine/pkg/sync"
	"github.com/argoproj/gitops-engine/pkg/sync/common"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// trackingID is the annotation by which Argo CD 3 knows what is an Application's.
const trackingID = "argocd.argoproj.io/tracking-id"

// controller syncs Applications: what is in their folders, and nothing else, is to be in the cluster.
type controller struct {
	config  *rest.Config
	kubectl kube.Kubectl
	live    cache.ClusterCache
}

func newController(config *rest.Config) (*controller, error) {
	live := cache.NewClusterCache(config, cache.SetLogr(logr.Discard()),
		cache.SetPopulateResourceInfoHandler(func(o *unstructured.Unstructured, _ bool) (any, bool) {
			id := o.GetAnnotations()[trackingID]
			return id, id != ""
		}))
	c := &controller{config: config, kubectl: &kube.KubectlCmd{Log: logr.Discard(), Tracer: tracing.NopTracer{}}, live: live}
	return c, live.EnsureSynced()
}

// sync is one sync of an Application that prunes, with ApplyOutOfSyncOnly=true, as Berth's Applications have it.
func (c *controller) sync(ctx context.Context, application, folder string) error {
	target, err := build(folder)
	if err != nil {
		return err
	}
	for _, o := range target {
		annotations := o.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[trackingID] = tracking(application, kube.GetResourceKey(o))
		o.SetAnnotations(annotations)
	}
	state := progress{phase: common.OperationRunning, started: metav1.Now()}
	for {
		if err := c.step(application, target, &state); err != nil {
			return err
		}
		if state.phase.Completed() {
			return failure(state.phase, state.message, state.results)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %s", ctx.Err(), state.message)
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// progress is how far a sync has come.
type progress struct {
	phase   common.OperationPhase
	message string
	results []common.ResourceSyncResult
	started metav1.Time
}

// step takes a sync as far as it can go before something in the cluster has changed, such as a hook that has ended. The
// options are those of controller/sync.go of Argo CD, which looks at the cluster anew for each step too.
func (c *controller) step(application string, target []*unstructured.Unstructured, state *progress) error {
	managed, err := c.live.GetManagedLiveObjs(target, func(r *cache.Resource) bool {
		return r.Info == tracking(application, r.ResourceKey())
	})
	if err != nil {
		return err
	}
	what := sync.Reconcile(target, managed, "", c.live)
	differences, err := diff.DiffArray(what.Target, what.Live, diff.WithLogr(logr.Discard()))
	if err != nil {
		return err
	}
	foreground := metav1.DeletePropagationForeground
	operation, cleanup, err := sync.NewSyncContext("HEAD", what, c.config, c.config, c.kubectl, "", c.live.GetOpenAPISchema(),
		sync.WithLogr(logr.Discard()), sync.WithOperationSettings(false, true, false, false), sync.WithManifestValidation(true),
		sync.WithInitialState(state.phase, state.message, state.results, state.started),
		sync.WithResourceModificationChecker(true, differences), sync.WithPrunePropagationPolicy(&foreground))
	if err != nil {
		return err
	}
	defer cleanup()
	operation.Sync()
	state.phase, state.message, state.results = operation.GetState()
	return nil
}

func failure(phase common.OperationPhase, message string, results []common.ResourceSyncResult) error {
	if phase == common.OperationSucceeded {
		return nil
	}
	all := []error{errors.New(message)}
	for _, r := range results {
		if r.Status == common.ResultCodeSyncFailed {
			all = append(all, fmt.Errorf("%s: %s", r.ResourceKey.String(), r.Message))
		}
	}
	return errors.Join(all...)
}

func tracking(application string, key kube.ResourceKey) string {
	return fmt.Sprintf("%s:%s/%s:%s/%s", application, key.Group, key.Kind, key.Namespace, key.Name)
}

// build is what `kustomize build` makes of a folder.
func build(folder string) ([]*unstructured.Unstructured, error) {
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, err
	}
	text, err := made.AsYaml()
	if err != nil || strings.TrimSpace(string(text)) == "" {
		return nil, err
	}
	return kube.SplitYAML(text)
}
