package kueue

import (
	"fmt"
	"slices"

	"berth/internal/diag"
	"berth/internal/quantity"
	"berth/internal/source"
)

// groups reads the resources of a ClusterQueue or a cohort. What Kueue's webhook refuses of them is an error: the cluster has
// no such object then. Shares says that it belongs to a cohort, without which nothing is borrowed or lent.
func (r *reader) groups(spec *source.Node, shares, cohort bool) (map[supply]quota, []group) {
	quotas, known := map[supply]quota{}, map[string]bool{}
	var groups []group
	for _, n := range items(spec.Get("resourceGroups")) {
		g := group{at: span(n.Get("coveredResources"))}
		for _, resource := range items(n.Get("coveredResources")) {
			if known[text(resource)] {
				r.refuse(resource, "resource "+diag.Quote(text(resource))+" is covered twice", "a resource belongs to one group of a queue")
			}
			known[text(resource)] = true
			g.covers = append(g.covers, text(resource))
		}
		for _, f := range items(n.Get("flavors")) {
			called := text(f.Get("name"))
			if g.flavors = append(g.flavors, called); known["flavor "+called] {
				r.refuse(f.Get("name"), "flavor "+diag.Quote(called)+" stands here twice", "a flavor belongs to one group of a queue")
			}
			known["flavor "+called] = true
			r.ofFlavor(called, f, &g, quotas, shares, cohort)
		}
		groups = append(groups, g)
	}
	return quotas, groups
}

// ofFlavor reads the quotas of a flavor, which has one for each resource that its group covers, in their order.
func (r *reader) ofFlavor(called string, f *source.Node, g *group, quotas map[supply]quota, shares, cohort bool) {
	var listed []string
	for _, n := range items(f.Get("resources")) {
		resource := text(n.Get("name"))
		listed = append(listed, resource)
		quotas[supply{called, resource}] = r.quota(resource, n, shares, cohort)
	}
	if !slices.Equal(listed, g.covers) {
		r.refuse(f.Get("name"), fmt.Sprintf("flavor %s has quotas of %s, and its group covers %s", called, listOf(listed), listOf(g.covers)),
			"give each flavor a quota of each resource in coveredResources, in the same order")
	}
}

// listOf names what there is to choose from, also where there is nothing.
func listOf(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return diag.AllOf(names)
}

// quota reads one resource of a flavor and says what Kueue's webhooks refuse: no nominal quota, borrowing or lending
// without a cohort, and lending more than there is. A limit that is not written is nil, which is no limit. shares says that
// the owner is part of a cohort; cohort that it is a Cohort itself, which may lend more than it has of its own.
func (r *reader) quota(resource string, n *source.Node, shares, cohort bool) quota {
	q := quota{at: span(n.Get("nominalQuota"))}
	if n.Get("nominalQuota") == nil {
		r.refuse(n.Get("name"), "nominalQuota of "+resource+" is missing", "write nominalQuota, which is what the queue has of the resource")
	} else if nominal := r.amount(resource, n, "nominalQuota"); nominal != nil {
		q.nominal = *nominal
	}
	q.borrowing, q.lending = r.amount(resource, n, "borrowingLimit"), r.amount(resource, n, "lendingLimit")
	// Kueue's webhook refuses both limits outside of a cohort.
	for _, limit := range []string{"borrowingLimit", "lendingLimit"} {
		if !shares && present(n.Get(limit)) {
			r.refuse(n.Get(limit), limit+" stands in what belongs to no cohort", "nothing is borrowed or lent without a cohort: remove it")
		}
	}
	if q.lending != nil && *q.lending > q.nominal && !cohort {
		r.refuse(n.Get("lendingLimit"), "lendingLimit is more than nominalQuota", "a queue lends what it has: write at most "+text(n.Get("nominalQuota")))
	}
	return q
}

// amount reads an amount, nil for none.
func (r *reader) amount(resource string, n *source.Node, field string) *amount {
	at := n.Get(field)
	if !present(at) {
		return nil
	}
	q, ok := quantity.Parse(text(at))
	if !ok || q.Sign() < 0 {
		r.diags = append(r.diags, diag.Diagnostic{Code: diag.BadQuantity, Span: span(at), Message: field + " is no amount: " + diag.Quote(text(at)), Hint: "write an amount such as 8 or 512Gi"})
		return nil
	}
	return new(quotaOf(resource, q))
}

// present reports whether a field says anything: null means the same as nothing.
func present(n *source.Node) bool { return n != nil && n.Kind != source.Null }

// refuse reports what Kueue's own validation would refuse, at the node, which may be nil.
func (r *reader) refuse(at *source.Node, message, hint string) {
	r.diags = append(r.diags, diag.Diagnostic{Code: diag.Queue, Span: span(at), Message: "Kueue refuses this: " + message, Hint: hint})
}
