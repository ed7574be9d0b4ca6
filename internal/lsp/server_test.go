package lsp_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const project = `apiVersion: berth/v1
kind: Project
metadata: {name: ml}
spec:
  environments:
    dev: {namespace: ml-dev}
    prod: {namespace: ml-prod, queue: research}
`

const trainer = `apiVersion: berth/v1
kind: Profile
metadata: {name: trainer}
spec:
  description: Machines for training
  default:
    resources: {cpu: "4", mem: 16Gi}
  bounds: {gpu: {min: 1, max: 4}}
  accelerator: {resource: nvidia.com/gpu, model: A100, memory: 80Gi}
  nodes:
  - {name: small, allocatable: {cpu: "8", memory: 32Gi, nvidia.com/gpu: 2}}
  - {name: large, allocatable: {cpu: "96", memory: 640Gi, nvidia.com/gpu: 8}}
`

const train = `name: train
action: job
image: ghcr.io/acme/train:1.0
profile: trainer
resources: {gpu: 4}
schedule: "30 4 * * *"
time_zone: Europe/Berlin
service_account: trainer
volumes:
- {volume_type: persistent_volume_claim, name: out, mount_path: /out, spec: {size: 5Gi}}
`

const serve = `name: api
action: serve
image: ghcr.io/acme/api:1.0
service_ports: [{port: 8080}]
probes: {readiness: {tcp: 8080}}
`

// sample is a project with a profile and two runs.
func sample(t *testing.T) string {
	root := t.TempDir()
	write(t, root, map[string]string{"berth.yaml": project, "profiles/trainer.yaml": trainer, "runs/train.yaml": train, "runs/api.yaml": serve})
	return root
}

// agree expects the client to be told what `berth build` says of the texts as they are open.
func (c *client) agree(name string) {
	c.t.Helper()
	c.settle(name)
	disk := map[string][]byte{}
	for open, text := range c.text {
		disk[open], _ = os.ReadFile(c.path(open))
		if err := os.WriteFile(c.path(open), []byte(text), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
	want := built(c.t, c.root)
	for open, data := range disk {
		if err := os.WriteFile(c.path(open), data, 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
	got := c.published()
	for i := range got { // the words of notes without a place follow the hint
		if k := slices.IndexFunc(want, func(w string) bool { return strings.HasPrefix(got[i], w) }); k >= 0 {
			got[i] = want[k]
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		c.t.Errorf("build and the server say different things (- build, + server):\n%s", d)
	}
}

func TestDiagnosticsAreThoseOfBuild(t *testing.T) {
	c := start(t, sample(t), object{}, nil)
	c.open("runs/train.yaml")
	c.agree("runs/train.yaml")
	for _, change := range []struct{ from, to string }{
		{"gpu: 4", "gpu: 5"},                   // beyond the profile's bound
		{"profile: trainer", "profile: train"}, // no such profile
		{"image:", "imag:"},
		{"name: train", "name: api"},                // the other run's
		{"name: train", "# 😀 é\nname: train 😀"},     // columns
		{"\n", "\r\n"},                              // Windows
		{"resources: {gpu: 4}", "resources: {gpu:"}, // half written
		{"action: job", "action: jo"},
		{"name: train", "environments: {staging: {}}\nname: train"},
		{"name: train", "\ufeffname: train"},
		{train, ""},
	} {
		c.edit("runs/train.yaml", strings.ReplaceAll(train, change.from, change.to))
		c.agree("runs/train.yaml")
	}
	c.edit("runs/train.yaml", train)
	c.agree("runs/train.yaml")
	if len(c.published()) > 0 {
		t.Errorf("the run is as it was, and yet %s", c.published())
	}
}

func TestAProfileReachesItsRuns(t *testing.T) {
	c := start(t, sample(t), object{}, nil)
	c.open("runs/train.yaml")
	c.open("profiles/trainer.yaml")
	c.edit("profiles/trainer.yaml", strings.Replace(trainer, "max: 4", "max: 2", 1))
	ds := c.settle("runs/train.yaml")
	if len(ds) == 0 || len(ds[0].Related) == 0 || !strings.HasSuffix(ds[0].Related[0].Location.URI, "/profiles/trainer.yaml") {
		t.Errorf("the bound is said, with its place: %+v", ds)
	}
	c.agree("runs/train.yaml")
	c.open("berth.yaml")
	c.edit("berth.yaml", strings.Replace(project, "dev:", "DEV:", 1))
	c.agree("berth.yaml")
}

func TestActionsLeadToRight(t *testing.T) {
	c := start(t, sample(t), object{}, nil)
	wrong := strings.NewReplacer("time_zone", "timeZone", "service_account", "serviceAccount", "profile: trainer", "profile: trainr").Replace(train)
	c.open("runs/train.yaml", wrong)
	actions := c.actions("runs/train.yaml")
	all := slices.IndexFunc(actions, func(a action) bool { return a.Kind == "source.fixAll.berth" })
	if all < 0 {
		t.Fatalf("no action mends all: %+v", actions)
	}
	c.apply(actions[all])
	if ds := c.settle("runs/train.yaml"); len(ds) != 1 || ds[0].Code != "unknown-profile" {
		t.Fatalf("only what is not certain is left: %+v", ds)
	}
	actions = c.actions("runs/train.yaml")
	if len(actions) != 1 || actions[0].Title != "Replace `trainr` with `trainer`" || actions[0].IsPreferred {
		t.Fatalf("%+v", actions)
	}
	c.apply(actions[0])
	c.agree("runs/train.yaml")
	if c.text["runs/train.yaml"] != train {
		t.Errorf("mended it is\n%s", c.text["runs/train.yaml"])
	}
}

func TestActionsKeepLineBreaks(t *testing.T) {
	c := start(t, sample(t), object{}, nil)
	windows := strings.ReplaceAll(train, "\n", "\r\n")
	c.open("runs/train.yaml", strings.Replace(windows, "time_zone", "timeZone", 1))
	c.apply(c.actions("runs/train.yaml")[0])
	if c.text["runs/train.yaml"] != windows {
		t.Errorf("mended it is %q", c.text["runs/train.yaml"])
	}
}

// labels are what is offered at the mark of a text.
func (c *client) labels(name, text string) []string {
	c.t.Helper()
	text, at := positionOf(c.t, text)
	c.edit(name, text)
	c.settle(name)
	var list struct{ Items []struct{ Label string } }
	c.decode(c.call("textDocument/completion", c.at(name, at)), &list)
	var labels []string
	for _, item := range list.Items {
		labels = append(labels, item.Label)
	}
	return labels
}

func TestCompletion(t *testing.T) {
	c := start(t, sample(t), object{"textDocument": object{"completion": object{"completionItem": object{"snippetSupport": true}}}}, nil)
	for _, name := range []string{"runs/train.yaml", "profiles/trainer.yaml", "berth.yaml"} {
		c.open(name)
	}
	write(t, c.root, map[string]string{"runs/batch.json": `{"name": "batch", "action": "job", "image": "a:1"}`})
	c.open("runs/batch.json")
	const run, json, yaml = "runs/train.yaml", "runs/batch.json", "berth.yaml"
	for _, at := range []struct {
		name, text, has, hasNot string
	}{
		{run, "|", "job serve", ""},
		{run, "# my run\n|\n", "job serve", ""},
		{run, "name: a\nact|\n", "action image profile", "name"},
		{run, "name: a\naction: |\n", "job deploy serve", "true"},
		{run, "name: a\naction: job\n|\n", "image schedule backoff_limit", "replicas name service_ports"},
		{run, "name: a\naction: serve\nima|\n", "image replicas service_ports", "schedule"},
		{run, "name: a\naction: job\nimage: b\nprofile: |\n", "trainer a100-80gb cpu-small", "true false"},
		{run, "name: a\naction: job\nimage: b\nprofile: \"tr|\"\n", "trainer", ""},
		{run, "name: a\naction: job\nprofile: trainer\nresources:\n  |\n", "cpu mem gpu disk", "image"},
		{run, "name: a\naction: job\nprofile: trainer\nresources: {gpu: |}\n", "1 4 A100:1..4", "5"},
		{run, "name: a\naction: job\nprofile: trainer\nresources:\n  mem: |\n", "16Gi", ""},
		{run, "name: a\naction: job\nvolumes:\n- |\n", "volume_type name mount_path", "image"},
		{run, "name: a\naction: job\nvolumes:\n- volume_type: |\n", "empty_dir image secret", ""},
		{run, "name: a\naction: job\nvolumes:\n- volume_type: empty_dir\n  name: s\n  mount_path: /s\n  spec:\n    |\n", "size_limit medium", "claim_name"},
		{run, "name: a\naction: job\nvolumes:\n- {volume_type: secret, name: s, spec: {|}}\n", "items optional", "size_limit"},
		{run, "name: a\naction: job\ntime_zone: Europe/B|\n", "Europe/Berlin", ""},
		{run, "name: a\naction: job\nschedule: |\n", "@daily", ""},
		{run, "name: a\naction: job\nsuspend: |\n", "true false", ""},
		{run, "name: a\naction: job\nenvironments:\n  |\n", "dev prod", ""},
		{run, "name: a\naction: job\nenvironments:\n  dev:\n    |\n", "image backoff_limit", "replicas action"},
		{run, "apiVersion: berth/v1\nkind: |\n", "Run", ""},
		{run, "apiVersion: berth/v1\nkind: Run\nmetadata:\n  |\n", "name namespace labels", "action"},
		{run, "apiVersion: berth/v1\nkind: Run\nmetadata: {name: a}\nspec:\n  action: job\n  |\n", "image schedule", "replicas"},
		{run, "name: a\naction: job\nbroken: [\nprofile: |\nimage: b\n", "trainer", ""},
		{run, "name: a\r\naction: job\r\nprofile: |\r\n", "trainer", ""},
		{json, `{"name": "b", "action": "|"}`, "job deploy serve", ""},
		{json, `{"name": "b", "action": "job", |}`, "image profile", "name"},
		{json, `{"name": "b", "action": "job", "pro|`, "profile", ""},
		{json, `{"name": "b", "action": "job", "profile": |}`, "trainer", ""},
		{json, `|`, "job", ""},
		{"profiles/trainer.yaml", strings.Replace(trainer, "spec:\n", "spec:\n  extends: |\n", 1), "a100-80gb", ""},
		{"profiles/trainer.yaml", strings.Replace(trainer, "spec:\n", "spec:\n  |\n", 1), "extends require per_gpu", "bounds"},
		{"profiles/trainer.yaml", strings.Replace(trainer, "spec:\n", "spec:\n  queue: |\n", 1), "research", ""},
		{"profiles/trainer.yaml", strings.Replace(trainer, "    resources:", "    |\n    resources:", 1), "tolerations priority_class", "action"},
		{yaml, strings.Replace(project, "spec:\n", "spec:\n  gitops: |\n", 1), "flux argocd", ""},
		{yaml, strings.Replace(project, "queue: research", "queue: research, profile: |", 1), "trainer", ""},
	} {
		c.edit(run, train)
		labels := c.labels(at.name, at.text)
		for want := range strings.FieldsSeq(at.has) {
			if !slices.Contains(labels, want) {
				t.Errorf("%s %q: %s is not offered, but %q", at.name, at.text, want, labels)
			}
		}
		for not := range strings.FieldsSeq(at.hasNot) {
			if slices.Contains(labels, not) {
				t.Errorf("%s %q: %s is offered", at.name, at.text, not)
			}
		}
	}
	c.edit(run, train)
	c.edit("profiles/trainer.yaml", trainer)
	c.edit(yaml, project)
	if labels := c.labels(json, `{"name": "b", "action": "job", "image": "a", "service_account": "|", "volumes": []}`); !slices.Contains(labels, "trainer") {
		t.Errorf("the project's service accounts are not offered, but %q", labels)
	}
	if labels := c.labels(json, `{"name": "b", "action": "job", "image": "a", "volumes": [{"volume_type": "shared_volume", "name": "a", "mount_path": "/a", "spec": {"claim_name": "|"}}]}`); !slices.Contains(labels, "train-out") {
		t.Errorf("the project's claims are not offered, but %q", labels)
	}
}

// hoverAt is what is said at the mark of a text.
func (c *client) hoverAt(name, text string) string {
	c.t.Helper()
	text, at := positionOf(c.t, text)
	c.edit(name, text)
	c.settle(name)
	var h *struct{ Contents struct{ Value string } }
	c.decode(c.call("textDocument/hover", c.at(name, at)), &h)
	if h == nil {
		return ""
	}
	return h.Contents.Value
}

func TestHover(t *testing.T) {
	c := start(t, sample(t), object{}, nil)
	c.open("runs/train.yaml")
	for _, at := range []struct{ from, to, has string }{
		{"image:", "im|age:", "The container image."},
		{"image:", "im|age:", "`CronJob` spec.jobTemplate.spec.template.spec.containers[0].image: `ghcr.io/acme/train:1.0` — runs/train.yaml:3:8 (run)"},
		{"profile: trainer", "profile: tr|ainer", "Machines for training"},
		{"profile: trainer", "profile: tr|ainer", "fits 1 of 2 machines"},
		{"profile: trainer", "profile: tr|ainer", "resources.cpu.requests: 4"},
		{"30 4", "30| 4", "Next times, in Europe/Berlin"},
		{"gpu: 4", "gpu: |4", "nvidia.com/gpu\"]: `4`"},
		{"name: train\n", "name: train\nba|ckoff_limit: 1\n", "Default: `3`."},
		{"30 4 * * *", "30| 4 * * *", "04:30 CE"},
		{"action: job", "act|ion: job", "Accepts `job`, `deploy` or `serve`."},
	} {
		if said := c.hoverAt("runs/train.yaml", strings.Replace(train, at.from, at.to, 1)); !strings.Contains(said, at.has) {
			t.Errorf("at %q it says\n%s\nwithout %s", at.to, said, at.has)
		}
	}
}

// TestOnlyFilesOfTheFolders expects a server that takes no URI but those of files inside a workspace folder.
func TestOnlyFilesOfTheFolders(t *testing.T) {
	root := sample(t)
	other := t.TempDir()
	write(t, other, map[string]string{"berth.yaml": project, "runs/x.yaml": "action: job\n"})
	c := start(t, root, object{}, nil)
	for _, uri := range []string{fileURI(other + "/runs/x.yaml"), "untitled:x.yaml", "https://example.com/x.yaml", "file://server/share/x.yaml", fileURI(root) + "/../x.yaml", "%zz", ""} {
		c.notify("textDocument/didOpen", object{"textDocument": object{"uri": uri, "version": 1, "text": "action: jo\n"}})
		for _, method := range []string{"hover", "completion"} {
			_, failure := c.ask("textDocument/"+method, object{"textDocument": object{"uri": uri}, "position": object{"line": 0, "character": 0}})
			if !strings.Contains(failure, "is not a file inside a workspace folder") {
				t.Errorf("%s of %q: %q", method, uri, failure)
			}
		}
	}
	c.open("runs/train.yaml")
	c.settle("runs/train.yaml")
	if said := c.published(); len(said) > 0 {
		t.Errorf("%s", said)
	}
}

// TestBadRequests expects answers with an error, and a server that goes on.
func TestBadRequests(t *testing.T) {
	c := start(t, sample(t), object{}, nil)
	c.open("runs/train.yaml")
	for _, method := range []string{"textDocument/hover", "textDocument/completion", "textDocument/codeAction", "no/such/method"} {
		if _, failure := c.ask(method, "nonsense"); failure == "" {
			t.Errorf("%s takes a text for its parameters", method)
		}
	}
	for _, p := range []spot{{-1, -1}, {1 << 30, 0}, {0, 1 << 30}, {3, -7}} {
		c.call("textDocument/hover", c.at("runs/train.yaml", p))
		c.call("textDocument/completion", c.at("runs/train.yaml", p))
	}
	c.notify("$/cancelRequest", object{"id": 99})
	c.notify("$/setTrace", object{"value": "off"})
	c.agree("runs/train.yaml")
}

// TestStrangers expects nothing to be said of files that are not Berth's.
func TestStrangers(t *testing.T) {
	root := sample(t)
	write(t, root, map[string]string{"compose.yaml": "services: {web: {image: a}}\n", "manifests/job.yaml": "action: job\n", "other/run.yaml": "action: jo\naction: job\n"})
	c := start(t, root, object{}, nil)
	c.open("compose.yaml")
	c.open("manifests/job.yaml")
	c.settle("compose.yaml")
	if said := c.published(); len(said) > 0 {
		t.Errorf("%s", said)
	}
	if labels := c.labels("compose.yaml", "services:\n  web:\n    |\n"); len(labels) > 0 {
		t.Errorf("a stranger is offered %q", labels)
	}
	c.open("other/run.yaml") // which means to be a run
	if ds := c.settle("other/run.yaml"); len(ds) == 0 {
		t.Error("a run beside the project's folders is not checked")
	}
}

func TestCapabilities(t *testing.T) {
	c := start(t, sample(t), object{"workspace": object{"didChangeWatchedFiles": object{"dynamicRegistration": true}}}, nil)
	c.open("runs/train.yaml")
	c.settle("runs/train.yaml")
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.calls, "client/registerCapability") {
		t.Errorf("the disk is not watched: %q", c.calls)
	}
}

// TestTheDiskIsWatched changes files behind the editor's back.
func TestTheDiskIsWatched(t *testing.T) {
	c := start(t, sample(t), object{"workspace": object{"didChangeWatchedFiles": object{"dynamicRegistration": true}}}, nil)
	c.open("runs/api.yaml")
	c.agree("runs/api.yaml")
	changed := func(names ...string) {
		var changes []object
		for _, name := range names {
			changes = append(changes, object{"uri": fileURI(c.path(name)), "type": 2})
		}
		c.notify("workspace/didChangeWatchedFiles", object{"changes": changes})
		c.agree("runs/api.yaml")
	}
	write(t, c.root, map[string]string{"runs/train.yaml": strings.Replace(train, "gpu: 4", "gpu: 9", 1)})
	changed("runs/train.yaml")
	if len(c.published()) == 0 {
		t.Error("a run that changed on disk is not checked")
	}
	if err := os.Rename(c.path("runs/train.yaml"), c.path("runs/other.yaml")); err != nil {
		t.Fatal(err)
	}
	changed("runs/train.yaml", "runs/other.yaml")
	write(t, c.root, map[string]string{"profiles/trainer.yaml": strings.Replace(trainer, "max: 4", "max: 9", 1)})
	changed("profiles/trainer.yaml")
	if err := os.Remove(c.path("berth.yaml")); err != nil {
		t.Fatal(err)
	}
	write(t, c.root, map[string]string{"berth.yaml": project})
	changed("berth.yaml")
}
