package fit

import (
	"fmt"
	"math"
	"strings"

	"berth/internal/quantity"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// units is a quantity as the scheduler counts it (framework.Resource in k8s.io/kubernetes/pkg/scheduler): thousandths of
// cpu, whole units of the rest, fractions rounded up.
func units(name corev1.ResourceName, q quantity.Quantity) int64 {
	whole := q.Value()
	if name != corev1.ResourceCPU {
		return whole
	}
	if whole > math.MaxInt64/1000 {
		return math.MaxInt64
	}
	return q.MilliValue()
}

// inUnits is the inverse of units, in the notation of like.
func inUnits(name corev1.ResourceName, value int64) string {
	if name == corev1.ResourceCPU {
		return resource.NewMilliQuantity(value, resource.DecimalSI).String()
	}
	if strings.Contains(string(name), "/") || name == corev1.ResourcePods {
		return resource.NewQuantity(value, resource.DecimalSI).String()
	}
	return resource.NewQuantity(value, resource.BinarySI).String()
}

// assumed reports whether a resource that a machine does not declare may still be there. Extended resources and huge
// pages may not: a node without them has none.
func assumed(name corev1.ResourceName) bool {
	switch name {
	case corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage, corev1.ResourcePods:
		return true
	}
	return false
}

// offer is what a machine has of a resource for pods, less what its DaemonSets take.
type offer struct {
	value    int64
	declared bool
	less     string // what the DaemonSets take, empty for nothing
}

// offered is what a machine has of a resource for pods. It is below 0 where its DaemonSets take more than there is;
// declared is false where the machine says nothing of it.
func offered(node *schema.Node, name corev1.ResourceName) offer {
	value, declared := parse(name, node.Allocatable[string(name)])
	taken, _ := parse(name, node.DaemonSets[string(name)])
	o := offer{value: value - taken, declared: declared}
	if taken > 0 {
		o.less = inUnits(name, taken)
	}
	return o
}

// parse reads a quantity in the scheduler's unit; false for a text that is none.
func parse(name corev1.ResourceName, text string) (int64, bool) {
	q, ok := quantity.Parse(text)
	return units(name, q), ok
}

// checkResources holds all that the pod asks for against the machine, and counts how many such pods it takes: the
// scarcest resource decides. A machine that says how many pods it takes counts them as a resource.
func (d *demand) checkResources(s *Shape, node *schema.Node) {
	perNode := int64(math.MaxInt64)
	pods := amount{name: corev1.ResourcePods, value: 1, others: 1}
	if _, declared := node.Allocatable["pods"]; declared {
		perNode = min(perNode, s.take(pods, offered(node, pods.name)))
	}
	for _, a := range d.resources {
		perNode = min(perNode, s.take(a, offered(node, a.name)))
	}
	if s.Fits() && perNode < math.MaxInt32 {
		s.PerNode = int(perNode)
	}
}

// take records whether a machine has enough of one resource, and returns how many pods it has enough for.
func (s *Shape) take(a amount, o offer) int64 {
	if !o.declared && (assumed(a.name) || a.claimed) {
		s.Unjudged = append(s.Unjudged, string(a.name))
		return math.MaxInt64
	}
	if a.value <= o.value {
		return o.value / a.value
	}
	s.Reasons = append(s.Reasons, insufficient(a, o))
	return 0
}

// insufficient is the reason that a machine has too little of a resource. over is how much too little, from 0 to 1;
// where the user's own amount could be lowered far enough, Best says to what.
func insufficient(a amount, o offer) Reason {
	left := max(o.value, 0)
	r := Reason{Kind: Resource, Resource: string(a.name), Asked: inUnits(a.name, a.value), Offered: inUnits(a.name, left)}
	// The share of the demand that is not there.
	r.over = 1 - float64(left)/float64(a.value)
	if a.others == 0 {
		r.Asked = a.text
	}
	// What other containers ask for cannot be lowered here, and has to fit beside it.
	if a.text != "" && left > a.others {
		r.Best = best(a.name, a.text, left-a.others)
		r.Most = inUnits(a.name, left-a.others)
	}
	r.Text = fmt.Sprintf("%s %s asked, %s offered", r.Resource, r.Asked, r.Offered)
	switch {
	case a.name == corev1.ResourcePods:
		r.Text = "it has no room for a pod"
	case left == 0 && !o.declared:
		r.Text = fmt.Sprintf("%s %s asked, and it has none", r.Resource, r.Asked)
	case o.less != "":
		r.Text += fmt.Sprintf(" (after %s for DaemonSets)", o.less)
	}
	if a.others > 0 && a.text != "" {
		r.Text += fmt.Sprintf(", of which other containers need %s", inUnits(a.name, a.others))
	}
	if r.Best != "" {
		r.Text += ": write " + r.Best
	}
	return r
}
