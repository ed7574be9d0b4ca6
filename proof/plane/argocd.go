package plane

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"berth/proof/product"
)

// argoBinaryEnv names a program of proof/argocd to run instead of building one.
const argoBinaryEnv = "PLANE_ARGOCD"

// argoCD is a running program of proof/argocd.
type argoCD struct {
	address string
	stdin   io.Closer
	command *exec.Cmd
}

// startArgoCD builds and starts it.
func startArgoCD(dir, kubeconfig string) (*argoCD, error) {
	binary := os.Getenv(argoBinaryEnv)
	if binary == "" {
		binary = filepath.Join(dir, "argocd")
		if err := product.GoBuild("proof/argocd", binary, "."); err != nil {
			return nil, err
		}
	}
	a := &argoCD{command: exec.Command(binary, kubeconfig)}
	stdin, err := a.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := a.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	a.stdin, a.command.Stderr = stdin, os.Stderr
	if err := a.command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	a.address = strings.TrimSpace(line)
	if err != nil {
		a.stop()
		return nil, fmt.Errorf("argocd does not say its address: %w", err)
	}
	return a, nil
}

func (a *argoCD) stop() {
	a.stdin.Close()
	_ = a.command.Wait()
}

// sync syncs an Application with a folder; the error says what was refused.
func (a *argoCD) sync(ctx context.Context, application, folder string) error {
	query := url.Values{"application": {application}, "folder": {folder}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+a.address+"/sync?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		return nil
	}
	text, err := io.ReadAll(response.Body)
	return errors.Join(err, errors.New(strings.TrimSpace(string(text))))
}
