package apivalid

import (
	"fmt"

	"k8s.io/kubernetes/pkg/apis/core"
)

// The default --service-node-port-range. Only the allocator knows it, and a dry run does not ask the allocator.
const firstNodePort, lastNodePort = 30000, 32767

func checkNodePorts(svc *core.Service) error {
	for i, p := range svc.Spec.Ports {
		if p.NodePort != 0 && (p.NodePort < firstNodePort || p.NodePort > lastNodePort) {
			return fmt.Errorf("spec.ports[%d].nodePort: %d: provided port is not in the valid range %d-%d",
				i, p.NodePort, firstNodePort, lastNodePort)
		}
	}
	return nil
}
