package growth

import (
	"bytes"
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"

	"berth/internal/cli"
	"berth/internal/source"
)

// allocationsIn names the file that a child process writes the bytes into that it has allocated in all.
const allocationsIn = "GROWTH_ALLOCATIONS"

// TestMain lets the test binary be the program that is measured, and the child that evaluates CUE for it.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == source.EvaluateCommand {
		os.Exit(cli.Main())
	}
	if path := os.Getenv(allocationsIn); path != "" {
		code := cli.Main()
		if err := os.WriteFile(path, []byte(strconv.FormatUint(allocated(), 10)), 0o600); err != nil {
			os.Exit(3)
		}
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// allocated is how many bytes the process has allocated since it began.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// inProcess runs the program here and gives the bytes that it allocates.
func inProcess(dir, input string, args []string) (cost float64, exit int, said string) {
	var stderr bytes.Buffer
	p := cli.Program{Args: args, Dir: dir, Stdin: strings.NewReader(input), Stdout: &bytes.Buffer{}, Stderr: &stderr}
	before := allocated()
	exit = p.Run()
	return float64(allocated() - before), exit, stderr.String()
}
