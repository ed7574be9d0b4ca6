package cli

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// roomy is how much memory the program takes before it collects often: that of some ten thousand runs.
const roomy = 160 << 20

// pace lets memory grow fivefold between collections, so that most projects are done before the second, and no further
// than to roomy. Who has set the runtime's own variables knows better.
func pace() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(roomy)
	watch()
}

// watch goes back to the runtime's own pace when a collection leaves most of roomy in use: under a limit that cannot be
// kept the program would do nothing but collect.
func watch() {
	runtime.AddCleanup(new([64]byte), func(struct{}) { // once the next collection has taken it
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		if metrics.Read(live); live[0].Value.Uint64() < roomy*3/4 {
			watch()
			return
		}
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(math.MaxInt64)
	}, struct{}{})
}
