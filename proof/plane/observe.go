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

// state is what a namespace holds: the pods that run or start of each run, those that have finished, and the names and uids
// of objects.
type state struct {
	pods    map[string]pods      // by run
	done    map[string]pods      // by run
	objects map[string]types.UID // by kind and name
	pruned  map[string]bool      // the objects that Flux deletes when they leave Git
	unbound map[string]bool      // the claims without a volume
}

func newState() state {
	return state{map[string]pods{}, map[string]pods{}, map[string]types.UID{}, map[string]bool{}, map[string]bool{}}
}

// begun is how many pods of a run there are after a change, or were meanwhile, that were not there before.
func (s state) begun(after state, run string) int {
	n := 0
	for _, new := range []pods{after.pods[run], after.done[run]} {
		for uid := range new {
			_, ran := s.pods[run][uid]
			_, finished := s.done[run][uid]
			if !ran && !finished {
				n++
			}
		}
	}
	return n
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
	for {
		v, err := p.look(ctx, namespace)
		if err != nil {
			return state{}, err
		}
		if text := v.text.String(); text != last {
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
