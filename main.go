// Berth compiles run specifications and hardware profiles into Kubernetes manifests, offline.
package main

import (
	"os"

	"berth/internal/cli"
)

func main() { os.Exit(cli.Main()) }
