// Package scheduler asks kube-scheduler's own filters whether a pod fits a node.
package scheduler

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/feature"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodeaffinity"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/noderesources"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/tainttoleration"
)

// Filters are the scheduler's plugins that judge one pod against one node by what the two say of themselves.
type Filters struct {
	affinity, taints fwk.FilterPlugin
}

// New makes the filters with the features of a default cluster. Extended resources are the device plugins': there is
// no DRA driver.
func New(ctx context.Context) (*Filters, error) {
	affinity, err := nodeaffinity.New(ctx, &config.NodeAffinityArgs{}, nil, feature.Features{})
	if err != nil {
		return nil, err
	}
	taints, err := tainttoleration.New(ctx, nil, nil, feature.Features{})
	if err != nil {
		return nil, err
	}
	return &Filters{affinity: affinity.(fwk.FilterPlugin), taints: taints.(fwk.FilterPlugin)}, nil
}

// Reasons says why the scheduler would not place the pod on the node where others like it run already; nothing means
// that it fits.
func (f *Filters) Reasons(ctx context.Context, pod *corev1.Pod, node *corev1.Node, others int) []string {
	info := framework.NewNodeInfo(slices.Repeat([]*corev1.Pod{pod}, others)...)
	info.SetNode(node)
	var reasons []string
	for _, plugin := range []fwk.FilterPlugin{f.affinity, f.taints} {
		if status := plugin.Filter(ctx, framework.NewCycleState(), pod, info); !status.IsSuccess() {
			reasons = append(reasons, status.Reasons()...)
		}
	}
	options := noderesources.ResourceRequestsOptions{EnablePodLevelResources: true}
	for _, lack := range noderesources.Fits(pod, info, nil, options) {
		reasons = append(reasons, "insufficient "+string(lack.ResourceName))
	}
	slices.Sort(reasons)
	return reasons
}
