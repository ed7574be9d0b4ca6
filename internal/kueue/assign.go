package kueue

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	resourcehelper "k8s.io/component-helpers/resource"
)

// demand is what the pods of a set ask for.
type demand struct {
	PodSet
	pod    map[string]amount // of one pod, by resource
	all    map[string]amount // of all together, which of some is 0
	levels []string          // of a topology
	near   bool
}

// demandOf counts the pods as Kueue does: a limit without a request is one.
func demandOf(set PodSet) *demand {
	d := &demand{PodSet: set, pod: map[string]amount{}, all: map[string]amount{}}
	for resource, q := range resourcehelper.PodRequests(&corev1.Pod{Spec: withRequests(set.Template.Spec)}, resourcehelper.PodResourcesOptions{}) {
		n := max(0, countOf(string(resource), q))
		d.pod[string(resource)], d.all[string(resource)] = n, n.times(set.Count)
	}
	d.levels, d.near = nearness(&set.Template.ObjectMeta)
	return d
}

// withRequests is a pod whose every limit is a request too, where it has no other.
func withRequests(pod corev1.PodSpec) corev1.PodSpec {
	pod = *pod.DeepCopy()
	for _, containers := range [][]corev1.Container{pod.Containers, pod.InitContainers} {
		for i := range containers {
			request(&containers[i].Resources)
		}
	}
	if pod.Resources != nil {
		request(pod.Resources)
	}
	return pod
}

// request makes every limit a request where the container has none for the resource, as the API server's defaults do.
// Requests that are written stay as they are.
func request(r *corev1.ResourceRequirements) {
	requests := maps.Clone(r.Limits)
	if requests == nil {
		return
	}
	maps.Copy(requests, r.Requests)
	r.Requests = requests
}

// choice is the flavor that a group gives, and how far its amounts have to be fetched: 0 for within the queue's own.
type choice struct {
	flavor   string
	distance int
}

// short is why a run is never admitted.
type short struct {
	uncovered []string // the resources that no group covers
	reasons   []reason
}

// reason is an obstacle in a flavor, with its place and what stands there.
type reason struct {
	text, what string
	at         diag.Span
}

// assigned is the flavors that an empty cluster gives to the sets, in their order, each after those before it; or why it
// does not.
func (c *Cluster) assigned(q *queue, sets []*demand) ([]choice, *short) {
	var all []choice
	used := map[supply]amount{}
	for _, set := range sets {
		asked := maps.Clone(set.all)
		if q.group(string(corev1.ResourcePods)) != nil {
			asked[string(corev1.ResourcePods)] = amount(set.Count)
		}
		given := map[*group]choice{}
		for _, resource := range slices.Sorted(maps.Keys(asked)) {
			g := q.group(resource)
			if _, done := given[g]; done || g == nil && asked[resource] == 0 {
				continue
			}
			if g == nil {
				return nil, &short{uncovered: q.uncovered(asked)}
			}
			one, reasons := c.choose(q, g, set, asked, used)
			if one == nil {
				return nil, &short{reasons: reasons}
			}
			given[g] = *one
		}
		if set.near || c.placesOnly(q) {
			if r := c.placedTwice(q, given); r != nil {
				return nil, &short{reasons: []reason{*r}}
			}
		}
		all = slices.AppendSeq(all, maps.Values(given))
		for resource, n := range asked {
			if g := q.group(resource); g != nil {
				of := supply{given[g].flavor, resource}
				used[of] = used[of].plus(n)
			}
		}
	}
	return all, nil
}

// uncovered are the resources that are asked for and that no group covers, sorted.
func (q *queue) uncovered(asked map[string]amount) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(asked)), func(resource string) bool { return asked[resource] == 0 || q.group(resource) != nil })
}

// group is the one that covers a resource, nil for none.
func (q *queue) group(resource string) *group {
	for i := range q.groups {
		if slices.Contains(q.groups[i].covers, resource) {
			return &q.groups[i]
		}
	}
	return nil
}

// choose is the first flavor of a group that gives all of what a set asks of it; where the queue says so, one from which
// nothing has to be borrowed, or from less far, comes before it.
func (c *Cluster) choose(q *queue, g *group, set *demand, asked map[string]amount, used map[supply]amount) (best *choice, reasons []reason) {
	for _, called := range g.flavors {
		if why := c.keepsOut(q, g, called, set); why != "" {
			reasons = append(reasons, reason{why, "the flavor", c.flavors[called].at})
			continue
		}
		distance, lacking := q.gives(g, called, set, asked, used)
		if len(lacking) > 0 {
			reasons = append(reasons, lacking...)
			continue
		}
		if best == nil || distance < best.distance {
			best = &choice{called, distance}
		}
		if distance == 0 || !q.tryNext {
			return &choice{called, distance}, nil
		}
	}
	return best, reasons
}

// gives says what of what is asked of a group a flavor does not give, even with nothing else in the cluster, or how far the
// rest has to be fetched.
func (q *queue) gives(g *group, flavor string, set *demand, asked map[string]amount, used map[supply]amount) (distance int, lacking []reason) {
	for _, resource := range g.covers {
		n, ok := asked[resource]
		if !ok {
			continue
		}
		of := supply{flavor, resource}
		n = used[of].plus(n)
		if most := q.most(of); n > most {
			lacking = append(lacking, reason{q.tooMuch(of, set, asked[resource], n), "the quota", q.quotas[of].at})
		}
		distance = max(distance, q.distance(of, n))
	}
	return distance, lacking
}

// tooMuch words how much is asked, and how much there is.
func (q *queue) tooMuch(of supply, set *demand, asked, with amount) string {
	who := "a pod asks"
	switch {
	case with > asked:
		who = "all its pods together ask"
	case set.Count > 1:
		who = fmt.Sprintf("%d pods together ask", set.Count)
	}
	gives := fmt.Sprintf("flavor %s of ClusterQueue %s gives %s", of.flavor, q.name, textOf(of.resource, q.most(of)))
	if q.parent != nil {
		gives += " with all that can be borrowed"
	}
	return fmt.Sprintf("%s for %s %s, and %s", who, textOf(of.resource, with), of.resource, gives)
}

// words join the reasons, the first few of them.
func (s *short) words() string {
	var all []string
	for i, r := range s.reasons {
		if i == mostReasons {
			all = append(all, fmt.Sprintf("and so for %d more", len(s.reasons)-i))
			break
		}
		all = append(all, r.text)
	}
	return strings.Join(all, "; ")
}

// mostReasons is how many of the flavors' obstacles are named in a message.
const mostReasons = 3
