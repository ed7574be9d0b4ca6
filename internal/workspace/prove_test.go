package workspace_test

import (
	"strings"
	"testing"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/workspace"
)

// prove checks the profiles of a folder on a cloud and returns what is said of them, one message a line.
func prove(t *testing.T, archive string) string {
	t.Helper()
	w, diags := workspace.Load(workspace.Request{Dir: folder(t, archive), ProfilesOnly: true})
	t.Cleanup(w.Close)
	list, found := compiler.ListProfiles(w.Options(""))
	diags = append(append(diags, found...), w.ProveProfiles("", list)...)
	var lines []string
	for _, d := range diags {
		lines = append(lines, d.Severity.String()+" "+d.Path+": "+d.Message)
	}
	return strings.Join(lines, "\n")
}

func proofOf(cloud, spec string) string {
	archive := "-- berth.yaml --\napiVersion: berth/v1\nkind: Project\nmetadata: {name: acme}\nspec: {profiles: [profiles], cloud: " + cloud + "}\n"
	return archive + "-- profiles/m.yaml --\napiVersion: berth/v1\nkind: Profile\nmetadata: {name: m}\nspec: " + spec + "\n"
}

// Every profile of the catalog has a machine for what it allows, on every cloud.
func TestCatalogIsProved(t *testing.T) {
	for _, cloud := range []string{"generic", "gke", "eks", "aks"} {
		if got := prove(t, proofOf(cloud, "{description: none}")); got != "" {
			t.Errorf("%s: %s", cloud, got)
		}
	}
}

func TestProveProfiles(t *testing.T) {
	const nodes = `nodes: [{name: small, allocatable: {cpu: 3900m, memory: 14000Mi, nvidia.com/gpu: 1}, labels: {gpu: a100}}, {name: large, allocatable: {cpu: 95, memory: 600Gi, nvidia.com/gpu: 8}, labels: {gpu: a100}}]`
	cases := map[string]struct{ spec, want string }{
		"consistent":            {`{default: {resources: {gpu: 1}}, per_gpu: {cpu: 11, mem: 70Gi}, bounds: {gpu: {min: 1, max: 8}}, ` + nodes + `}`, ""},
		"no machines":           {`{default: {resources: {cpu: 1000}}}`, ""},
		"default too large":     {`{default: {resources: {cpu: 96}}, ` + nodes + `}`, "error spec.default: a run that leaves everything to the profile fits no machine of profile `m`"},
		"share too large":       {`{default: {resources: {gpu: 1}}, per_gpu: {mem: 601Gi}, ` + nodes + `}`, "error spec.default: a run that leaves everything to the profile fits no machine of profile `m`"},
		"bound too large":       {`{bounds: {gpu: {max: 16}}, ` + nodes + `}`, "error spec.bounds.gpu.max: a run that asks for gpu 16, the most that it may, fits no machine of profile `m`"},
		"share of the most":     {`{default: {resources: {gpu: 1}}, per_gpu: {cpu: 12}, bounds: {gpu: {max: 8}}, ` + nodes + `}`, "error spec.bounds.gpu.max: a run that asks for gpu 8, the most that it may, fits no machine of profile `m`"},
		"least too large":       {`{bounds: {mem: {min: 1Ti}}, ` + nodes + `}`, "error spec.bounds.mem.min: a run that asks for mem 1Ti, the least that it may, fits no machine of profile `m`"},
		"one of the values":     {`{bounds: {gpu: {values: [1, 8, 9]}}, ` + nodes + `}`, "error spec.bounds.gpu.values[2]: a run that asks for gpu 9, one of the amounts that it may, fits no machine of profile `m`"},
		"a taint":               {`{nodes: [{name: n, allocatable: {cpu: 4}, taints: [{key: a, effect: NoSchedule}]}]}`, "error spec.nodes: a run that leaves everything to the profile fits no machine of profile `m`"},
		"a label that none has": {`{node_labels: {gpu: [a100, h100]}, ` + nodes + `}`, "warning spec.node_labels.gpu[1]: no machine of profile `m` has the label gpu with the value `h100`"},
		"for serving elsewhere": {`{allowed_in: {namespaces: [ml], actions: [serve]}, default: {resources: {cpu: 96}}, ` + nodes + `}`, "error spec.default: a run that leaves everything to the profile fits no machine of profile `m`"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := prove(t, proofOf("gke", c.spec)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// What is said stands in the profile's file, with the machine's reason beside it.
func TestProofPointsAtTheProfile(t *testing.T) {
	dir := folder(t, proofOf("gke", "{bounds: {gpu: {max: 2}}, nodes: [{name: n, allocatable: {nvidia.com/gpu: 1}}]}"))
	w, _ := workspace.Load(workspace.Request{Dir: dir, ProfilesOnly: true})
	defer w.Close()
	list, _ := compiler.ListProfiles(w.Options(""))
	diags := w.ProveProfiles("", list)
	if len(diags) != 1 || diags[0].Code != diag.ProfileInvalid || diags[0].Span.File.Name != "profiles/m.yaml" || diags[0].Span.Line != 4 ||
		!strings.Contains(diags[0].Notes[0].Message, "on n, nvidia.com/gpu 2 asked, 1 offered") {
		t.Errorf("%+v", diags)
	}
}
