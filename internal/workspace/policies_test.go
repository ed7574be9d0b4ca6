package workspace_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/internal/workspace"
)

const (
	jobOf   = "name: churn\naction: job\nimage: ghcr.io/acme/churn:1.4\n"
	serveOf = "name: churn\naction: serve\nimage: ghcr.io/acme/churn:1.4\nservice_ports: [{port: 80, target_port: 8080}]\n"
	workOf  = "name: churn\naction: deploy\nimage: ghcr.io/acme/churn:1.4\n"
)

// policyCases are policies, each with a run that passes and one that it refuses. What it refuses is marked with ‹› in the
// run: the place that is pointed at.
var policyCases = []struct{ policy, pass, fail string }{
	// Amounts.
	{"spec: resources?: gpu?: limits?: <=4", jobOf + "resources: {gpu: 4}", jobOf + "resources: {gpu: ‹8›}"},
	{"spec: resources?: mem?: requests?: <=64Gi", jobOf + "resources: {mem: {requests: 64Gi}}", jobOf + "resources: {mem: {requests: ‹70G›}}"},
	{"spec: resources?: mem?: requests?: <=64Gi", jobOf + "resources: {mem: 512M}", jobOf + "resources: {mem: ‹65Gi›}"},
	{"spec: resources?: mem?: limits?: <100Gi", jobOf + "resources: {mem: {limits: 102399Mi}}", jobOf + "resources: {mem: {limits: ‹100Gi›}}"},
	{"spec: resources?: cpu?: requests?: <=16", jobOf + "resources: {cpu: 2500m}", jobOf + "resources: {cpu: ‹16001m›}"},
	{"spec: resources?: cpu?: requests?: >=0.5", jobOf + "resources: {cpu: 500m}", jobOf + "resources: {cpu: ‹250m›}"},
	{"spec: resources?: disk?: requests?: <=1T", jobOf + "resources: {disk: 900G}", jobOf + "resources: {disk: ‹1Ti›}"},
	{"spec: shm?: <=16Gi", jobOf + "shm: 8Gi", jobOf + "shm: ‹32Gi›"},
	{"spec: volumes?: [...{spec?: size?: <=500Gi, ...}]",
		jobOf + "volumes: [{volume_type: persistent_volume_claim, name: v, mount_path: /v, spec: {size: 500Gi}}]",
		jobOf + "volumes: [{volume_type: persistent_volume_claim, name: v, mount_path: /v, spec: {size: ‹2Ti›}}]"},
	{"spec: resources?: [string]: requests?: !=3", jobOf + "resources: {cpu: 2}", jobOf + "resources: {cpu: ‹3›}"},
	{"spec: resources: mem: requests: <=64Gi", jobOf + "resources: {mem: 1Gi}", "‹name: churn›\naction: job\nimage: ghcr.io/acme/churn:1.4\n"},
	{"#Small: {requests?: <=8Gi, limits?: <=8Gi}\nspec: resources?: mem?: #Small", jobOf + "resources: {mem: 8Gi}", jobOf + "resources: {mem: ‹9Gi›}"},
	{"_most: 32Gi\nspec: resources?: mem?: requests?: <=_most", jobOf + "resources: {mem: 32Gi}", jobOf + "resources: {mem: ‹33Gi›}"},
	// GPUs.
	{"spec: resources?: gpu?: requests?: 1 | 2 | 4 | 8", jobOf + "resources: {gpu: 2}", jobOf + "resources: {gpu: ‹3›}"},
	{"spec: resources?: gpu?: limits?: <=4", jobOf + "init_containers: [{name: warm, resources: {gpu: 4}}]", jobOf + "init_containers: [{name: warm, resources: {gpu: ‹8›}}]"},
	{"spec: resources: gpu!: _", jobOf + "resources: {gpu: 1}\nsidecars: [{name: proxy, image: \"ghcr.io/acme/proxy:1\"}]", "‹name: churn›\naction: job\nimage: ghcr.io/acme/churn:1.4\n"},
	{"spec: {profile?: string, if profile != _|_ {resources?: gpu?: limits?: <=2}}", jobOf + "profile: a100-40gb\nresources: {gpu: 2}", jobOf + "profile: a100-40gb\nresources: {gpu: ‹4›}"},
	{"objects: Job: [string]: spec: template: spec: containers: [...{resources?: limits?: \"nvidia.com/gpu\"?: <=2, ...}]", jobOf + "resources: {gpu: 2}", jobOf + "resources: {gpu: ‹4›}"},
	// Images.
	{"spec: image: =~\"^ghcr.io/acme/\"", jobOf, "name: churn\naction: job\nimage: ‹docker.io/churn:1›\n"},
	{"spec: image: !~\":latest$\"", jobOf, "name: churn\naction: job\nimage: ‹ghcr.io/acme/churn:latest›\n"},
	{"spec: image: =~\"^ghcr.io/acme/\"", jobOf + "sidecars: [{name: p, image: \"ghcr.io/acme/p:1\"}]", jobOf + "sidecars: [{name: p, image: ‹\"docker.io/p:1\"›}]"},
	{"spec: image: =~\"^ghcr.io/acme/\"", jobOf + "init_containers: [{name: p}]", jobOf + "init_containers: [{name: p, image: ‹\"docker.io/p:1\"›}]"},
	{"spec: image: =~\"^ghcr.io/acme/\"", workOf + "containers: [{name: p, image: \"ghcr.io/acme/p:1\"}]", workOf + "containers: [{name: p, image: ‹\"docker.io/p:1\"›}]"},
	{"spec: image: =~\"^ghcr.io/acme/\"",
		jobOf + "volumes: [{volume_type: image, name: w, mount_path: /w, spec: {image: \"ghcr.io/acme/w:1\"}}]",
		jobOf + "volumes: [{volume_type: image, name: w, mount_path: /w, spec: {image: ‹\"docker.io/w:1\"›}}]"},
	{"spec: image: =~\"^ghcr.io/acme/\"",
		workOf + "patches: [{target: {kind: Deployment}, patch: {spec: {template: {spec: {containers: [{name: churn, image: \"ghcr.io/acme/x:1\"}]}}}}}]",
		workOf + "patches: [{target: {kind: Deployment}, patch: {spec: {template: {spec: {containers: [{name: churn, image: ‹\"docker.io/x:1\"›}]}}}}}]"},
	{"images: [...=~\"^ghcr.io/acme/\"]", jobOf + "sidecars: [{name: p, image: \"ghcr.io/acme/p:1\"}]", jobOf + "sidecars: [{name: p, image: ‹\"docker.io/p:1\"›}]"},
	{"spec: image_pull_policy: \"Always\"", jobOf + "image_pull_policy: Always\nsidecars: [{name: p, image: \"ghcr.io/acme/p:1\"}]", jobOf + "image_pull_policy: ‹IfNotPresent›"},
	// Labels, names and other words of a run.
	{"metadata: labels: team!: string", jobOf + "labels: {team: ml}", "‹name: churn›\naction: job\nimage: ghcr.io/acme/churn:1.4\n"},
	{"metadata: labels: team: =~\"^(ml|data)$\"", jobOf + "labels: {team: ml}", jobOf + "labels: {team: ‹web›}"},
	{"metadata: annotations?: \"acme.example/cost\"?: =~\"^[0-9]+$\"", jobOf + "annotations: {acme.example/cost: \"12\"}", jobOf + "annotations: {acme.example/cost: ‹none›}"},
	{"metadata: namespace?: \"ml\" | \"data\"", jobOf + "namespace: ml", jobOf + "namespace: ‹web›"},
	{"spec: security: \"restricted\"", jobOf + "security: restricted\nrun_as_user: 1000", jobOf + "security: ‹baseline›"},
	{"spec: {schedule?: string, if schedule != _|_ {time_zone!: string}}", jobOf + "schedule: 0 3 * * *\ntime_zone: Europe/Berlin", "‹name: churn›\naction: job\nimage: ghcr.io/acme/churn:1.4\nschedule: 0 3 * * *\n"},
	{"spec: read_only_root_filesystem: true",
		jobOf + "read_only_root_filesystem: true\nsidecars: [{name: p, image: \"ghcr.io/acme/p:1\", read_only_root_filesystem: true}]",
		jobOf + "read_only_root_filesystem: true\nsidecars: [‹{›name: p, image: \"ghcr.io/acme/p:1\"}]"},
	{"spec: run_as_non_root: true", jobOf + "security: restricted\nrun_as_user: 1000\nsidecars: [{name: p, image: \"ghcr.io/acme/p:1\"}]", "‹name: churn›\naction: job\nimage: ghcr.io/acme/churn:1.4\n"},
	{"spec: service_type?: \"ClusterIP\"", serveOf, serveOf + "service_type: ‹LoadBalancer›"},
	{"spec: working_dir?: _|_", jobOf, jobOf + "‹working_dir›: /app"},
	// Finished objects.
	{"objects: Deployment: [string]: spec: replicas: <=3", workOf + "replicas: 3", workOf + "replicas: ‹5›"},
	{"objects: Deployment: churn: spec: replicas: <=3", workOf + "replicas: 3", workOf + "replicas: ‹4›"},
	{"objects: Deployment: other: spec: replicas: <=3", workOf + "replicas: 9", strings.Replace(workOf, "churn", "other", 1) + "replicas: ‹9›"},
	{"objects: Service: [string]: spec: type: \"ClusterIP\"", serveOf, serveOf + "service_type: ‹NodePort›"},
	{"objects: PersistentVolumeClaim: [string]: spec: resources: requests: storage: <=1Ti",
		jobOf + "volumes: [{volume_type: persistent_volume_claim, name: v, mount_path: /v, spec: {size: 1Ti}}]",
		jobOf + "volumes: [{volume_type: persistent_volume_claim, name: v, mount_path: /v, spec: {size: ‹2Ti›}}]"},
	{"objects: Deployment: [string]: spec: replicas: <=3",
		workOf + "patches: [{target: {kind: Deployment}, patch: {spec: {replicas: 3}}}]", workOf + "patches: [{target: {kind: Deployment}, patch: {spec: {replicas: ‹6›}}}]"},
	{"objects: ConfigMap: [string]: data: {[string]: =~\"^ok\"}",
		jobOf + "extra: [{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: ok}}]",
		jobOf + "extra: [{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: ‹bad›}}]"},
}

func TestPolicies(t *testing.T) {
	e := source.NewEvaluator(source.Limits{})
	defer e.Close()
	for _, c := range policyCases {
		t.Run(c.policy, func(t *testing.T) {
			if found := judged(t, e, c.policy, c.pass); len(found) > 0 {
				t.Errorf("the run that has to pass is refused:\n%s", words(found))
			}
			found := judged(t, e, c.policy, strings.NewReplacer("‹", "", "›", "").Replace(c.fail))
			if len(found) != 1 {
				t.Fatalf("want one breach, have:\n%s", words(found))
			}
			d := found[0]
			if line, col := marked(c.fail); d.Span.Line != line || d.Span.Col != col || filepath.Base(d.Span.File.Name) != "run.yaml" {
				t.Errorf("want %d:%d, have\n%s", line, col, words(found))
			}
			if len(d.Notes) == 0 || !strings.HasPrefix(d.Notes[len(d.Notes)-1].Span.File.Name, "policies/") {
				t.Errorf("the policy's line is no note:\n%s", words(found))
			}
		})
	}
}

// marked is the place that a case marks.
func marked(text string) (line, col int32) {
	before, _, _ := strings.Cut(text, "‹")
	start := strings.LastIndex(before, "\n") + 1
	return int32(strings.Count(before, "\n") + 1), int32(len([]rune(before[start:])) + 1)
}

func words(ds []diag.Diagnostic) string {
	var out strings.Builder
	_ = diag.Print(&out, diag.Text, ds, diag.Options{}) // a builder takes all
	return out.String()
}

// judged are the errors of a project with a policy and a run.
func judged(t *testing.T, e *source.Evaluator, policy, run string) []diag.Diagnostic {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"berth.yaml": "apiVersion: berth/v1\nkind: Project\nmetadata: {name: acme}\nspec: {}\n", "policies/p.cue": policy + "\n", "runs/run.yaml": run,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w, diags := workspace.Load(workspace.Request{Dir: dir, Evaluator: e})
	defer w.Close()
	_, found := w.Compile("")
	return slices.DeleteFunc(append(diags, found...), func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
}

// wrongPolicies are policies that no run could ever be held to, with the place that is pointed at and what is said.
var wrongPolicies = []struct{ policy, says string }{
	{"metadata: ‹namspace›: \"ml\"", "did you mean namespace?"},
	{"spec: ‹nodes›?: <=16", "no run has `nodes` in spec"},
	{"spec: resources?: ‹gpus›?: limits?: <=4", "write gpu"},
	{"spec: resources?: gpu?: ‹limit›?: <=4", "limits"},
	{"‹object›: Deployment: [string]: spec: replicas: <=3", "did you mean objects?"},
	{"‹image›: =~\"^ghcr\"", "write spec: image"},
	{"objects: ‹Deploymnt›: [string]: spec: replicas: <=3", "did you mean Deployment?"},
	{"objects: Deployment: [string]: spec: ‹replica›: <=3", "did you mean replicas?"},
	{"objects: Deployment: [string]: spec: template: spec: containers: [...{‹img›: string, ...}]", "a Deployment has no field"},
	{"spec: resources?: mem?: requests?: <=‹\"64Gi\"›", "write 64Gi, without quotes"},
	{"spec: resources?: cpu?: requests?: ‹\"500m\"›", "write 0.5"},
	{"spec: replicas?: <=‹\"3\"›", "replicas"},
	{"spec: volumes?: ‹volume_type›: \"nfs\"", "write [...{volume_type: …}]"},
	{"spec: volumes?: [...{‹typ›: \"nfs\", ...}]", "no run has `typ`"},
	{"spec: service_type?: ‹\"ClusterIp\"›", "did you mean ClusterIP?"},
	{"spec: read_only_root_filesystem?: ‹\"true\"›", "without quotes"},
	{"policy: ‹level›: \"warning\"\nspec: image: string", "severity"},
	{"policy: severity: ‹\"warn\"›\nspec: image: string", "did you mean warning?"},
	{"#Base: {‹imgae›?: string, ...}\nspec: #Base", "did you mean image?"},
	{"spec: {if true {‹imgae›: string}}", "did you mean image?"},
}

func TestWrongPolicies(t *testing.T) {
	e := source.NewEvaluator(source.Limits{})
	defer e.Close()
	for _, c := range wrongPolicies {
		t.Run(c.policy, func(t *testing.T) {
			found := judged(t, e, strings.NewReplacer("‹", "", "›", "").Replace(c.policy), jobOf)
			if len(found) != 1 {
				t.Fatalf("want one mistake, have:\n%s", words(found))
			}
			if line, col := marked(c.policy); found[0].Span.Line != line || found[0].Span.Col != col || found[0].Span.File.Name != "policies/p.cue" {
				t.Errorf("want %d:%d, have\n%s", line, col, words(found))
			}
			if !strings.Contains(words(found), c.says) {
				t.Errorf("want %q in\n%s", c.says, words(found))
			}
		})
	}
}
