package source

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// addressSlack is the address space that Go reserves beyond what it uses.
const addressSlack = 2 << 30

// cpuSeconds bounds the processor time of one request, two threads for the default deadline with room. It is the last
// resort, for a child whose parent cannot end it any more.
const cpuSeconds = 60

// limitProcess sets the kernel's limits, which hold where our own watch is too slow: one allocation of many gigabytes.
func limitProcess(memory int64) {
	lower(unix.RLIMIT_AS, uint64(memory)+addressSlack)
	lower(unix.RLIMIT_CORE, 0)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGXCPU)
	go func() {
		<-signals
		os.Exit(exitCPU)
	}()
}

// processorTime is what this process has used so far; false where the system does not tell.
func processorTime() (time.Duration, bool) {
	var used syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), err == nil
}

// limitCPU lets the kernel bound the next request, should this process be too busy to watch itself.
func limitCPU() {
	used, counted := processorTime()
	if !counted {
		return
	}
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CPU, &limit) != nil {
		return
	}
	limit.Cur = min(limit.Max, uint64(used/time.Second)+cpuSeconds)
	_ = unix.Setrlimit(unix.RLIMIT_CPU, &limit)
}

// lower sets a limit unless a stricter one holds. Where it cannot be set, the parent's deadline and the watch remain.
func lower(resource int, value uint64) {
	var limit unix.Rlimit
	if unix.Getrlimit(resource, &limit) != nil {
		return
	}
	limit.Cur = min(limit.Cur, value)
	limit.Max = min(limit.Max, value)
	_ = unix.Setrlimit(resource, &limit)
}
