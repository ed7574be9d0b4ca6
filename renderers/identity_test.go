package renderers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"berth/internal/layouts"
	"berth/internal/plantest"
	"berth/internal/yamlprint"
	"berth/renderers"
	"berth/schema"

	"github.com/google/go-cmp/cmp"
)

// A name that changes with a release launches every run again: each of these is somebody's training.
func TestNamesArePinned(t *testing.T) {
	for want, text := range map[string]string{
		"churn-train-3i6tkh46ka": plantest.Known,
		"a-rxjfp3noda":           "{name: a, spec: {action: job, image: busybox}}",
		"a-gpu-pdkdo7mf": `{name: a, machine: {profile: p, accelerator: {backend: dra_claim, dra: {device_class: gpu.nvidia.com}}},
			spec: {action: job, image: busybox, resources: {gpu: {limits: "1"}}}}`,
	} {
		if got := jobName(t, plantest.Plan(t, []byte(text))); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// jobName is the name of the first object, which is made of the content.
func jobName(t testing.TB, p *schema.Plan) string {
	t.Helper()
	objects, problems := renderers.Render(p)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return objects[0].Name
}

func TestWhatChangesTheName(t *testing.T) {
	zero, one := int64(0), int64(1)
	value := "other"
	for _, c := range []struct {
		what    string
		changes bool
		change  func(*schema.Plan)
	}{
		{"another spelling of an amount", false, func(p *schema.Plan) {
			p.Spec.Resources["mem"] = schema.Amounts{Requests: "8192Mi", Limits: "17179869184"}
		}},
		{"another spelling of a fraction", false, func(p *schema.Plan) { p.Spec.Resources["cpu"] = schema.Amounts{Requests: "0.50"} }},
		{"the profile's name", false, func(p *schema.Plan) { p.Machine.Profile = "other" }},
		{"the project", false, func(p *schema.Plan) { p.Project = "acme" }},
		{"who applies it", false, func(p *schema.Plan) { p.Target.GitOps = "flux" }},
		{"a sync wave", false, func(p *schema.Plan) { p.Target.GitOps, p.Target.SyncWave = "argocd", &one }},
		{"the policy without another name", false, func(p *schema.Plan) { p.Spec.RunPolicy = "replace" }},
		{"the queue, which no pod reads", false, func(p *schema.Plan) { p.Spec.Queue = "q" }},
		{"the environment", false, func(p *schema.Plan) { p.Environment = "prod" }},
		{"an estimate", false, func(p *schema.Plan) { p.Spec.ExpectedMinutes = &one }},
		{"a first rerun of 0", false, func(p *schema.Plan) { p.Spec.Rerun = &zero }},
		{"the Kubernetes version", false, func(p *schema.Plan) { p.Target.Kubernetes = "1.34" }},
		{"nodes", false, func(p *schema.Plan) { p.Machine.Nodes = []schema.Node{{Name: "n"}} }},

		{"rerun", true, func(p *schema.Plan) { p.Spec.Rerun = &one }},
		{"the image", true, func(p *schema.Plan) { p.Spec.Image += "x" }},
		{"a value", true, func(p *schema.Plan) { p.Spec.Envs[0].Value = &value }},
		{"the order of the envs", true, func(p *schema.Plan) { p.Spec.Envs[0], p.Spec.Envs[1] = p.Spec.Envs[1], p.Spec.Envs[0] }},
		{"an amount", true, func(p *schema.Plan) { p.Spec.Resources["mem"] = schema.Amounts{Requests: "8G", Limits: "16Gi"} }},
		{"a label of the pod", true, func(p *schema.Plan) { p.Labels["team"] = "other" }},
		{"an annotation of the pod", true, func(p *schema.Plan) { p.Annotations["acme.io/owner"] = "bo" }},
		{"a node label", true, func(p *schema.Plan) { p.Machine.NodeLabels["disk"] = []string{"hdd"} }},
		{"the accelerator's resource", true, func(p *schema.Plan) { p.Machine.Accelerator.Resource = "amd.com/gpu" }},
		{"retries of 0", true, func(p *schema.Plan) { p.Spec.BackoffLimit = &zero }},
		{"a patch", true, func(p *schema.Plan) {
			p.Spec.Patches = []schema.Patch{{Target: schema.PatchTarget{Kind: "Job"}, Patch: map[string]any{"spec": map[string]any{"backoffLimit": 1}}}}
		}},
		{"a base object", true, func(p *schema.Plan) {
			p.Machine.Base = map[string]map[string]any{"Job": {"spec": map[string]any{"podReplacementPolicy": "Failed"}}}
		}},
	} {
		before := jobName(t, plantest.Plan(t, []byte(plantest.Known)))
		p := plantest.Plan(t, []byte(plantest.Known))
		c.change(p)
		if after := jobName(t, p); (after != before) != c.changes {
			t.Errorf("%s: %s before, %s after", c.what, before, after)
		}
	}
}

// The five run policies and a schedule, under the three targets.
func TestRunPolicies(t *testing.T) {
	var got bytes.Buffer
	for _, gitops := range []string{"none", "flux", "argocd"} {
		for _, policy := range []string{"once", "replace", "recreate", "hook", "template"} {
			if policy == "hook" && gitops != "argocd" {
				continue // refused by the compiler: only Argo CD has hooks
			}
			p := plantest.Plan(t, []byte(plantest.Known))
			p.Target.GitOps, p.Spec.RunPolicy, p.Spec.HookPhase = gitops, policy, "PreSync"
			p.Spec.Volumes = append(p.Spec.Volumes, schema.Volume{
				VolumeType: "persistent_volume_claim", Name: "data", MountPath: "/data", Spec: schema.VolumeSpec{Size: "1Gi"},
			})
			fmt.Fprintf(&got, "# gitops: %s, run_policy: %s\n", gitops, policy)
			writeIdentities(t, &got, p)
		}
	}
	const path = "testdata/policies.yaml"
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// writeIdentities writes what each object is called and annotated with; every annotation has to have an origin.
func writeIdentities(t *testing.T, out *bytes.Buffer, p *schema.Plan) {
	objects, problems := renderers.Render(p)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, o := range objects {
		var meta struct {
			Metadata struct{ Annotations map[string]string }
		}
		text, err := json.Marshal(o.Value)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &meta); err != nil {
			t.Fatal(err)
		}
		for key := range meta.Metadata.Annotations {
			if _, _, ok := renderers.Origin(&o, fmt.Sprintf("metadata.annotations[%q]", key)); !ok {
				t.Errorf("no origin of the annotation %s", key)
			}
		}
		yaml, err := yamlprint.Append(nil, map[string]any{o.Kind + " " + o.Name: meta.Metadata.Annotations})
		if err != nil {
			t.Fatal(err)
		}
		out.Write(yaml)
	}
}

// Rendering reads the plan and leaves it alone, since several goroutines may hold it.
func TestRenderLeavesThePlanAlone(t *testing.T) {
	for _, p := range plantest.Cases(t, "testdata/render") {
		before, _ := json.Marshal(p)
		first, _ := renderers.Render(p)
		again, _ := renderers.Render(p)
		after, _ := json.Marshal(p)
		if !bytes.Equal(before, after) {
			t.Errorf("%s: the plan has changed", p.Name)
		}
		one, _ := layouts.Stream(first)
		two, _ := layouts.Stream(again)
		if !bytes.Equal(one, two) {
			t.Errorf("%s: rendered twice, two results", p.Name)
		}
	}
}
