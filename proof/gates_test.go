package proof

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/proof/gates"
	"berth/proof/product"
	"berth/proof/specs"
	"berth/renderers"

	"sigs.k8s.io/yaml"
)

// gateBatches is how many batches of random runs are written for each release.
const gateBatches = 3

// TestGates builds random projects for every release that a project may name: what comes out has no kind, field or value
// that the API definitions of that release lack, or that waits there for a feature gate.
func TestGates(t *testing.T) {
	x, err := gates.Load()
	if err != nil {
		t.Fatal(err)
	}
	seed := chosenSeed(t)
	for minor := gates.Oldest; minor <= gates.Newest; minor++ {
		objects := 0
		for part := range uint64(gateBatches) {
			for _, text := range randomStream(t, seed, part, minor) {
				if isForeign(text) {
					continue
				}
				objects++
				for _, id := range tooNew(t, x, text, minor) {
					t.Errorf("PROOF_SEED=%d, batch %d: Kubernetes 1.%d does not take %s:\n%s", seed, part, minor, id, text)
				}
			}
		}
		if objects == 0 {
			t.Errorf("PROOF_SEED=%d: no object for 1.%d", seed, minor)
		}
	}
}

func randomStream(t *testing.T, seed, part uint64, minor int) [][]byte {
	t.Helper()
	g := specs.New(seed, part)
	p := g.Project(fmt.Sprintf("1.%d", minor), nil)
	runs := make([]specs.Object, batchRuns)
	for i := range runs {
		runs[i] = g.Run(fmt.Sprintf("r%d-%d", part, i))
	}
	b, err := newBatch(berth(t), t.TempDir(), p, runs)
	if err != nil {
		t.Fatal(err)
	}
	stream, _, err := b.settle(nil)
	if errors.As(err, &errProject{}) {
		return nil // nothing of it was written
	}
	if err != nil {
		t.Fatalf("PROOF_SEED=%d, batch %d for 1.%d: %v", seed, part, minor, err)
	}
	return documents(stream)
}

// tooNew lists what of an object a release does not take.
func tooNew(t *testing.T, x *gates.Index, text []byte, minor int) []string {
	t.Helper()
	doc, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		t.Fatal(err)
	}
	var head struct{ APIVersion, Kind string }
	if err := json.Unmarshal(doc, &head); err != nil {
		t.Fatal(err)
	}
	group, version, ok := strings.Cut(head.APIVersion, "/")
	if !ok {
		group, version = "core", group
	}
	kind := strings.TrimSuffix(group, ".k8s.io") + "/" + version + "." + head.Kind
	object := renderers.NewObject(head.APIVersion, head.Kind)
	if since := x.Field(kind + ".metadata"); object == nil || since == 0 || since > minor {
		return []string{kind}
	}
	if err := yaml.UnmarshalStrict(doc, object); err != nil {
		t.Fatal(err)
	}
	return x.Unusable(object, minor)
}

// asks are runs that need a release, which Berth has to know without its definitions.
var asks = []struct {
	name    string
	since   func(*gates.Index) int
	run     string
	profile string
}{
	{"an image volume", field("core/v1.VolumeSource.image"),
		"volumes: [{volume_type: image, name: m, mount_path: /m, spec: {image: ghcr.io/acme/model:1}}]", profileHead + "{}"},
	{"a device claim", field("resource/v1.ResourceClaimTemplate.spec"),
		"resources: {gpu: 1}", profileHead + "{accelerator: {resource: nvidia.com/gpu, backend: dra_claim, dra: {device_class: gpu.nvidia.com}}}"},
	{"a claim that the scheduler makes", func(x *gates.Index) int { return x.Gate("DRAExtendedResource") },
		"resources: {gpu: 1}", profileHead + "{accelerator: {resource: nvidia.com/gpu, backend: dra_extended, dra: {device_class: gpu.nvidia.com}}}"},
	{"a patch", field("core/v1.PodSpec.hostnameOverride"),
		"patches: [{target: {kind: Job}, patch: {spec: {template: {spec: {hostnameOverride: a}}}}}]", profileHead + "{}"},
	{"a profile's base object", field("batch/v1.JobSpec.managedBy"), "envs: []",
		"id: p\nresources: {requests: {cpu: \"1\"}}\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: base}\nspec: {managedBy: acme.example/queue}\n"},
	{"nothing new", func(*gates.Index) int { return gates.Oldest }, "envs: []", profileHead + "{}"},
}

const profileHead = "apiVersion: berth/v1\nkind: Profile\nmetadata: {name: p}\nspec: "

func field(id string) func(*gates.Index) int {
	return func(x *gates.Index) int { return x.Field(id) }
}

// TestOwnGates: Berth refuses each of them below the release that the definitions name, and takes it from there on.
func TestOwnGates(t *testing.T) {
	x, err := gates.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, ask := range asks {
		for minor := gates.Oldest; minor <= gates.Newest; minor++ {
			res := buildAsk(t, ask.run, ask.profile, minor)
			refused := strings.Contains(string(res.Stderr), "[kubernetes-version]")
			if want := minor < ask.since(x); refused != want || (res.Exit == 0) == want {
				t.Errorf("%s for 1.%d: exit %d, and it can be used since 1.%d\n%s", ask.name, minor, res.Exit, ask.since(x), res.Stderr)
			}
		}
	}
}

func buildAsk(t *testing.T, run, profile string, minor int) product.Result {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"berth.yaml":      fmt.Sprintf("apiVersion: berth/v1\nkind: Project\nmetadata: {name: acme}\nspec: {kubernetes: \"1.%d\"}\n", minor),
		"runs/a.yaml":     "name: a\naction: job\nimage: ghcr.io/acme/a:1\nprofile: p\n" + run + "\n",
		"profiles/p.yaml": profile,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	res, err := product.Run(berth(t), dir, "build", "runs")
	if err != nil {
		t.Fatal(err)
	}
	return res
}
