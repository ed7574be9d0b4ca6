package workspace_test

import (
	"os"
	"testing"

	"berth/internal/source"
)

// TestMain lets the test binary be the child process that evaluates CUE.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == source.EvaluateCommand {
		os.Exit(source.ServeEvaluator(nil))
	}
	os.Exit(m.Run())
}
