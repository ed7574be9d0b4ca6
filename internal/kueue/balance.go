package kueue

import (
	"slices"

	"berth/internal/diag"
)

// Balance is a resource of a ClusterQueue, over all its flavors, with what pods ask of it.
type Balance struct {
	Resource string
	// Asked, Own and Most are amounts in Kubernetes' units: what the pods ask for, what is the queue's own, and that with
	// all that it may ever borrow.
	Asked, Own, Most string
	// State is Within, Borrows, or Never for pods that cannot all run at once.
	State State
	// At is the quota of the first flavor.
	At diag.Span
}

// At is where a ClusterQueue stands; nowhere for one that no file has.
func (c *Cluster) At(clusterQueue string) diag.Span {
	if q := c.queues[clusterQueue]; q != nil {
		return q.at
	}
	return diag.Span{}
}

// Balance holds all pods of a ClusterQueue together against what it has, resource by resource in the queue's order; those
// that nobody asks for are left out.
func (c *Cluster) Balance(clusterQueue string, sets []PodSet) []Balance {
	q := c.queues[clusterQueue]
	if q == nil {
		return nil
	}
	asked := map[string]amount{"pods": 0}
	for _, set := range sets {
		for resource, n := range demandOf(set).all {
			asked[resource] = asked[resource].plus(n)
		}
		asked["pods"] = asked["pods"].plus(amount(set.Count))
	}
	var all []Balance
	for i := range q.groups {
		for _, resource := range q.groups[i].covers {
			if n := asked[resource]; n > 0 {
				all = append(all, q.balance(&q.groups[i], resource, n))
			}
		}
	}
	return all
}

// balance compares what a run asks of one resource with the group's quotas over all flavors: its own nominal quota, and the
// most that it could have with all that may be borrowed. The place is that of the first flavor's quota, for which reason
// the flavors are walked from behind.
func (q *queue) balance(g *group, resource string, asked amount) Balance {
	var own, most amount
	b := Balance{Resource: resource, State: Within}
	for _, flavor := range slices.Backward(g.flavors) {
		of := supply{flavor, resource}
		own, most = own.plus(q.quotas[of].nominal), most.plus(q.most(of))
		b.At = q.quotas[of].at
	}
	switch {
	case asked > most:
		b.State = Never
	case asked > own:
		b.State = Borrows
	}
	b.Asked, b.Own, b.Most = textOf(resource, asked), textOf(resource, own), textOf(resource, most)
	return b
}
