package lsp

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"berth/internal/workspace"
)

// An edited run is checked before the profile that reaches a thousand others, though that was edited first.
func TestRunsGoFirst(t *testing.T) {
	known := &project{roles: map[string]workspace.Role{"/p.yaml": workspace.ProfileRole, "/a.yaml": workspace.RunRole, "/b.yaml": workspace.RunRole}}
	p := &pending{files: map[string]bool{"/p.yaml": true, "/b.yaml": true, "/a.yaml": true}}
	var order [][]string
	for len(p.files) > 0 {
		order = append(order, p.take(known))
	}
	if diff := cmp.Diff([][]string{{"/a.yaml", "/b.yaml"}, {"/p.yaml"}}, order); diff != "" {
		t.Error(diff)
	}
}
