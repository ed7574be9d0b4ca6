package source

import (
	"encoding/gob"
	"errors"
	"net/http"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"sync/atomic"
	"time"

	"berth/internal/diag"
)

// EvaluateCommand is the hidden command of a program that uses an [Evaluator]: run with it as its first argument, the
// program must call [ServeEvaluator] and exit with its result.
const EvaluateCommand = "__evaluate"

// Exit codes by which a child tells why it ended itself.
const (
	exitMemory = 90
	exitCPU    = 91
)

// maxChildStack bounds a goroutine's stack: enough for maxDepth in every evaluator, and reached in a moment by
// recursion without end.
const maxChildStack = 64 << 20

// operation is what a request asks for.
type operation uint8

const (
	// Both sides are the same program, so that the numbers need not be stable.
	evaluateCUE operation = iota
	evaluateJsonnet
	judgeRuns
	outlinePolicies
	checkValues
	buildOverlay
)

// request is one message from the parent. Files cross the pipe by value; places come back with the file's name, and
// the parent ties them to its own files.
// Which of the fields are set depends on the operation: policies and runs for judging, checks for values, tree and path
// for overlays.
type request struct {
	Operation   operation
	Deadline    time.Duration // what is left of the evaluator's time, at most that of one evaluation
	File        diag.File
	Constraints bool
	Root        string // of Jsonnet imports: an absolute folder
	Path        string // of the file, within Root, with slashes
	Policies    []diag.File
	Runs        [][]byte
	Checks      []wireCheck
	Tree        map[string][]byte
}

// wireCheck is a [Check] as it crosses the pipe: the constraint's text alone, and the value as JSON.
type wireCheck struct{ Expr, Value string }

// response is the answer. Nodes carry places without a file: they all stand in the one that was asked about.
// Trouble is set where an overlay could not be built. Met has one answer for each check, in their order.
type response struct {
	Used        time.Duration // processor time; 0 where the system does not count it
	Root        *Node
	Diagnostics []diag.Diagnostic
	Files       []diag.File // imported files that diagnostics speak of
	Verdicts    []Verdict
	Met         []answer
	Outlines    []Outline
	Built       []byte
	Trouble     string
}

// Builder puts together what a folder of some files says, which are given by their paths; it runs in a child process.
type Builder func(tree map[string][]byte, folder string) ([]byte, error)

// ServeEvaluator is the child's side: it answers requests on standard input until that is closed, and returns the exit
// code. Its limits are set here, before anything of a user's is read. No child reaches a network. Overlays are built by the
// builder; without one, no request may be for them.
func ServeEvaluator(overlays Builder) int {
	if len(os.Args) != 4 {
		return 1
	}
	memory, err1 := strconv.ParseInt(os.Args[2], 10, 64)
	deadline, err2 := time.ParseDuration(os.Args[3])
	if err1 != nil || err2 != nil {
		return 1
	}
	debug.SetMaxStack(maxChildStack)
	debug.SetMemoryLimit(memory / 4 * 3) // collect hard before giving up
	limitProcess(memory)
	w := watch{memory: uint64(memory)}
	w.deadline.Store(int64(deadline))
	w.began.Store(idle)
	go w.run()
	http.DefaultTransport = noNetwork{}

	requests := make(chan *request)
	go receive(requests)
	encoder := gob.NewEncoder(os.Stdout)
	s := server{overlays: overlays}
	for req := range requests {
		w.begin(req.Deadline)
		limitCPU()
		resp := s.answer(req)
		resp.Used = w.used()
		if err := encoder.Encode(resp); err != nil {
			return 1
		}
		w.began.Store(idle)
	}
	return 0
}

// receive passes requests on. It reads while an evaluation runs, so that the child ends at once when its parent does.
func receive(requests chan<- *request) {
	decoder := gob.NewDecoder(os.Stdin)
	for {
		req := &request{}
		if decoder.Decode(req) != nil {
			os.Exit(0)
		}
		requests <- req
	}
}

// watch ends the process when it takes more than its share. The kernel's limits alone would not do: they count address
// space and whole seconds, and not every system has them.
type watch struct {
	memory   uint64
	deadline atomic.Int64 // of the request under way
	began    atomic.Int64 // the processor time at which the request under way began, or idle
}

// idle stands for the beginning of a request while there is none.
const idle = -1

// begin grants the next request its time.
func (w *watch) begin(deadline time.Duration) {
	w.deadline.Store(int64(deadline))
	if used, counted := processorTime(); counted {
		w.began.Store(int64(used))
	}
}

// used is the processor time of the request under way.
func (w *watch) used() time.Duration {
	used, counted := processorTime()
	if !counted {
		return 0
	}
	return max(used-time.Duration(w.began.Load()), 1)
}

// run samples every few milliseconds for as long as the process lives. Memory is counted in live and dead heap objects:
// what the program has made, not what the runtime holds.
func (w *watch) run() {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for range time.Tick(5 * time.Millisecond) {
		if metrics.Read(sample); sample[0].Value.Uint64() > w.memory {
			os.Exit(exitMemory)
		}
		began := w.began.Load()
		if used, _ := processorTime(); began != idle && used-time.Duration(began) > time.Duration(w.deadline.Load()) {
			os.Exit(exitCPU)
		}
	}
}

// server answers requests one after the other.
type server struct {
	cue      judge
	overlays Builder
}

// noNetwork refuses every request for what is elsewhere.
type noNetwork struct{}

// RoundTrip takes the place of the default transport, on which every HTTP client falls back that brings none of its
// own.
func (noNetwork) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("nothing is fetched from a network")
}

// answer never panics: after a panic of a library the compiled policies are dropped, since they may be half made, and
// the request gets a diagnostic.
func (s *server) answer(req *request) (resp *response) {
	defer func() {
		if recover() != nil { // the libraries panic on input that they did not foresee
			s.cue = judge{}
			resp = failed(req)
		}
	}()
	switch req.Operation {
	case evaluateCUE:
		return evaluateCUEFile(&req.File, req.Constraints)
	case evaluateJsonnet:
		return evaluateJsonnetFile(req)
	case judgeRuns:
		return s.cue.judge(req)
	case outlinePolicies:
		return s.cue.outlines(req)
	case buildOverlay:
		return s.build(req)
	default:
		return checkConstraints(req)
	}
}

// build answers a failure in the builder's own words, which may name files of the tree.
func (s *server) build(req *request) *response {
	built, err := s.overlays(req.Tree, req.Path)
	if err != nil {
		return &response{Trouble: err.Error()}
	}
	return &response{Built: built}
}

// failed is the answer to a request on which a library panicked, at the first file that it was about.
func failed(req *request) *response {
	name := req.File.Name
	if len(req.Policies) > 0 {
		name = req.Policies[0].Name
	}
	return &response{Diagnostics: []diag.Diagnostic{{Code: diag.Evaluation, Span: whole(&diag.File{Name: name}),
		Message: "evaluation failed on something that it does not know", Hint: "write it in a simpler way"}}}
}
