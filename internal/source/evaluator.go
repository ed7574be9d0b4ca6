package source

import (
	"fmt"
	"sync"
	"time"

	"berth/internal/diag"
)

// Limits bounds what the evaluations of one evaluator take, each by itself and all of them together. Zero values mean the
// defaults.
type Limits struct {
	Deadline time.Duration // of one evaluation: processor time where the system counts it, else wall clock; default 10 s
	Time     time.Duration // of all evaluations together; default 30 s, less than 0 for no limit
	Memory   int64         // bytes that the programs of all workers may hold together, default 1 GiB
	Output   int64         // bytes of all that is evaluated, default 64 MiB
	Workers  int           // child processes at a time, default 2
}

// share is the memory of one worker.
func (l Limits) share() int64 { return l.Memory / int64(l.Workers) }

// patience is how long an answer is waited for. A program gets the same answer on a busy machine as on an idle one where
// the child counts its own processor time; the wall clock is for one that gets none.
func patience(deadline time.Duration) time.Duration {
	if _, counted := processorTime(); counted {
		return 12 * deadline
	}
	return deadline
}

// Evaluator runs CUE and Jsonnet, which are programs and may run for ever or ask for all memory there is, in child
// processes of this very program. Children start when first needed, serve many requests, and are replaced when they
// had to be killed. It is safe for use by several goroutines.
// Close takes mu, so that a second call finds it closed.
type Evaluator struct {
	limits Limits
	free   chan *child // one entry for each worker; nil stands for a child that is yet to be started
	spent  budget

	mu     sync.Mutex
	closed bool
}

// NewEvaluator returns an evaluator; nothing is started yet.
func NewEvaluator(limits Limits) *Evaluator {
	if limits.Deadline <= 0 {
		limits.Deadline = 10 * time.Second
	}
	if limits.Time == 0 {
		limits.Time = 30 * time.Second
	}
	if limits.Output <= 0 {
		limits.Output = 64 << 20
	}
	if limits.Memory <= 0 {
		limits.Memory = 1 << 30
	}
	if limits.Workers <= 0 {
		limits.Workers = 2
	}
	e := &Evaluator{limits: limits, free: make(chan *child, limits.Workers)}
	for range limits.Workers {
		e.free <- nil
	}
	return e
}

// Close waits for the requests under way and ends the children. Requests after it are refused.
func (e *Evaluator) Close() {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	e.closed = true
	for range e.limits.Workers {
		if c := <-e.free; c != nil {
			c.kill()
		}
	}
	close(e.free)
}

// ask has a child answer the request. When there is no answer, the reason is given in a user's words.
func (e *Evaluator) ask(req *request) (*response, string) {
	if e == nil {
		return nil, "CUE and Jsonnet are not evaluated here"
	}
	c, open := <-e.free
	if !open {
		return nil, "the evaluator is closed"
	}
	resp, c, trouble := e.askChild(c, req)
	e.free <- c
	return resp, trouble
}

// askChild starts the child if there is none, and gives back the one that can serve next: nil if it had to end.
func (e *Evaluator) askChild(c *child, req *request) (*response, *child, string) {
	if c == nil {
		var err error
		if c, err = startChild(e.limits); err != nil {
			return nil, nil, fmt.Sprintf("CUE and Jsonnet are evaluated in a process of their own, which could not be started: %v", err)
		}
	}
	deadline, trouble := e.spent.grant(e.limits)
	if trouble != "" {
		return nil, c, trouble
	}
	req.Deadline = deadline
	timer := time.AfterFunc(patience(deadline), c.expire)
	began := time.Now()
	resp, err := c.exchange(req)
	alive := timer.Stop() && err == nil
	if !alive {
		c.kill()
	}
	if err != nil {
		e.spent.add(c.unaccounted(), 0)
		return nil, nil, c.epitaph(e.limits, deadline)
	}
	if resp.Used == 0 {
		resp.Used = time.Since(began)
	}
	c.accounted += resp.Used
	e.spent.add(resp.Used, c.answered())
	if !alive {
		c = nil // it answered at the last moment, but was killed all the same
	}
	return resp, c, ""
}

// evaluationFailed is what is said of a file whose evaluation gave no answer at all.
func evaluationFailed(file *diag.File, trouble string) diag.Diagnostic {
	return diag.Diagnostic{Code: diag.Evaluation, Span: whole(file), Message: trouble, Hint: "make the file do less: look for loops, recursion and very large lists" + moreBudget(trouble)}
}
