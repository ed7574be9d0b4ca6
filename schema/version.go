package schema

import (
	"strconv"
	"strings"
)

// Minor is the number of a Kubernetes version's minor part: 35 of 1.35, 0 of what is none.
func Minor(version string) int {
	_, text, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
