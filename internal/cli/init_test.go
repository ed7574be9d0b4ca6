package cli

import (
	"io/fs"
	"os"
	"testing"
)

// TestHosts: what init writes for a host is what the documentation shows.
func TestHosts(t *testing.T) {
	for _, name := range []string{"github.yaml", "gitlab.yaml"} {
		shown, err := os.ReadFile("../../docs/ci/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if written, err := fs.ReadFile(hosts, "hosts/"+name); err != nil || string(written) != string(shown) {
			t.Errorf("hosts/%s is not docs/ci/%s: %v", name, name, err)
		}
	}
}
