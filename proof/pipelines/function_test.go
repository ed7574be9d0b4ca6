package pipelines

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const function = `
  annotations:
    config.kubernetes.io/function: |
      exec: {path: BERTH, args: [fn, --environment, prod]}
`

const modelRun = `apiVersion: berth/v1
kind: Run
metadata:
  name: model
  namespace: ml
spec:
  action: serve
  image: ghcr.io/acme/model:1
  service_ports: [{port: 80, name: http}]
  environments:
    prod: {replicas: 3}
`

const otherConfig = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: theirs\n  namespace: ml\ndata: {key: value}\n"

// functionWays are the two ways in which kustomize calls a function with a run.
var functionWays = map[string]map[string]string{
	"generator": {
		"kustomization.yaml": "resources: [theirs.yaml]\ngenerators: [run.yaml]\n",
		"run.yaml":           strings.Replace(modelRun, "\n  namespace: ml\n", "\n  namespace: ml"+function, 1),
	},
	"transformer": {
		"kustomization.yaml": "resources: [theirs.yaml, run.yaml]\ntransformers: [project.yaml]\n",
		"run.yaml":           modelRun,
		"project.yaml":       "apiVersion: berth/v1\nkind: Project\nmetadata:\n  name: fleet" + function + "spec:\n  environments: {prod: {}}\n",
	},
}

// callFunction lets kustomize build a folder of files that calls the function.
func callFunction(t *testing.T, kustomize, berth string, files map[string]string, flags ...string) (stdout, stderr string, err error) {
	t.Helper()
	dir := t.TempDir()
	files["theirs.yaml"] = otherConfig
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(text, "BERTH", berth)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, messages bytes.Buffer
	cmd := exec.Command(kustomize, append([]string{"build", dir}, flags...)...)
	cmd.Stdout, cmd.Stderr = &out, &messages
	err = cmd.Run()
	return out.String(), messages.String(), err
}

// TestFunction calls `berth fn` through the kustomize program, as generator and as transformer: the objects are those of
// `berth build`, beside what is not ours, with no trace of how they came there.
func TestFunction(t *testing.T) {
	kustomize, berth := installKustomize(t), buildBerth(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "run.yaml"), []byte(modelRun), 0o644); err != nil {
		t.Fatal(err)
	}
	direct := append(run(t, berth, dir, "build", "run.yaml", "--environment", "prod"), "---\n"+otherConfig...)
	for way, files := range functionWays {
		out, messages, err := callFunction(t, kustomize, berth, files, "--enable-alpha-plugins", "--enable-exec")
		if err != nil {
			t.Fatalf("%s: %v\n%s", way, err, messages)
		}
		if strings.Contains(out, "config.kubernetes.io") || strings.Contains(out, "berth/v1") {
			t.Errorf("%s left its traces:\n%s", way, out)
		}
		want := parse(t, direct)
		if way == "transformer" { // which has a project, named in a label
			want = parse(t, bytes.ReplaceAll(direct, []byte("    app.kubernetes.io/name: model\n    berth/run"),
				[]byte("    app.kubernetes.io/name: model\n    app.kubernetes.io/part-of: fleet\n    berth/run")))
		}
		if diff := cmp.Diff(want, parse(t, []byte(out))); diff != "" {
			t.Errorf("%s (-built +answered):\n%s", way, diff)
		}
	}
}

// TestFunctionRefuses holds that a mistake in a run fails kustomize and reaches the user.
func TestFunctionRefuses(t *testing.T) {
	kustomize, berth := installKustomize(t), buildBerth(t)
	for way, files := range functionWays {
		bad := map[string]string{}
		for name, text := range files {
			bad[name] = strings.Replace(text, "image:", "imag:", 1)
		}
		out, messages, err := callFunction(t, kustomize, berth, bad, "--enable-alpha-plugins", "--enable-exec")
		if err == nil || out != "" {
			t.Errorf("%s: kustomize succeeded with\n%s", way, out)
		}
		for _, part := range []string{"`imag` is not a field of spec", "did you mean image?", "the Run model"} {
			if !strings.Contains(messages, part) {
				t.Errorf("%s does not say %q:\n%s", way, part, messages)
			}
		}
	}
}

// TestFunctionNeedsBothFlags shows what the documentation warns of: with one flag alone kustomize prints less than was
// asked for, or nothing, and does not always say so.
func TestFunctionNeedsBothFlags(t *testing.T) {
	kustomize, berth := installKustomize(t), buildBerth(t)
	for way, files := range functionWays {
		out, messages, err := callFunction(t, kustomize, berth, files, "--enable-alpha-plugins")
		if strings.Contains(out, "kind: Deployment") {
			t.Errorf("%s: a function ran without --enable-exec", way)
		}
		t.Logf("%s: %v, %d bytes, says %q", way, err, len(out), messages)
	}
}
