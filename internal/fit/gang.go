package fit

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"berth/internal/diag"
	"berth/schema"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Room is how many pods the machines of a profile take at once, as far as they say how many of them there are.
type Room struct {
	// Pods is how many, together and within one domain where a domain is asked for; [math.MaxInt64] where nobody can know.
	Pods int64
	// Shapes are the machines that take any, with how many each takes and how many there are.
	Shapes []Places
	// Domain is the label within whose one value the pods have to be; empty for none.
	Domain string
}

// Places are the machines of one kind that take pods of a gang.
type Places struct {
	Name           string
	At             int   // its place among the profile's
	Count, PerNode int64 // how many there are, and how many pods each takes
}

// RoomFor tells how many of the pods run at once on the machines of a report by [Check] on the same pod and nodes. Near is
// the label within whose one value all of them have to be, empty for none. What no machine says counts as enough.
func RoomFor(pod *corev1.PodTemplateSpec, nodes []schema.Node, r Report, near string) Room {
	room := Room{Domain: near}
	alone := OnePerMachine(pod)
	domains := map[string]int64{}
	unlabelled := int64(0) // on machines of which nobody says which domain they are in: of any
	for i, s := range r.Shapes {
		if !s.Fits() {
			continue
		}
		perNode := int64(s.PerNode)
		if alone {
			perNode = 1
		}
		if nodes[i].Count == nil || perNode == 0 {
			room.Pods = math.MaxInt64
			return room
		}
		room.Shapes = append(room.Shapes, Places{s.Name, i, *nodes[i].Count, perNode})
		if value, ok := nodes[i].Labels[near]; ok && near != corev1.LabelHostname {
			domains[value] += *nodes[i].Count * perNode
		} else {
			unlabelled += *nodes[i].Count * perNode
		}
		if near == corev1.LabelHostname {
			room.Pods = max(room.Pods, perNode)
		}
	}
	if near == corev1.LabelHostname {
		return room
	}
	room.Pods = unlabelled
	for _, n := range domains {
		room.Pods = max(room.Pods, n+unlabelled)
	}
	return room
}

// OnePerMachine reports whether two such pods never run on one machine: both want one of its ports, or each keeps away
// from the other.
func OnePerMachine(pod *corev1.PodTemplateSpec) bool {
	return holdsPort(&pod.Spec) || keepsAway(pod)
}

// holdsPort: on the machine's own network every port that is declared is one of the machine's (SetDefaults_PodSpec in
// k8s.io/kubernetes/pkg/apis/core/v1).
func holdsPort(pod *corev1.PodSpec) bool {
	ofMachine := func(p corev1.ContainerPort) bool { return p.HostPort > 0 || pod.HostNetwork }
	stays := func(c corev1.Container) bool {
		return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
	}
	return slices.ContainsFunc(pod.Containers, func(c corev1.Container) bool { return slices.ContainsFunc(c.Ports, ofMachine) }) ||
		slices.ContainsFunc(pod.InitContainers, func(c corev1.Container) bool { return stays(c) && slices.ContainsFunc(c.Ports, ofMachine) })
}

// keepsAway reports whether no two of the pods may share a machine: their own labels are among those that a required
// anti-affinity by host name excludes. Terms about other namespaces are not looked at.
func keepsAway(pod *corev1.PodTemplateSpec) bool {
	if pod.Spec.Affinity == nil || pod.Spec.Affinity.PodAntiAffinity == nil {
		return false
	}
	own := labels.Set(pod.Labels)
	return slices.ContainsFunc(pod.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution, func(t corev1.PodAffinityTerm) bool {
		selector, err := metav1.LabelSelectorAsSelector(t.LabelSelector)
		return err == nil && t.TopologyKey == corev1.LabelHostname && len(t.Namespaces) == 0 && t.NamespaceSelector == nil && selector.Matches(own)
	})
}

// GangProblem says that a gang of the plan's has more pods than its profile's machines take at once; ok is false where it
// has not.
func GangProblem(plan *schema.Plan, room Room, pods int64) (p diag.Problem, ok bool) {
	if pods <= room.Pods || len(room.Shapes) == 0 {
		return diag.Problem{}, false
	}
	p = diag.Problem{Code: diag.ProfileFit, Path: "spec.num_nodes", Message: room.short(plan, pods), Hint: "choose another profile, or raise count in it where there are more machines"}
	if room.Pods > 0 {
		p.Hint = fmt.Sprintf("write num_nodes: %d, or raise count in the profile where there are more machines", room.Pods)
	}
	for _, s := range room.Shapes {
		p.Related = append(p.Related, diag.RelatedPath{Path: diag.At("machine.nodes", s.At) + ".count", Message: "how many " + s.Name + " there are"})
	}
	return p, true
}

// short words what is missing.
func (r Room) short(plan *schema.Plan, pods int64) string {
	profile := "profile " + diag.Quote(plan.Machine.Profile)
	if s := r.Shapes[0]; len(r.Shapes) == 1 && r.Domain == "" {
		needs := (pods + s.PerNode - 1) / s.PerNode
		if s.PerNode == 1 {
			return fmt.Sprintf("num_nodes %d needs %d machines of %s, and %s has %d", pods, needs, s.Name, profile, s.Count)
		}
		return fmt.Sprintf("num_nodes %d needs %d machines of %s, which take %d of the pods each, and %s has %d", pods, needs, s.Name, s.PerNode, profile, s.Count)
	}
	var each []string
	for _, s := range r.Shapes {
		each = append(each, fmt.Sprintf("%d × %s with %d", s.Count, s.Name, s.PerNode))
	}
	where := ""
	if r.Domain != "" {
		where = " within one " + r.Domain
	}
	return fmt.Sprintf("num_nodes %d starts %d pods at once%s, and the machines of %s take %d: %s", pods, pods, where, profile, r.Pods, strings.Join(each, ", "))
}
