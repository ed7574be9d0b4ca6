//go:build !linux

package source

import "time"

// limitProcess has nothing to set here: the parent's deadline and the child's watch over its own memory remain.
func limitProcess(int64) {}

func limitCPU() {}

func processorTime() (time.Duration, bool) { return 0, false }
