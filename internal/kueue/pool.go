package kueue

import "berth/internal/diag"

// supply names what quotas are of: a resource on the machines of a flavor.
type supply struct{ flavor, resource string }

// quota is how much of a supply is somebody's.
type quota struct {
	nominal            amount
	borrowing, lending *amount // the most that may be borrowed, and lent; nil for no bound
	at                 diag.Span
}

// pool is what a ClusterQueue or a cohort has, and the cohort that it shares with.
type pool struct {
	name   string
	quotas map[supply]quota
	parent *pool
	// whole is its own and what those below lend to it.
	whole map[supply]amount
	below []*pool
	// cohort tells a cohort from a ClusterQueue.
	cohort bool
}

// kept is what a pool lends to nobody.
func (p *pool) kept(of supply) amount {
	if lending := p.quotas[of].lending; lending != nil {
		return max(0, p.whole[of].minus(*lending))
	}
	return 0
}

// most is all that a pool can ever give: its own, and what it may borrow.
func (p *pool) most(of supply) amount {
	if p.parent == nil {
		return p.whole[of]
	}
	all := p.kept(of).plus(p.parent.most(of))
	if limit := p.quotas[of].borrowing; limit != nil {
		return min(all, p.whole[of].plus(*limit))
	}
	return all
}

// distance is how far from a queue an amount has to be fetched: 0 for its own, and else the height of the lowest cohort that
// has it.
func (p *pool) distance(of supply, n amount) int {
	if p.parent == nil || n <= p.quotas[of].nominal {
		return 0
	}
	n = n.minus(p.kept(of))
	for c := p.parent; ; c = c.parent {
		if n <= c.whole[of] || c.parent == nil {
			return c.height()
		}
		n = n.minus(c.kept(of))
	}
}

// height is the number of steps down to the lowest pool below a cohort.
func (p *pool) height() int {
	tallest := 0
	for _, child := range p.below {
		tallest = max(tallest, 1)
		if child.cohort {
			tallest = max(tallest, 1+child.height())
		}
	}
	return tallest
}

// gather works out what every pool below a cohort, and then it itself, has.
func (p *pool) gather() {
	p.whole = map[supply]amount{}
	for of, q := range p.quotas {
		p.whole[of] = q.nominal
	}
	for _, child := range p.below {
		child.gather()
		for of, n := range child.whole {
			p.whole[of] = p.whole[of].plus(n.minus(child.kept(of)))
		}
	}
}

// circular reports whether the cohorts above a pool lead back to one of them.
func (p *pool) circular() bool {
	slow, fast := p, p
	for fast != nil && fast.parent != nil {
		slow, fast = slow.parent, fast.parent.parent
		if slow == fast && slow != nil {
			return true
		}
	}
	return false
}
