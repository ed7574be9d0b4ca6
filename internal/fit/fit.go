// Package fit tells offline whether a rendered pod can be scheduled on the machines that its profile was written for,
// with kube-scheduler's own predicates. It proves what is necessary, on an empty machine: how full the cluster is, nobody
// can know offline.
package fit

import (
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
)

// Verdict is the answer for all machines of a profile together.
type Verdict uint8

// The verdicts.
const (
	Unknown Verdict = iota // the profile declares no machine
	Fits                   // the pod fits at least one machine
	Never                  // it fits none
)

// String is "unknown", "fits" or "never".
func (v Verdict) String() string {
	return [...]string{"unknown", "fits", "never"}[min(v, Never)]
}

// Report is the verdict with what was found for each machine, in the profile's order.
type Report struct {
	Verdict Verdict
	Shapes  []Shape
}

// Shape is what was found for one machine.
type Shape struct {
	Name string
	// PerNode is how many such pods an empty machine takes; 0 when it takes none, or when the pod asks for nothing and the
	// machine does not say how many pods it takes.
	PerNode int
	// Reasons say why the pod does not fit; none means that it does.
	Reasons []Reason
	// Unjudged names what the pod asks for and the machine says nothing of: a label's key or a resource. It counts as
	// present.
	Unjudged []string
}

// Fits reports whether the pod fits the machine.
func (s Shape) Fits() bool { return len(s.Reasons) == 0 }

// Kind is what a [Reason] is about.
type Kind uint8

// The kinds of reason.
const (
	Resource Kind = iota // too little of a resource
	Label                // a label that the pod selects on
	Taint                // a taint that the pod does not tolerate
)

// Reason is one obstacle.
type Reason struct {
	Kind Kind
	// Resource is the resource's name in Kubernetes; empty for other kinds.
	Resource string
	// Asked is the pod's total, or the requirement on a label; Offered is what the machine has, without its DaemonSets.
	Asked, Offered string
	// Best is the largest amount that the first container may ask for, in the unit that the user wrote; empty when it
	// cannot be given, or for other kinds.
	Best string
	// Most is the largest amount that fits, exactly; empty where there is no Best.
	Most string
	// Text says it in words, without the machine's name.
	Text string
	// key is the label's, where one requirement is meant.
	key string
	// over is how far the pod is beyond the offer, as a share of what it asks: 1 when nothing is offered.
	over float64
}

// Claim is a number of devices that a pod asks for through a DRA claim instead of its containers' resources.
type Claim struct {
	Resource string // the name under which a machine's allocatable may count the same devices
	Count    int64
}

// Check tries a rendered pod on each of a profile's machines.
//
// A machine is taken at its word: an extended resource, huge pages or a taint that it does not declare is not there. What
// no declaration means is unknown, and counts as present: cpu, memory, ephemeral-storage and pods; labels, where it
// declares none at all; and else those labels that platforms put on nodes by themselves, such as zone and node pool, but
// not the cluster owner's own. Its name is its instance type where the pod asks for one that a machine is called by. DRA
// claims count where a machine declares their resource.
func Check(pod *corev1.PodTemplateSpec, nodes []schema.Node, claims ...Claim) Report {
	if len(nodes) == 0 {
		return Report{}
	}
	asked := newDemand(pod, claims)
	asked.byName = asked.namesMachine(nodes)
	report := Report{Verdict: Never, Shapes: make([]Shape, len(nodes))}
	for i := range nodes {
		report.Shapes[i] = asked.on(&nodes[i])
		if report.Shapes[i].Fits() {
			report.Verdict = Fits
		}
	}
	return report
}

// on checks one machine, with all that is against it and not only the first.
func (d *demand) on(node *schema.Node) Shape {
	s := Shape{Name: node.Name}
	d.checkLabels(&s, node)
	d.checkTaints(&s, node.Taints)
	d.checkResources(&s, node)
	return s
}

// Nearest is the machine that takes the least to fit: the fewest obstacles that are no amounts, then the fewest, then the
// smallest excess; and its place among the profile's. It is nil when there is no machine.
func (r Report) Nearest() (best *Shape, at int) {
	var least [3]float64
	for i := range r.Shapes {
		if d := r.Shapes[i].distance(); best == nil || less(d, least) {
			best, least, at = &r.Shapes[i], d, i
		}
	}
	return best, at
}

// distance is how far a machine is from taking the pod, the weightiest first: obstacles that no smaller amount would
// take away, then all obstacles, then the worst shortage.
func (s *Shape) distance() (d [3]float64) {
	for _, r := range s.Reasons {
		if r.Kind != Resource || r.Best == "" {
			d[0]++
		}
		d[1]++
		d[2] = max(d[2], r.over)
	}
	return d
}

// less compares two distances, the first figure that differs.
func less(a, b [3]float64) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
