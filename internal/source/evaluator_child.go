package source

import (
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// child is a running evaluation process, from its parent's side.
// Expired says that the parent's timer has ended it; last is what it wrote to standard error.
type child struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	encoder *gob.Encoder
	decoder *gob.Decoder
	output  *counter
	// accounted is the processor time of the answers so far.
	accounted time.Duration
	last      *lastWords
	expired   atomic.Bool
}

// childMark is set in a child's environment.
const childMark = "BERTH_EVALUATOR"

// startChild starts this very program with [EvaluateCommand], the child's memory in bytes and its deadline.
func startChild(limits Limits) (*child, error) {
	// A program that does not know the command, such as a test's without its TestMain, would start children without end.
	if os.Getenv(childMark) != "" {
		return nil, fmt.Errorf("the program was started with %s and does not serve it", EvaluateCommand)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(self, EvaluateCommand, strconv.FormatInt(limits.share(), 10), limits.Deadline.String()), last: &lastWords{}}
	// What stands in the user's environment is none of an evaluation's business.
	c.cmd.Env = []string{"GOMAXPROCS=2", "GOTRACEBACK=none", childMark + "=1"}
	c.cmd.Stderr = c.last
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.output = &counter{Reader: stdout}
	c.encoder, c.decoder = gob.NewEncoder(c.stdin), gob.NewDecoder(c.output)
	return c, nil
}

// exchange sends one request and waits for its answer. An error means that the child is gone or talks nonsense.
func (c *child) exchange(req *request) (*response, error) {
	// Both ends of a pipe that is full would wait for one another if the child answered before it had read all; it
	// never does.
	if err := c.encoder.Encode(req); err != nil {
		return nil, err
	}
	resp := &response{}
	return resp, c.decoder.Decode(resp)
}

// answered is how many bytes the child has sent since this was last asked.
func (c *child) answered() int64 {
	n := c.output.n
	c.output.n = 0
	return n
}

// unaccounted is the processor time that a child which is gone has taken for no answer.
func (c *child) unaccounted() time.Duration {
	return max(0, c.cmd.ProcessState.UserTime()+c.cmd.ProcessState.SystemTime()-c.accounted)
}

// counter counts what is read.
type counter struct {
	io.Reader
	n int64
}

// Read counts what went through, on the goroutine that decodes, so that no lock is needed.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// expire ends the child because its time is over.
func (c *child) expire() {
	c.expired.Store(true)
	_ = c.cmd.Process.Kill() // it may just have ended by itself
}

// kill ends the child and waits until it is gone.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.stdin.Close()
	_ = c.cmd.Wait() // its exit status is looked at by epitaph
}

// epitaph says why a child that is gone gave no answer.
func (c *child) epitaph(limits Limits, deadline time.Duration) string {
	words := c.last.String()
	switch {
	case c.expired.Load(), c.cmd.ProcessState.ExitCode() == exitCPU:
		return fmt.Sprintf("evaluation took more than %.3g s", deadline.Seconds())
	case c.cmd.ProcessState.ExitCode() == exitMemory, strings.Contains(words, "out of memory"), strings.Contains(words, "cannot allocate memory"):
		return fmt.Sprintf("evaluation needed more than %d MiB of memory", limits.share()>>20)
	case strings.Contains(words, "stack exceeds"), strings.Contains(words, "stack overflow"):
		return "evaluation went too deep: a function calls itself without end, or values are nested too far"
	case c.cmd.ProcessState.ExitCode() < 0:
		return "evaluation was ended by the system, most likely for lack of memory"
	}
	return "evaluation failed without an answer"
}

// lastWords keeps the beginning of what a child writes to standard error, where Go says why it dies.
type lastWords struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write never fails and drops what goes beyond 4 KiB: Go says why it dies in the first line.
func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p[:min(len(p), max(0, 4096-w.text.Len()))])
	return len(p), nil
}

// String is what was kept; the process may still be writing.
func (w *lastWords) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}
