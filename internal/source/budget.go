package source

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// budget is what the evaluations of one build have taken so far. A limit for each file alone would let a pull request of
// many small files keep a runner busy for hours.
// Time is of processors, output in bytes.
type budget struct {
	mu     sync.Mutex
	time   time.Duration
	output int64
}

// together begins what is said of a budget that is spent.
const together = "all CUE and Jsonnet of a build together may "

// grant is the processor time that the next evaluation may take; a reason where nothing is left.
func (b *budget) grant(l Limits) (deadline time.Duration, trouble string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch left := l.Time - b.time; {
	case b.output > l.Output:
		return 0, fmt.Sprintf(together+"give %d MiB of values, and the files before this one gave more", l.Output>>20)
	case l.Time < 0:
		return l.Deadline, ""
	case left <= 0:
		return 0, fmt.Sprintf(together+"take %g s of processor time, and the files before this one took it", l.Time.Seconds())
	default:
		return min(l.Deadline, left), ""
	}
}

// add counts what an evaluation took: processor time, and bytes of its answer.
func (b *budget) add(used time.Duration, output int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.time += used
	b.output += output
}

// moreBudget is how a budget that is spent is raised.
func moreBudget(trouble string) string {
	if strings.HasPrefix(trouble, together) {
		return "; `--evaluation time=60s,output=128Mi` allows more"
	}
	return ""
}
