package pipelines

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// kustomizeProgram is the newest release that builds with this Go; Argo CD pins the one before it.
const kustomizeProgram = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.2"

// InstallKustomize builds the released kustomize program into dir, with the versions of its own go.mod, and returns
// its path.
func InstallKustomize(dir string) (string, error) {
	cmd := exec.Command("go", "install", kustomizeProgram)
	cmd.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install %s: %w\n%s", kustomizeProgram, err, out)
	}
	return filepath.Join(dir, "kustomize"), nil
}

// KustomizeBuild is `kustomize build DIR`: the objects as the program prints them.
func KustomizeBuild(kustomize, dir string) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(kustomize, "build", dir)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("kustomize build %s: %w\n%s", dir, err, stderr.Bytes())
	}
	return stdout.Bytes(), nil
}
