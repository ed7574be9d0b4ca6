package schema

import (
	"slices"
	"strings"
)

// platforms are the domains of the labels that [PlatformLabel] is about.
var platforms = []string{
	"kubernetes.io", "k8s.io", "karpenter.sh", "k8s.aws", "amazonaws.com", "google.com", "gke.io", "azure.com",
	"nvidia.com", "amd.com", "intel.com", "habana.ai", "openshift.io",
}

// PlatformLabel reports whether a label is one of those that Kubernetes, clouds and device plugins put on nodes by
// themselves: zone and host name, node pool, spot marks, drivers and features. Nobody writes them all down, so a machine
// that does not mention one may still have it. Any other label is the cluster owner's, who describes the machine.
func PlatformLabel(key string) bool {
	domain, _, ok := strings.Cut(key, "/")
	return ok && slices.ContainsFunc(platforms, func(p string) bool { return domain == p || strings.HasSuffix(domain, "."+p) })
}

// NamespaceOfNone is the namespace of what names none: kubectl and the controllers of GitOps put it there unless they are
// told otherwise.
const NamespaceOfNone = "default"
