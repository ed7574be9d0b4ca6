package kueue

import (
	"fmt"
	"slices"

	"berth/internal/diag"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Annotations of a pod template by which it asks Kueue to place its pods near one another.
const (
	requiredTopology      = apiGroup + "podset-required-topology"
	preferredTopology     = apiGroup + "podset-preferred-topology"
	unconstrainedTopology = apiGroup + "podset-unconstrained-topology"
	sliceTopology         = apiGroup + "podset-slice-required-topology"
	sliceSize             = apiGroup + "podset-slice-size"
)

// nearness is the levels that a template asks for; asked says that it asks for a placement at all.
func nearness(meta *metav1.ObjectMeta) (levels []string, asked bool) {
	said := meta.Annotations
	for _, key := range []string{requiredTopology, preferredTopology} {
		if level, ok := said[key]; ok {
			levels, asked = append(levels, level), true
			break
		}
	}
	if _, ok := said[unconstrainedTopology]; ok {
		asked = true
	}
	if level, ok := said[sliceTopology]; ok && said[sliceSize] != "" {
		levels, asked = append(levels, level), true
	}
	return levels, asked
}

// placesOnly reports whether all flavors of a queue place the pods by a topology, so that every run in it is placed.
func (c *Cluster) placesOnly(q *queue) bool {
	for _, g := range q.groups {
		for _, called := range g.flavors {
			if f := c.flavors[called]; f == nil || f.topology == "" {
				return false
			}
		}
	}
	return len(q.groups) > 0
}

// unplaced says why a flavor cannot place a set as near as it asks, empty where it may. A Topology that is in no file may have
// any level.
func (c *Cluster) unplaced(q *queue, g *group, called string, set *demand) string {
	f := c.flavors[called]
	if !set.near {
		if f.topology != "" && !c.placesOnly(q) {
			return fmt.Sprintf("flavor %s is for runs that ask for a topology", called)
		}
		return ""
	}
	if f.topology == "" {
		if !slices.ContainsFunc(g.covers, func(resource string) bool { _, ok := set.pod[resource]; return ok }) {
			return ""
		}
		return fmt.Sprintf("flavor %s has no topology, and the run asks for one", called)
	}
	t := c.topologies[f.topology]
	if t == nil {
		return ""
	}
	for _, level := range set.levels {
		if !slices.Contains(t.levels, level) {
			return fmt.Sprintf("the topology %s of flavor %s has no level %s: it has %s", f.topology, called, diag.Quote(level), listOf(t.levels))
		}
	}
	return ""
}

// placedTwice says that the flavors of a set's groups do not place its pods by one of them alone; nil where they do.
func (c *Cluster) placedTwice(q *queue, given map[*group]choice) *reason {
	var placing []string
	for _, one := range given {
		if c.flavors[one.flavor].topology != "" && !slices.Contains(placing, one.flavor) {
			placing = append(placing, one.flavor)
		}
	}
	slices.Sort(placing)
	switch len(placing) {
	case 0:
		return &reason{fmt.Sprintf("no flavor of ClusterQueue %s with a topology gives what the pods ask for", q.name), "the ClusterQueue", q.at}
	case 1:
		return nil
	}
	return &reason{fmt.Sprintf("the groups of ClusterQueue %s give the pods flavors with a topology each, %s, and Kueue places pods by one alone", q.name, diag.AllOf(placing)), "the ClusterQueue", q.at}
}

// unknownLevel reports whether a set asks for a level of a Topology that is in no file.
func (c *Cluster) unknownLevel(chosen []choice, set *demand) bool {
	return len(set.levels) > 0 && slices.ContainsFunc(chosen, func(one choice) bool {
		f := c.flavors[one.flavor]
		return f.topology != "" && c.topologies[f.topology] == nil
	})
}
