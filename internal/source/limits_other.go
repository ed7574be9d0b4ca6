//go:build !linux

package source

import "time"

// limitProcess has nothing to set here: the parent's deadline and the child's watch over its own memory remain.
func limitProcess(int64) {}

// limitCPU has nothing to set here either.
func limitCPU() {}

// processorTime is not counted here: deadlines are then those of the wall clock.
func processorTime() (time.Duration, bool) { return 0, false }
