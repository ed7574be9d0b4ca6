package fit

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// step is a size that amounts are written in.
type step struct {
	size int64  // in the scheduler's unit
	unit int64  // what the suffix stands for, in the same unit
	name string // the suffix
}

// ki is Kubernetes' Ki, in bytes.
const ki = 1 << 10

// The steps by the suffix of the user's own amount, roundest first: whole units, then finer ones.
var (
	cores  = []step{{1000, 1000, ""}, {100, 1, "m"}, {1, 1, "m"}}
	milli  = cores[2:]
	binary = []step{
		{1 << 60, 1 << 60, "Ei"}, {1 << 50, 1 << 50, "Pi"}, {1 << 40, 1 << 40, "Ti"}, {1 << 30, 1 << 30, "Gi"},
		{1000 << 20, 1 << 20, "Mi"}, {100 << 20, 1 << 20, "Mi"}, {1 << 20, 1 << 20, "Mi"}, {ki, ki, "Ki"}, {1, 1, ""},
	}
	decimal = []step{
		{1e18, 1e18, "E"}, {1e15, 1e15, "P"}, {1e12, 1e12, "T"}, {1e9, 1e9, "G"}, {1e8, 1e6, "M"}, {1e6, 1e6, "M"}, {1e3, 1e3, "k"}, {1, 1, ""},
	}
	whole = []step{{1, 1, ""}}
)

// best is the largest amount up to most that a user would write: in the unit of the text, unless a whole number of them
// leaves more than a tenth unused; then in a finer one.
func best(name corev1.ResourceName, text string, most int64) string {
	if size, ok := pageSize(name); ok {
		most -= most % size
	}
	for _, s := range steps(name, text) {
		if n := most / s.size; n > 0 && most-n*s.size <= most/10 {
			return strconv.FormatInt(n*(s.size/s.unit), 10) + s.name
		}
	}
	return ""
}

// steps are the sizes that an amount of the resource is written in, by the unit of the user's own.
func steps(name corev1.ResourceName, text string) []step {
	switch {
	case name == corev1.ResourceCPU && strings.HasSuffix(text, "m"):
		return milli
	case name == corev1.ResourceCPU:
		return cores
	case strings.Contains(string(name), "/"):
		return whole
	case strings.HasSuffix(text, "i"):
		return from(binary, text)
	}
	return from(decimal, text)
}

// from begins with the text's own unit: what is larger than it, or a round number of it, nobody would write there.
func from(steps []step, text string) []step {
	suffix := strings.TrimLeft(text, "0123456789.")
	for i, s := range steps {
		if s.name == suffix && s.size == s.unit {
			return steps[i:]
		}
	}
	return steps
}

// pageSize is the size of huge pages in bytes, which the name of the resource says; false for other resources.
func pageSize(name corev1.ResourceName) (int64, bool) {
	size, ok := strings.CutPrefix(string(name), corev1.ResourceHugePagesPrefix)
	if !ok {
		return 0, false
	}
	bytes, ok := parse(name, size)
	return bytes, ok && bytes > 0
}
