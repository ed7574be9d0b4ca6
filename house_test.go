package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The rooms of the house and what they must not know, even through others.
var walls = []struct {
	room      string
	forbidden []string
}{
	{"berth/schema", []string{"cuelang.org/", "k8s.io/", "sigs.k8s.io/"}},
	{"berth/internal/diag", []string{"cuelang.org/", "k8s.io/", "berth/schema", "berth/internal/source"}},
	{"berth/internal/source", []string{"k8s.io/", "berth/schema", "berth/compiler"}},
	{"berth/compiler", []string{"k8s.io/", "sigs.k8s.io/kustomize", "berth/renderers", "berth/internal/files"}},
	{"berth/renderers", []string{"cuelang.org/", "berth/internal/source", "berth/compiler"}},
	{"berth/internal/yamlprint", []string{"cuelang.org/", "berth/schema", "berth/renderers", "berth/internal/source"}},
	{"berth/internal/layouts", []string{"cuelang.org/", "berth/compiler", "berth/internal/source"}},
	{"berth/internal/fit", []string{"cuelang.org/", "berth/compiler", "berth/renderers"}},
	{"berth/internal/files", []string{"cuelang.org/", "k8s.io/", "berth/schema"}},
	{"berth/profiles", []string{"berth/", "cuelang.org/", "k8s.io/"}},
}

func TestWalls(t *testing.T) {
	for _, w := range walls {
		out, err := exec.Command("go", "list", "-deps", w.room).Output()
		if err != nil {
			t.Fatalf("%s: %v", w.room, err)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			if dep == w.room {
				continue
			}
			for _, f := range w.forbidden {
				if strings.HasPrefix(dep, f) {
					t.Errorf("%s imports %s", w.room, dep)
				}
			}
		}
	}
}
