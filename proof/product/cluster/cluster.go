// Package cluster starts the control plane of proof/server as processes of their own, and speaks to it. Like all of its
// module it has no dependencies, so that a test does not compile Kubernetes twice.
package cluster

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"berth/proof/product"
)

const startPatience = 5 * time.Minute

// Cluster is a running API server and the way to it.
type Cluster struct {
	Address, Token string
	// Dir is the folder of its state, and Kubeconfig a file in it that programs reach the server by.
	Dir, Kubeconfig string

	binary string
	client *http.Client
	parts  []*part
}

// part is one running process.
type part struct {
	stdin io.Closer
	log   bytes.Buffer
	ended chan error
}

// Build builds the control plane into dir and returns the binary's path. The first time compiles Kubernetes.
func Build(dir string) (string, error) {
	binary := filepath.Join(dir, "controlplane")
	return binary, product.GoBuild("proof/server", binary, "./controlplane")
}

// Start starts an API server that emulates a release such as 1.34, or its own with none, and waits until it answers. Its
// state is in dir.
func Start(binary, dir, emulate string) (*Cluster, error) {
	c := &Cluster{Dir: dir, Kubeconfig: filepath.Join(dir, "kubeconfig"), binary: binary, client: &http.Client{
		Timeout:   60 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}}
	server, err := c.start("apiserver", "-dir", dir, "-emulate", emulate)
	if err == nil {
		err = c.await(server, filepath.Join(dir, "ready"))
	}
	if err == nil {
		err = os.WriteFile(c.Kubeconfig, []byte(fmt.Sprintf(kubeconfig, c.Address, c.Token)), 0o600)
	}
	if err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: plane, cluster: {server: %q, insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: %s}}]
contexts: [{name: plane, context: {cluster: plane, user: admin}}]
current-context: plane
`

// Run starts another part of the control plane: controller-manager or scheduler.
func (c *Cluster) Run(name string, args ...string) error {
	args = append([]string{name, "--kubeconfig=" + c.Kubeconfig, "--leader-elect=false", "--secure-port=0"}, args...)
	_, err := c.start(args...)
	return err
}

// Kubectl runs kubectl, and returns what it printed.
func (c *Cluster) Kubectl(args ...string) ([]byte, error) {
	return exec.Command(c.binary, append([]string{"kubectl", "--kubeconfig", c.Kubeconfig}, args...)...).CombinedOutput()
}

func (c *Cluster) start(args ...string) (*part, error) {
	p := &part{ended: make(chan error, 1)}
	cmd := exec.Command(c.binary, args...)
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	p.stdin = stdin
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.ended <- cmd.Wait() }()
	c.parts = append(c.parts, p)
	return p, nil
}

// Stop ends all parts, the API server last.
func (c *Cluster) Stop() {
	for i := range c.parts {
		p := c.parts[len(c.parts)-1-i]
		p.stdin.Close()
		<-p.ended
	}
	c.parts = nil
}

// await waits until the server has written its address and token.
func (c *Cluster) await(p *part, ready string) error {
	deadline := time.After(startPatience)
	for {
		if b, err := os.ReadFile(ready); err == nil {
			c.Address, c.Token, _ = strings.Cut(string(b), " ")
			return nil
		}
		select {
		case err := <-p.ended:
			p.ended <- err
			return fmt.Errorf("the server ended: %w\n%s", err, p.log.Bytes())
		case <-deadline:
			return fmt.Errorf("the server is not ready after %v", startPatience)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Answer is what the server said to one request.
type Answer struct {
	Status   int
	Warnings []string
	Body     []byte
}

// Send makes one request with the bytes as they stand; kubectl would repair some mistakes first.
func (c *Cluster) Send(method, path, contentType string, body []byte) (Answer, error) {
	req, err := http.NewRequest(method, c.Address+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json")
	resp, err := c.client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return Answer{Status: resp.StatusCode, Warnings: resp.Header.Values("Warning"), Body: b}, err
}
