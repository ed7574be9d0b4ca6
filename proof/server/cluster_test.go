// Package server holds the tests that need a real kube-apiserver. They are slow to build, so they run only with
// PROOF=server or PROOF=full in the environment.
package server

import (
	"fmt"
	"os"
	"sync"
	"testing"

	control "berth/proof/product/cluster"
)

const emulateEnv = "PROOF_EMULATE" // a release such as 1.34

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
	stopCluster = func() { os.RemoveAll(dir) }
	binary, err := control.Build(dir)
	if err != nil {
		return nil, err
	}
	c, err := control.Start(binary, dir, os.Getenv(emulateEnv))
	if err != nil {
		return nil, err
	}
	stopCluster = func() { c.Stop(); os.RemoveAll(dir) }
	return &cluster{c}, nil
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

// cluster is a running server.
type cluster struct{ *control.Cluster }

// answer is what the server said to one request.
type answer struct{ control.Answer }

func (a answer) err() error {
	if a.Status/100 == 2 && len(a.Warnings) == 0 {
		return nil
	}
	return fmt.Errorf("%d %s %q", a.Status, a.Body, a.Warnings)
}

func (c *cluster) send(method, path, contentType string, body []byte) (answer, error) {
	a, err := c.Send(method, path, contentType, body)
	return answer{a}, err
}
