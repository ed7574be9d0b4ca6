package plane

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

const (
	// calm is how long nothing may change before what happened counts as all that happens; longCalm is the same where a
	// controller has not done yet all that it was asked for, as when a pod finds no machine; impatience is how long that is
	// waited for.
	calm       = 2500 * time.Millisecond
	longCalm   = 20 * time.Second
	impatience = 3 * time.Minute
	lookEvery  = 600 * time.Millisecond
)

// pods are pods by their uids, each with the kind and name of the object that it is there for.
type pods map[types.UID]string

// state is what a namespace holds: the pods that run or start of each run, those that have finished, all that were there
// since something was applied, and the names and uids of objects.
type state struct {
	pods    map[string]pods      // by run
	done    map[string]pods      // by run
	seen    map[string]pods      // by run
	objects map[string]types.UID // by kind and name
	pruned  map[string]bool      // the objects that Flux deletes when they leave Git
	unbound map[string]bool      // the claims without a volume
	scaled  map[string]bool      // the objects whose number of pods an autoscaler owns

	serverSide bool // whether it is applied by server-side apply
}

func newState() state {
	return state{
		pods: map[string]pods{}, done: map[string]pods{}, seen: map[string]pods{},
		objects: map[string]types.UID{}, pruned: map[string]bool{}, unbound: map[string]bool{}, scaled: map[string]bool{},
	}
}

// begun is how many pods of a run there are after a change, or were meanwhile, that were not there before.
func (s state) begun(after state, run string) int {
	return after.seen[run].without(s.seen[run])
}

// without is how many of the pods are not among others.
func (p pods) without(others pods) int {
	n := 0
	for uid := range p {
		if _, ok := others[uid]; !ok {
			n++
		}
	}
	return n
}

// of is how many of the pods are there for an object.
func (p pods) of(root string) int {
	n := 0
	for _, is := range p {
		if is == root {
			n++
		}
	}
	return n
}

// remember adds the pods that are there to those that were, and gives the state all of them.
func (s *state) remember(seen map[string]pods) {
	for run, there := range s.seen {
		if seen[run] == nil {
			seen[run] = pods{}
		}
		maps.Copy(seen[run], there)
	}
	s.seen = seen
}

// String is a state for people.
func (s state) String() string {
	var parts []string
	for _, run := range slices.Sorted(maps.Keys(s.pods)) {
		parts = append(parts, fmt.Sprintf("%s: %d pods", run, len(s.pods[run])))
	}
	return strings.Join(append(parts, slices.Sorted(maps.Keys(s.objects))...), ", ")
}

// settle waits until a namespace changes no more, and returns what it holds.
func (p *plane) settle(ctx context.Context, namespace string) (state, error) {
	deadline := time.Now().Add(impatience)
	last, since := "", time.Now()
	seen := map[string]pods{}
	for {
		v, err := p.look(ctx, namespace)
		if err != nil {
			return state{}, err
		}
		v.remember(seen)
		if text := v.text(); text != last {
			last, since = text, time.Now()
		}
		if quiet := time.Since(since); quiet > longCalm || quiet > calm && len(v.busy) == 0 {
			return v.state, nil
		}
		if time.Now().After(deadline) {
			return v.state, fmt.Errorf("namespace %s changes without end: %s", namespace, strings.Join(v.busy, ", "))
		}
		time.Sleep(lookEvery)
	}
}
