//go:build unix

package files

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
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
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestScratchGoesOnSignals$")
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
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		err = cmd.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != signal {
			t.Errorf("after %v it ended with %v", signal, err)
		}
		if _, err := os.Stat(lines.Text()); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("after %v the folder stands: %v", signal, err)
		}
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
