package plane

import (
	"context"
	"time"

	"berth/proof/pipelines"

	"github.com/fluxcd/pkg/ssa"
	ssautil "github.com/fluxcd/pkg/ssa/utils"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const fluxGroup = "kustomize.toolkit.fluxcd.io"

// flux applies a tree as Flux' kustomize-controller does, with its own library and its own options: one Kustomization, whose
// inventory is what it last applied.
type flux struct {
	client    client.Client
	name      string
	inventory []*unstructured.Unstructured
}

// apply applies the folder of a tree and deletes what is no longer in it. An error leaves the inventory as it was.
func (f *flux) apply(ctx context.Context, root, folder string) error {
	objects, err := pipelines.FluxBuild(root, folder, map[string]any{"spec": map[string]any{}}, true)
	if err != nil {
		return err
	}
	manager := ssa.NewResourceManager(f.client, nil, ssa.Owner{Field: "kustomize-controller", Group: fluxGroup})
	manager.SetOwnerLabels(objects, f.name, "flux-system")
	// The options are those of internal/controller/kustomization_controller.go of kustomize-controller 1.9.
	options := ssa.DefaultApplyOptions()
	options.WaitInterval = 100 * time.Millisecond
	options.ExclusionSelector = map[string]string{fluxGroup + "/reconcile": "disabled", fluxGroup + "/ssa": "Ignore"}
	options.ForceSelector = map[string]string{fluxGroup + "/force": "enabled"}
	options.IfNotPresentSelector = map[string]string{fluxGroup + "/ssa": "IfNotPresent"}
	options.Cleanup = ssa.ApplyCleanupOptions{
		Annotations: []string{"kubectl.kubernetes.io/last-applied-configuration"},
		FieldManagers: []ssa.FieldManager{
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationApply},
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: "before-first-apply", OperationType: metav1.ManagedFieldsOperationUpdate},
		},
		Exclusions: map[string]string{fluxGroup + "/ssa": "Merge"},
	}
	if _, err := manager.ApplyAllStaged(ctx, objects, options); err != nil {
		return err
	}
	return f.prune(ctx, manager, objects)
}

func (f *flux) prune(ctx context.Context, manager *ssa.ResourceManager, objects []*unstructured.Unstructured) error {
	kept := map[string]bool{}
	for _, o := range objects {
		kept[ssautil.FmtUnstructured(o)] = true
	}
	var stale []*unstructured.Unstructured
	for _, o := range f.inventory {
		if !kept[ssautil.FmtUnstructured(o)] {
			stale = append(stale, o)
		}
	}
	f.inventory = objects
	_, err := manager.DeleteAll(ctx, stale, ssa.DeleteOptions{
		PropagationPolicy: metav1.DeletePropagationBackground,
		Inclusions:        manager.GetOwnerLabels(f.name, "flux-system"),
		Exclusions:        map[string]string{fluxGroup + "/prune": "disabled", fluxGroup + "/reconcile": "disabled"},
	})
	return err
}
