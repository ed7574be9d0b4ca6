package importer

import (
	"cmp"
	"slices"
	"strings"

	"berth/schema"
)

// telling are the labels of platforms that say what a machine is, or which accelerator it has. Other labels of platforms
// are left out: drivers and features, host name and zone, the same thing under an older name.
var telling = []string{
	"node.kubernetes.io/instance-type", "kubernetes.io/arch", "kubernetes.io/os",
	"nvidia.com/gpu.product", "nvidia.com/gpu.memory", "nvidia.com/gpu.sharing-strategy", "nvidia.com/mig.strategy", "nvidia.com/mig.config",
	"cloud.google.com/gke-accelerator", "cloud.google.com/gke-gpu-partition-size", "cloud.google.com/gke-gpu-sharing-strategy",
	"cloud.google.com/gke-tpu-accelerator", "cloud.google.com/gke-tpu-topology", "cloud.google.com/gke-nodepool", "cloud.google.com/gke-spot",
	"karpenter.k8s.aws/instance-gpu-name", "karpenter.k8s.aws/instance-gpu-memory", "karpenter.k8s.aws/instance-accelerator-name",
	"karpenter.sh/nodepool", "karpenter.sh/capacity-type", "eks.amazonaws.com/nodegroup", "eks.amazonaws.com/capacityType",
	"kubernetes.azure.com/agentpool", "kubernetes.azure.com/accelerator", "kubernetes.azure.com/scalesetpriority",
	"amd.com/gpu.product-name", "amd.com/gpu.vram", "gpu.intel.com/product",
}

// models are the labels that tell one accelerator from another. Those come first that an autoscaler knows before there
// is a node.
var models = []string{
	"cloud.google.com/gke-accelerator", "cloud.google.com/gke-tpu-accelerator", "karpenter.k8s.aws/instance-gpu-name",
	"karpenter.k8s.aws/instance-accelerator-name", "nvidia.com/gpu.product", "amd.com/gpu.product-name", "gpu.intel.com/product",
}

// parts are the labels that tell parts of an accelerator, or groups of them, from the whole.
var parts = []string{
	"cloud.google.com/gke-gpu-partition-size", "cloud.google.com/gke-gpu-sharing-strategy", "cloud.google.com/gke-tpu-topology",
	"karpenter.k8s.aws/instance-gpu-memory",
}

// spot are the labels that mark spot machines, with the value that does.
var spot = map[string]string{
	"cloud.google.com/gke-spot": "true", "karpenter.sh/capacity-type": "spot", "eks.amazonaws.com/capacityType": "SPOT",
	"kubernetes.azure.com/scalesetpriority": "spot",
}

// passing are the beginnings of taints that come and go with a node's condition.
var passing = []string{
	"node.kubernetes.io/", "node.cloudprovider.kubernetes.io/", "ToBeDeletedByClusterAutoscaler", "DeletionCandidateOfClusterAutoscaler",
	"karpenter.sh/disrupted", "karpenter.sh/disruption", "karpenter.sh/unregistered",
}

// keptLabels are the owner's own labels and the telling ones of platforms.
func keptLabels(labels map[string]string) map[string]string {
	kept := map[string]string{}
	for key, value := range labels {
		if !schema.PlatformLabel(key) || slices.Contains(telling, key) {
			kept[key] = value
		}
	}
	return kept
}

// keptTaints are those that stay, sorted.
func keptTaints(taints []taint) []taint {
	var kept []taint
	for _, t := range taints {
		if !slices.ContainsFunc(passing, func(p string) bool { return strings.HasPrefix(t.Key, p) }) {
			kept = append(kept, t)
		}
	}
	slices.SortFunc(kept, func(a, b taint) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Effect, b.Effect))
	})
	return kept
}
