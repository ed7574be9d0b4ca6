//go:build unix

package files

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestScratchGoesOnSignals runs this test in a process of its own, which makes a folder and waits, and ends that.
func TestScratchGoesOnSignals(t *testing.T) {
	if os.Getenv("BERTH_TEST_SCRATCH") != "" {
		dir, _, err := Scratch("berth-test-")
		if err != nil {
			os.Exit(3)
		}
		os.WriteFile(filepath.Join(dir, "file"), nil, 0o644)
		os.Stdout.WriteString(dir + "\n")
		select {}
	}
	for _, told := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(told) {
			endsOn(t, told)
		}
	}
	signal.Ignore(syscall.SIGHUP) // as nohup does
	defer signal.Reset(syscall.SIGHUP)
	endsOn(t, syscall.SIGTERM, syscall.SIGHUP)
}

// endsOn starts the test as a process of its own, sends it signals that it ignores and then one that ends it: by that one
// it ends, without a folder.
func endsOn(t *testing.T, told syscall.Signal, ignored ...syscall.Signal) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // to fail rather than hang
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestScratchGoesOnSignals$")
	cmd.Env = append(os.Environ(), "BERTH_TEST_SCRATCH=1", "TMPDIR="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	if _, err := os.Stat(lines.Text()); err != nil {
		t.Fatal(err)
	}
	for _, s := range append(ignored, told) {
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != told {
		t.Errorf("after %v it ended with %v", told, err)
	}
	if _, err := os.Stat(lines.Text()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after %v the folder stands: %v", told, err)
	}
}

func TestScratchIsRemoved(t *testing.T) {
	dir, done, err := Scratch("berth-test-")
	if err != nil {
		t.Fatal(err)
	}
	done()
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder stands: %v", err)
	}
}
