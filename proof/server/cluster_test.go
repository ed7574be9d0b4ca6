// Package server holds the tests that need a real kube-apiserver. They are slow to build, so they run only with
// PROOF=server or PROOF=full in the environment.
package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	startPatience = 2 * time.Minute
	buildPatience = 20 * time.Minute
	emulateEnv    = "PROOF_EMULATE" // a release such as 1.34
)

// theCluster is the server that all tests of the package share. It starts when the first test asks for it, inside the
// test: Go's cache of test results sees the variables that are read there, and not those that TestMain reads.
var theCluster = sync.OnceValues(startCluster)

// stopCluster stops the server, if it was started.
var stopCluster = func() {}

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	defer func() { stopCluster() }()
	return m.Run()
}

func startCluster() (*cluster, error) {
	dir, err := os.MkdirTemp("", "berth-apiserver")
	if err != nil {
		return nil, err
	}
	c, err := start(dir, os.Getenv(emulateEnv))
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	stopCluster = func() { c.stop(); os.RemoveAll(dir) }
	return c, nil
}

func needServer(t *testing.T) *cluster {
	t.Helper()
	if p := os.Getenv("PROOF"); p != "server" && p != "full" {
		t.Skip("PROOF is neither server nor full")
	}
	c, err := theCluster()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// cluster is a running server and the way to it.
type cluster struct {
	address, token string
	client         *http.Client
	stop           func()
}

// start builds the server and waits until it answers. The server ends when its standard input closes, which the
// kernel does even if this process is killed.
func start(dir, emulate string) (*cluster, error) {
	binary := filepath.Join(dir, "apiserver")
	ctx, cancel := context.WithTimeout(context.Background(), buildPatience)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "./apiserver").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the server: %w\n%s", err, out)
	}
	var log bytes.Buffer
	cmd := exec.Command(binary, "-dir", dir, "-emulate", emulate)
	cmd.Stdout, cmd.Stderr = &log, &log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop := func() { stdin.Close(); <-ended }
	c, err := await(filepath.Join(dir, "ready"), ended)
	if err != nil {
		stdin.Close()
		return nil, fmt.Errorf("%w\n%s", err, log.Bytes())
	}
	c.stop = stop
	return c, nil
}

func await(ready string, ended <-chan error) (*cluster, error) {
	deadline := time.After(startPatience)
	for {
		if b, err := os.ReadFile(ready); err == nil {
			address, token, _ := strings.Cut(string(b), " ")
			return &cluster{address: address, token: token, client: &http.Client{
				Timeout:   30 * time.Second,
				Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
			}}, nil
		}
		select {
		case err := <-ended:
			return nil, fmt.Errorf("the server ended: %w", err)
		case <-deadline:
			return nil, fmt.Errorf("the server is not ready after %v", startPatience)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// answer is what the server said to one request.
type answer struct {
	status   int
	warnings []string
	body     []byte
}

func (a answer) err() error {
	if a.status/100 == 2 && len(a.warnings) == 0 {
		return nil
	}
	return fmt.Errorf("%d %s %q", a.status, a.body, a.warnings)
}

// send makes one request with the bytes as they stand; kubectl would repair some mistakes first.
func (c *cluster) send(method, path, contentType string, body []byte) (answer, error) {
	req, err := http.NewRequest(method, c.address+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json")
	resp, err := c.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{status: resp.StatusCode, warnings: resp.Header.Values("Warning"), body: b}, err
}
