// Package kueue tells offline what Kueue's queues make of a run: they are YAML in Git, as the runs are. It proves what is
// necessary in an empty cluster, by the steps of Kueue's own scheduler (pkg/scheduler/flavorassigner); how full the queues
// are, nobody can know offline.
package kueue

import (
	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
)

// Cluster is what a cluster has of Kueue, as far as files say.
type Cluster struct {
	locals     map[name]*local
	queues     map[string]*queue
	flavors    map[string]*flavor
	cohorts    map[string]*pool
	topologies map[string]*topology
	priorities map[string]bool
}

// name is a name in a namespace; the namespace of an object that says none is empty.
type name struct{ namespace, name string }

// local is a LocalQueue: the name of a queue in one namespace.
type local struct {
	queue   string
	at      diag.Span // where it names its queue
	stopped stop
}

// stop is a stopPolicy that lets nothing in; nowhere where there is none.
type stop struct {
	policy string
	at     diag.Span
}

// queue is a ClusterQueue.
type queue struct {
	pool
	at         diag.Span // where its name stands
	namespaces selector
	groups     []group
	stopped    stop
	// tryNext says that a flavor that only borrowed amounts would do for is passed over for a better one.
	tryNext bool
}

// group is resources that are given together, by one flavor of several.
type group struct {
	covers  []string
	at      diag.Span // of what it covers
	flavors []string
}

// flavor is a ResourceFlavor: a sort of machines.
type flavor struct {
	at          diag.Span
	labels      map[string]string
	taints      []corev1.Taint
	tolerations []corev1.Toleration
	topology    string
}

// topology is a Topology: labels of nodes, from the widest domain to the narrowest.
type topology struct {
	at     diag.Span
	levels []string
}

// PodSet is pods of one template that Kueue admits together with the other sets of their run, or not at all.
type PodSet struct {
	Template *corev1.PodTemplateSpec
	Count    int64
}

// Has reports whether there is a WorkloadPriorityClass of that name.
func (c *Cluster) Has(priority string) bool { return c.priorities[priority] }
