package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// apiServer is a real kube-apiserver with its etcd inside, on loopback.
func apiServer(args []string) error {
	flags := flag.NewFlagSet("apiserver", flag.ExitOnError)
	dir := flags.String("dir", "", "state `folder`; the server's address and token are written to DIR/ready when it answers")
	emulate := flags.String("emulate", "", "the Kubernetes minor version to emulate, such as 1.34")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return serve(*dir, *emulate)
}

func serve(dir, emulate string) error {
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
	if code := run(app.NewAPIServerCommand(), args); code != 0 {
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
		fmt.Fprintln(os.Stderr, "controlplane:", err)
		return
	}
	if err := os.Rename(temp, filepath.Join(dir, "ready")); err != nil {
		fmt.Fprintln(os.Stderr, "controlplane:", err)
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
