package importer

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"berth/internal/quantity"
)

// node is what matters of a Kubernetes Node.
type node struct {
	Kind     string
	Metadata struct {
		Name   string
		Labels map[string]string
	}
	Spec   struct{ Taints []taint }
	Status struct{ Allocatable map[string]string }
}

// taint is a node's taint; Effect is NoSchedule, PreferNoSchedule or NoExecute.
type taint struct{ Key, Value, Effect string }

// String is a taint as kubectl writes it.
func (t taint) String() string { return t.Key + "=" + t.Value + ":" + t.Effect }

// FromNodes turns the output of `kubectl get nodes -o json` into one profile for each accelerator and one for each
// architecture of plain machines, as YAML, with the machines' own figures. Date is the day on which the nodes were read,
// as YYYY-MM-DD. Control planes are left out, and so are labels and taints that come and go or that only tell one node
// from the next.
func FromNodes(data []byte, date string) ([]byte, error) {
	var list struct {
		Kind  string
		Items []node
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("this is not the output of `kubectl get nodes -o json`: %w", err)
	}
	if list.Kind == "Node" { // kubectl get node NAME
		var one node
		if err := json.Unmarshal(data, &one); err != nil {
			return nil, err
		}
		list.Items = []node{one}
	}
	shapes := group(list.Items)
	if len(shapes) == 0 {
		return nil, errors.New("there is no node in this file that a pod could run on: write it with `kubectl get nodes -o json`")
	}
	return write(profilesOf(shapes, date)), nil
}

// shape is a kind of machine: nodes that are alike for a scheduler.
type shape struct {
	machine     string   // the instance type, empty where nodes do not say it
	nodes       []string // their names, sorted
	name        string   // what the profile calls it
	labels      map[string]string
	taints      []taint
	allocatable map[string]string
}

// tolerance is how much less memory or disk a node may have than the largest of its kind: the system keeps a little more
// or less from boot to boot, and another size of machine is further away.
const tolerance = 0.95

// vague are the amounts to which the tolerance applies.
var vague = []string{"memory", "ephemeral-storage"}

// group puts nodes together that are alike, with the least that each of them has. The result is sorted by name.
func group(nodes []node) []*shape {
	alike := map[string][]*shape{}
	for _, n := range nodes {
		if s := shapeOf(n); s != nil {
			alike[s.key()] = append(alike[s.key()], s)
		}
	}
	var shapes []*shape
	for _, key := range slices.Sorted(maps.Keys(alike)) {
		shapes = append(shapes, merge(alike[key])...)
	}
	for _, s := range shapes {
		s.call()
	}
	slices.SortStableFunc(shapes, func(a, b *shape) int { return strings.Compare(a.name, b.name) })
	numbered(shapes)
	return shapes
}

// shapeOf is a single node's shape, nil for a control plane and for what is no node.
func shapeOf(n node) *shape {
	s := &shape{labels: keptLabels(n.Metadata.Labels), taints: keptTaints(n.Spec.Taints), allocatable: map[string]string{}, nodes: []string{n.Metadata.Name}}
	for _, t := range s.taints {
		if t.Key == "node-role.kubernetes.io/control-plane" || t.Key == "node-role.kubernetes.io/master" {
			return nil
		}
	}
	for name, amount := range n.Status.Allocatable {
		if amount != "0" && !strings.HasPrefix(name, "attachable-volumes-") {
			s.allocatable[name] = amount
		}
	}
	if len(s.allocatable) == 0 {
		return nil
	}
	s.machine = s.labels["node.kubernetes.io/instance-type"]
	return s
}

// call names a shape by its instance type, or else by its nodes.
func (s *shape) call() {
	slices.Sort(s.nodes)
	s.name = s.machine
	if s.name == "" {
		s.name = s.nodes[0]
		if more := len(s.nodes) - 1; more > 0 {
			s.name = fmt.Sprintf("%s and %d more", s.name, more)
		}
	}
	if s.name == "" {
		s.name = "node"
	}
}

// key is the same for nodes that may be one shape.
func (s *shape) key() string {
	exact := maps.Clone(s.allocatable)
	for _, name := range vague {
		if _, ok := exact[name]; ok {
			exact[name] = "some"
		}
	}
	text, _ := json.Marshal([]any{s.machine, s.labels, exact, fmt.Sprint(s.taints)})
	return string(text)
}

// merge joins shapes of one key, largest first, and begins a new one where an amount falls below the tolerance.
func merge(alike []*shape) []*shape {
	slices.SortStableFunc(alike, func(a, b *shape) int {
		return cmp.Or(cmp.Compare(amount(b.allocatable[vague[0]]), amount(a.allocatable[vague[0]])),
			cmp.Compare(amount(b.allocatable[vague[1]]), amount(a.allocatable[vague[1]])))
	})
	var merged []*shape
	var largest map[string]string
	for _, s := range alike {
		if len(merged) == 0 || !near(s.allocatable, largest) {
			merged, largest = append(merged, s), maps.Clone(s.allocatable)
			continue
		}
		into := merged[len(merged)-1]
		into.nodes = append(into.nodes, s.nodes...)
		for _, name := range vague {
			if have, ok := s.allocatable[name]; ok && amount(have) < amount(into.allocatable[name]) {
				into.allocatable[name] = have
			}
		}
	}
	return merged
}

// near reports whether a machine has nearly what the largest of its type has. The kernel and the kubelet leave a little
// more or less on each, so that machines of one type never report quite the same amounts.
func near(have, largest map[string]string) bool {
	for _, name := range vague {
		if amount(have[name]) < tolerance*amount(largest[name]) {
			return false
		}
	}
	return true
}

// amount reads a quantity as nearly as a share of it needs; what is none counts as nothing.
func amount(text string) float64 {
	q, _ := quantity.Parse(text)
	return q.AsApproximateFloat64()
}

// numbered tells shapes of one name apart: m5.large, m5.large (2).
func numbered(shapes []*shape) {
	for i, j := 0, 0; i < len(shapes); i = j {
		for j = i; j < len(shapes) && shapes[j].name == shapes[i].name; j++ {
		}
		for k := i + 1; k < j; k++ {
			shapes[k].name = fmt.Sprintf("%s (%d)", shapes[i].name, k-i+1)
		}
	}
}
