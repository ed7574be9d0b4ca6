//go:build unix

package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestForeignProject: a project's file above the folder is used where it is the caller's own, and another user's is named.
func TestForeignProject(t *testing.T) {
	top := t.TempDir()
	file, below := filepath.Join(top, "berth.yaml"), filepath.Join(top, "below")
	text := "apiVersion: berth/v1\nkind: Project\nmetadata: {name: a}\nspec: {runs: [.]}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(below, 0o755); err != nil {
		t.Fatal(err)
	}
	load := func(dir string) (*Workspace, string) {
		w, diags := Load(Request{Dir: dir})
		defer w.Close()
		said := ""
		for _, d := range diags {
			said += d.Message + "\n"
		}
		return w, said
	}
	if w, said := load(below); w.Project == nil {
		t.Fatalf("the caller's own file is not used: %s", said)
	}
	if err := os.Chown(file, 12345, -1); err != nil {
		t.Skip("only root gives files away")
	}
	if w, said := load(below); w.Project != nil || !strings.Contains(said, "belongs to another user") {
		t.Errorf("another user's file is used: %s", said)
	}
	if w, said := load(top); w.Project == nil || strings.Contains(said, "another user") {
		t.Errorf("the folder's own file is not used: %s", said)
	}
	t.Setenv("SUDO_UID", "12345")
	if w, said := load(below); w.Project == nil {
		t.Errorf("the file of who calls sudo is not used: %s", said)
	}
}
