package kueue

import (
	"fmt"
	"maps"
	"slices"

	"berth/internal/diag"
)

// State is what becomes of a run in its queue, as far as the files say.
type State string

// The states: Never is admitted at no time, in an empty cluster neither; Within has room in what is the queue's own; Borrows
// needs what other queues of the cohort leave; LevelUnknown asks for a level of a Topology that no file has; Unknown stands
// in a queue that no file has, or of which nobody knows which one is meant.
const (
	Never        State = "never"
	Within       State = "within nominal quota"
	Borrows      State = "only by borrowing"
	LevelUnknown State = "topology level unknown"
	Unknown      State = "queue unknown"
)

// Verdict is what is known of a run in its queue.
type Verdict struct {
	State State
	// ClusterQueue is what the run's LocalQueue leads to; empty where nobody knows.
	ClusterQueue string
	// Message says why the run is never admitted, or why its queue is not known; Hint is the way out. Both are empty for the
	// rest, and for a run without a namespace whose queue stands in several.
	Message, Hint string
	// Notes are places in the files of Kueue.
	Notes []diag.Note
	// Stopped says that the queue lets nothing in as long as its files say so, with the places.
	Stopped []diag.Note
}

// Judge says what a queue makes of pods that start together. Namespace is empty where nobody knows it yet.
func (c *Cluster) Judge(namespace, queueName string, sets []PodSet) Verdict {
	l, unknown := c.find(namespace, queueName)
	if l == nil {
		return unknown
	}
	q := c.queues[l.queue]
	if q == nil {
		return Verdict{State: Unknown, ClusterQueue: l.queue, Message: fmt.Sprintf("queue %s leads to the ClusterQueue %s, which no file has", diag.Quote(queueName), diag.Quote(l.queue)),
			Hint: "add the ClusterQueue to the files of kueue, or name another queue", Notes: []diag.Note{{Span: l.at, Message: "the LocalQueue"}}}
	}
	v := c.inactive(q, queueName)
	if v.State != Never {
		v = c.selected(q, namespace, queueName)
	}
	if v.State != Never {
		v = c.admitted(q, queueName, sets)
	}
	v.ClusterQueue = q.name
	for _, s := range []stop{l.stopped, q.stopped} {
		if s.policy != "" {
			v.Stopped = append(v.Stopped, diag.Note{Span: s.at, Message: "stopPolicy " + s.policy})
		}
	}
	return v
}

// find is the LocalQueue; nil where there is none, or, without a namespace, where nobody knows which one is meant. One that
// says no namespace itself may be in any.
func (c *Cluster) find(namespace, queueName string) (*local, Verdict) {
	for _, in := range []string{namespace, ""} {
		if l := c.locals[name{in, queueName}]; l != nil {
			return l, Verdict{}
		}
	}
	var known, elsewhere []string
	for n := range c.locals {
		switch {
		case n.name == queueName:
			elsewhere = append(elsewhere, n.namespace)
		case namespace == "" || n.namespace == namespace:
			known = append(known, n.name)
		}
	}
	slices.Sort(known)
	slices.Sort(elsewhere)
	if namespace == "" && len(elsewhere) == 1 {
		return c.locals[name{elsewhere[0], queueName}], Verdict{}
	}
	if namespace == "" && len(elsewhere) > 1 {
		return nil, Verdict{State: Unknown}
	}
	v := Verdict{State: Unknown, Message: "there is no LocalQueue " + diag.Quote(queueName), Hint: "add it to the files of kueue, or leave queue out"}
	switch best, ok := diag.Nearest(queueName, known); {
	case len(elsewhere) > 0:
		v.Message += " in namespace " + namespace
		v.Hint = "it is in namespace " + diag.AllOf(elsewhere) + ": a LocalQueue is for the runs of its own namespace"
	case ok:
		v.Hint = "did you mean " + best + "?"
	case len(known) > 0:
		v.Hint = "the queues are " + diag.AllOf(slices.Compact(known))
	}
	return nil, v
}

// never is the verdict on a run that no change of load will ever admit; the message starts with the queue's name.
func never(queueName, format string, args ...any) Verdict {
	return Verdict{State: Never, Message: fmt.Sprintf("queue %s never admits this run: ", diag.Quote(queueName)) + fmt.Sprintf(format, args...)}
}

// inactive: a ClusterQueue admits nothing as long as a flavor of it does not exist, or its cohorts form a circle.
func (c *Cluster) inactive(q *queue, queueName string) Verdict {
	for _, g := range q.groups {
		for _, called := range g.flavors {
			if c.flavors[called] == nil {
				v := never(queueName, "its ClusterQueue %s names the ResourceFlavor %s, which no file has", q.name, diag.Quote(called))
				v.Hint, v.Notes = "add the ResourceFlavor to the files of kueue", []diag.Note{{Span: q.at, Message: "the ClusterQueue"}}
				if best, ok := diag.Nearest(called, slices.Sorted(maps.Keys(c.flavors))); ok {
					v.Hint = "did the ClusterQueue mean " + best + "?"
				}
				return v
			}
		}
	}
	if q.circular() {
		v := never(queueName, "the cohorts of its ClusterQueue %s lead back to themselves", q.name)
		v.Hint, v.Notes = "take parentName out of one of the cohorts", []diag.Note{{Span: q.at, Message: "the ClusterQueue"}}
		return v
	}
	return Verdict{}
}

// selected: a ClusterQueue without a selector takes runs of no namespace.
func (c *Cluster) selected(q *queue, namespace, queueName string) Verdict {
	if !q.namespaces.none() && (namespace == "" || q.namespaces.takes(namespace)) {
		return Verdict{}
	}
	v := never(queueName, "its ClusterQueue %s takes no runs of namespace %s", q.name, namespace)
	v.Hint, v.Notes = "choose a queue of the namespace, or change the namespaceSelector of the ClusterQueue", []diag.Note{{Span: q.namespaces.at, Message: "the namespaces that it takes"}}
	if q.namespaces.none() {
		v = never(queueName, "its ClusterQueue %s has no namespaceSelector, and so takes runs of no namespace", q.name)
		v.Hint, v.Notes = "write namespaceSelector: {} in the ClusterQueue, which takes all", []diag.Note{{Span: q.at, Message: "the ClusterQueue"}}
	}
	return v
}

// admitted holds what the pods ask against what the queue has.
func (c *Cluster) admitted(q *queue, queueName string, sets []PodSet) Verdict {
	var asked []*demand
	for _, set := range sets {
		if set.Count > 0 {
			asked = append(asked, demandOf(set))
		}
	}
	chosen, lacks := c.assigned(q, asked)
	if lacks != nil {
		return lacks.verdict(q, queueName)
	}
	v := Verdict{State: Within}
	for _, one := range chosen {
		if one.distance > 0 {
			v.State = Borrows
		}
	}
	for _, set := range asked {
		if c.unknownLevel(chosen, set) {
			v.State = LevelUnknown
		}
	}
	return v
}

// verdict is never, with the places of what stands in the way.
func (s *short) verdict(q *queue, queueName string) Verdict {
	if len(s.uncovered) > 0 {
		all := diag.AllOf(s.uncovered)
		v := never(queueName, "its ClusterQueue %s does not cover %s, which the pods ask for", q.name, all)
		v.Hint = "let a group of the ClusterQueue cover " + all + " too, or ask for none"
		for _, g := range q.groups {
			v.Notes = append(v.Notes, diag.Note{Span: g.at, Message: "what it covers"})
		}
		return v
	}
	if len(s.reasons) == 0 {
		v := never(queueName, "ClusterQueue %s has no flavor", q.name)
		v.Hint, v.Notes = "give the group a flavor with quotas", []diag.Note{{Span: q.at, Message: "the ClusterQueue"}}
		return v
	}
	v := never(queueName, "%s", s.words())
	v.Hint = "ask for less, choose another queue, or change the queue's files"
	for _, r := range s.reasons[:min(len(s.reasons), mostReasons)] {
		v.Notes = append(v.Notes, diag.Note{Span: r.at, Message: r.what})
	}
	return v
}
