// Package product builds the berth binary from the tree that the tests stand in, and runs it. It is a module of its own,
// without dependencies, so that every test module can use it.
package product

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// patience is how long one run of the binary may take, buildPatience how long one build.
const (
	patience      = 5 * time.Minute
	buildPatience = 60 * time.Minute
)

// Root is the folder of the product's own module: the nearest one above the working directory whose go.mod is its.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(mod, []byte("module berth\n")) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod of module berth above the working directory")
		}
		dir = parent
	}
}

// Build builds the binary into dir, as a release is built, and returns its path.
func Build(dir string) (string, error) {
	binary := filepath.Join(dir, "berth")
	return binary, GoBuild(".", binary, "-trimpath", "-ldflags=-s -w", ".")
}

// GoBuild calls `go build` in the module in a folder below the root, with more arguments. The first time may compile
// Kubernetes.
func GoBuild(module, binary string, args ...string) error {
	root, err := Root()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), buildPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-C", filepath.Join(root, module), "-o", binary}, args...)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", filepath.Base(binary), err, out)
	}
	return nil
}

// Result is what one run of the binary answered.
type Result struct {
	Stdout, Stderr []byte
	Exit           int
}

// Run runs the binary in the folder dir. An error means that it could not be run or did not end in time; an exit code
// other than 0 is a result.
func Run(binary, dir string, args ...string) (Result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.Exited()) {
		return Result{}, fmt.Errorf("berth %q: %w\n%.2000s", args, err, stderr.Bytes())
	}
	return Result{Stdout: stdout.Bytes(), Stderr: stderr.Bytes(), Exit: cmd.ProcessState.ExitCode()}, nil
}
