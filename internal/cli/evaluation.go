package cli

import (
	"fmt"
	"strings"
	"time"

	"berth/internal/quantity"
	"berth/internal/source"
)

// evaluation is the flag that raises, or lowers, the budget of a build for CUE and Jsonnet.
type evaluation struct{ limits *source.Limits }

// String is what help says of the default.
func (e evaluation) String() string { return "" }

// Type is what help calls the value.
func (e evaluation) Type() string { return "limits" }

// Set reads `time=60s,memory=2Gi,output=128Mi`, in any order and each of them once or not at all.
func (e evaluation) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(part, "=")
		var err error
		switch name {
		case "time":
			e.limits.Time, err = duration(value)
			e.limits.Deadline = min(e.limits.Time, longestEvaluation)
		case "memory":
			e.limits.Memory, err = size(value)
		case "output":
			e.limits.Output, err = size(value)
		default:
			return fmt.Errorf("%q is none of time, memory and output; write time=60s,memory=2Gi,output=128Mi", name)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// longestEvaluation bounds one evaluation, whatever all of them may take.
const longestEvaluation = 10 * time.Second

// duration reads a time of at least a second: less would refuse nearly everything, and is mostly a mistake in the unit.
func duration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Second {
		return 0, fmt.Errorf("%q is no time of a second or more, such as 60s", text)
	}
	return d, nil
}

// size reads a number of bytes, as a Kubernetes quantity, of at least 1Mi.
func size(text string) (int64, error) {
	q, ok := quantity.Parse(text)
	if n := q.Value(); ok && quantity.IsWhole(q) && n >= 1<<20 && quantity.IsCounted(q) {
		return n, nil
	}
	return 0, fmt.Errorf("%q is no size of 1Mi or more, such as 512Mi", text)
}
