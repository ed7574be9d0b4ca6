package schema_test

import (
	"testing"

	"berth/schema"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
)

// TestCUE has CUE itself judge documents by the file that `berth schema --cue` prints.
func TestCUE(t *testing.T) {
	ctx := cuecontext.New()
	all := ctx.CompileBytes(schema.CUE())
	if err := all.Err(); err != nil {
		t.Fatal(err)
	}
	const run = `apiVersion: "berth/v1", kind: "Run", metadata: name: "churn", spec: {action: "job", image: "ghcr.io/acme/churn:1.4"`
	for _, c := range []struct {
		kind, text string
		ok         bool
	}{
		{"#Run", run + `, resources: gpu: requests: "1"}`, true},
		{"#Run", run + `, replica: 3}`, false},
		{"#Run", run + `, action: "jop"}`, false},
		{"#Profile", `apiVersion: "berth/v1", kind: "Profile", metadata: name: "a100", spec: require: runtime_class: "nvidia"`, true},
		{"#Profile", `apiVersion: "berth/v1", kind: "Profil", metadata: name: "a100", spec: {}`, false},
		{"#Project", `apiVersion: "berth/v1", kind: "Project", metadata: name: "acme", spec: projects: ["team-a"]`, true},
		{"#Project", `apiVersion: "berth/v1", kind: "Project", metadata: name: "acme", spec: project: ["team-a"]`, false},
	} {
		err := all.LookupPath(cue.ParsePath(c.kind)).Unify(ctx.CompileString(c.text)).Validate(cue.Concrete(true))
		if (err == nil) != c.ok {
			t.Errorf("%s %s: %v", c.kind, c.text, err)
		}
	}
}
