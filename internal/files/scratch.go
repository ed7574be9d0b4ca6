package files

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// scratch is what has to go when the program is told to end: temporary files and folders, and how often each was asked for.
var scratch struct {
	mu    sync.Mutex
	paths map[string]bool
}

// Scratch makes a temporary folder that done removes, and that goes when the program is interrupted, too.
func Scratch(pattern string) (dir string, done func(), err error) {
	if dir, err = os.MkdirTemp("", pattern); err != nil {
		return "", nil, err
	}
	return dir, RemoveOnSignal(dir), nil
}

// RemoveOnSignal has a file or folder removed when the program is interrupted, hung up on or told to end. The function that
// it returns removes it now.
func RemoveOnSignal(path string) (done func()) {
	scratch.mu.Lock()
	defer scratch.mu.Unlock()
	if scratch.paths == nil {
		scratch.paths = map[string]bool{}
		signals := make(chan os.Signal, 1)
		for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
			if !signal.Ignored(s) { // nohup has the program go on
				signal.Notify(signals, s)
			}
		}
		go removeOn(signals)
	}
	scratch.paths[path] = true
	return func() {
		scratch.mu.Lock()
		defer scratch.mu.Unlock()
		delete(scratch.paths, path)
		os.RemoveAll(path)
	}
}

// removeOn waits for a signal, removes everything, and lets the signal end the program as it would have.
func removeOn(signals chan os.Signal) {
	told := <-signals
	scratch.mu.Lock() // and never unlocked: nothing new may come
	for path := range scratch.paths {
		os.RemoveAll(path)
	}
	signal.Reset(told)
	if p, err := os.FindProcess(os.Getpid()); err != nil || p.Signal(told) != nil {
		os.Exit(1)
	}
}
