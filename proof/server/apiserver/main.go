// The program apiserver is a real kube-apiserver with its etcd inside, on loopback, for tests. It ends when its standard
// input does, so that it never outlives the test that started it.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	dir := flag.String("dir", "", "state `folder`; the server's address and token are written to DIR/ready when it answers")
	life := flag.Duration("life", 15*time.Minute, "how long the server lives at most")
	emulate := flag.String("emulate", "", "the Kubernetes minor version to emulate, such as 1.34")
	flag.Parse()
	go endWithInput(*life)
	if err := run(*dir, *emulate); err != nil {
		fmt.Fprintln(os.Stderr, "apiserver:", err)
		os.Exit(1)
	}
}

// endWithInput ends the process when the parent does, or when its time is up.
func endWithInput(life time.Duration) {
	time.AfterFunc(life, func() { os.Exit(3) })
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func run(dir, emulate string) error {
	if dir == "" {
		return errors.New("-dir is missing")
	}
	endpoint, err := startEtcd(filepath.Join(dir, "etcd"))
	if err != nil {
		return err
	}
	access, err := newAccess(dir)
	if err != nil {
		return err
	}
	go announce(dir, access)
	args := flags(dir, endpoint, access)
	if emulate != "" {
		args = append(args, "--emulated-version="+emulate)
	}
	cmd := app.NewAPIServerCommand()
	cmd.SetArgs(args)
	if code := cli.Run(cmd); code != 0 {
		return fmt.Errorf("kube-apiserver ended with %d", code)
	}
	return nil
}

// flags leaves every default admission plugin on but ServiceAccount, which needs a controller that is not there.
func flags(dir, etcd string, a access) []string {
	return []string{
		"--etcd-servers=" + etcd,
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", a.port),
		"--cert-dir=" + filepath.Join(dir, "certs"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + a.keyFile, "--service-account-signing-key-file=" + a.keyFile,
		"--service-cluster-ip-range=10.0.0.0/16",
		"--token-auth-file=" + a.tokenFile,
		"--authorization-mode=AlwaysAllow",
		"--allow-privileged=true",
		"--disable-admission-plugins=ServiceAccount",
		"--endpoint-reconciler-type=none",
		"--enable-priority-and-fairness=false",
		"--max-requests-inflight=0", "--max-mutating-requests-inflight=0",
		"--watch-cache=false",
		"--profiling=false", "--v=0",
	}
}

// announce writes "https://address token" to DIR/ready once the server says that it is.
func announce(dir string, a access) {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for !ready(client, a) {
		time.Sleep(20 * time.Millisecond)
	}
	temp := filepath.Join(dir, "ready.tmp")
	if err := os.WriteFile(temp, []byte(a.address()+" "+a.token), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "apiserver:", err)
		return
	}
	if err := os.Rename(temp, filepath.Join(dir, "ready")); err != nil {
		fmt.Fprintln(os.Stderr, "apiserver:", err)
	}
}

func ready(client *http.Client, a access) bool {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, a.address()+"/readyz", nil)
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
