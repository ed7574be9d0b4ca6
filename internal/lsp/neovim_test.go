package lsp_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNeovim drives the server with the client that Neovim has. `.ci/run` installs it.
func TestNeovim(t *testing.T) {
	nvim, err := exec.LookPath("nvim")
	if err != nil {
		t.Skip("there is no Neovim here")
	}
	root := sample(t)
	write(t, root, map[string]string{"runs/train.yaml": strings.Replace(train, "service_account: trainer\n", "", 1)})
	script, err := filepath.Abs("testdata/neovim.lua")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nvim, "--headless", "--clean", "-c", "luafile "+script)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "ROOT="+root, "PROGRAM="+os.Args[0], "HOME="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
