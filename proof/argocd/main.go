// The program argocd syncs folders of manifests as Argo CD's application controller does, with its own engine. It is a module
// and a process of its own, since the engine is built with an older Kubernetes. It prints its address on standard output,
// answers POST /sync?application=NAME&folder=PATH with what was refused, and ends when its standard input does.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"k8s.io/client-go/tools/clientcmd"
)

// life is how long the program lives at most, patience how long one sync may take.
const (
	life     = 2 * time.Hour
	patience = 2 * time.Minute
)

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "argocd:", err)
		os.Exit(1)
	}
}

func serve(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("one argument is wanted: the kubeconfig")
	}
	config, err := clientcmd.BuildConfigFromFlags("", args[0])
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 500, 1000
	c, err := newController(config)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go endWithInput()
	fmt.Println(listener.Addr())
	http.HandleFunc("POST /sync", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		if err := c.sync(ctx, r.FormValue("application"), r.FormValue("folder")); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
		}
	})
	return http.Serve(listener, nil)
}

// endWithInput ends the process when the parent does, or when its time is up.
func endWithInput() {
	time.AfterFunc(life, func() { os.Exit(3) })
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
