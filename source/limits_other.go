//go:build !linux

package source

// limitProcess has nothing to set here: the parent's deadline and the child's watch over its own memory remain.
func limitProcess(int64) {}

func limitCPU() {}
