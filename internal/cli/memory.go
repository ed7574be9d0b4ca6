package cli

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// roomy is how much memory the program takes before it collects at all: that of some ten thousand runs.
const roomy = 164 << 20

// pace lets memory grow to roomy before the first collection: two thousand runs are done by then, and a tenth sooner. Who
// has set the runtime's own variables knows better.
func pace() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(roomy)
	watch(0)
}

// tight is by how many hundredths of what is in use memory grows between two collections once it is more than roomy: half of
// the runtime's own, which costs a tenth more time, and takes a quarter less memory.
const tight = 50

// watch lets memory grow with what is in use when two collections in a row leave three fifths of roomy in use: under a limit that
// cannot be kept the program would do nothing but collect. One alone may only have met values that were made while it
// went on.
func watch(full int) {
	runtime.AddCleanup(new([64]byte), func(full int) { // once the next collection has taken it
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		switch metrics.Read(live); {
		case live[0].Value.Uint64() < roomy*3/5:
			watch(0)
		case full == 0:
			watch(1)
		default:
			debug.SetGCPercent(tight)
			debug.SetMemoryLimit(math.MaxInt64)
		}
	}, full)
}
