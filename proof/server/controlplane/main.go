// The program controlplane is the parts of a control plane in one binary, for tests: its first argument says which one a
// process is, since each sets up logging for its whole process. The servers end when their standard input does, so that they
// never outlive the test that started them.
package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	manager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// life is how long a server lives at most.
const life = 2 * time.Hour

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("which part: apiserver, controller-manager, scheduler or kubectl?"))
	}
	part, args := os.Args[1], os.Args[2:]
	if part != "kubectl" {
		go endWithInput()
	}
	switch part {
	case "apiserver":
		if err := apiServer(args); err != nil {
			fail(err)
		}
	case "controller-manager":
		os.Exit(run(manager.NewControllerManagerCommand(), args))
	case "scheduler":
		os.Exit(run(scheduler.NewSchedulerCommand(), args))
	case "kubectl":
		os.Exit(run(kubectl.NewDefaultKubectlCommand(), args))
	default:
		fail(fmt.Errorf("there is no part %q", part))
	}
}

func run(cmd *cobra.Command, args []string) int {
	cmd.SetArgs(args)
	return cli.Run(cmd)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "controlplane:", err)
	os.Exit(1)
}

// endWithInput ends the process when the parent does, or when its time is up.
func endWithInput() {
	time.AfterFunc(life, func() { os.Exit(3) })
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
