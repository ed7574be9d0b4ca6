package specs

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
)

// Seed is PROOF_SEED: a number, or `random` for one drawn anew. Without it the seed is 1, so that two runs of the same
// tests give the same answer.
func Seed() (uint64, error) {
	switch text := os.Getenv("PROOF_SEED"); text {
	case "":
		return 1, nil
	case "random":
		return rand.Uint64(), nil
	default:
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("PROOF_SEED: %w", err)
		}
		return seed, nil
	}
}
